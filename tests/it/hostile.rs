//! Hostile traffic against the real daemon, and what it does to its memory: never more than 32 MiB over idle, over all of them together. Short here; with
//! `QUELL_HOSTILE=full` (`just hostile`) with the full sizes, and the figures printed.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use quell::config::environment;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::support::World;
use crate::support::alert::{alert, device, ndjson};
use crate::webhook::{setup, signed, write_key};

/// What no traffic may add to the memory of an idle daemon, one attack after another, KiB. Each alone adds far less; what glibc keeps
/// of the ones before is among it.
const ALLOWED_KIB: u64 = 32 * 1024;
/// How long an attacker waits for an answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of each.
struct Sizes {
    connections: usize,
    body: usize,
    headers: usize,
    forged: usize,
}

fn sizes() -> Sizes {
    if environment::read_text("QUELL_HOSTILE").is_some_and(|word| word == "full") {
        Sizes {
            connections: 512,
            body: 1 << 30,
            headers: 100_000,
            forged: 1_000_000,
        }
    } else {
        Sizes {
            connections: 96,
            body: 48 << 20,
            headers: 20_000,
            forged: 500,
        }
    }
}

/// A member of `/proc/PID/status`, KiB.
fn memory(pid: u32, member: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the daemon runs");
    let line = status.lines().find_map(|line| line.strip_prefix(member));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.expect("the system tells it")
}

/// Connects from one of many addresses of this machine, 128 connections each.
async fn connect(to: SocketAddr, n: usize) -> TcpStream {
    let last = u8::try_from(2 + n / 128).expect("a few addresses");
    let socket = TcpSocket::new_v4().expect("there is a socket");
    let from = SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0));
    socket.bind(from).expect("the whole network is this machine's");
    socket.connect(to).await.expect("the daemon listens")
}

/// Sends as much as is taken, then reads what is said, for a while.
async fn exchange(mut stream: TcpStream, parts: impl IntoIterator<Item = Vec<u8>>) -> String {
    for part in parts {
        if stream.write_all(&part).await.is_err() {
            break;
        }
    }
    let mut said = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await;
    String::from_utf8_lossy(&said).into_owned()
}

fn head(fields: &str) -> Vec<u8> {
    format!("POST /v1/events/soar HTTP/1.1\r\nhost: x\r\n{fields}").into_bytes()
}

fn signed_head(fields: &str) -> Vec<u8> {
    head(&format!("{}{fields}\r\n", signed("msg_forged", b"another body")))
}

/// Heads that never end, on as many connections as there may be, each as long as a head may be.
async fn slowloris(to: SocketAddr, sizes: &Sizes) -> Vec<TcpStream> {
    let mut open = Vec::new();
    for n in 0..sizes.connections {
        let mut stream = connect(to, n).await;
        let begun = head(&format!("x-a: {}", "a".repeat(15_000)));
        stream.write_all(&begun).await.expect("the system takes it");
        open.push(stream);
    }
    open
}

/// Bodies that stop just before their end.
async fn stalled(to: SocketAddr, sizes: &Sizes) -> JoinSet<String> {
    let mut all = JoinSet::new();
    for n in 0..sizes.connections / 8 {
        let stream = connect(to, n).await;
        let begun = [signed_head("content-length: 8388608\r\n"), vec![b' '; 8_388_607]];
        all.spawn(exchange(stream, begun));
    }
    all
}

async fn chunked(to: SocketAddr, sizes: &Sizes) -> String {
    let chunk = [&b"10000\r\n"[..], &[b' '; 65_536], b"\r\n"].concat();
    let begin = signed_head("transfer-encoding: chunked\r\n");
    let parts = std::iter::once(begin).chain(std::iter::repeat_n(chunk, sizes.body / 65_536));
    exchange(connect(to, 0).await, parts).await
}

async fn many_headers(to: SocketAddr, sizes: &Sizes) -> String {
    let parts = (0..sizes.headers).map(|n| format!("x-{n}: {n}\r\n").into_bytes());
    exchange(connect(to, 0).await, std::iter::once(head("")).chain(parts)).await
}

