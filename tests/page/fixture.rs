//! A Discord with people on it, and a Whisul: the same as in the demo, with everything quicker.

use std::{sync::Arc, time::Duration};

use sandbox::{
    Channel, DiscordRules, DiscordSandbox, Person, Program, WhisulRules, WhisulSandbox,
    page::Environment,
};

/// `MANAGE_GUILD` and `MANAGE_MESSAGES`.
const MODERATION: u64 = 1 << 5 | 1 << 13;
const SERVER: &str = "Music lovers";
const SONG: Duration = Duration::from_millis(1500);

/// The sandboxes, channels, people and roles.
pub(crate) struct Fixture {
    pub(crate) discord: DiscordSandbox,
    pub(crate) whisul: WhisulSandbox,
    pub(crate) channels: [Channel; 2],
    /// A member, another, one with a role, a moderator, the owner.
    pub(crate) people: [Person; 5],
    roles: Vec<(u64, String)>,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let discord = DiscordSandbox::start(DiscordRules::default()).await.unwrap();
        let whisul = WhisulSandbox::start(WhisulRules::default()).await.unwrap();
        let server = discord.add_server(SERVER);
        let channels = ["songs", "lounge"].map(|name| server.add_channel(name));
        let [ann, bob, pat, mo] = ["Ann", "Bob", "Pat", "Mo"].map(|name| discord.add_person(name));
        server.join(&ann);
        server.join(&bob);
        let [patrons, moderators] = ["Patrons", "Moderators"].map(|name| server.add_role(name));
        server.give_role(&pat, &patrons);
        server.give_role(&mo, &moderators);
        moderators.grant(MODERATION);
        discord.owner().rename("Olga");
        discord.bot().rename("whisul-bot");
        let roles = [(patrons, "Patrons"), (moderators, "Moderators")];
        let roles = roles.map(|(role, name)| (role.id(), name.to_owned())).into();
        let people = [ann, bob, pat, mo, discord.owner()];
        Self { discord, whisul, channels, people, roles }
    }

    /// `ROLE_QUOTAS` that allow any number of songs with any role.
    pub(crate) fn unlimited_roles(&self) -> String {
        let roles = self.roles.iter().map(|(role, _)| format!("{role}=unlimited"));
        roles.collect::<Vec<_>>().join(",")
    }

    /// What the page shows, with this bot.
    pub(crate) fn environment(&self, bot: &Arc<Program>) -> Environment {
        let what = [
            "a member: two songs a day",
            "a member: two songs a day",
            "a patron: any number of songs",
            "a moderator: any number of songs",
            "the owner of bot and server",
        ];
        let channels = self.channels.iter().cloned().zip(["songs", "lounge"].map(str::to_owned));
        Environment {
            discord: self.discord.clone(),
            whisul: self.whisul.clone(),
            server: SERVER.to_owned(),
            channels: channels.collect(),
            people: self.people.iter().cloned().zip(what.map(str::to_owned)).collect(),
            roles: self.roles.clone(),
            bot: Arc::clone(bot),
            song_takes: SONG,
        }
    }
}
