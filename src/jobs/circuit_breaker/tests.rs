use std::pin::pin;

use super::*;

const POLL: Option<UserId> = None;
const PROMPT: Option<UserId> = Some(UserId(1));
const OTHER_PROMPT: Option<UserId> = Some(UserId(2));
const AWAY: ProbeResult = ProbeResult::Unhealthy(Obstacle::Unreachable, None);
/// Longer than a first wait.
const FIRST_WAIT: Duration = Duration::from_secs(2);

async fn is_ready(future: impl Future) -> bool {
    let mut future = pin!(future);
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_ready()))
        .await
}

async fn passes(breaker: &CircuitBreaker, prompt_of: Option<UserId>) -> bool {
    is_ready(breaker.permit(prompt_of)).await
}

/// Probes once it is time to.
async fn probe(breaker: &CircuitBreaker, result: ProbeResult) -> Option<Obstacle> {
    breaker.probe_due().await.report(result)
}

/// The breaker once the first probe has been answered.
async fn well() -> CircuitBreaker {
    let breaker = CircuitBreaker::new();
    assert_eq!(probe(&breaker, ProbeResult::Healthy).await, None);
    breaker
}

#[tokio::test(start_paused = true)]
async fn whisul_is_probed_before_the_first_prompt() {
    let breaker = CircuitBreaker::new();
    assert!(passes(&breaker, POLL).await && !passes(&breaker, PROMPT).await);
    let bad_key = Obstacle::BadKey;
    assert_eq!(probe(&breaker, ProbeResult::Unhealthy(bad_key, None)).await, Some(bad_key));
    assert!(!passes(&breaker, PROMPT).await);
    assert_eq!(probe(&breaker, ProbeResult::Healthy).await, None);
    assert!(passes(&breaker, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_fails_is_the_jobs_own_failure_while_a_probe_is_answered() {
    let breaker = well().await;
    for _ in 0..100 {
        let (found, doubt) = breaker.permit(POLL).await.report(CallOutcome::Doubtful);
        assert_eq!(found, None);
        assert!(passes(&breaker, POLL).await, "nobody polls the later for it");
        assert!(!passes(&breaker, PROMPT).await, "a prompt is not risked before it is settled");
        assert!(!is_ready(breaker.verdict(doubt)).await);
        assert_eq!(probe(&breaker, ProbeResult::Healthy).await, None);
        assert!(breaker.verdict(doubt).await);
        assert!(passes(&breaker, PROMPT).await);
    }
    assert_eq!(breaker.open_for(), Duration::ZERO);
    assert!(!is_ready(breaker.probe_due()).await, "nobody probes for nothing");
}

#[tokio::test(start_paused = true)]
async fn a_poll_and_a_probe_that_fail_are_an_outage_until_a_probe_is_answered() {
    let breaker = well().await;
    let (_, doubt) = breaker.permit(POLL).await.report(CallOutcome::Doubtful);
    assert_eq!(probe(&breaker, AWAY).await, Some(Obstacle::Unreachable));
    assert!(!breaker.verdict(doubt).await);
    assert!(!passes(&breaker, POLL).await && !passes(&breaker, PROMPT).await);
    let shut_at = Instant::now();
    assert_eq!(probe(&breaker, AWAY).await, None, "that is known");
    assert_eq!(probe(&breaker, ProbeResult::Healthy).await, None);
    assert_eq!(breaker.open_for(), shut_at.elapsed());
    assert!(passes(&breaker, POLL).await);
}

#[tokio::test(start_paused = true)]
async fn after_an_outage_one_prompt_goes_first() {
    let breaker = well().await;
    breaker.permit(PROMPT).await.report(CallOutcome::Unreachable);
    probe(&breaker, ProbeResult::Healthy).await;
    assert_eq!(breaker.obstacle(PROMPT), None);
    let first = breaker.permit(PROMPT).await;
    assert!(first.is_still_valid() && !passes(&breaker, PROMPT).await);
    first.report(CallOutcome::Taken);
    assert!(passes(&breaker, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn a_prompt_of_unknown_fate_holds_the_next_one_back_until_a_probe_is_answered() {
    let breaker = well().await;
    let (first, other) = (breaker.permit(PROMPT).await, breaker.permit(PROMPT).await);
    first.report(CallOutcome::Unknown);
    assert!(!other.is_still_valid(), "it has not been sent yet, and need not be");
    drop(other);
    assert!(!passes(&breaker, PROMPT).await);
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(passes(&breaker, PROMPT).await, "one poisonous prompt is no outage");

    breaker.permit(PROMPT).await.report(CallOutcome::Unknown);
    probe(&breaker, ProbeResult::Healthy).await;
    assert_eq!(breaker.obstacle(PROMPT), Some(Obstacle::Unreachable), "a second one in a row is");
    assert_eq!(breaker.obstacle(POLL), None);
    for _ in 0..5 {
        let trial = breaker.permit(PROMPT).await;
        assert!(!passes(&breaker, PROMPT).await, "one at a time");
        trial.report(CallOutcome::Unknown);
        probe(&breaker, ProbeResult::Healthy).await;
    }
    breaker.permit(PROMPT).await.report(CallOutcome::Taken);
    assert!(passes(&breaker, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn one_who_repeats_a_poisonous_prompt_holds_up_nobody_else() {
    let breaker = well().await;
    for _ in 0..5 {
        breaker.permit(PROMPT).await.report(CallOutcome::Unknown);
        probe(&breaker, ProbeResult::Healthy).await;
        assert_eq!(breaker.obstacle(OTHER_PROMPT), None);
    }
    let told_at = Instant::now();
    breaker.permit(OTHER_PROMPT).await.report(CallOutcome::Unknown);
    assert_eq!(told_at.elapsed(), Duration::ZERO);
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(!passes(&breaker, OTHER_PROMPT).await, "two of them are an outage");
    breaker.permit(OTHER_PROMPT).await.report(CallOutcome::Taken);

    breaker.permit(PROMPT).await.report(CallOutcome::Unknown);
    probe(&breaker, ProbeResult::Healthy).await;
    breaker.permit(PROMPT).await.report(CallOutcome::Unknown);
    probe(&breaker, ProbeResult::Healthy).await;
    breaker.permit(OTHER_PROMPT).await.report(CallOutcome::Taken);
    assert!(passes(&breaker, PROMPT).await && passes(&breaker, OTHER_PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn credit_is_there_again_once_a_prompt_is_taken() {
    let breaker = well().await;
    let credit = Some(Obstacle::OutOfCredit);
    assert_eq!(breaker.permit(PROMPT).await.report(CallOutcome::OutOfCredit).0, credit);
    assert!(passes(&breaker, POLL).await);
    for _ in 0..5 {
        assert_eq!(
            breaker.permit(PROMPT).await.report(CallOutcome::OutOfCredit).0,
            None,
            "that is known"
        );
    }
    breaker.permit(PROMPT).await.report(CallOutcome::Success);
    let trial = breaker.permit(PROMPT).await;
    assert!(!passes(&breaker, PROMPT).await, "a prompt that is rejected says nothing about credit");
    trial.report(CallOutcome::Taken);
    assert_eq!(breaker.obstacle(PROMPT), None);
    assert!(passes(&breaker, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn whisul_is_left_alone_for_as_long_as_it_asks() {
    let breaker = well().await;
    let wait = Duration::from_secs(30);
    breaker.permit(POLL).await.report(CallOutcome::Doubtful);
    let busy = ProbeResult::Unhealthy(Obstacle::Busy, Some(wait));
    assert_eq!(probe(&breaker, busy).await, Some(Obstacle::Busy));
    let began = Instant::now();
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(began.elapsed() >= wait && passes(&breaker, POLL).await);

    breaker.permit(PROMPT).await.report(CallOutcome::Busy(Some(wait)));
    assert!(passes(&breaker, POLL).await);
    let began = Instant::now();
    breaker.permit(PROMPT).await.report(CallOutcome::Taken);
    assert!(began.elapsed() >= wait);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_the_gate_was_opened_again_shuts_it_no_more() {
    let breaker = well().await;
    let (first, second, late) =
        (breaker.permit(PROMPT).await, breaker.permit(PROMPT).await, breaker.permit(PROMPT).await);
    assert_eq!(first.report(CallOutcome::Unreachable).0, Some(Obstacle::Unreachable));
    let shut_at = Instant::now();
    assert_eq!(second.report(CallOutcome::Unreachable).0, None);
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(shut_at.elapsed() <= FIRST_WAIT, "two that fail together are one failure");
    assert_eq!(late.report(CallOutcome::Unreachable).0, None);
    assert_eq!(probe(&breaker, ProbeResult::Healthy).await, None);
    assert_eq!(breaker.obstacle(POLL), None);
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_was_given_up_lets_another_one_go() {
    let breaker = well().await;
    breaker.permit(PROMPT).await.report(CallOutcome::OutOfCredit);
    drop(breaker.permit(PROMPT).await);
    assert!(passes(&breaker, PROMPT).await);
}

/// A prompt that Whisul turns away as if the key were wrong, while it answers the probe.
async fn is_turned_away(breaker: &CircuitBreaker, prompt_of: Option<UserId>) -> Option<Obstacle> {
    assert_eq!(breaker.permit(prompt_of).await.report(CallOutcome::KeyRejected).0, None);
    probe(breaker, ProbeResult::Healthy).await
}

/// Sends one person's prompts until the time is up; how many that are.
async fn turned_away_for(
    breaker: &CircuitBreaker,
    prompt_of: Option<UserId>,
    time: Duration,
) -> u32 {
    let (began, mut sent) = (Instant::now(), 0);
    while let Ok(permit) = tokio::time::timeout_at(began + time, breaker.permit(prompt_of)).await {
        permit.report(CallOutcome::KeyRejected);
        probe(breaker, ProbeResult::Healthy).await;
        sent += 1;
    }
    sent
}

#[tokio::test(start_paused = true)]
async fn prompts_of_two_people_that_are_turned_away_are_the_keys_fault() {
    let breaker = well().await;
    let key = Some(Obstacle::BadKey);
    assert_eq!(is_turned_away(&breaker, PROMPT).await, None);
    assert!(!breaker.blames_key() && passes(&breaker, PROMPT).await);
    assert_eq!(is_turned_away(&breaker, OTHER_PROMPT).await, key);
    assert!(
        breaker.blames_key() && breaker.obstacle(PROMPT) == key && breaker.obstacle(POLL).is_none()
    );
    // Whose prompt was not turned away yet need not wait to try, once.
    let (third, told_at) = (Some(UserId(3)), Instant::now());
    assert_eq!(is_turned_away(&breaker, third).await, None, "that is known");
    assert_eq!(told_at.elapsed(), Duration::ZERO);
    assert!(!passes(&breaker, third).await);

    let sent = turned_away_for(&breaker, PROMPT, Duration::from_mins(3)).await;
    assert!((3..20).contains(&sent), "{sent} in three minutes");
    breaker.permit(PROMPT).await.report(CallOutcome::Success);
    assert!(breaker.blames_key(), "a prompt that is rejected says nothing about the key's rights");
    breaker.permit(PROMPT).await.report(CallOutcome::Taken);
    assert!(
        !breaker.blames_key() && passes(&breaker, PROMPT).await && passes(&breaker, third).await
    );
}

#[tokio::test(start_paused = true)]
async fn prompts_that_are_turned_away_with_the_probe_or_not_in_a_row_are_not() {
    let breaker = well().await;
    breaker.permit(PROMPT).await.report(CallOutcome::KeyRejected);
    probe(&breaker, ProbeResult::Unhealthy(Obstacle::BadKey, None)).await;
    probe(&breaker, ProbeResult::Healthy).await;
    assert_eq!(is_turned_away(&breaker, OTHER_PROMPT).await, None);
    for _ in 0..5 {
        breaker.permit(POLL).await.report(CallOutcome::Success);
        breaker.permit(PROMPT).await.report(CallOutcome::Taken);
        assert_eq!(is_turned_away(&breaker, PROMPT).await, None);
        breaker.permit(OTHER_PROMPT).await.report(CallOutcome::Taken);
        assert_eq!(is_turned_away(&breaker, OTHER_PROMPT).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn where_one_person_alone_asks_several_prompts_that_are_turned_away_are_the_keys_fault() {
    let breaker = well().await;
    // Each prompt is sent three times.
    for _ in 0..6 {
        assert_eq!(is_turned_away(&breaker, PROMPT).await, None);
    }
    assert_eq!(is_turned_away(&breaker, PROMPT).await, Some(Obstacle::BadKey));
    let told_at = Instant::now();
    breaker.permit(OTHER_PROMPT).await.report(CallOutcome::Taken);
    assert_eq!(told_at.elapsed(), Duration::ZERO, "nobody else waits for it");
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_hangs_holds_up_other_people_for_seconds_and_two_are_an_outage() {
    let breaker = well().await;
    breaker.permit(PROMPT).await.report(CallOutcome::Unreachable);
    probe(&breaker, ProbeResult::Healthy).await;
    let began = Instant::now();
    let hangs = breaker.permit(PROMPT).await;
    let second = breaker.permit(OTHER_PROMPT).await;
    let waited = began.elapsed();
    assert!(!waited.is_zero() && waited <= Duration::from_secs(5), "{waited:?}");
    let third = Some(UserId(3));
    assert!(breaker.obstacle(third).is_some() && breaker.obstacle(PROMPT).is_some());
    tokio::time::advance(Duration::from_mins(1)).await;
    assert!(!passes(&breaker, third).await && !passes(&breaker, PROMPT).await);
    second.report(CallOutcome::Taken);
    assert!(passes(&breaker, PROMPT).await && passes(&breaker, third).await);
    hangs.report(CallOutcome::Unknown);
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(passes(&breaker, third).await, "it was no trial any more");
}

#[tokio::test(start_paused = true)]
async fn two_trials_that_fail_hold_prompts_back_for_longer() {
    let breaker = well().await;
    breaker.permit(PROMPT).await.report(CallOutcome::Unreachable);
    probe(&breaker, ProbeResult::Healthy).await;
    let (first, second) = (breaker.permit(PROMPT).await, breaker.permit(OTHER_PROMPT).await);
    second.report(CallOutcome::Unknown);
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(!passes(&breaker, Some(UserId(3))).await, "not at once");
    first.report(CallOutcome::Unknown);
    probe(&breaker, ProbeResult::Healthy).await;
    assert!(!passes(&breaker, Some(UserId(3))).await, "nor then");
    breaker.permit(Some(UserId(3))).await.report(CallOutcome::Taken);
    assert!(passes(&breaker, PROMPT).await);
}

#[tokio::test(start_paused = true)]
async fn each_trial_that_finds_no_connection_waits_for_longer_though_probes_are_answered() {
    fastrand::seed(7);
    let breaker = well().await;
    breaker.permit(PROMPT).await.report(CallOutcome::Unreachable);
    let mut waits = Vec::new();
    for _ in 0..20 {
        probe(&breaker, ProbeResult::Healthy).await;
        let since = Instant::now();
        let trial = breaker.permit(PROMPT).await;
        waits.push(since.elapsed());
        trial.report(CallOutcome::Unreachable);
    }
    assert_eq!(waits[0], Duration::ZERO);
    let longest = waits.iter().max().copied().unwrap();
    assert!(longest >= Duration::from_secs(30), "{waits:?}");
    assert!(longest <= Duration::from_mins(1), "{waits:?}");
}
