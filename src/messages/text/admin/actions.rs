//! What admins did, in the record and right after it.

use super::{mention, word};
use crate::{
    domain::{
        ActionOutcome, AdminAction, AuditEntry, BlockedWord, GuildId, Quota, Scope, UserId,
        WORDS_MAX,
    },
    messages::text::{relative, songs_of},
};

/// What is known about an admin action besides its record.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// What the server of its scope is called where it is told; it is escaped.
    pub server: String,
    /// Whose song it cancelled, if that came in time.
    pub cancelled: Option<UserId>,
}

impl Circumstances {
    /// Those of an admin action of the server where it is told.
    pub fn here() -> Self {
        Self { server: "this server".to_owned(), cancelled: None }
    }

    fn place<'a>(&'a self, entry: &AuditEntry) -> &'a str {
        match entry.scope {
            Scope::Server(_) => &self.server,
            Scope::Everywhere => "all servers",
        }
    }
}

/// A server whose name is not known.
pub fn unnamed_server(id: GuildId) -> String {
    format!("server `{id}`")
}

/// A line of the log; the reason is escaped.
pub fn entry(entry: &AuditEntry, around: &Circumstances, reason: &str) -> String {
    let why = if reason.is_empty() { String::new() } else { format!(" Reason: {reason}") };
    format!("{} · {}{why}", relative(entry.id.created_at()), did(entry, around))
}

/// What an admin action still does, which another one did not end.
pub fn still_in_force(entry: &AuditEntry, around: &Circumstances) -> String {
    format!("Still in force: {}", did(entry, around))
}

/// What only the owner can undo.
pub const OWNERS_TO_UNDO: &str = "Only this bot's owner can undo that, with `everywhere:true`.";

/// Who did what, to whom and where.
fn did(entry: &AuditEntry, around: &Circumstances) -> String {
    let (admin, place) = (mention(entry.admin), around.place(entry));
    let what = match &entry.action {
        AdminAction::Grant { person, songs, expires_at } => format!(
            "gave {} {}, until <t:{}:f>",
            mention(*person),
            extra(*songs),
            expires_at.seconds()
        ),
        AdminAction::Reset { person } => format!("reset the quota of {}", mention(*person)),
        AdminAction::SetPersonQuota { person, quota } => {
            set("the quota of", &mention(*person), *quota)
        }
        AdminAction::SetServerQuota(quota) => set("the quota of", place, *quota),
        AdminAction::LowerServerQuota(Some(quota)) => {
            format!("lowered the quota of {place} to {}", quota_of(*quota))
        }
        AdminAction::LowerServerQuota(None) => set("the quota of", place, None),
        AdminAction::SetGlobalQuota(quota) => set("the quota of", "everyone together", *quota),
        AdminAction::Block(person) => format!("blocked {} in {place}", mention(*person)),
        AdminAction::Unblock(person) => format!("unblocked {} in {place}", mention(*person)),
        AdminAction::Pause => format!("paused songs in {place}"),
        AdminAction::Resume => format!("allowed songs in {place} again"),
        AdminAction::AddWord(blocked) => format!("blocked the word {} in {place}", word(blocked)),
        AdminAction::RemoveWord(blocked) => {
            format!("allowed the word {} in {place} again", word(blocked))
        }
        AdminAction::Cancel(job) => match around.cancelled {
            Some(requester) => format!("cancelled song `{job}` of {}", mention(requester)),
            None => format!("tried to cancel song `{job}`"),
        },
    };
    format!("{admin} {what}.")
}

fn set(what: &str, whose: &str, quota: Option<Quota>) -> String {
    match quota {
        Some(quota) => format!("set {what} {whose} to {}", quota_of(quota)),
        None => format!("put {what} {whose} back to the bot's own"),
    }
}