async fn bomb(to: SocketAddr) -> String {
    let fields = "content-encoding: gzip\r\nconnection: close\r\ncontent-length: 1048576\r\n";
    exchange(connect(to, 0).await, [signed_head(fields), vec![0x1f; 1_048_576]]).await
}

/// JSON of nothing but openings, to the source that asks nobody for anything.
async fn deep(to: SocketAddr) -> String {
    let head =
        "POST /v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 8388608\r\n\r\n";
    exchange(
        connect(to, 0).await,
        [head.as_bytes().to_vec(), vec![b'['; 8_388_608]],
    )
    .await
}

/// Forged requests on connections that stay; says how many were answered, and that each was refused.
async fn forged(to: SocketAddr, count: usize) -> usize {
    let body = ndjson(&[alert("forged", &device(7))]);
    let request = [
        head(&format!(
            "content-length: {}\r\n{}\r\n",
            body.len(),
            signed("msg_forged", b"another body")
        )),
        body,
    ]
    .concat();
    let mut stream = connect(to, 0).await;
    let (mut answered, mut buffer) = (0, vec![0; 16 * 1024]);
    while answered < count {
        stream.write_all(&request).await.expect("the connection stays");
        let mut said = String::new();
        while !said.contains("secrets of both sides") {
            let read = stream.read(&mut buffer).await.expect("it is answered");
            assert!(read > 0, "it hung up: {said}");
            said += &String::from_utf8_lossy(&buffer[..read]);
        }
        assert!(said.starts_with("HTTP/1.1 401"), "{said}");
        answered += 1;
        // A signature is good for five minutes only, and after that another answer is due.
        if answered % 100_000 == 0 {
            return answered;
        }
    }
    answered
}

/// The most that the attack brought the daemon to, over what it took when it was idle, before the first of them.
async fn measured<T>(world: &World, idle: u64, name: &str, attack: impl Future<Output = T>) -> T {
    let pid = world.daemon().id();
    // From here on the peak is counted anew.
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("the daemon is this test's own");
    let done = attack.await;
    let peak = memory(pid, "VmHWM:");
    let added = peak.saturating_sub(idle);
    let line = format!("{name:<44} idle {idle:>7} KiB, peak {peak:>7} KiB, added {added:>6} KiB\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    assert!(added <= ALLOWED_KIB, "{line}");
    done
}

#[tokio::test]
async fn hostile_traffic_neither_stores_anything_nor_takes_much_memory() {
    let sizes = sizes();
    // What its events would lead to is no matter here.
    let mut world = setup().set("mode", "observe").prepare().await;
    write_key(&world);
    world.start().await;
    let to = world.daemon().addr;
    // What a daemon that has worked needs, is there.
    for n in 0..20 {
        world.send(&[alert(&format!("warm-{n}"), &device(100 + n))]).await;
    }
    let idle = memory(world.daemon().id(), "VmRSS:");
    let said = measured(&world, idle, "a chunked body without an end", chunked(to, &sizes)).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 413"), "{said}");
    let said = measured(&world, idle, "more headers than can be", many_headers(to, &sizes)).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431"), "{said}");
    let said = measured(&world, idle, "a gzip bomb", bomb(to)).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 415"), "{said}");
    let said = measured(&world, idle, "8 MiB of JSON that only opens", deep(to)).await;
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    let open = measured(&world, idle, "heads that never end", slowloris(to, &sizes)).await;
    drop(open);
    let bodies = measured(&world, idle, "bodies that stop before their end", async {
        let mut all = stalled(to, &sizes).await;
        let mut refused = 0;
        while let Some(said) = all.join_next().await {
            refused += usize::from(said.expect("it did not panic").starts_with("HTTP/1.1 503"));
        }
        refused
    });
    assert!(bodies.await > 0, "more than are held are told to come again");
    measured(&world, idle, "forged requests", async {
        let mut done = 0;
        while done < sizes.forged {
            done += forged(to, sizes.forged - done).await;
        }
    })
    .await;
    let count = "SELECT count(*) FROM quell.events WHERE source = 'soar'";
    assert_eq!(world.number(count).await, 0, "nothing of that was stored");
    // And whoever is no enemy is served as before.
    world.send(&[alert("after", &device(1))]).await;
    world.finish().await;
}
