//! The scene that is played, and what has to come of it.

use std::time::Duration;

use sandbox::{Invocation, Message, Person, Plan};
use serde_json::json;
use tokio::time::timeout;
use whisul_bot::messages::text;

use crate::{
    screen::Terminal,
    stage::{Stage, Wrong},
};

/// Longer than any song here takes, its time in the queue included.
const LIMIT: Duration = Duration::from_secs(15);

/// Two people, three songs, a failure and a refusal.
pub(crate) async fn play(stage: &Stage, terminal: Terminal) -> Result<(), Wrong> {
    let Stage { whisul, ann, bob, .. } = stage;
    let seconds = Duration::from_secs_f32;
    whisul.plan("rainy evening", Plan::song().takes(seconds(3.5)));
    whisul.plan("lost socks", Plan::song().takes(seconds(3.0)));
    whisul.plan("perfect silence", Plan::fails(Some("Nothing to hear.")).takes(seconds(1.0)));
    whisul.plan("last bus", Plan::song().takes(seconds(2.5)));

    terminal.say("Everybody may have two songs a day here, and Whisul makes one at a time.");
    let rain = command(stage, terminal, ann, "a lo-fi beat for a rainy evening").await?;
    rain.composing().await?;
    terminal.say("It hasn't made a song yet, so it can't estimate how long one takes.");
    terminal.say("Bob has to wait until Ann's song is done.");
    let socks = command(stage, terminal, bob, "a sea shanty about lost socks").await?;
    rain.settled().await?.expect_song()?;
    socks.settled().await?.expect_song()?;

    terminal.say("Whisul makes no song from this prompt, so it doesn't count against Bob's quota.");
    let silence = command(stage, terminal, bob, "ten minutes of perfect silence").await?;
    silence.settled().await?.expect_failure()?;
    let bus = command(stage, terminal, bob, "a slow blues about the last bus").await?;
    bus.settled().await?.expect_song()?;

    terminal.say("That was Bob's second song. Only he sees what comes of the third.");
    let third = command(stage, terminal, bob, "one more for the road").await?;
    third.settled().await?.expect_refusal()
}

/// A person uses `/song`, which is printed.
async fn command(
    stage: &Stage,
    terminal: Terminal,
    person: &Person,
    prompt: &str,
) -> Result<Asked, Wrong> {
    terminal.say(&format!("{} types: /song {prompt}", person.name()));
    ask(stage, person, prompt).await
}

/// A person uses `/song`.
pub(crate) async fn ask(stage: &Stage, person: &Person, prompt: &str) -> Result<Asked, Wrong> {
    let used = person.at(&stage.channel).command("song", &[("prompt", json!(prompt))]).await;
    let prompt = prompt.to_owned();
    match used {
        Ok(invocation) => Ok(Asked { invocation, prompt }),
        Err(why) => Err(Wrong::Command { prompt, why: why.to_string() }),
    }
}

/// A song that was asked for.
pub(crate) struct Asked {
    invocation: Invocation,
    prompt: String,
}

impl Asked {
    /// Waits until Whisul is at it.
    async fn composing(&self) -> Result<(), Wrong> {
        self.until("a song under way", |message| title(message) == text::COMPOSING).await?;
        Ok(())
    }

    /// Waits until its message will not change any more.
    pub(crate) async fn settled(&self) -> Result<Answer, Wrong> {
        let message = self.until("an outcome", |message| Outcome::of(message).is_some()).await?;
        Ok(Answer { message, prompt: self.prompt.clone() })
    }

    async fn until(
        &self,
        what: &str,
        holds: impl FnMut(&Message) -> bool,
    ) -> Result<Message, Wrong> {
        let prompt = self.prompt.clone();
        if let Err(why) = self.invocation.answer().await {
            return Err(Wrong::NoAnswer { prompt, why: why.to_string() });
        }
        let waiting = timeout(LIMIT, self.invocation.until(what, holds));
        waiting.await.map_err(|_| Wrong::Endless { prompt, limit: LIMIT })
    }
}

/// What came of it.
pub(crate) struct Answer {
    pub(crate) message: Message,
    prompt: String,
}

fn title(message: &Message) -> &str {
    message.embed().and_then(|embed| embed.title.as_deref()).unwrap_or_default()
}

/// The ways in which it can end, as people tell them apart.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Song,
    Failure,
    LimitExceeded,
}

impl Outcome {
    /// The outcome that a message shows; `None` while the song runs.
    fn of(message: &Message) -> Option<Self> {
        if message.button(text::LISTEN).is_some() {
            Some(Self::Song)
        } else if title(message) == text::FAILED {
            Some(Self::Failure)
        } else {
            message.ephemeral().then_some(Self::LimitExceeded)
        }
    }
}

impl Answer {
    pub(crate) fn expect_song(self) -> Result<(), Wrong> {
        self.expect(Outcome::Song, "a song")
    }

    fn expect_failure(self) -> Result<(), Wrong> {
        self.expect(Outcome::Failure, "a failure")
    }

    fn expect_refusal(self) -> Result<(), Wrong> {
        self.expect(Outcome::LimitExceeded, "a refusal that only one person sees")
    }

    fn expect(self, outcome: Outcome, expected: &'static str) -> Result<(), Wrong> {
        let met = Outcome::of(&self.message) == Some(outcome);
        if met { Ok(()) } else { Err(Wrong::Outcome { prompt: self.prompt, expected }) }
    }
}
