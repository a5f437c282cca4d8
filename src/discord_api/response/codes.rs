//! What Discord's error codes mean for a message.
//!
//! Codes: Discord docs, Opcodes and Status Codes > JSON Error Codes.

use std::time::Duration;

use crate::discord_api::{DiscordError, auth::Auth};

/// How long to wait where Discord asks for patience by a code and names no time.
const WAIT: Duration = Duration::from_secs(5);

/// Discord's own error: its HTTP status, its code, and the wait that it asks for, if any.
#[derive(Clone, Copy, Debug)]
pub(in crate::discord_api) struct Told {
    pub(in crate::discord_api) status: u16,
    pub(in crate::discord_api) code: u64,
    pub(in crate::discord_api) wait: Option<Duration>,
}

impl Told {
    /// What it means. The code decides: a status alone says too little, since a 403 may be about a
    /// permission, a pace or a failure inside Discord.
    pub(in crate::discord_api) fn meaning(self, auth: Auth) -> DiscordError {
        let Self { status, code, wait } = self;
        let rate_limited = DiscordError::RateLimited { after: wait.unwrap_or(WAIT) };
        match code {
            // Unknown channel or server.
            10_003 | 10_004 => DiscordError::ChannelGone,
            10_008 => DiscordError::MessageGone,
            // Unknown webhook or interaction; an invalid webhook token.
            10_015 | 10_062 | 50_027 => DiscordError::TokenGone,
            // Too many edits of an old message.
            30_046 => DiscordError::TooManyEdits,
            40_060 => DiscordError::AlreadyAcknowledged,
            // Closed direct messages, no server in common, no such person or one who can't be a
            // recipient.
            50_007 | 50_278 | 10_013 | 50_033 => DiscordError::CannotDm,
            // An archived, or a locked thread.
            50_083 | 160_005 => DiscordError::ThreadArchived,
            // Missing access, missing permissions, a message of another author, a channel of a type
            // that takes no messages, a ban, a server's verification, two-factor authentication.
            50_001 | 50_013 | 50_003 | 50_005 | 50_008 | 50_009 | 50_024 | 40_007 | 40_058
            | 60_003 => DiscordError::NoAccess,
            // A body that breaks rules or can't be read, explicit content, an empty message,
            // AutoMod, a blocked link, and files that Discord can't use.
            50_035 | 50_109 | 20_009 | 50_006 | 200_000 | 200_001 | 240_000 | 50_046 | 50_110
            | 50_146 => DiscordError::ContentRejected { status, code },
            40_005 | 50_045 => DiscordError::TooLarge,
            // Direct messages opened too fast, messages switched off for a while, slow mode, limits
            // on writing in a channel or a server, limits of announcements and of a resource, an
            // overloaded resource.
            40_003 | 40_004 | 40_006 | 20_016 | 20_022 | 20_028 | 20_029 | 40_062 | 130_000 => {
                rate_limited
            }
            // Too many commands, or too many created today: Discord may send these as a 429 as well.
            30_032 | 30_034 => DiscordError::Unexpected { status, code },
            // An internal network error.
            40_333 => unknown(status, code),
            // "401: Unauthorized", unauthorized, an invalid authentication token.
            0 | 40_001 | 50_014 if status == 401 && auth == Auth::BotToken => {
                DiscordError::BadToken
            }
            _ if status == 429 => rate_limited,
            _ if status >= 500 => unknown(status, code),
            _ => DiscordError::Unexpected { status, code },
        }
    }
}

fn unknown(status: u16, code: u64) -> DiscordError {
    DiscordError::UnknownOutcome { cause: format!("status {status}, code {code}") }
}
