//! A bare server in Defender's place that notes when the first byte of each call arrives, and answers at once.
//!
//! One thread a connection and nothing else, so that what is measured is the daemon. It gives tokens, takes every restrict,
//! and lists what it took as done.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use quell::clock;

use crate::ground::read_message;

/// A running recorder; it ends with the process.
pub struct Recorder {
    addr: SocketAddr,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    /// When the first byte of the call for each device came, and how many came.
    calls: HashMap<String, (Instant, u32)>,
    /// As it is listed: device, comment, when.
    actions: Vec<(String, String, String)>,
}

impl Recorder {
    /// Listens.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let addr = listener.local_addr()?;
        let taken = Arc::<Mutex<Taken>>::default();
        let of_server = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let taken = Arc::clone(&of_server);
                std::thread::spawn(move || serve(stream, &taken));
            }
        });
        Ok(Self { addr, taken })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// When the first byte of the call for a device came, and how many calls for it came.
    pub fn call(&self, device: &str) -> Option<(Instant, u32)> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.calls.get(device).copied()
    }
}

fn serve(mut stream: TcpStream, taken: &Mutex<Taken>) {
    use std::io::Write as _;
    let _ = stream.set_nodelay(true);
    loop {
        let mut first = Instant::now();
        let Ok(Some((head, body))) = read_message(&mut stream, |at| first = at) else {
            return;
        };
        let path = head.split(' ').nth(1).unwrap_or("");
        let (status, answer) = answer(path, &body, first, taken);
        let reply = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(path: &str, body: &[u8], first: Instant, taken: &Mutex<Taken>) -> (&'static str, String) {
    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
    if path.contains("/oauth2/") {
        let token = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"a.bench.token"}"#;
        return ("200 OK", token.to_owned());
    }
    if let Some(device) = path
        .split("/machines/")
        .nth(1)
        .and_then(|rest| rest.strip_suffix("/restrictCodeExecution"))
    {
        let call = taken.calls.entry(device.to_owned()).or_insert((first, 0));
        call.1 += 1;
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let comment = body["Comment"].as_str().unwrap_or("").to_owned();
        let now = clock::now().to_string();
        taken.actions.push((device.to_owned(), comment, now));
        let number = taken.actions.len() - 1;
        // Done already, so that following it to its end does not disturb what is measured.
        return ("201 Created", action(&taken, number, "Succeeded").to_string());
    }
    if path.contains("/machineactions") {
        // The latest are all that can still be open.
        let all: Vec<_> = (taken.actions.len().saturating_sub(1000)..taken.actions.len())
            .map(|number| action(&taken, number, "Succeeded"))
            .collect();
        return ("200 OK", serde_json::json!({ "value": all }).to_string());
    }
    ("404 Not Found", "{}".to_owned())
}

fn action(taken: &Taken, number: usize, status: &str) -> serde_json::Value {
    let (device, comment, at) = &taken.actions[number];
    serde_json::json!({
        "id": format!("00000000-0000-4000-8000-{number:012x}"), "type": "RestrictCodeExecution", "title": null,
        "requestor": "bench", "requestorComment": comment, "status": status, "machineId": device,
        "computerDnsName": "host", "creationDateTimeUtc": at, "lastUpdateDateTimeUtc": at, "cancellationRequestor": null,
        "cancellationComment": null, "cancellationDateTimeUtc": null, "errorHResult": 0, "scope": null, "externalId": null,
        "requestSource": "PublicApi", "relatedFileInfo": null, "commands": [], "troubleshootInfo": null,
    })
}
