//! What a webhook is told for people, beside what the owner is told in person (`owner.rs`).

/// The key works.
pub const ALERT_KEY_ENDED: &str = "Whisul accepts my API key again. Songs go on by themselves.";

/// There is credit.
pub const ALERT_CREDIT_ENDED: &str =
    "The Whisul account of my API key has credit again. Songs go on by themselves.";

/// Whisul is away.
pub const ALERT_WHISUL_AWAY: &str = "I have not been able to use Whisul for ten minutes: it can't be reached, fails, or asks me to \
     wait. Songs wait in line and go on by themselves. Check whether Whisul works, and this machine's \
     network with whisul-bot doctor.";

/// Whisul is back.
pub const ALERT_WHISUL_ENDED: &str = "Whisul works again. Songs go on by themselves.";

/// Discord is away.
pub const ALERT_DISCORD_AWAY: &str = "I have had no working connection to Discord for ten minutes, so nobody can use me. Songs are \
     still made, and posted afterwards. Look at discordstatus.com, and check this machine's network \
     with whisul-bot doctor.";

/// Discord is back.
pub const ALERT_DISCORD_ENDED: &str = "I am connected to Discord again.";

/// The quota over everybody is nearly used up.
pub const ALERT_QUOTA_80: &str = "80 % of GLOBAL_QUOTA is used. When all of it is, nobody gets a new song until older ones no longer \
     count. Look with /admin stats who asks for so many, or raise it with /admin quota global.";

/// It is no longer.
pub const ALERT_QUOTA_80_ENDED: &str = "Less than 80 % of GLOBAL_QUOTA is used again.";

/// The quota over everybody is used up.
pub const ALERT_QUOTA_100: &str = "GLOBAL_QUOTA is used up: nobody gets a new song until older ones no longer count. Songs in line \
     are still made. Raise it with /admin quota global, or wait.";

/// It is no longer.
pub const ALERT_QUOTA_100_ENDED: &str = "GLOBAL_QUOTA has room again. New songs are accepted.";

/// The database can't be written.
pub const ALERT_DATABASE: &str = "I can't write to my database. New songs are refused, and songs under way wait. Look for a full disk, \
     or for another program that holds the file; whisul-bot doctor checks both.";

/// It can be.
pub const ALERT_DATABASE_ENDED: &str =
    "I can write to my database again. Songs go on by themselves.";

/// The other process is silent.
pub const ALERT_OTHER_PROCESS_ENDED: &str =
    "No other process has responded with my token for an hour.";

/// The database's schema was updated.
pub const ALERT_SCHEMA_UPDATED: &str = "I have updated my database for this version. The database as it was is kept beside it: an earlier \
     version of me needs that one restored.";
