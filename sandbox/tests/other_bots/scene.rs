//! The scene that every library's bot plays: each kind of interaction, a burst, lost connections.

use std::process::{Child, Command};
use std::time::Duration;

use sandbox::{
    ChannelClient, DiscordRules, DiscordSandbox, Fault, Invocation, Modal, NoAnswer, PATIENCE,
    Person, RateLimit, RateLimits,
};
use serde_json::json;

/// The commands that each bot registers.
const COMMANDS: usize = 5;
/// Notes that each bot sends at once, more than a channel takes.
const BURST: usize = 8;

/// A bot in another language; killed when dropped.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Plays the whole scene with a bot that this command starts.
pub(crate) async fn play(mut command: Command) {
    let discord = DiscordSandbox::start(rules()).await.unwrap();
    let server = discord.add_server("Den");
    let (channel, other) = (server.add_channel("music"), server.add_channel("more-music"));
    let (ann, ben) = (discord.add_person("Ann"), discord.add_person("Ben"));
    server.join(&ann);
    server.join(&ben);
    command.env("DISCORD_API_URL", discord.url()).env("DISCORD_TOKEN", discord.token());
    let _bot = Bot(command.spawn().unwrap());
    discord
        .until("a bot that is connected and has registered its commands", || {
            let ready = discord.commands().len() == COMMANDS && discord.sessions().connected > 0;
            ready.then_some(())
        })
        .await;
    let (here, there) = (ann.at(&channel), ann.at(&other));

    watch(&here, &ask(&here).await).await;
    suggests(&here).await;
    shows_a_modal(&here).await;
    has_menus(&here, &ben).await;
    waits_out_rate_limits(&discord, &here).await;

    discord.gateway().drop_connections();
    watch(&there, &ask(&there).await).await;
    assert_eq!((discord.sessions().identified, discord.sessions().resumed), (1, 1));
    comes_back(&discord, &here).await;

    assert_eq!(discord.violations(), Vec::<String>::new());
    assert_eq!(discord.invalid_answers(), Vec::<String>::new());
}

/// This is about what they say, not about how soon this machine lets them say it.
fn rules() -> DiscordRules {
    let messages = RateLimit::new(5, Duration::from_secs(1));
    DiscordRules {
        answer_within: PATIENCE,
        modal_delay: Duration::from_millis(500),
        rate_limits: RateLimits { messages, ..RateLimits::default() },
        ..DiscordRules::default()
    }
}

async fn ask(client: &ChannelClient) -> Invocation {
    client.command("song", &[("prompt", json!("rain"))]).await.unwrap()
}

/// What the bot's answer to something says.
async fn said(invocation: &Invocation) -> String {
    let answer = invocation.answer().await;
    answer.unwrap_or_else(|error| panic!("no answer: {error}")).content
}

/// The messages of a song: the answer thinking, edited, followed up, and an embed beside it.
async fn watch(client: &ChannelClient, song: &Invocation) {
    song.answer().await.unwrap();
    let message = song.until("the edit", |message| message.content == "Composing rain").await;
    assert!(message.revisions[0].json["flags"] == 128, "it was not deferred");
    let interaction = message.interaction.as_ref().unwrap();
    assert_eq!((interaction.name.as_str(), interaction.user), ("song", client.person_id()));

    let done = client.until_message("the follow-up", |message| message.content == "Done").await;
    assert!(done.ephemeral());
    assert_eq!(song.follow_ups().len(), 1);
    let file = reqwest::get(&done.attachments[0].url).await.unwrap();
    assert_eq!(file.text().await.unwrap(), "rain");

    let embed = client.until_message("the embed", |message| !message.embeds.is_empty()).await;
    let embed = embed.embed().unwrap();
    assert_eq!((embed.title.as_deref(), embed.field("BPM")), (Some("rain"), Some("90")));
    assert!(embed.timestamp.is_some());

    let pick = client.pick(message.id, "mood", &["wild"]).await.unwrap();
    assert_eq!(said(&pick).await, "Mood: wild");
    let click = client.click(message.id, "again").await.unwrap();
    let updated = click.answer().await.unwrap_or_else(|error| panic!("the click: {error}"));
    assert_eq!((updated.content.as_str(), updated.buttons().len()), ("Once more", 0));
}

async fn suggests(client: &ChannelClient) {
    let suggested = client.autocomplete("song", "prompt", "rain").await.unwrap();
    assert_eq!(suggested[0]["value"], "rain on tin");
}

/// The modal that an interaction shows.
async fn modal(invocation: &Invocation) -> Modal {
    match invocation.answer().await {
        Err(NoAnswer::Modal(modal)) => modal,
        other => panic!("no modal: {other:?}"),
    }
}

async fn shows_a_modal(client: &ChannelClient) {
    let verse = modal(&client.command("verse", &[]).await.unwrap()).await;
    assert_eq!((verse.title.as_str(), verse.fields.len()), ("A verse", 1));
    let line = verse.fields[0].custom_id.as_str();
    client.submit_modal(&verse, &[(line, "la la")]).await.unwrap();
    // Some libraries answer the modal itself, some close it and follow up on the command.
    client.until_message("the verse", |message| message.content == "Verse: la la").await;
}

async fn has_menus(client: &ChannelClient, ben: &Person) {
    let tune = client.say("a tune").unwrap();
    let singing = client.message_command("Sing this", tune).await.unwrap();
    assert_eq!(said(&singing).await, "Singing a tune");
    let singing = client.user_command("Sing for", ben).await.unwrap();
    assert_eq!(said(&singing).await, "For Ben");
}

async fn waits_out_rate_limits(discord: &DiscordSandbox, client: &ChannelClient) {
    let refused = Fault::on("POST", "/api/*/channels/*/messages").times(2).rate_limited(0.3);
    let refused = discord.faults().add(refused);
    let burst = client.command("burst", &[]).await.unwrap();
    burst.until("the end of the burst", |message| message.content == "Burst over").await;
    let notes = client.messages().iter().filter(|it| it.content.starts_with("Note ")).count();
    assert_eq!((notes, discord.faults().hits(refused)), (BURST, 2));
}

/// Reconnects on request, and starts a new session after an invalid one.
async fn comes_back(discord: &DiscordSandbox, client: &ChannelClient) {
    discord.gateway().ask_to_reconnect();
    let back = |resumed, identified| {
        move || {
            let now = discord.sessions();
            (now.resumed >= resumed && now.identified >= identified && now.connected == 1)
                .then_some(())
        }
    };
    discord.until("a resumed session", back(2, 1)).await;
    suggests(client).await;
    discord.gateway().invalidate(false);
    discord.until("a new session", back(2, 2)).await;
    suggests(client).await;
    assert_eq!(discord.sessions().identified, 2);
}
