//! Two processes with one token, each with a database of its own.

use sandbox::{Fault, Message, Person};

use crate::{
    fixture::buttons::click,
    fixture::{Fixture, done},
};

const CALLBACK: &str = "/api/v10/interactions/*/*/callback";
const ORIGINAL: &str = "/api/v10/webhooks/*/*/messages/@original";
const ANSWERED: &str =
    r#"{"message": "Interaction has already been acknowledged.", "code": 40060}"#;

/// How many notices about another process with the token a person has received.
fn told(person: &Person) -> usize {
    let messages = person.dm().messages();
    messages.iter().filter(|message| message.content.contains("Another process")).count()
}

/// Waits for the notice to the owner.
async fn is_told(fixture: &Fixture) {
    let owner = fixture.discord.owner();
    let about = |message: &Message| message.content.contains("Another process");
    owner.dm().until_message("a word to the owner", about).await;
}

/// A song is made, and paid for, once.
async fn is_made_once(fixture: &Fixture, prompt: &str) {
    let asked = fixture.song(&fixture.ann, prompt).await;
    done(&asked).await;
    assert_eq!(fixture.submissions(prompt), 1, "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_processes_each_song_is_paid_once_and_the_owner_is_notified() {
    let mut fixture = Fixture::new().await;
    fixture.start_other_bot().await;
    for prompt in ["the first song", "the second song", "the third song"] {
        is_made_once(&fixture, prompt).await;
    }
    is_told(&fixture).await;
    // Help and suggestions have the same two hands.
    let help = fixture.ann.at(&fixture.channel).command("help", &[]).await.unwrap();
    help.answer().await.unwrap();
    is_made_once(&fixture, "the last song").await;
    assert!(told(&fixture.discord.owner()) <= 2, "each process tells at most once");
    let messages = fixture.bob.at(&fixture.channel).messages();
    assert_eq!(messages.len(), 4, "one a song, and no other that Bob sees");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_of_unknown_fate_is_not_mistaken_for_that_of_the_other_process() {
    let mut fixture = Fixture::new().await;
    fixture.start_other_bot().await;
    let faults = [
        Fault::on("POST", CALLBACK).status(502).times(1),
        Fault::on("POST", CALLBACK).html(403).times(1),
        Fault::on("POST", CALLBACK).cut_before().times(1),
        Fault::on("POST", CALLBACK).cut_after().times(1),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        fixture.discord.faults().add(fault);
        is_made_once(&fixture, &format!("song number {number}")).await;
    }
    is_told(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_another_process_answered_costs_nothing() {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d")]).await;
    fixture.discord.faults().add(Fault::on("POST", CALLBACK).json(400, ANSWERED).times(1));
    fixture.song(&fixture.ann, "the other one's song").await;
    is_told(&fixture).await;
    let asked = fixture.song_once_allowed(&fixture.ann, "our song").await;
    done(&asked).await;
    assert_eq!(fixture.submissions("the other one's song"), 0);
    assert_eq!(fixture.discord.requests().count("GET", ORIGINAL), 0, "there is nothing to look up");
    assert_eq!(told(&fixture.discord.owner()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_another_process_answered_gets_no_second_answer() {
    let fixture = Fixture::new().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    let song = done(&asked).await;
    let answered = Fault::on("POST", CALLBACK).json(400, ANSWERED).times(2);
    let answered = fixture.discord.faults().add(answered);
    let client = fixture.ann.at(&fixture.channel);
    client.command("help", &[]).await.unwrap();
    is_told(&fixture).await;
    click(&client, &song, "Again").await;
    let met = || (fixture.discord.faults().hits(answered) == 2).then_some(());
    fixture.discord.until("the response to the click", met).await;
    // It goes on as if nothing had happened.
    is_made_once(&fixture, "another song").await;
    assert_eq!(fixture.submissions("a song"), 1);
    assert_eq!(told(&fixture.discord.owner()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_of_this_process_do_not_notify_the_owner() {
    let fixture = Fixture::new().await;
    // A response that exists, but whose confirmation is lost.
    fixture.discord.faults().add(Fault::on("POST", CALLBACK).cut_after().times(1));
    is_made_once(&fixture, "a song").await;
    // Interactions that the gateway delivers twice.
    let asked = fixture.song(&fixture.ann, "another song").await;
    asked.deliver_again();
    done(&asked).await;
    asked.deliver_again();
    let help = fixture.ann.at(&fixture.channel).command("help", &[]).await.unwrap();
    help.answer().await.unwrap();
    help.deliver_again();
    is_made_once(&fixture, "a third song").await;
    assert_eq!(told(&fixture.discord.owner()), 0);
}
