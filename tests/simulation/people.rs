//! People and what they ask of the bot: songs, cancellations, admin commands.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use whisul_bot::{
    discord_api::{Discord, InteractionResponse, Message},
    domain::{
        AdminAction, ApplicationId, AuditEntry, Cancellation, Canceller, Failure, GuildId,
        InteractionId, JobId, MessageAccess, MessageId, Place, Prompt, RoleId, Scope,
        State as JobState, UserId,
    },
    jobs::{CancelOutcome, Jobs, RequestError, SongRequest},
    store::Store,
};

use super::{
    discord::{Click, Interaction, OWNER, channel_id},
    plan::Act,
    whisul::prompt_of,
    world::{START, State, World},
};

/// The role that gives more songs.
pub(crate) const ROLE: RoleId = RoleId(1);

/// How long a click waits for the database.
const CLICK: Duration = Duration::from_millis(1500);

/// A process of the bot, as people find it.
#[derive(Clone)]
pub(crate) struct Bot {
    pub(crate) world: Arc<World>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) discord: Arc<Discord>,
    pub(crate) store: Store,
    /// What answers people at present.
    pub(crate) handlers: TaskTracker,
}

pub(crate) fn user_id(person: usize) -> UserId {
    UserId(50 + person as u64)
}

impl Bot {
    /// The interaction of a request comes to the bot, perhaps once more.
    pub(crate) fn receive(&self, index: usize) {
        let request = self.world.state().interaction(index);
        let bot = self.clone();
        self.handlers.spawn(async move {
            let (id, token) = (request.interaction, request.place.token.clone().unwrap());
            let requested = bot.jobs.request(request).await;
            bot.world.state().requested(index, &requested);
            if requested.is_err() {
                let reply =
                    InteractionResponse::Message(Message::text("No song was started.").ephemeral());
                bot.reply(id, &token, &reply).await;
            }
        });
    }

    /// Gives the first response, trying while it can still be in time.
    async fn reply(
        &self,
        id: InteractionId,
        token: &SecretString,
        reply: &InteractionResponse,
    ) -> bool {
        let time = self.jobs.time_to_respond(id);
        time.retry(|| self.discord.create_response(id, token, reply), |_| {}).await.is_ok()
    }

    /// Somebody does something.
    pub(crate) fn act(&self, act: Act) {
        if self.world.state().act_alone(act) {
            return;
        }
        let bot = self.clone();
        self.handlers.spawn(async move {
            match act {
                Act::Cancels(index) => bot.click_cancel(index).await,
                Act::Ends(index) => bot.end(index).await,
                Act::Looks(person) => {
                    let until = Instant::now() + Duration::from_millis(700);
                    let seen = bot.jobs.under_way_seen(user_id(person), until).await;
                    let seen = seen.map(|jobs| jobs.len());
                    bot.world.state().tell(|| format!("person {person} looks: {seen:?}"));
                }
                Act::Notices { person, wants } => {
                    _ = bot.store.choose_notice(user_id(person), wants).await;
                }
                _ => bot.administrate(act).await,
            }
        });
    }

    /// The requester clicks *Cancel*, if they see that button.
    async fn click_cancel(&self, index: usize) {
        let Some((click, message, id)) = self.world.state().click(index) else { return };
        let token = SecretString::new(format!("click{click}"));
        let cancel = self.world.state().snowflake(0x20_0000 + click as u64);
        let answer = async |news: Option<Message>| {
            let shows_it = news.is_some();
            let reply = news.map_or(InteractionResponse::Acknowledge, InteractionResponse::Update);
            let is_answered = self.reply(InteractionId(cancel), &token, &reply).await;
            (is_answered && shows_it).then_some(MessageId(message))
        };
        let by_requester = Cancellation::by(Canceller::Requester);
        let until = Instant::now() + CLICK;
        let cancelled = self.jobs.cancel(id, by_requester, until, answer).await;
        self.cancelled(index, cancelled.ok());
    }

    /// The owner cancels a song, or ends it while it runs.
    async fn end(&self, index: usize) {
        let Some(id) = self.world.state().wants_ended(index) else { return };
        let by_owner = Cancellation::by(Canceller::Owner);
        let until = Instant::now() + CLICK;
        let ended = self.jobs.cancel_or_end(id, by_owner, until).await;
        self.cancelled(index, ended.ok());
    }

    fn cancelled(&self, index: usize, outcome: Option<CancelOutcome>) {
        let mut state = self.world.state();
        state.check_cancelled(index, outcome);
        state.tell(|| format!("cancelling {index} came to {outcome:?}"));
        state.see(match outcome {
            Some(CancelOutcome::Cancelled | CancelOutcome::Ended) => "cancelled concurrently",
            Some(CancelOutcome::Remembered { .. }) => "cancelled while the prompt was on its way",
            Some(CancelOutcome::TimedOut) | None => "cancelled, perhaps",
            Some(CancelOutcome::TooLate | CancelOutcome::NotFound) => "cancelled too late",
        });
    }

