//! The gateway has two addresses, the main one and the session's own. Either may be out of order.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use sandbox::{DiscordRules, Fault, WhisulRules};
use serde_json::json;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::fixture::{Fixture, done};

/// Where nobody listens.
const NOWHERE: &str = "ws://127.0.0.1:1";
const GATEWAY: &str = "/api/v10/gateway/bot";

/// Wakes the bot and waits until it knows its session: it takes a song.
async fn is_awake(fixture: &mut Fixture) {
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song(&fixture.ann, "a first song").await).await;
}

/// Waits until the first session is resumed, in which a song can be asked for.
async fn is_resumed(fixture: &Fixture) {
    let resumed = || (fixture.discord.sessions().resumed == 1).then_some(());
    fixture.discord.until("the session to be resumed", resumed).await;
    assert_eq!(fixture.discord.sessions().identified, 1);
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_resume_address_fails_is_resumed_at_the_main_one() {
    let mut fixture =
        Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    fixture.discord.gateway().resume_at(NOWHERE);
    is_awake(&mut fixture).await;
    fixture.discord.gateway().drop_connections();
    is_resumed(&fixture).await;
}

/// Passes connections on to another address. Nobody listens any more once the task is aborted.
async fn passing_on_to(address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let passing = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.spawn(async move {
                let mut onwards = TcpStream::connect(address).await?;
                copy_bidirectional(&mut stream, &mut onwards).await
            });
        }
    });
    (own, passing)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_main_address_fails_is_resumed_at_its_own() {
    let mut fixture =
        Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    let address = fixture.discord.url().trim_start_matches("http://").parse().unwrap();
    let (main, passing) = passing_on_to(address).await;
    let limit = json!({"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1});
    let told = json!({"url": format!("ws://{main}"), "shards": 1, "session_start_limit": limit});
    fixture.discord.faults().add(Fault::on("GET", GATEWAY).json(200, &told.to_string()));
    is_awake(&mut fixture).await;
    let gateway = fixture.discord.gateway();
    gateway.refuse_connections(true);
    let before = gateway.attempts().len();
    passing.abort();
    let tried = || (gateway.attempts().len() > before).then_some(());
    fixture.discord.until("a try at its own address", tried).await;
    gateway.refuse_connections(false);
    is_resumed(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_session_start_limit_delays_no_new_session() {
    let fixture = Fixture::new().await;
    fixture.discord.faults().add(Fault::on("GET", GATEWAY).hang());
    let began = Instant::now();
    fixture.discord.gateway().invalidate(false);
    let identified = || (fixture.discord.sessions().identified == 2).then_some(());
    fixture.discord.until("a new session", identified).await;
    // Waiting for the whole time of a request (10 s) and then for the session would take longer.
    assert!(began.elapsed() < Duration::from_secs(11), "{:?}", began.elapsed());
    done(&fixture.song(&fixture.ann, "a song").await).await;
}
