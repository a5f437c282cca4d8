//! Files from a server that answers as it likes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Barrier,
    time::timeout,
};

use super::*;

const BOTH: FollowUpSettings = FollowUpSettings { notice: false, audio: true, cover: true };
const TUNE: &[u8] = b"ID3 a tune";

/// A server that gives each connection this response, and how many there were.
async fn server(response: Vec<u8>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let connections = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::Relaxed);
            let response = response.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                _ = stream.read(&mut request).await;
                // A client that has read enough hangs up.
                _ = stream.write_all(&response).await;
            });
        }
    });
    (address, count)
}

/// A response whose end is the end of the connection.
fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{headers}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// A song whose audio is there.
fn song_at(address: SocketAddr) -> Song {
    let song_url = Some(format!("http://{address}/a.mp3"));
    Song { song_url, title: Some("A tune".to_owned()), ..Song::default() }
}

/// Media for a Whisul at an address.
fn media(whisul: SocketAddr) -> Media {
    Media::of(&Url::parse(&format!("http://{whisul}/api")).unwrap(), &Proxies::default()).unwrap()
}

/// What is fetched from a server that gives this response, by name and size.
async fn fetched(response: Vec<u8>, limit: u32) -> Option<(String, usize)> {
    let (address, _) = server(response).await;
    let media = media(address);
    let files = media.files(&song_at(address), BOTH, limit).await;
    let found = files.audio.as_ref().map(|file| (file.name.clone(), file.bytes.len()));
    let held = found.as_ref().map_or(0, |(_, size)| *size);
    assert_eq!(media.budget.left(), BUDGET as usize - held, "no more is held than the file");
    found
}

#[tokio::test]
async fn a_file_is_fetched_with_or_without_its_length() {
    for headers in ["server: x\r\ncontent-length: 10", "server: x"] {
        let tune = Some(("A-tune.mp3".to_owned(), 10));
        assert_eq!(fetched(answer(headers, TUNE), 1000).await, tune);
        assert_eq!(fetched(answer(headers, TUNE), 10).await, tune);
        assert_eq!(fetched(answer(headers, TUNE), 9).await, None, "too large");
    }
}

#[tokio::test]
async fn the_first_bytes_decide_whatever_a_server_says() {
    for kind in ["audio/mpeg", "binary/octet-stream", "application/octet-stream", "text/html", ""] {
        let tune = Some(("A-tune.mp3".to_owned(), 10));
        assert_eq!(fetched(answer(&format!("content-type: {kind}"), TUNE), 1000).await, tune);
    }
    let m4a = b"\0\0\0\x20ftypM4A \0\0\0\0 and so on";
    let tune = Some(("A-tune.m4a".to_owned(), m4a.len()));
    assert_eq!(fetched(answer("content-type: video/mp4", m4a), 1000).await, tune);
}

#[tokio::test]
async fn a_file_whose_encoding_is_mislabelled_is_fetched_as_it_is() {
    for encoding in
        ["gzip", "x-gzip", "deflate", "br", "zstd", "identity", "gzip, gzip", "aws-chunked"]
    {
        let tune = Some(("A-tune.mp3".to_owned(), 10));
        for length in ["", "\r\ncontent-length: 10"] {
            let headers = format!("content-encoding: {encoding}{length}");
            assert_eq!(fetched(answer(&headers, TUNE), 1000).await, tune, "{headers}");
        }
    }
}

#[tokio::test]
async fn what_is_no_tune_is_left() {
    let audio = "content-type: audio/mpeg";
    assert_eq!(fetched(answer(audio, b""), 1000).await, None);
    assert_eq!(fetched(answer(audio, b"<html>"), 1000).await, None);
    let page = b"<!DOCTYPE html><html><body>No such song</body></html>";
    assert_eq!(fetched(answer(audio, page), 1000).await, None);
    assert_eq!(fetched(b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec(), 1000).await, None);
    assert_eq!(fetched(b"nonsense".to_vec(), 1000).await, None);
    let cut = "content-type: audio/mpeg\r\ncontent-length: 20";
    assert_eq!(fetched(answer(cut, TUNE), 1000).await, None);
    let vast = "content-type: audio/mpeg\r\ncontent-length: 99999999999999999999";
    assert_eq!(fetched(answer(vast, TUNE), 1000).await, None);
}