/// What became of an admin action. `quota` is the quota that it is about, as it is in force now.
pub fn performed(entry: &AuditEntry, performed: ActionOutcome, quota: Option<Quota>) -> String {
    match performed {
        ActionOutcome::Recorded | ActionOutcome::AlreadyRecorded => {
            format!("Done. {}", done(entry, quota))
        }
        ActionOutcome::Renewed => {
            format!("That was in force already, so nothing has changed. {}", done(entry, quota))
        }
        ActionOutcome::NothingToEnd => {
            let now = quota.map(|quota| format!(" The quota is {}.", quota_of(quota)));
            let around = Circumstances::here();
            let (place, now) = (around.place(entry), now.unwrap_or_default());
            format!("That wasn't in force in {place}, so nothing has changed.{now}")
        }
        ActionOutcome::TooManyWords => {
            format!("There are {WORDS_MAX} blocked words already. Remove one first.")
        }
    }
}

fn done(entry: &AuditEntry, quota: Option<Quota>) -> String {
    let around = Circumstances::here();
    let place = around.place(entry);
    let now = quota.map(|quota| format!(": {}", quota_of(quota))).unwrap_or_default();
    match &entry.action {
        AdminAction::Grant { person, songs, expires_at } => format!(
            "{} has {} until <t:{}:f>.",
            mention(*person),
            extra(*songs),
            expires_at.seconds()
        ),
        AdminAction::Reset { person } => format!(
            "The quota of {} has been reset. What they had used no longer counts in it.",
            mention(*person)
        ),
        AdminAction::SetPersonQuota { person, quota: Some(quota) } => {
            format!("The quota of {} is now {}.", mention(*person), quota_of(*quota))
        }
        AdminAction::SetPersonQuota { person, quota: None } => {
            format!("{} is back to the bot's own quota.", mention(*person))
        }
        AdminAction::SetServerQuota(Some(quota)) | AdminAction::LowerServerQuota(Some(quota)) => {
            format!("The quota of this server is now {}.", quota_of(*quota))
        }
        AdminAction::SetServerQuota(None) | AdminAction::LowerServerQuota(None) => {
            format!("This server is back to the bot's own quota{now}.")
        }
        AdminAction::SetGlobalQuota(Some(quota)) => {
            format!("The quota of everyone together is now {}.", quota_of(*quota))
        }
        AdminAction::SetGlobalQuota(None) => {
            format!("Everyone together is back to the bot's own quota{now}.")
        }
        AdminAction::Block(person) => {
            format!("{} is blocked in {place}. Their songs under way go on.", mention(*person))
        }
        AdminAction::Unblock(person) => format!("{} is unblocked in {place}.", mention(*person)),
        AdminAction::Pause => format!("Songs are paused in {place}. Those under way go on."),
        AdminAction::Resume => format!("Songs are allowed in {place} again."),
        AdminAction::AddWord(blocked) => {
            let warning = if is_one_letter(blocked) { ONE_LETTER } else { "" };
            format!("{} is blocked in {place}.{warning}", word(blocked))
        }
        AdminAction::RemoveWord(blocked) => {
            format!("{} is allowed in {place} again.", word(blocked))
        }
        AdminAction::Cancel(job) => format!("Song `{job}` is cancelled."),
    }
}

/// Many prompts contain a single letter as a word of its own. In scripts such as the Chinese one a
/// single character is a word like any other.
fn is_one_letter(blocked: &BlockedWord) -> bool {
    matches!(blocked.as_str().as_bytes(), [letter] if letter.is_ascii_alphanumeric())
}

fn extra(songs: u32) -> String {
    if songs == 1 { "1 extra song".to_owned() } else { format!("{songs} extra songs") }
}

/// A blocked word may keep out more than was meant.
const ONE_LETTER: &str = " Prompts in which it stands alone are rejected, such as \"Plan A\" for the \
                          letter a. `/admin words remove` allows it again.";

/// Somebody without a quota got extra songs.
pub const GRANT_UNNEEDED: &str = "They have no quota at the moment, so the extra songs count only if \
                                  they get one.";

/// A quota in a sentence.
pub fn quota_of(quota: Quota) -> String {
    match quota {
        Quota::Unlimited => "unlimited".to_owned(),
        Quota::Limited { .. } => songs_of(quota),
    }
}
