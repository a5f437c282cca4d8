//! What people choose for themselves is kept.

use super::*;

#[tokio::test]
async fn a_choice_outlives_the_process_and_can_be_taken_back() {
    let folder = Folder::new();
    let store = folder.store().await;
    let (ann, bob) = (UserId(1), UserId(u64::MAX));
    assert!(store.wants_notice(ann).await.unwrap());
    for person in [ann, bob] {
        store.choose_notice(person, false).await.unwrap();
    }
    store.choose_notice(bob, true).await.unwrap();
    store.close().await;

    let store = folder.store().await;
    assert!(!store.wants_notice(ann).await.unwrap());
    assert!(store.wants_notice(bob).await.unwrap());
}