    async fn administrate(&self, act: Act) {
        let action = match act {
            Act::Blocks(person) => AdminAction::Block(user_id(person)),
            Act::Unblocks(person) => AdminAction::Unblock(user_id(person)),
            Act::Pauses => AdminAction::Pause,
            _ => AdminAction::Resume,
        };
        let id = self.world.state().admin_interaction(act);
        let (admin, guild, scope) = (UserId(OWNER), GuildId(10), Scope::Everywhere);
        let entry = AuditEntry { id, admin, guild, scope, action, reason: None };
        let performed = self.jobs.perform(&entry).await;
        self.world.state().tell(|| format!("{act:?} came to {performed:?}"));
    }
}

impl State {
    fn requested(&mut self, index: usize, requested: &Result<(), RequestError>) {
        self.tell(|| format!("  request {index} came to {requested:?}"));
        self.see(match requested {
            Ok(()) => "taken on",
            Err(RequestError::OverLimit(_)) => "refused by a limit",
            Err(RequestError::Restricted(_)) => "kept out by an admin",
            Err(RequestError::Repeated) => "asked twice by one button",
            Err(RequestError::Store(_) | RequestError::TimedOut) => {
                "written down too late, or not surely"
            }
            Err(RequestError::NotShown) => "the first response was rejected",
            Err(RequestError::Panicked) => "panicked",
        });
        let has_panicked = matches!(requested, Err(RequestError::Panicked));
        self.promise(!has_panicked, "nothing panics", || format!("request {index} did"));
    }

    /// The interaction of a request, as the gateway brings it.
    fn interaction(&mut self, index: usize) -> SongRequest {
        let request = self.plan.requests[index].clone();
        let id = JobId(((START + request.at) << 22) | index as u64);
        let is_first = !self.discord.interactions.contains_key(&index);
        if is_first {
            let interaction =
                Interaction { id, at: request.at, answer: None, was_turned_away: false };
            self.discord.interactions.insert(index, interaction);
        } else {
            self.see("asked twice by one interaction");
        }
        let (person, channel) = (request.person, request.channel);
        self.tell(|| format!("person {person} asks for {index} in channel {channel}"));
        let installed = self.discord.channels[channel].installed;
        SongRequest {
            interaction: id.into(),
            requester: user_id(person),
            roles: if self.plan.people[person].has_role { vec![ROLE] } else { Vec::new() },
            place: Place {
                guild: installed.then_some(GuildId(10 + channel as u64)),
                channel: channel_id(channel),
                access: if installed { MessageAccess::Channel } else { MessageAccess::TokenOnly },
                application: ApplicationId(1),
                token: Some(SecretString::new(index.to_string())),
                attachment_limit: 1 << 20,
            },
            prompt: Prompt::parse(&prompt_of(index)).unwrap(),
            origin: None,
        }
    }

    /// The requester clicks *Cancel*: the click's number, its message and the job.
    fn click(&mut self, index: usize) -> Option<(usize, u64, JobId)> {
        let id = self.discord.interactions.get(&index)?.id;
        let first = self.discord.first_answer(index).filter(|message| !message.is_deleted)?;
        let message = first.id;
        first.body["components"].to_string().contains("\"cancel:").then_some(())?;
        let at = self.now();
        self.promises.cancelled.insert(index);
        self.tell(|| format!("somebody cancels request {index}"));
        self.discord.clicks.push(Click { at, index, is_answered: false });
        Some((self.discord.clicks.len() - 1, message, id))
    }

    /// Is what people are told about a cancellation true?
    fn check_cancelled(&mut self, index: usize, outcome: Option<CancelOutcome>) {
        let row = self.rows.get(&index).map(|row| &row.state);
        let is_true = match outcome {
            Some(CancelOutcome::Cancelled) => matches!(row, Some(JobState::Cancelled(_))),
            Some(CancelOutcome::Ended) => {
                matches!(row, Some(JobState::Failed(Failure::Ended { .. })))
            }
            Some(CancelOutcome::Remembered { .. }) => {
                self.promises.remembered.insert(index);
                true
            }
            _ => true,
        };
        self.promise(is_true, "who is told that a song is cancelled finds it so", || {
            format!("request {index} is not")
        });
    }

    fn wants_ended(&mut self, index: usize) -> Option<JobId> {
        let id = self.discord.interactions.get(&index)?.id;
        self.promises.ended.insert(index);
        self.tell(|| format!("the owner cancels or ends request {index}"));
        Some(id)
    }

    fn admin_interaction(&mut self, act: Act) -> InteractionId {
        let number = self.promises.admin_actions.len() as u64;
        let id = InteractionId(self.snowflake(0x30_0000 + number));
        self.promises.admin_actions.insert(id, act);
        id
    }
}
