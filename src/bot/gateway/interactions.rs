//! What people do, as it comes from the gateway. Everything gets a response.

use std::{
    collections::{HashSet, VecDeque},
    io,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use futures_util::FutureExt as _;
use secrecy::SecretString;
use serde::Deserialize as _;
use serde_json::Value;
use serenity::all::{CommandInteraction, CommandType, Interaction};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use super::{
    super::{BotState, autocomplete, commands::from_message::TargetMessage, components},
    partial_interaction::{id, person, reduced},
    poise_context::PoiseContext,
};
use crate::{
    discord_api::{InteractionResponse, Message},
    domain::{ApplicationId, InteractionId},
    messages::text,
    metrics::Activity,
};

/// How many interactions are remembered, so that one that comes twice, as happens around a RESUME,
/// is answered once.
const REMEMBERED: usize = 1000;
/// The types of interactions (Discord docs, Interaction Type).
const PING: u64 = 1;
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const AUTOCOMPLETE: u64 = 4;
const MODAL: u64 = 5;
/// The longest name of a command, in characters.
const NAME_MAX: usize = 32;

/// Answers interactions.
pub(super) struct Interactions {
    state: BotState,
    shell: PoiseContext,
    application: ApplicationId,
    /// Those that are being answered.
    handlers: TaskTracker,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    ids: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Seen {
    /// Remembers an interaction; `false` if it was remembered already.
    fn insert(&mut self, id: u64) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

/// What is known of an interaction that may be unreadable otherwise.
struct Envelope {
    id: InteractionId,
    token: SecretString,
    kind: u64,
    /// The name of the command, for the log.
    command: String,
}

impl Envelope {
    fn of(raw: &Value) -> Option<Self> {
        let name = raw.pointer("/data/name").and_then(Value::as_str).unwrap_or_default();
        Some(Self {
            id: InteractionId(id(raw.get("id")?)?),
            token: SecretString::new(raw.get("token")?.as_str()?.to_owned()),
            kind: raw.get("type").and_then(Value::as_u64).unwrap_or_default(),
            command: name.chars().take(NAME_MAX).collect(),
        })
    }

    /// What it is, for the log.
    fn kind(&self) -> &'static str {
        match self.kind {
            PING => "ping",
            COMMAND => "command",
            COMPONENT => "component",
            AUTOCOMPLETE => "autocomplete",
            MODAL => "modal",
            _ => "unknown",
        }
    }
}

impl Interactions {
    pub(super) async fn new(
        state: BotState,
        application: ApplicationId,
        handlers: TaskTracker,
    ) -> io::Result<Self> {
        let (shell, seen) = (PoiseContext::new(application).await?, Mutex::default());
        Ok(Self { state, shell, application, handlers, seen })
    }

    pub(super) fn state(&self) -> &BotState {
        &self.state
    }

    /// Answers an interaction, in a task of its own.
    pub(super) fn take(self: &Arc<Self>, raw: Value) {
        let Some(envelope) = Envelope::of(&raw) else {
            warn!("an interaction has no id or no token and can't be answered");
            return;
        };
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(envelope.id.0) {
            return;
        }
        let this = Arc::clone(self);
        let handling = async move { this.handle(&envelope, &raw).await };
        // Both trackers know it: a stop waits for each of them.
        self.state.jobs.tasks().spawn(self.handlers.track_future(handling));
    }

    async fn handle(&self, envelope: &Envelope, raw: &Value) {
        let metrics = self.state.jobs.metrics();
        metrics.last_seen().record(Activity::Interaction);
        let began = Instant::now();
        self.read_and_dispatch(envelope, raw).await;
        metrics.families().interaction(self.label(envelope), began.elapsed());
    }

    /// What is used, as a metric's label: one of the bot's own commands, or what else it is.
    fn label<'a>(&'a self, envelope: &'a Envelope) -> &'a str {
        let is_meant = |name: &&str| *name == envelope.command;
        let commands = self.shell.commands().iter();
        let names = commands.flat_map(|it| [Some(&*it.name), it.context_menu_name.as_deref()]);
        let own = names.flatten().find(is_meant).filter(|_| envelope.kind == COMMAND);
        own.unwrap_or_else(|| envelope.kind())
    }

    async fn read_and_dispatch(&self, envelope: &Envelope, raw: &Value) {
        let (kind, command) = (envelope.kind(), envelope.command.as_str());
        // serenity reads forms that are laid out in a newer way, but finds nothing in them.
        let is_form = envelope.kind == MODAL;
        let whole = if is_form { None } else { Interaction::deserialize(raw).ok() };
        let interaction = whole.or_else(|| {
            if !is_form {
                warn!(kind, command, "an interaction holds something new; reading what is known");
            }
            Interaction::deserialize(reduced(raw)).ok()
        });
        // serenity makes a user up where it is told of none.
        let interaction =
            interaction.filter(|it| user(it).is_none_or(|it| person(raw) == Some(it)));
        let Some(interaction) = interaction else {
            warn!(kind, command, "an interaction could not be read");
            return self.apologise(envelope, text::UNREADABLE).await;
        };
        let work = AssertUnwindSafe(self.dispatch(envelope, &interaction, raw)).catch_unwind();
        if work.await.is_err() {
            // The panic's own message may hold anything; the panic hook has printed it.
            error!(kind, command, "the handler of an interaction panicked");
            self.apologise(envelope, text::UNFORESEEN).await;
        }
    }

    async fn dispatch(&self, envelope: &Envelope, interaction: &Interaction, raw: &Value) {
        if components::handle(&self.state, interaction).await
            || autocomplete::handle(&self.state, interaction).await
        {
            return;
        }
        match interaction {
            Interaction::Command(command) if self.knows(command) => self.run(command, raw).await,
            Interaction::Command(command) => {
                self.report_stranger(command);
                self.apologise(envelope, text::UNKNOWN_COMMAND).await;
            }
            _ => self.apologise(envelope, text::UNREADABLE).await,
        }
    }

    /// Whether a command is one of ours, by its type and name.
    fn knows(&self, command: &CommandInteraction) -> bool {
        let name = Some(command.data.name.as_str());
        self.shell.commands().iter().any(|known| match command.data.kind {
            CommandType::ChatInput => known.slash_action.is_some() && name == Some(&known.name),
            CommandType::User | CommandType::Message => {
                known.context_menu_action.is_some() && name == known.context_menu_name.as_deref()
            }
            _ => false,
        })
    }

    /// Tells the log of a command that some other program has left behind.
    fn report_stranger(&self, command: &CommandInteraction) {
        let (name, id) = (&command.data.name, command.data.id);
        match command.data.guild_id {
            None => warn!(
                command = name,
                "somebody used a command that this bot doesn't have; a restart of the bot removes \
                 it from Discord"
            ),
            Some(guild) => warn!(
                command = name,
                "somebody used a command that this bot doesn't have and that belongs to one server; \
                 remove it with DELETE /applications/{}/guilds/{guild}/commands/{id}",
                self.application,
            ),
        }
    }

    async fn run(&self, command: &CommandInteraction, raw: &Value) {
        let framework = self.shell.framework(&self.state);
        let (answered, options) = (AtomicBool::new(false), command.data.options());
        let target = TargetMessage::of(raw);
        let carried = tokio::sync::Mutex::new(Box::new(target) as Box<_>);
        let mut tree = Vec::new();
        let running = poise::dispatch_interaction(
            framework, command, &answered, &carried, &options, &mut tree,
        );
        if let Err(error) = running.await {
            error.handle(framework.options).await;
        }
    }

    /// Answers what can't be answered otherwise, so that nobody waits for nothing.
    async fn apologise(&self, envelope: &Envelope, sentence: &str) {
        let reply = match envelope.kind {
            PING => InteractionResponse::Pong,
            AUTOCOMPLETE => InteractionResponse::Autocomplete(Vec::new()),
            _ => InteractionResponse::Message(Message::text(sentence).ephemeral()),
        };
        // What went wrong is in the log; there is no other way to tell the person.
        _ = self.state.respond_to(envelope.id, &envelope.token, &reply).await;
    }
}

/// Who uses the bot, according to serenity; `None` for a ping.
fn user(interaction: &Interaction) -> Option<u64> {
    let user = match interaction {
        Interaction::Command(it) | Interaction::Autocomplete(it) => &it.user,
        Interaction::Component(it) => &it.user,
        Interaction::Modal(it) => &it.user,
        _ => return None,
    };
    Some(user.id.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interaction_is_new_once_and_forgotten_in_the_end() {
        let mut seen = Seen::default();
        assert!(seen.insert(1) && !seen.insert(1));
        let most = u64::try_from(REMEMBERED).unwrap();
        assert!((2..=most + 1).all(|id| seen.insert(id)));
        assert_eq!((seen.ids.len(), seen.order.len()), (REMEMBERED, REMEMBERED));
        assert!(seen.insert(1));
    }
}
