//! What moderators and the bot's owner do with `/admin`.

mod moderation;
mod pages;
mod quotas;
mod rights;
mod views;

use std::time::Duration;

use sandbox::{DiscordRules, Person, Seat, WhisulRules};
use serde_json::{Value, json};

use crate::world::World;

/// The permission to manage a server (Discord docs, Permissions).
const MANAGE_GUILD: u64 = 1 << 5;

/// A world where songs take no time, in which Bob manages the server.
async fn moderated(settings: &[(&str, &str)]) -> World {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let world = World::awake(settings, DiscordRules::default(), rules).await;
    make_moderator(&world);
    world
}

fn make_moderator(world: &World) {
    let moderators = world.server.add_role("Moderators");
    moderators.grant(MANAGE_GUILD);
    world.server.give_role(&world.bob, &moderators);
}

/// Uses a subcommand of `/admin` and returns what is answered, which nobody else sees.
async fn admin(seat: &Seat, subcommand: &str, options: &[(&str, Value)]) -> String {
    let used = seat.command(&format!("admin {subcommand}"), options).await;
    let answer = used.expect("Discord takes the command").answer().await.expect("an answer");
    assert!(answer.ephemeral(), "{}", answer.text());
    answer.text()
}

impl World {
    /// Bob, who manages the server, in its channel.
    fn moderator(&self) -> Seat {
        self.bob.at(&self.channel)
    }

    /// The bot's owner in the server's channel.
    fn owner(&self) -> Seat {
        self.discord.owner().at(&self.channel)
    }

    /// Ann is told why there is no song.
    async fn refused(&self, prompt: &str) -> String {
        crate::world::refusal(&self.song(&self.ann, prompt).await).await
    }

    /// Ann gets a song.
    async fn sings(&self, prompt: &str) {
        crate::world::done(&self.song(&self.ann, prompt).await).await;
    }
}

/// A person as an option's value.
fn id(person: &Person) -> Value {
    json!(person.id().to_string())
}
