//! What is still to come in a world by its plan, whether the bot is there or not.

use std::collections::VecDeque;

use super::{
    plan::{Act, Plan, ProcessEnd, When},
    world::State,
};

/// Something that happens at its time.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The gateway brings the interaction of a request to the bot.
    Interaction(usize),
    Act(Act),
    /// The bot is asked to stop, or is killed.
    End(ProcessEnd),
}

/// What is to come, in order.
pub(crate) type Events = VecDeque<(u64, Event)>;

pub(crate) fn of(plan: &Plan) -> Events {
    let mut events = Vec::new();
    for (index, request) in plan.requests.iter().enumerate() {
        let at = request.at + request.travel;
        events.push((at, Event::Interaction(index)));
        events.extend(request.again_after.map(|wait| (at + wait, Event::Interaction(index))));
    }
    events.extend(plan.actions.iter().map(|action| (action.at, Event::Act(action.what))));
    for end in &plan.ends {
        if let When::At(at) = end.when {
            events.push((at, Event::End(end.clone())));
        }
    }
    events.sort_by_key(|(at, _)| *at);
    events.into()
}

impl State {
    /// How long it takes until something happens.
    pub(crate) fn next_event_in(&self) -> Option<u64> {
        self.events.front().map(|(at, _)| at.saturating_sub(self.now()))
    }

    /// What happens up to this time.
    pub(crate) fn take_event(&mut self, until: u64) -> Option<Event> {
        let (at, _) = self.events.front()?;
        if *at > until {
            return None;
        }
        self.events.pop_front().map(|(_, event)| event)
    }

    /// What happens although the bot is not there.
    pub(crate) fn happen_without_bot(&mut self, until: u64) {
        while let Some(event) = self.take_event(until) {
            if let Event::Act(act) = event {
                self.act_alone(act);
            }
        }
    }

    /// What people do without the bot. Says whether that was all.
    pub(crate) fn act_alone(&mut self, act: Act) -> bool {
        match act {
            Act::Deletes(index) => {
                let answer = self.discord.interactions.get(&index).and_then(|it| it.answer);
                if let Some(message) = answer {
                    self.tell(|| format!("somebody deletes message {message} of request {index}"));
                    self.see("a person deleted the message");
                    self.discord.messages[message].is_deleted = true;
                }
            }
            Act::Access { channel, writes, reads } => {
                let access = &mut self.discord.channels[channel];
                (access.writes, access.reads) = (writes && access.installed, reads);
                self.tell(|| format!("access in channel {channel}: {writes} {reads}"));
            }
            Act::Messages { person, takes } => self.discord.takes_messages[person] = takes,
            _ => return false,
        }
        true
    }
}
