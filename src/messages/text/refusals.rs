//! What people are told of commands and messages that the bot can't make sense of.

/// To somebody whose interaction could not be read.
pub const UNREADABLE: &str = "Discord sent me this in a form that I don't understand, so nothing \
                              happened and no song was started. Try `/song` instead.";
/// To somebody who used a command that this bot doesn't have.
pub const UNKNOWN_COMMAND: &str = "This bot doesn't have that command any more, so nothing \
                                   happened. `/help` shows what it can do.";
/// To somebody whose Discord has another version of a command.
pub const COMMAND_CHANGED: &str = "This command has changed, and your Discord still shows an older \
                                   version of it. Nothing happened: restart Discord and try again.";
/// To somebody who wanted a song made of a message without text.
pub const NOTHING_TO_READ: &str = "There is no text in that message that I could make a song of. \
                                   Use `/song` and write what it should be like.";
/// To the bot's owner: interactions go elsewhere.
pub const INTERACTIONS_ENDPOINT: &str = "Nobody can use this bot at the moment: its application \
                                         has an Interactions Endpoint URL, so Discord sends \
                                         commands and clicks there. Remove that URL in the \
                                         developer portal, under General Information.";
