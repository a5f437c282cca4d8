use std::pin::pin;

use super::*;

const POLL: Option<UserId> = None;
const PROMPT: Option<UserId> = Some(UserId(1));
const OTHER_PROMPT: Option<UserId> = Some(UserId(2));
const AWAY: Finding = Finding::Ill(Obstacle::Unreachable, None);
/// Longer than a first wait.
const FIRST_WAIT: Duration = Duration::from_secs(2);

async fn is_ready(future: impl Future) -> bool {
    let mut future = pin!(future);
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_ready()))
        .await
}

async fn passes(gate: &Gate, prompt_of: Option<UserId>) -> bool {
    is_ready(gate.pass(prompt_of)).await
}

/// Probes once it is time to.
async fn probe(gate: &Gate, finding: Finding) -> Option<Obstacle> {
    gate.probe_due().await.tell(finding)
}

/// The gate once the first probe has been answered.
async fn well() -> Gate {
    let gate = Gate::new();
    assert_eq!(probe(&gate, Finding::Well).await, None);
    gate
}

#[tokio::test(start_paused = true)]
async fn whisul_is_probed_before_the_first_prompt() {
    let gate = Gate::new();
    assert!(passes(&gate, POLL).await && !passes(&gate, PROMPT).await);
    let bad_key = Obstacle::BadKey;
    assert_eq!(probe(&gate, Finding::Ill(bad_key, None)).await, Some(bad_key));
    assert!(!passes(&gate, PROMPT).await);
    assert_eq!(probe(&gate, Finding::Well).await, None);
    assert!(passes(&gate, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_fails_is_the_jobs_own_failure_while_a_probe_is_answered() {
    let gate = well().await;
    for _ in 0..100 {
        let (found, doubt) = gate.pass(POLL).await.tell(News::Doubtful);
        assert_eq!(found, None);
        assert!(passes(&gate, POLL).await, "nobody polls the later for it");
        assert!(!passes(&gate, PROMPT).await, "a prompt is not risked before it is settled");
        assert!(!is_ready(gate.verdict(doubt)).await);
        assert_eq!(probe(&gate, Finding::Well).await, None);
        assert!(gate.verdict(doubt).await);
        assert!(passes(&gate, PROMPT).await);
    }
    assert_eq!(gate.shut_for(), Duration::ZERO);
    assert!(!is_ready(gate.probe_due()).await, "nobody probes for nothing");
}

#[tokio::test(start_paused = true)]
async fn a_poll_and_a_probe_that_fail_are_an_outage_until_a_probe_is_answered() {
    let gate = well().await;
    let (_, doubt) = gate.pass(POLL).await.tell(News::Doubtful);
    assert_eq!(probe(&gate, AWAY).await, Some(Obstacle::Unreachable));
    assert!(!gate.verdict(doubt).await);
    assert!(!passes(&gate, POLL).await && !passes(&gate, PROMPT).await);
    let shut_at = Instant::now();
    assert_eq!(probe(&gate, AWAY).await, None, "that is known");
    assert_eq!(probe(&gate, Finding::Well).await, None);
    assert_eq!(gate.shut_for(), shut_at.elapsed());
    assert!(passes(&gate, POLL).await);
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_one_prompt_goes_first() {
    let gate = well().await;
    gate.pass(PROMPT).await.tell(News::Unreachable);
    probe(&gate, Finding::Well).await;
    assert_eq!(gate.obstacle(PROMPT), None);
    let first = gate.pass(PROMPT).await;
    assert!(first.stands() && !passes(&gate, PROMPT).await);
    first.tell(News::Taken);
    assert!(passes(&gate, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn a_prompt_of_unknown_fate_holds_the_next_one_back_until_a_probe_is_answered() {
    let gate = well().await;
    let (first, other) = (gate.pass(PROMPT).await, gate.pass(PROMPT).await);
    first.tell(News::Unknown);
    assert!(!other.stands(), "it has not been sent yet, and need not be");
    drop(other);
    assert!(!passes(&gate, PROMPT).await);
    probe(&gate, Finding::Well).await;
    assert!(passes(&gate, PROMPT).await, "one poisonous prompt is no outage");

    gate.pass(PROMPT).await.tell(News::Unknown);
    probe(&gate, Finding::Well).await;
    assert_eq!(gate.obstacle(PROMPT), Some(Obstacle::Unreachable), "a second one in a row is");
    assert_eq!(gate.obstacle(POLL), None);
    for _ in 0..5 {
        let trial = gate.pass(PROMPT).await;
        assert!(!passes(&gate, PROMPT).await, "one at a time");
        trial.tell(News::Unknown);
        probe(&gate, Finding::Well).await;
    }
    gate.pass(PROMPT).await.tell(News::Taken);
    assert!(passes(&gate, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn one_who_repeats_a_poisonous_prompt_holds_up_nobody_else() {
    let gate = well().await;
    for _ in 0..5 {
        gate.pass(PROMPT).await.tell(News::Unknown);
        probe(&gate, Finding::Well).await;
        assert_eq!(gate.obstacle(OTHER_PROMPT), None);
    }
    let told_at = Instant::now();
    gate.pass(OTHER_PROMPT).await.tell(News::Unknown);
    assert_eq!(told_at.elapsed(), Duration::ZERO);
    probe(&gate, Finding::Well).await;
    assert!(!passes(&gate, OTHER_PROMPT).await, "two of them are an outage");
    gate.pass(OTHER_PROMPT).await.tell(News::Taken);

    gate.pass(PROMPT).await.tell(News::Unknown);
    probe(&gate, Finding::Well).await;
    gate.pass(PROMPT).await.tell(News::Unknown);
    probe(&gate, Finding::Well).await;
    gate.pass(OTHER_PROMPT).await.tell(News::Taken);
    assert!(passes(&gate, PROMPT).await && passes(&gate, OTHER_PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn credit_is_there_again_once_a_prompt_is_taken() {
    let gate = well().await;
    let credit = Some(Obstacle::OutOfCredit);
    assert_eq!(gate.pass(PROMPT).await.tell(News::OutOfCredit).0, credit);
    assert!(passes(&gate, POLL).await);
    for _ in 0..5 {
        assert_eq!(gate.pass(PROMPT).await.tell(News::OutOfCredit).0, None, "that is known");
    }
    gate.pass(PROMPT).await.tell(News::Fine);
    let trial = gate.pass(PROMPT).await;
    assert!(!passes(&gate, PROMPT).await, "a prompt that is rejected says nothing about credit");
    trial.tell(News::Taken);
    assert_eq!(gate.obstacle(PROMPT), None);
    assert!(passes(&gate, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn whisul_is_left_alone_for_as_long_as_it_asks() {
    let gate = well().await;
    let wait = Duration::from_secs(30);
    gate.pass(POLL).await.tell(News::Doubtful);
    let busy = Finding::Ill(Obstacle::Busy, Some(wait));
    assert_eq!(probe(&gate, busy).await, Some(Obstacle::Busy));
    let began = Instant::now();
    probe(&gate, Finding::Well).await;
    assert!(began.elapsed() >= wait && passes(&gate, POLL).await);

    gate.pass(PROMPT).await.tell(News::Busy(Some(wait)));
    assert!(passes(&gate, POLL).await);
    let began = Instant::now();
    gate.pass(PROMPT).await.tell(News::Taken);
    assert!(began.elapsed() >= wait);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_the_gate_was_opened_again_shuts_it_no_more() {
    let gate = well().await;
    let (first, second, late) =
        (gate.pass(PROMPT).await, gate.pass(PROMPT).await, gate.pass(PROMPT).await);
    assert_eq!(first.tell(News::Unreachable).0, Some(Obstacle::Unreachable));
    let shut_at = Instant::now();
    assert_eq!(second.tell(News::Unreachable).0, None);
    probe(&gate, Finding::Well).await;
    assert!(shut_at.elapsed() <= FIRST_WAIT, "two that fail together are one failure");
    assert_eq!(late.tell(News::Unreachable).0, None);
    assert_eq!(probe(&gate, Finding::Well).await, None);
    assert_eq!(gate.obstacle(POLL), None);
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_was_given_up_lets_another_one_go() {
    let gate = well().await;
    gate.pass(PROMPT).await.tell(News::OutOfCredit);
    drop(gate.pass(PROMPT).await);
    assert!(passes(&gate, PROMPT).await);
}

/// A prompt that Whisul turns away as if the key were wrong, while it answers the probe.
async fn is_turned_away(gate: &Gate, prompt_of: Option<UserId>) -> Option<Obstacle> {
    assert_eq!(gate.pass(prompt_of).await.tell(News::TurnedAway).0, None);
    probe(gate, Finding::Well).await
}

/// Sends one person's prompts until the time is up; how many that are.
async fn turned_away_for(gate: &Gate, prompt_of: Option<UserId>, time: Duration) -> u32 {
    let (began, mut sent) = (Instant::now(), 0);
    while let Ok(pass) = tokio::time::timeout_at(began + time, gate.pass(prompt_of)).await {
        pass.tell(News::TurnedAway);
        probe(gate, Finding::Well).await;
        sent += 1;
    }
    sent
}

#[tokio::test(start_paused = true)]
async fn prompts_of_two_people_that_are_turned_away_are_the_keys_fault() {
    let gate = well().await;
    let key = Some(Obstacle::BadKey);
    assert_eq!(is_turned_away(&gate, PROMPT).await, None);
    assert!(!gate.doubts_key() && passes(&gate, PROMPT).await);
    assert_eq!(is_turned_away(&gate, OTHER_PROMPT).await, key);
    assert!(gate.doubts_key() && gate.obstacle(PROMPT) == key && gate.obstacle(POLL).is_none());
    // Whose prompt was not turned away yet need not wait to try, once.
    let (third, told_at) = (Some(UserId(3)), Instant::now());
    assert_eq!(is_turned_away(&gate, third).await, None, "that is known");
    assert_eq!(told_at.elapsed(), Duration::ZERO);
    assert!(!passes(&gate, third).await);

    let sent = turned_away_for(&gate, PROMPT, Duration::from_mins(3)).await;
    assert!((3..20).contains(&sent), "{sent} in three minutes");
    gate.pass(PROMPT).await.tell(News::Fine);
    assert!(gate.doubts_key(), "a prompt that is rejected says nothing about the key's rights");
    gate.pass(PROMPT).await.tell(News::Taken);
    assert!(!gate.doubts_key() && passes(&gate, PROMPT).await && passes(&gate, third).await);
}

#[tokio::test(start_paused = true)]
async fn prompts_that_are_turned_away_with_the_probe_or_not_in_a_row_are_not() {
    let gate = well().await;
    gate.pass(PROMPT).await.tell(News::TurnedAway);
    probe(&gate, Finding::Ill(Obstacle::BadKey, None)).await;
    probe(&gate, Finding::Well).await;
    assert_eq!(is_turned_away(&gate, OTHER_PROMPT).await, None);
    for _ in 0..5 {
        gate.pass(POLL).await.tell(News::Fine);
        gate.pass(PROMPT).await.tell(News::Taken);
        assert_eq!(is_turned_away(&gate, PROMPT).await, None);
        gate.pass(OTHER_PROMPT).await.tell(News::Taken);
        assert_eq!(is_turned_away(&gate, OTHER_PROMPT).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn where_one_person_alone_asks_several_prompts_that_are_turned_away_are_the_keys_fault() {
    let gate = well().await;
    // Each prompt is sent three times.
    for _ in 0..6 {
        assert_eq!(is_turned_away(&gate, PROMPT).await, None);
    }
    assert_eq!(is_turned_away(&gate, PROMPT).await, Some(Obstacle::BadKey));
    let told_at = Instant::now();
    gate.pass(OTHER_PROMPT).await.tell(News::Taken);
    assert_eq!(told_at.elapsed(), Duration::ZERO, "nobody else waits for it");
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_hangs_holds_up_other_people_for_seconds_and_two_are_an_outage() {
    let gate = well().await;
    gate.pass(PROMPT).await.tell(News::Unreachable);
    probe(&gate, Finding::Well).await;
    let began = Instant::now();
    let hangs = gate.pass(PROMPT).await;
    let second = gate.pass(OTHER_PROMPT).await;
    let waited = began.elapsed();
    assert!(!waited.is_zero() && waited <= Duration::from_secs(5), "{waited:?}");
    let third = Some(UserId(3));
    assert!(gate.obstacle(third).is_some() && gate.obstacle(PROMPT).is_some());
    tokio::time::advance(Duration::from_mins(1)).await;
    assert!(!passes(&gate, third).await && !passes(&gate, PROMPT).await);
    second.tell(News::Taken);
    assert!(passes(&gate, PROMPT).await && passes(&gate, third).await);
    hangs.tell(News::Unknown);
    probe(&gate, Finding::Well).await;
    assert!(passes(&gate, third).await, "it was no trial any more");
}

#[tokio::test(start_paused = true)]
async fn two_trials_that_fail_hold_prompts_back_for_longer() {
    let gate = well().await;
    gate.pass(PROMPT).await.tell(News::Unreachable);
    probe(&gate, Finding::Well).await;
    let (first, second) = (gate.pass(PROMPT).await, gate.pass(OTHER_PROMPT).await);
    second.tell(News::Unknown);
    probe(&gate, Finding::Well).await;
    assert!(!passes(&gate, Some(UserId(3))).await, "not at once");
    first.tell(News::Unknown);
    probe(&gate, Finding::Well).await;
    assert!(!passes(&gate, Some(UserId(3))).await, "nor then");
    gate.pass(Some(UserId(3))).await.tell(News::Taken);
    assert!(passes(&gate, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn each_trial_that_finds_no_connection_waits_for_longer_though_probes_are_answered() {
    fastrand::seed(7);
    let gate = well().await;
    gate.pass(PROMPT).await.tell(News::Unreachable);
    let mut waits = Vec::new();
    for _ in 0..20 {
        probe(&gate, Finding::Well).await;
        let since = Instant::now();
        let trial = gate.pass(PROMPT).await;
        waits.push(since.elapsed());
        trial.tell(News::Unreachable);
    }
    assert_eq!(waits[0], Duration::ZERO);
    let longest = waits.iter().max().copied().unwrap();
    assert!(longest >= Duration::from_secs(30), "{waits:?}");
    assert!(longest <= Duration::from_mins(1), "{waits:?}");
}
