//! What the bot's owner is told, since only they can change it.

/// To the owner: Whisul rejects the key.
pub const OWNER_BAD_KEY: &str = "Whisul rejects the API key that I use (WHISUL_API_KEY), or doesn't let it submit prompts. Songs \
     wait in line until it works. Put the right key into the settings and restart me; if the key is \
     put right at Whisul, I go on by myself.";

/// To the owner: the key's account is out of credit.
pub const OWNER_OUT_OF_CREDIT: &str = "The Whisul account of my API key is out of credit. Songs wait in line until there is some. Add \
     credit at Whisul; I go on by myself.";

/// To the owner: two processes share the token.
pub const OWNER_OTHER_PROCESS: &str = "Another process responds with my token (DISCORD_TOKEN). Each command goes to both of us, and I \
     leave it to the process that responds first. Stop one of them, or reset the token in the \
     developer portal if you don't know the other one.";

/// To the bot's owner: interactions go elsewhere.
pub const INTERACTIONS_ENDPOINT: &str = "Nobody can use this bot at the moment: its application \
                                         has an Interactions Endpoint URL, so Discord sends \
                                         commands and clicks there. Remove that URL in the \
                                         developer portal, under General Information.";