#[tokio::test]
async fn nothing_leads_off_to_where_nothing_is_public() {
    let (secret, visits) = server(answer("content-type: audio/mpeg", TUNE)).await;
    let port = secret.port();
    for target in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.1:{port}/"),
        format!("//localhost:{port}/"),
        "file:///etc/passwd".to_owned(),
    ] {
        let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\n\r\n").into_bytes();
        assert_eq!(fetched(redirect, 1000).await, None, "{target}");
        let (whisul, _) = server(Vec::new()).await;
        let song = Song { song_url: Some(target.clone()), ..Song::default() };
        assert!(media(whisul).files(&song, BOTH, 1000).await.is_empty(), "{target}");
    }
    assert_eq!(visits.load(Ordering::Relaxed), 0);
}

#[test]
fn only_encrypted_links_are_fetched_and_those_of_whisul() {
    let media = media("127.0.0.1:4000".parse().unwrap());
    let fetched = |link: &str| media.client_for(&Url::parse(link).unwrap()).is_ok();
    for link in ["https://cdn.example/a.mp3", "https://1.1.1.1/", "http://127.0.0.1:4000/a.wav"] {
        assert!(fetched(link), "{link}");
    }
    for link in [
        "http://cdn.example/a.mp3",
        "http://1.1.1.1/",
        "https://127.0.0.1:4000/",
        "http://127.0.0.1:4001/",
        "http://localhost:4000/",
        "https://user@cdn.example/",
        "http://:password@127.0.0.1:4000/",
        "ftp://cdn.example/",
    ] {
        assert!(!fetched(link), "{link}");
    }
}

#[tokio::test]
async fn redirects_are_followed_to_an_end() {
    let circle = b"HTTP/1.1 302 Found\r\nlocation: /again\r\nconnection: close\r\n\r\n".to_vec();
    let (address, visits) = server(circle).await;
    assert!(media(address).files(&song_at(address), BOTH, 1000).await.is_empty());
    assert_eq!(visits.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_server_that_dribbles_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut part = answer("content-type: audio/mpeg", TUNE);
        while stream.write_all(&part).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            part = vec![0];
        }
    });
    let whisul = Url::parse(&format!("http://{address}/api")).unwrap();
    let whole = Duration::from_millis(300);
    let media =
        Media::with_patience(&whisul, &Proxies::default(), Duration::from_secs(9), whole).unwrap();
    assert!(media.files(&song_at(address), BOTH, 1000).await.is_empty());
    assert_eq!(media.budget.left(), BUDGET as usize);
}

#[tokio::test]
async fn many_at_once_stay_within_the_memory_for_all() {
    let mut tune = vec![0; 20 << 20];
    tune[..3].copy_from_slice(b"ID3");
    let (address, _) = server(answer("content-type: audio/mpeg", &tune)).await;
    let media = media(address);
    let (most, pair) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
    let fetches: Vec<_> = (0..8)
        .map(|_| {
            let (media, most, pair) = (media.clone(), Arc::clone(&most), Arc::clone(&pair));
            tokio::spawn(async move {
                let files = media.files(&song_at(address), BOTH, 30 << 20).await;
                // Passing it on takes until another has come, too.
                _ = timeout(TIMEOUT, pair.wait()).await;
                most.fetch_max(BUDGET as usize - media.budget.left(), Ordering::Relaxed);
                files.audio.is_some_and(|file| file.bytes.len() == 20 << 20)
            })
        })
        .collect();
    for fetch in fetches {
        assert!(fetch.await.unwrap(), "each comes to its turn");
    }
    assert!(most.load(Ordering::Relaxed) >= 40 << 20, "some are fetched side by side");
    assert_eq!(media.budget.left(), BUDGET as usize);
}
