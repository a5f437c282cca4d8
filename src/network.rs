//! What all clients share: reading a body up to a limit, and why a request came to nothing, in words
//! for a log. They name neither an address nor a token.

use std::{error::Error, io, iter::successors};

use reqwest::Response;

use crate::domain::with_causes;

type Cause = dyn Error + 'static;

/// What went wrong between this machine and a service, down to its first cause. The same cause
/// always has the same words, so that it can be searched for.
pub(crate) fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let (is_connect, is_timeout) = (error.is_connect(), error.is_timeout());
    let chain: Vec<&Cause> = chain(&error).collect();
    let detail = chain.last().map(ToString::to_string).unwrap_or_default();
    let mut kinds = chain.iter().filter_map(|error| error.downcast_ref().map(io::Error::kind));
    if !is_connect {
        return if is_timeout { "no response in time".to_owned() } else { with_causes(&error) };
    }
    // The words of hyper-util, which has no type for it that others may see.
    if chain.iter().any(|error| error.to_string() == "dns error") {
        return format!("the host name can't be resolved: {detail}");
    }
    let known = kinds.find_map(|kind| match kind {
        io::ErrorKind::ConnectionRefused => Some("connection refused".to_owned()),
        io::ErrorKind::TimedOut => Some("timed out while connecting".to_owned()),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some(format!("no route: {detail}"))
        }
        // How rustls reports a certificate that is not trusted, or a response that is no TLS.
        io::ErrorKind::InvalidData => Some(format!("TLS failed: {detail}")),
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => {
            Some("closed while connecting".to_owned())
        }
        _ => None,
    });
    known.unwrap_or_else(|| {
        if is_timeout { "timed out while connecting".to_owned() } else { with_causes(&error) }
    })
}

/// Appends what comes of a body to `bytes`, until it has ended or they are more than `most`, by a
/// chunk at most.
pub(crate) async fn read_body(
    response: &mut Response,
    bytes: &mut Vec<u8>,
    most: usize,
) -> reqwest::Result<()> {
    while bytes.len() <= most
        && let Some(chunk) = response.chunk().await?
    {
        bytes.extend_from_slice(&chunk);
    }
    Ok(())
}

/// An error and its causes. An I/O error hides the one that it was made from behind that one's own
/// source.
pub(crate) fn chain(error: &Cause) -> impl Iterator<Item = &Cause> {
    successors(Some(error), |&error| {
        let made_from = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        made_from.map(|inner| inner as &Cause).or_else(|| error.source())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{io::AsyncWriteExt as _, net::TcpListener};

    use super::*;

    /// Why a request to this address fails.
    async fn why(url: &str) -> String {
        let client = reqwest::Client::builder()
            .no_proxy()
            .connect_timeout(Duration::from_millis(300))
            .build()
            .unwrap();
        cause(client.get(url).send().await.unwrap_err())
    }

    /// A server that greets each connection with these bytes, and keeps it open if there are none.
    async fn server(greeting: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                match greeting {
                    b"" => kept.push(stream),
                    greeting => stream.write_all(greeting).await.unwrap(),
                }
            }
        });
        address.to_string()
    }

    #[tokio::test]
    async fn each_cause_has_its_own_words() {
        let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert_eq!(why(&format!("https://{gone}/s3cr3t")).await, "connection refused");
        let plain = server(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let told = why(&format!("https://{plain}/s3cr3t")).await;
        assert!(told.starts_with("TLS failed: received corrupt message"), "{told}");
        let silent = server(b"").await;
        assert_eq!(why(&format!("https://{silent}/s3cr3t")).await, "timed out while connecting");
        let told = why("https://nowhere.invalid/s3cr3t").await;
        assert!(told.starts_with("the host name can't be resolved: failed to lookup"), "{told}");
        let told = why(&format!("http://{}/s3cr3t", server(b"no HTTP\r\n").await)).await;
        assert!(told.contains("client error") && !told.contains("s3cr3t"), "{told}");
    }
}
