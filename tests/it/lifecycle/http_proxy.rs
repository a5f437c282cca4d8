//! The bot in a network whose way out is an HTTP proxy.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use sandbox::{DiscordRules, WhisulRules};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    fixture::program::{Program, until_logged},
    fixture::{Fixture, done},
};

type Seen = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A proxy that answers each CONNECT in the same way.
struct Proxy {
    address: SocketAddr,
    /// What has arrived on each connection: the CONNECT, and what came after the response.
    seen: Seen,
}

impl Proxy {
    /// A proxy that answers with this status and, where that is a success, waits for what comes.
    async fn answering(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), seen: Arc::default() };
        let seen = Arc::clone(&proxy.seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, status, Arc::clone(&seen)));
            }
        });
        proxy
    }

    /// Its address with credentials.
    fn url(&self) -> String {
        format!("http://me:s3cr3t@{}", self.address)
    }

    fn connections(&self) -> Vec<(String, Vec<u8>)> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, status: &str, seen: Seen) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    stream.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await.ok()?;
    let mut first = vec![0; 4096];
    let size = if status.starts_with("200") { stream.read(&mut first).await.ok()? } else { 0 };
    first.truncate(size);
    seen.lock().unwrap().push((String::from_utf8(head).unwrap(), first));
    Some(())
}

/// A fixture without a bot, in which one of the services is elsewhere and there is this proxy.
async fn behind(proxy: &Proxy, service: (&str, &str)) -> Fixture {
    let mut fixture =
        Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    for (name, value) in
        [service, ("HTTPS_PROXY", &proxy.url()), ("POLL_INTERVAL", "5s"), ("EDIT_INTERVAL", "5s")]
    {
        fixture.set(name, value);
    }
    fixture
}

const DISCORD: (&str, &str) = ("DISCORD_API_URL", "https://discord.example");
const WHISUL: (&str, &str) = ("WHISUL_API_URL", "https://whisul.example/api");

#[tokio::test(flavor = "multi_thread")]
async fn loopback_addresses_are_reached_without_the_proxy() {
    let proxy = Proxy::answering("502 Bad Gateway").await;
    let mut fixture =
        Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        fixture.set(name, &proxy.url());
        fixture.set(&name.to_lowercase(), &proxy.url());
    }
    let program = Program::logged(&fixture);
    fixture.until_ready_after(0).await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    program.signal("TERM");
    let (code, log) = program.end(&fixture);
    assert_eq!(code, Some(0));
    assert!(proxy.connections().is_empty() && !log.contains("proxy"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_is_reached_through_the_proxy_and_the_log_names_it() {
    let proxy = Proxy::answering("200 OK").await;
    let fixture = behind(&proxy, DISCORD).await;
    let program = Program::logged(&fixture);
    // The bot makes itself known inside of the tunnel, where the proxy hangs up on it.
    let log = until_logged(&fixture, "no usable response from Discord");
    drop(program);
    assert!(log.contains("Discord is reached through a proxy"), "{log}");
    assert!(log.contains(&format!("through the proxy {}: ", proxy.address)), "{log}");
    assert!(!log.contains("s3cr3t"), "{log}");
    let (connect, hello) = proxy.connections().remove(0);
    assert!(connect.starts_with("CONNECT discord.example:443 HTTP/1.1\r\n"), "{connect}");
    // me:s3cr3t in base64.
    let credentials = "\r\nproxy-authorization: basic bwu6cznjcjn0\r\n";
    assert!(connect.to_lowercase().contains(credentials), "{connect}");
    let server_name = hello.windows(15).any(|part| part == b"discord.example");
    assert!(hello[0] == 0x16 && server_name, "this is no TLS for Discord: {hello:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_rejects_everything_is_named_as_the_cause() {
    for (status, told) in [
        ("407 Proxy Authentication Required", "wants a user name and a password (407)"),
        ("502 Bad Gateway", "refused the connection"),
        ("503 Service Unavailable", "refused the connection"),
    ] {
        let proxy = Proxy::answering(status).await;
        let fixture = behind(&proxy, DISCORD).await;
        let told = format!("the proxy {} {told}", proxy.address);
        let _program = Program::logged(&fixture);
        until_logged(&fixture, &told);
    }
    let mut fixture =
        Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    for (name, value) in [DISCORD, ("all_proxy", &*gone), ("EDIT_INTERVAL", "5s")] {
        fixture.set(name, value);
    }
    let _program = Program::logged(&fixture);
    until_logged(&fixture, &format!("through the proxy {gone}: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_the_proxy_rejected_counts_as_not_submitted() {
    let proxy = Proxy::answering("502 Bad Gateway").await;
    let fixture = behind(&proxy, WHISUL).await;
    let _program = Program::logged(&fixture);
    fixture.until_ready_after(0).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    let log = until_logged(&fixture, "refused the connection");
    assert!(log.contains(&format!("the proxy {} refused the connection", proxy.address)), "{log}");
    assert!(log.contains("Whisul is reached through a proxy"), "{log}");
    let connects = proxy.connections();
    let whisul = |(connect, _): &(String, _)| connect.starts_with("CONNECT whisul.example:443 ");
    assert!(!connects.is_empty() && connects.iter().all(whisul), "{connects:?}");
    // It waits for a better day, and its requester may still change their mind.
    let waiting = asked.answer().await.unwrap();
    assert!(waiting.buttons().iter().any(|button| button.label == "Cancel"));
}
