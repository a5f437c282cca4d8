//! What the program's log tells, and what it keeps to itself.

use std::{
    fs::{self, File},
    process::{Child, Command},
    time::Duration,
};

use sandbox::{DiscordRules, Fault, Plan, WhisulRules};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::world::{DEADLINE, World, done, refusal, title};

/// The program, killed if its test ends before it.
struct Program(Option<Child>);

impl Program {
    /// Starts it with everything logged to a file in the world's folder.
    fn start(world: &World) -> Self {
        let log = File::create(world.folder().join("log")).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_whisul-bot"))
            .current_dir(world.folder())
            .env_clear()
            .envs(world.settings())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        Self(Some(child.unwrap()))
    }

    /// Stops it as a service manager does, and waits for its end.
    async fn stop(mut self) {
        let mut child = self.0.take().unwrap();
        let kill = format!("kill -TERM {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let end = spawn_blocking(move || child.wait().unwrap());
        let status = tokio::time::timeout(DEADLINE, end).await.expect("it ends").unwrap();
        assert!(status.success(), "{status}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            _ = child.kill();
            _ = child.wait();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_prompt_and_no_secret_is_ever_logged() {
    let settings = [("USER_QUOTA", "3/1d"), ("RUST_LOG", "trace"), ("LOG_FORMAT", "json")];
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let world = World::asleep(&settings, DiscordRules::default(), rules).await;
    let program = Program::start(&world);
    world.discord.until_ready().await;
    let failed = |message: &sandbox::Message| title(message) == "No song this time";

    // A song, whose last edit Discord can't take at first.
    let edits = "/api/v10/webhooks/*/*/messages/@original";
    world.discord.faults().add(Fault::on("PATCH", edits).status(500).times(2));
    let mut asked = vec![world.song(&world.ann, "marzipan waltz").await];
    done(&asked[0]).await;
    // A song that fails, and one that is rejected, with the prompt in what Whisul says.
    let reason = "no marzipan polka for key and token";
    world.whisul.plan("polka", Plan::fails(Some(reason)).takes(Duration::ZERO));
    asked.push(world.song(&world.ann, "marzipan polka").await);
    asked[1].until("a failure", failed).await;
    let body = json!({ "error": "marzipan minuet?", "message": "no marzipan minuet" }).to_string();
    world.whisul.faults().add(Fault::on("POST", "/api/generate").status(400).body(&body).times(1));
    asked.push(world.song(&world.ann, "marzipan minuet").await);
    asked[2].until("a failure", failed).await;
    // A song of which nobody knows, an interaction that comes twice, and a refusal.
    world.whisul.faults().add(Fault::on("POST", "/api/generate").cut_after().times(1));
    asked.push(world.song(&world.ann, "marzipan galop").await);
    asked[3].deliver_again();
    asked[3].until("a failure", failed).await;
    for prompt in ["marzipan march", "marzipan samba"] {
        asked.push(world.song(&world.ann, prompt).await);
        done(asked.last().unwrap()).await;
    }
    asked.push(world.song(&world.ann, "marzipan tango").await);
    refusal(&asked[6]).await;
    asked.push(world.song(&world.ann, "\u{200B}").await);
    refusal(&asked[7]).await;
    program.stop().await;

    let log = fs::read_to_string(world.folder().join("log")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!(told("a song was asked for"), 6, "{log}");
    assert!(told("the job has moved on") > 6 * 3, "{log}");
    assert!(!log.contains("marzipan"), "{log}");
    for secret in [world.discord.token(), world.whisul.key()] {
        assert!(!log.contains(&secret), "{log}");
    }
    for asked in &asked {
        assert!(!log.contains(&asked.token), "{log}");
    }
}
