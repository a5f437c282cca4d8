//! What polls cost: the bot's own client asks a server on this machine for many songs, as fast as its
//! rate limit lets it.
//!
//! `cargo bench --bench polls` prints how many polls were made and the processor time of each.

#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, sleep, sleep_until},
};
use whisul_bot::{
    domain::{Estimate, PollPlan, WhisulJob, WhisulJobId},
    proxy::Proxies,
    whisul::Whisul,
};

/// So many songs under way, for so long.
const SONGS: u32 = 20_000;
const LASTS: Duration = Duration::from_secs(20);
const RATE: &str = "2000/1s";

/// How long the server takes for a response: about as long as the way to a server far away and back.
const ROUND_TRIP: Duration = Duration::from_millis(80);

const RUNNING: &str = r#"{"status": "running", "prompt": "a trap song", "result": null, "error": null, "started_at": "2026-02-17 15:39:34"}"#;

fn main() {
    if env::args().any(|argument| argument == "serve") {
        return serve();
    }
    let program = env::current_exe().expect("a path of this program");
    let mut server =
        Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().expect("a server");
    let mut port = String::new();
    let output = server.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut port).expect("its port");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(measure(port.trim()));
    _ = server.kill();
    _ = server.wait();
}

async fn measure(port: &str) {
    let secret = |text: &str| SecretString::new(text.to_owned());
    let base = format!("http://127.0.0.1:{port}/api").parse().expect("a URL");
    let rate = RATE.parse().expect("a rate limit");
    let (key, token, proxies) = (secret("a key"), secret("a token"), Proxies::default());
    let whisul =
        Whisul::new(base, &key, &token, rate, SystemTime::now, &proxies).expect("a client");
    let plan = PollPlan::new(&Estimate::default(), Duration::from_secs(10));
    let (began, used) = (Instant::now(), processor_time());
    let mut songs = tokio::task::JoinSet::new();
    for song in 0..SONGS {
        let (whisul, worth) = (whisul.clone(), plan.worth_after(Duration::from_secs(80)));
        songs.spawn(async move {
            let id = WhisulJobId::parse(&format!("song-{song}")).expect("an id");
            let job = WhisulJob { poll_url: Some(format!("/jobs/song-{song}")), id };
            let interval = Duration::from_secs(10);
            let mut next = began + interval * song / SONGS;
            let mut polls = 0_u32;
            loop {
                sleep_until(next).await;
                if began.elapsed() >= LASTS {
                    return polls;
                }
                whisul.permit_to_poll(next + worth).await.poll(&job).await.expect("a response");
                polls += 1;
                next = (next + interval).max(Instant::now() + interval / 2);
            }
        });
    }
    let polls: u32 = songs.join_all().await.iter().sum();
    let (passed, used) = (LASTS.as_secs_f64(), processor_time().saturating_sub(used));
    let used = used.as_secs_f64();
    println!("polls a second       {:.0}", f64::from(polls) / passed);
    println!(
        "processor time       {:.2} cores, {:.0} µs a poll",
        used / passed,
        used / f64::from(polls) * 1e6
    );
}

/// The processor time that this process has used.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let ticks: u64 =
        stat.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
    Duration::from_millis(ticks * 10)
}

/// A server that says of each song that it is being made.
#[tokio::main(flavor = "current_thread")]
async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}", listener.local_addr().expect("an address").port());
    loop {
        let (connection, _) = listener.accept().await.expect("a connection");
        tokio::spawn(answer(connection));
    }
}

async fn answer(mut connection: TcpStream) {
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{RUNNING}",
        RUNNING.len()
    );
    let mut request = [0; 4096];
    while connection.read(&mut request).await.is_ok_and(|length| length > 0) {
        sleep(ROUND_TRIP).await;
        if connection.write_all(response.as_bytes()).await.is_err() {
            return;
        }
    }
}
