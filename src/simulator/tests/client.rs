//! The smallest HTTP client that can talk to the simulator: one connection a request, whole replies only.
//!
//! The product's client lives in another layer, and the simulator may not know it.

use std::io;
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::simulator::{Options, Simulator};

/// A reply as it came.
#[derive(Debug)]
pub struct Received {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &'_ &str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
        self.head
            .lines()
            .find(named)
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim())
    }
}

/// A client with a token.
#[derive(Debug)]
pub struct Client {
    pub addr: SocketAddr,
    pub token: String,
}

impl Client {
    /// Fetches a token from the simulator.
    pub async fn of(simulator: &Simulator) -> Self {
        let mut client = Self {
            addr: simulator.addr(),
            token: String::new(),
        };
        let form = "grant_type=client_credentials&client_id=app&client_secret=s%26cret\
                    &scope=https%3A%2F%2Fapi.securitycenter.microsoft.com%2F.default";
        let form_type = "Content-Type: application/x-www-form-urlencoded\r\n";
        let reply = client
            .send("POST", "/tenant/oauth2/v2.0/token", form_type, form)
            .await
            .expect("no faults here");
        let token = reply.json()["access_token"].as_str().map(str::to_owned);
        client.token = token.unwrap_or_else(|| panic!("{}", reply.body));
        client
    }

    /// The same with the token that the control pages ask for.
    pub fn control(&self, simulator: &Simulator) -> Self {
        Self {
            addr: self.addr,
            token: simulator.control_token().to_owned(),
        }
    }

    pub async fn get(&self, path: &str) -> Received {
        self.send("GET", path, "", "").await.expect("no faults here")
    }

    pub async fn post(&self, path: &str, body: &str) -> Received {
        self.try_post(path, body).await.expect("no faults here")
    }

    pub async fn try_post(&self, path: &str, body: &str) -> io::Result<Received> {
        self.send("POST", path, "Content-Type: application/json\r\n", body)
            .await
    }

    /// Restricts a device.
    pub async fn restrict(&self, device: &str) -> io::Result<Received> {
        self.try_post(&restrict(device), &comment("why")).await
    }

    /// Lists actions or machines, with the options percent-encoded.
    pub async fn list(&self, path: &str, options: &str) -> Value {
        let options = options.replace(' ', "%20").replace('\'', "%27");
        let reply = self.get(&format!("{path}?{options}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()
    }

    pub async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Received> {
        let mut stream = TcpStream::connect(self.addr).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            self.addr,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await?;
        let (head, body) = reply.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        Ok(Received {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        })
    }
}

/// A simulator and a client of it.
pub async fn start(options: Options) -> (Simulator, Client) {
    let simulator = Simulator::start(options).await.expect("a loopback port is free");
    let client = Client::of(&simulator).await;
    (simulator, client)
}

/// The n-th device id.
pub fn device(n: u64) -> String {
    format!("{n:040x}")
}

pub fn restrict(device: &str) -> String {
    format!("/api/machines/{device}/restrictCodeExecution")
}

pub fn release(device: &str) -> String {
    format!("/api/machines/{device}/unrestrictCodeExecution")
}

pub fn comment(comment: &str) -> String {
    json!({ "Comment": comment }).to_string()
}
