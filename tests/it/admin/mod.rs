//! What moderators and the bot's owner do with `/admin`.

mod health;
mod moderation;
mod pages;
mod quotas;
mod rights;
mod songs;
mod views;

use std::time::Duration;

use sandbox::{ChannelClient, DiscordRules, Person, WhisulRules};
use serde_json::{Value, json};

use crate::fixture::Fixture;

/// The permission to manage a server (Discord docs, Permissions).
const MANAGE_GUILD: u64 = 1 << 5;

/// A fixture where songs take no time, in which Bob manages the server.
async fn moderated(settings: &[(&str, &str)]) -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let fixture = Fixture::with_rules(settings, DiscordRules::default(), rules).await;
    make_moderator(&fixture);
    fixture
}

fn make_moderator(fixture: &Fixture) {
    let moderators = fixture.server.add_role("Moderators");
    moderators.grant(MANAGE_GUILD);
    fixture.server.give_role(&fixture.bob, &moderators);
}

/// Uses a subcommand of `/admin` and returns what is answered, which nobody else sees.
async fn admin(client: &ChannelClient, subcommand: &str, options: &[(&str, Value)]) -> String {
    let used = client.command(&format!("admin {subcommand}"), options).await;
    let answer = used.expect("Discord takes the command").answer().await.expect("a response");
    assert!(answer.ephemeral(), "{}", answer.text());
    answer.text()
}

impl Fixture {
    /// Bob, who manages the server, in its channel.
    fn moderator(&self) -> ChannelClient {
        self.bob.at(&self.channel)
    }

    /// The bot's owner in the server's channel.
    fn owner(&self) -> ChannelClient {
        self.discord.owner().at(&self.channel)
    }

    /// Ann is told why there is no song.
    async fn refused(&self, prompt: &str) -> String {
        crate::fixture::refusal(&self.song(&self.ann, prompt).await).await
    }

    /// Ann gets a song.
    async fn sings(&self, prompt: &str) {
        crate::fixture::done(&self.song(&self.ann, prompt).await).await;
    }
}

/// A person as an option's value.
fn id(person: &Person) -> Value {
    json!(person.id().to_string())
}
