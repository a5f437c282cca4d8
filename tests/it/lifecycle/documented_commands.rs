//! The commands in the README and in the pages for hosts work as they are written there.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::Command as Process,
};

use sandbox::{DiscordRules, WhisulRules};
use whisul_bot::ops::Command;

use crate::fixture::{
    Fixture, done,
    program::{PROGRAM, output, program},
};

const PAGES: [&str; 3] = ["README.md", "docs/hosting.md", "docs/operations.md"];

/// Commands that no test runs, by how they begin, and why not.
const NOT_RUN: [(&str, &str); 16] = [
    ("./target/release/whisul-bot", "the bot itself, which other scenes run"),
    ("./whisul-bot", "the same"),
    ("cargo build", "CI builds it"),
    ("cargo run --example demo", "CI runs the demo"),
    ("cargo test", "it would run itself"),
    ("docker compose build", "needs Docker"),
    ("docker compose pull", "needs Docker, and a release"),
    ("docker compose start", "needs Docker"),
    ("docker compose stop", "needs Docker"),
    ("docker compose up", "needs Docker"),
    ("docker compose --profile monitoring up", "needs Docker"),
    ("sha256sum", "needs the files of a release, as the next two do"),
    ("tar", "see above"),
    ("cd", "see above"),
    ("sudo", "changes the machine"),
    ("sudoedit", "opens an editor"),
];

/// Commands of a block for root, which change the machine.
const AS_ROOT: [&str; 3] = ["install", "useradd", "systemctl"];

/// In place of Docker: runs what the container would run.
const DOCKER: &str = "\
#!/bin/sh
while [ \"$1\" != whisul-bot ]; do shift; done
shift
if [ \"$1\" = /whisul-bot ]; then shift; fi
exec whisul-bot \"$@\"
";

fn read(page: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap()
}

/// The blocks of shell commands on a page, each a list of commands.
fn blocks(page: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let text = read(page);
    let mut lines = text.lines().map(str::trim);
    while lines.any(|line| line == "```sh") {
        let block = lines.by_ref().take_while(|line| *line != "```");
        blocks.push(block.map(str::to_owned).collect());
    }
    blocks
}

fn begins(command: &str, with: &str) -> bool {
    command.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Whether a test can run a command: the bot alone runs until it is stopped.
fn is_run(command: &str) -> bool {
    let is_listed = |(with, _): &(&str, &str)| match *with {
        "./target/release/whisul-bot" | "./whisul-bot" => command == *with,
        with => begins(command, with),
    };
    !NOT_RUN.iter().any(is_listed) && !AS_ROOT.iter().any(|with| begins(command, with))
}

/// A bot with a song, its database where the pages say, and the stand-in for Docker.
async fn hosted() -> Fixture {
    let (discord, whisul) = (DiscordRules::default(), WhisulRules::default());
    let mut fixture = Fixture::without_bot(&[], discord, whisul).await;
    let folder = fixture.folder().to_owned();
    for name in ["bin", "backups", "data"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    for link in ["bin/whisul-bot", "whisul-bot"] {
        symlink(PROGRAM, folder.join(link)).unwrap();
    }
    fs::write(folder.join("bin/docker"), DOCKER).unwrap();
    fs::set_permissions(folder.join("bin/docker"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.join(".env.example"), read(".env.example")).unwrap();
    let database = format!("sqlite://{}", folder.join("data/whisul-bot.db").display());
    fixture.set("DATABASE_URL", &database);
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    fixture
}

/// Runs the commands of a block as a shell does, in the bot's folder.
fn run(fixture: &Fixture, commands: &[&String]) {
    let script: Vec<_> = commands.iter().map(|command| command.as_str()).collect();
    // The folders of the host and of the container are in the fixture's.
    let script = script.join("\n").replace(" /backups/", " backups/").replace(" /data/", " data/");
    let path = format!("{}:/usr/bin:/bin", fixture.folder().join("bin").display());
    let mut shell = Process::new("sh");
    shell.args(["-e", "-c", &script]).current_dir(fixture.folder());
    let output = output(shell.env_clear().envs(fixture.settings()).env("PATH", path));
    assert!(output.status.success() && output.stderr.is_empty(), "{script}: {output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_pages_work() {
    let mut fixture = hosted().await;
    let all: Vec<_> = PAGES.into_iter().flat_map(blocks).collect();
    let runnable = all.iter().map(|block| block.iter().filter(|command| is_run(command)).collect());
    let (after_stop, while_it_runs): (Vec<Vec<_>>, Vec<Vec<_>>) = runnable
        .partition(|block: &Vec<_>| block.iter().any(|it: &&String| it.contains("restore")));
    let copies = after_stop.iter().flatten().filter_map(|command| command.split(' ').next_back());
    for copy in copies.filter(|word| word.contains(".db")) {
        let copy = copy.trim_start_matches('/');
        if !fixture.folder().join(copy).exists() {
            assert!(output(program(&fixture, &[]).args(["backup", copy])).status.success());
        }
    }
    for block in &while_it_runs {
        run(&fixture, block);
    }
    fixture.stop_bot().await;
    for block in &after_stop {
        run(&fixture, block);
    }
    let count = after_stop.iter().chain(&while_it_runs).flatten().count();
    assert!(count >= 12, "{count} commands ran");
}

#[test]
fn each_exception_is_a_command_of_the_pages() {
    let all: Vec<_> = PAGES.into_iter().flat_map(blocks).flatten().collect();
    for with in NOT_RUN.iter().map(|(with, _)| *with).chain(AS_ROOT) {
        assert!(all.iter().any(|command| begins(command, with)), "{with}");
    }
}

/// The arguments of the program in a command, where it is called.
fn arguments(span: &str) -> Option<&str> {
    let calls = ["whisul-bot ", "./whisul-bot ", "docker compose ", "sudo runuser "];
    let is_call = calls.iter().any(|call| span.starts_with(call));
    let (_, arguments) = span.rsplit_once("whisul-bot ").filter(|_| is_call)?;
    Some(arguments.trim_end_matches('\''))
}

#[test]
fn commands_within_sentences_are_understood() {
    let docs = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let docs = docs.map(|path| format!("docs/{}", path.file_name().unwrap().display()));
    let pages = docs.chain(["README.md".to_owned()]);
    let mut count = 0;
    for page in pages {
        let text = read(&page);
        for span in text.split('`').filter(|span| !span.contains('\n')) {
            let Some(arguments) = arguments(span) else { continue };
            // A name alone is no call: it may lack arguments.
            let help = Some("--help").filter(|_| !arguments.contains(' '));
            let parsed = Command::parse(arguments.split(' ').chain(help).map(Into::into));
            let is_help = parsed.as_ref().is_err_and(|error| !error.use_stderr());
            assert!(parsed.is_ok() || is_help, "{page}: {span}");
            count += 1;
        }
    }
    assert!(count >= 20, "{count}");
}
