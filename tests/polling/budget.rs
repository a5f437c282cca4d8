//! Polls of many songs that share a rate limit: by the bot's own client, under a clock that moves only
//! when everybody waits.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use reqwest::{Request, Response};
use tokio::{
    runtime::Builder,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use whisul_bot::{
    domain::{Estimate, PollPlan, Prompt, Report, WhisulJob},
    http_client::{Exchange, HttpClient, Transport},
    whisul::{RateLimit, Whisul},
};

use crate::{
    chance::Chance,
    songs::Seen,
    worlds::{Song, WORLDS, World},
};

/// For how long songs are made, and after how long a time they count.
const LASTS: Duration = Duration::from_mins(10);
const SETTLED: Duration = Duration::from_mins(4);

/// A poll that comes so much later than it is due is late.
const LATE: Duration = Duration::from_millis(500);

/// A Whisul that makes songs of prompts, which say how long each takes.
#[derive(Debug, Default)]
struct FakeWhisul {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    ends: HashMap<String, Instant>,
    requests: Vec<Instant>,
}

impl Transport for FakeWhisul {
    fn send(&self, request: Request) -> Exchange<'_> {
        let (now, mut state) = (Instant::now(), self.state.lock().unwrap());
        state.requests.push(now);
        let body = if let Some(id) = request.url().path().strip_prefix("/api/jobs/") {
            if now < state.ends[id] {
                r#"{"status": "running", "started_at": "2026-02-17 15:39:34"}"#.to_owned()
            } else {
                r#"{"status": "completed", "result": {"song_url": "https://a.example/a.mp3"}}"#
                    .to_owned()
            }
        } else {
            let body = request.body().and_then(|body| body.as_bytes()).unwrap();
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            let takes: f64 = body["prompt"].as_str().unwrap().parse().unwrap();
            let id = format!("song-{}", state.ends.len());
            state.ends.insert(id.clone(), now + Duration::from_secs_f64(takes));
            format!(r#"{{"job_id": "{id}", "status": "running"}}"#)
        };
        let status = if body.contains("job_id") { 202 } else { 200 };
        let response = http::Response::builder().status(status).body(body).unwrap();
        Box::pin(async move { Ok(Response::from(response)) })
    }
}

/// How polls are planned, and which go first.
#[derive(Clone)]
enum Way {
    /// Every so many seconds; first come, first served.
    Fixed(f64),
    Planned(Arc<PollPlan>),
}

/// Songs that were seen to end, and all requests.
struct Outcome {
    seen: Seen,
    requests: Vec<Instant>,
}

/// `songs` songs at a time, one after another.
fn live(world: &'static World, songs: u64, rate: &str, way: &Way) -> Outcome {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let fake = Arc::new(FakeWhisul::default());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let http = HttpClient::over(client, Arc::<FakeWhisul>::clone(&fake));
        let base = "https://whisul.example/api".parse().unwrap();
        let rate: RateLimit = rate.parse().unwrap();
        let whisul = Whisul::with_http_client(base, http, rate, || SystemTime::UNIX_EPOCH);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for slot in 0..songs {
            let (whisul, way, seen) = (whisul.clone(), way.clone(), Arc::clone(&seen));
            tasks.spawn(async move {
                let mut chance = Chance(slot << 32);
                // They don't all begin together.
                sleep(Duration::from_secs_f64(100.0 * chance.share())).await;
                while start.elapsed() < LASTS {
                    let song = world.song(&mut chance, 0);
                    make(&whisul, &way, song, start, &mut chance, &seen).await;
                }
            });
        }
        _ = timeout(LASTS, tasks.join_all()).await;
        let requests = std::mem::take(&mut fake.state.lock().unwrap().requests);
        let seen = seen.lock().unwrap().clone();
        Outcome { seen, requests }
    })
}

/// One song, from its prompt to the poll that sees its end.
async fn make(
    whisul: &Whisul,
    way: &Way,
    song: Song,
    start: Instant,
    chance: &mut Chance,
    seen: &Mutex<Seen>,
) {
    let prompt = Prompt::parse(&song.takes.to_string()).unwrap();
    let job: WhisulJob = whisul.permit().await.submit(&prompt).await.unwrap();
    let began = Instant::now();
    let (mut last, mut polls, mut late) = (began, 0, 0);
    loop {
        let age = last.duration_since(began);
        let due = last
            + match way {
                Way::Fixed(gap) => Duration::from_secs_f64(*gap),
                Way::Planned(plan) => plan.next_poll(age, chance.share()),
            };
        sleep_until(due).await;
        let permit = match way {
            Way::Fixed(_) => whisul.permit().await,
            Way::Planned(plan) => whisul.permit_to_poll(last + plan.worth_after(age)).await,
        };
        late += u32::from(due.elapsed() > LATE);
        let report = permit.poll(&job).await.unwrap();
        assert!(last.elapsed() >= Duration::from_secs(5), "polls {:?} apart", last.elapsed());
        (last, polls) = (Instant::now(), polls + 1);
        if report != Report::Running {
            break;
        }
    }
    if start.elapsed() > SETTLED {
        let mut seen = seen.lock().unwrap();
        seen.notices.push(began.elapsed().as_secs_f64() - song.takes);
        seen.polls += polls;
        seen.late += late;
    }
}

