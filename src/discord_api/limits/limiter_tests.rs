//! Buckets by the clock.

use super::*;

const PATH: &str = "webhooks/1/token/messages/@original";

async fn permit<'a>(limiter: &'a Limiter, path: &str) -> RateLimitPermit<'a> {
    limiter.permit(&Method::PATCH, path, Priority::High).await.unwrap()
}

fn saying(remaining: u32, resets_after: u64) -> RateLimitHeaders {
    let resets_at = Instant::now() + Duration::from_secs(resets_after);
    RateLimitHeaders { name: "edit".to_owned(), bucket: Bucket { remaining, resets_at } }
}

#[tokio::test(start_paused = true)]
async fn an_empty_bucket_opens_when_it_resets() {
    let (limiter, began) = (Limiter::new(), Instant::now());
    permit(&limiter, PATH).await.complete(Some(saying(1, 5)));
    permit(&limiter, PATH).await.complete(Some(saying(0, 5)));
    // Another path of the same bucket shares it, another webhook's does not.
    permit(&limiter, "webhooks/1/other/messages/@original").await.complete(Some(saying(0, 5)));
    assert!(began.elapsed() < SECOND);
    permit(&limiter, PATH).await.complete(Some(saying(1, 5)));
    assert_eq!(began.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn requests_of_a_bucket_go_one_after_another_and_progress_gives_way() {
    let (limiter, began) = (Limiter::new(), Instant::now());
    let under_way = permit(&limiter, PATH).await;
    assert!(limiter.permit(&Method::PATCH, PATH, Priority::Low).await.is_none());
    assert_eq!(began.elapsed(), PROGRESS_PATIENCE);
    under_way.complete(Some(saying(1, 5)));
    assert!(limiter.permit(&Method::PATCH, PATH, Priority::Low).await.is_none());
    drop(permit(&limiter, PATH).await);
    drop(permit(&limiter, PATH).await);
    sleep_until(Instant::now() + Duration::from_secs(5)).await;
    assert!(limiter.permit(&Method::PATCH, PATH, Priority::Low).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_follow_their_endpoint_into_its_bucket() {
    let (limiter, began) = (Limiter::new(), Instant::now());
    let first = permit(&limiter, PATH).await;
    let (next, ()) = tokio::join!(permit(&limiter, PATH), async {
        tokio::task::yield_now().await;
        first.complete(Some(saying(0, 5)));
    });
    assert_eq!(began.elapsed().as_secs(), 5);
    next.complete(Some(saying(1, 5)));
}

#[tokio::test(start_paused = true)]
async fn all_requests_together_have_a_limit_but_not_those_for_interactions() {
    let (limiter, began) = (Limiter::new(), Instant::now());
    for channel in 0..GLOBAL_LIMIT {
        drop(permit(&limiter, &format!("channels/{channel}/messages")).await);
    }
    drop(permit(&limiter, PATH).await);
    assert!(began.elapsed() < SECOND);
    drop(permit(&limiter, "users/@me/channels").await);
    assert_eq!(began.elapsed(), SECOND);
    limiter.hold(Duration::from_secs(3));
    assert!(limiter.permit(&Method::PATCH, PATH, Priority::Low).await.is_none());
    drop(permit(&limiter, PATH).await);
    assert_eq!(began.elapsed().as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_limits_nothing_any_more_is_forgotten() {
    let limiter = Limiter::new();
    for token in 0..1000 {
        let path = format!("webhooks/1/{token}/messages/@original");
        permit(&limiter, &path).await.complete(Some(saying(4, 5)));
    }
    permit(&limiter, PATH).await.complete(Some(saying(0, 600)));
    sleep_until(Instant::now() + FORGETS_EVERY).await;
    drop(permit(&limiter, "users/@me/channels").await);
    let state = limiter.state();
    assert!(state.buckets.len() <= 2 && state.names.len() == 1, "{state:?}");
}
