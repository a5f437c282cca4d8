//! Permission bits (<https://docs.discord.com/developers/topics/permissions>).

pub(crate) const ADD_REACTIONS: u64 = 1 << 6;
pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;
pub(crate) const MANAGE_THREADS: u64 = 1 << 34;
pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
pub(crate) const PIN_MESSAGES: u64 = 1 << 51;
pub(crate) const ADMINISTRATOR: u64 = 1 << 3;
pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
const EMBED_LINKS: u64 = 1 << 14;
pub(crate) const ATTACH_FILES: u64 = 1 << 15;
const READ_MESSAGE_HISTORY: u64 = 1 << 16;
pub(crate) const MENTION_EVERYONE: u64 = 1 << 17;
const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
pub(crate) const USE_EXTERNAL_APPS: u64 = 1 << 50;

/// The permissions of a member without roles.
pub(crate) const MEMBER: u64 = ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | MENTION_EVERYONE
    | USE_EXTERNAL_EMOJIS
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | CREATE_PRIVATE_THREADS
    | SEND_MESSAGES_IN_THREADS
    | USE_EXTERNAL_APPS;

/// What a server's owner may do.
pub(crate) const EVERYTHING: u64 = (1 << 53) - 1;

/// What an application may do in a direct message, or where only a user installed it.
pub(crate) const WITHOUT_MEMBERSHIP: u64 =
    EMBED_LINKS | ATTACH_FILES | MENTION_EVERYONE | USE_EXTERNAL_EMOJIS;
