//! The scene with every library that `sandbox/clients/matrix.sh` has installed.

use std::process::Command;

use crate::scene;

/// Its list is in the file that `CLIENTS` names: name, versions and command of each, with tabs
/// between them.
#[tokio::test]
#[ignore = "needs thirteen libraries: sandbox/clients/matrix.sh"]
async fn every_library_runs_on_the_sandbox() {
    let Ok(list) = std::env::var("CLIENTS") else { panic!("run sandbox/clients/matrix.sh") };
    let list = std::fs::read_to_string(list).unwrap();
    let mut rows = vec!["| library | versions | outcome |".to_owned(), "|---|---|---|".to_owned()];
    let mut failed = 0;
    for line in list.lines() {
        let [name, versions, command] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("no library: {line}")
        };
        let mut words = command.split(' ');
        let mut command = Command::new(words.next().unwrap());
        command.args(words);
        let outcome = match tokio::spawn(scene::play(command)).await {
            Ok(()) => "passed".to_owned(),
            Err(error) => {
                failed += 1;
                format!("failed: {}", reason(error))
            }
        };
        rows.push(format!("| {name} | {versions} | {outcome} |"));
    }
    println!("\n{}\n", rows.join("\n"));
    assert_eq!(failed, 0, "libraries that failed");
}

/// What a panic says, in one line.
fn reason(error: tokio::task::JoinError) -> String {
    let said = error.try_into_panic().ok();
    let text = said.as_ref().and_then(|said| {
        let owned = said.downcast_ref::<String>().map(String::as_str);
        owned.or_else(|| said.downcast_ref::<&str>().copied())
    });
    text.unwrap_or("it ended").lines().collect::<Vec<_>>().join(" ")
}
