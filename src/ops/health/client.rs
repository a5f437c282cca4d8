//! `whisul-bot healthcheck`: asks a bot on this machine how it is, as containers do.

use std::{
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// How long connecting, and each read, may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest response that is read.
const LONGEST: u64 = 64 << 10;

/// Asks the bot that serves its health at this address: the value of `HTTP_ADDR`.
///
/// # Errors
/// When it is not well, or does not answer: with the reason.
pub fn healthcheck(address: Option<SocketAddr>) -> Result<String, String> {
    let address = address.ok_or("HTTP_ADDR is off, so that the bot answers no health check")?;
    let address = reachable(address);
    let response = get(address, "/healthz")
        .map_err(|error| format!("no bot answers at {address}: {error}"))?;
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
    match head.split_whitespace().nth(1) {
        Some("200") => Ok("the bot is well".to_owned()),
        Some("503") => Err(body.trim().to_owned()),
        _ => Err(format!("what answers at {address} is not whisul-bot")),
    }
}

/// Where a server that listens on all addresses can be reached from this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, REQUEST_TIMEOUT)?;
    stream.set_read_timeout(Some(REQUEST_TIMEOUT))?;
    stream.set_write_timeout(Some(REQUEST_TIMEOUT))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut response = Vec::new();
    stream.take(LONGEST).read_to_end(&mut response)?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}
