//! The least HTTP client that tests need: one request a connection, the body as it is, nothing retried.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The members of an array in the answer.
    pub fn list(&self, name: &str) -> Vec<Value> {
        let json = self.json();
        let list = json[name].as_array();
        list.unwrap_or_else(|| panic!("no list `{name}`: {self:?}"))
            .clone()
    }
}

/// Asks for a page.
pub async fn get(addr: SocketAddr, path: &str) -> std::io::Result<Reply> {
    send(addr, "GET", path, &[], &[]).await
}

/// Posts a body.
pub async fn post(addr: SocketAddr, path: &str, media_type: &str, body: &[u8]) -> std::io::Result<Reply> {
    send(addr, "POST", path, &[("content-type", media_type)], body).await
}

/// Sends a request with headers of the test's own.
pub async fn send(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(addr).await?;
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n{}content-length: {}\r\n\r\n",
        headers.collect::<String>(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let cut = || std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the answer was cut off");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Reply {
        status: status.ok_or_else(cut)?,
        body: body.to_owned(),
    })
}