fn measured(world: &World) -> PollPlan {
    let (mut estimate, mut chance) = (Estimate::default(), Chance(7));
    for number in 0..39 {
        estimate.learn(Duration::from_secs_f64(world.song(&mut chance, number).takes.floor()));
    }
    PollPlan::new(&estimate, Duration::from_secs(10))
}

/// So many songs at a time, and so many requests a second.
fn compare(world: &'static World, songs: u64, rate: usize) -> [Outcome; 3] {
    let plan = Arc::new(measured(world));
    let ways = [Way::Fixed(6.0), Way::Fixed(10.0), Way::Planned(plan)];
    ways.map(|way| {
        let outcome = live(world, songs, &format!("{rate}/1s"), &way);
        outcome.check_rate(rate);
        outcome
    })
}

impl Outcome {
    /// No second holds more requests than the limit.
    fn check_rate(&self, rate: usize) {
        for (earlier, later) in self.requests.iter().zip(self.requests.iter().skip(rate)) {
            let passed = later.duration_since(*earlier);
            assert!(passed >= Duration::from_secs(1), "{rate} requests in {passed:?}");
        }
    }

    /// The most requests within a tenth of a second, once some always wait.
    fn densest_tenth(&self) -> usize {
        let settled = |at: &&Instant| at.duration_since(self.requests[0]) >= SETTLED;
        let requests: Vec<&Instant> = self.requests.iter().filter(settled).collect();
        let mut first = 0;
        let ends = requests.iter().enumerate().map(|(last, at)| {
            while at.duration_since(*requests[first]) >= Duration::from_millis(100) {
                first += 1;
            }
            last - first + 1
        });
        ends.max().unwrap()
    }
}

#[test]
fn a_scarce_rate_goes_to_the_polls_that_shorten_waits_most() {
    let [every_6, every_10, planned] = compare(&WORLDS[0], 400, 20);
    for fixed in [every_6, every_10] {
        let (seen, fixed) = (&planned.seen, &fixed.seen);
        assert!(seen.mean() < 0.7 * fixed.mean(), "{} and {}", seen.mean(), fixed.mean());
        assert!(seen.percentile(95) < fixed.percentile(95));
        assert!(seen.polls() < fixed.polls(), "{} and {}", seen.polls(), fixed.polls());
        assert!(seen.notices.len() > fixed.notices.len(), "more songs are made");
    }
    // Evenly spread, two of twenty a second come in a tenth of a second.
    assert!(planned.densest_tenth() <= 3, "{}", planned.densest_tenth());
}

#[test]
#[ignore = "takes minutes; run it when the plan of polls or the rate limiter has changed"]
fn the_docs_show_what_a_scarce_rate_comes_to() {
    let mut table =
        String::from("| songs take | every 6 s | every 10 s | planned |\n|---|---|---|---|\n");
    for world in [&WORLDS[0], &WORLDS[2], &WORLDS[4]] {
        let cells = compare(world, 2000, 100).map(|outcome| outcome.seen.cell()).join(" | ");
        writeln!(table, "| {} | {cells} |", world.name).unwrap();
    }
    crate::is_documented(&table);
}

/// 20,000 songs whose polls and prompts fit into the rate limit.
#[test]
#[ignore = "takes minutes; run it when the rate limiter has changed"]
fn twenty_thousand_songs_are_polled_when_due() {
    let plan = Arc::new(measured(&WORLDS[0]));
    let outcome = live(&WORLDS[0], 20_000, "3300/1s", &Way::Planned(plan));
    outcome.check_rate(3300);
    let (seen, late) = (&outcome.seen, outcome.seen.late);
    println!("{} songs, {} polls, {late} of them late", seen.notices.len(), seen.polls);
    assert!(f64::from(late) < 0.02 * f64::from(seen.polls), "{late} of {} are late", seen.polls);
}
