//! What reaches a collector, against a listener on the loopback address.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn told(step: &str, traceparent: Option<&str>) -> Told {
    let mut told = Told::default();
    let texts = [
        ("step", step),
        ("event.id", "01900000-0000-7000-8000-0000000000aa"),
        ("action.id", "01900000-0000-7000-8000-0000000000bb"),
        ("state", "failed"),
    ];
    told.texts
        .extend(texts.map(|(name, text)| (name, text.to_owned())));
    told.texts
        .extend(traceparent.map(|text| ("traceparent", text.to_owned())));
    told.numbers.extend([
        ("from_us", 1_000_000),
        ("at_us", 2_000_000),
        ("until_us", 3_000_000),
    ]);
    told
}

#[test]
fn the_steps_of_a_course_are_one_trace_below_the_senders_span() {
    let all: Vec<SpanData> = ["decided", "called", "ended"]
        .iter()
        .flat_map(|step| told(step, Some(PARENT)).spans(0))
        .collect();
    let names: Vec<&str> = all.iter().map(|span| span.name.as_ref()).collect();
    assert_eq!(
        names,
        ["event", "evaluate", "wait for budget", "call", "reconcile"]
    );
    let trace = TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128);
    assert!(all.iter().all(|span| span.span_context.trace_id() == trace));
    assert_eq!(all[0].parent_span_id, SpanId::from(0x00f0_67aa_0ba9_02b7_u64));
    let root = all[0].span_context.span_id();
    assert!(all[1..].iter().all(|span| span.parent_span_id == root));
    assert_eq!(all[4].status, Status::error("failed"));
    let again = told("decided", Some(PARENT)).spans(0);
    assert_eq!(
        again[0].span_context.span_id(),
        root,
        "what is told twice is the same span"
    );
}

#[test]
fn a_sender_who_keeps_no_trace_is_heard_and_else_so_many_of_a_hundred_are_kept() {
    let dropped = PARENT.replace("-01", "-00");
    assert!(told("decided", Some(&dropped)).spans(100).is_empty());
    assert_eq!(told("decided", None).spans(100).len(), 2);
    let kept = (0..10_000)
        .filter(|_| is_kept(None, Uuid::now_v7().as_u128(), 25))
        .count();
    assert!((2_000..3_000).contains(&kept), "{kept} of 10000");
}

#[test]
fn headers_are_a_line_each() {
    let headers = headers_of("authorization: Bearer a:b\n\n x-scope : soc\n").expect("they are well written");
    assert_eq!(headers["authorization"], "Bearer a:b");
    assert_eq!(headers["x-scope"], "soc");
    assert_eq!(headers_of("good: 1\nbad"), Err(2));
}

#[tokio::test]
async fn spans_arrive_at_the_collector_with_the_senders_trace() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the loopback address is there");
    let address = listener.local_addr().expect("it is bound");
    let collector = async move {
        let (mut stream, _) = listener.accept().await.expect("somebody connects");
        let mut request = Vec::new();
        loop {
            let read = stream
                .read_buf(&mut request)
                .await
                .expect("the request can be read");
            if read == 0 || is_whole(&request) {
                break;
            }
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer).await.expect("the answer is short");
        request
    };
    let options = TraceOptions {
        endpoint: format!("http://{address}/v1/traces"),
        headers: Some("x-scope: soc".to_owned().into()),
        sample_percent: 100,
    };
    let exporting = Exporting::to(&options).expect("the options are right");
    let subscriber = tracing_subscriber::registry().with(exporting.layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::trace!(target: TARGET, step = "decided", event.id = %Uuid::now_v7(), traceparent = PARENT,
            from_us = 1_i64, at_us = 2_i64, until_us = 3_i64, "an event was decided");
        tracing::error!("no span is made of a log line");
    });
    let stop = CancellationToken::new();
    stop.cancel();
    let both = async { tokio::join!(collector, exporting.run(stop)).0 };
    let request = tokio::time::timeout(Duration::from_secs(20), both)
        .await
        .expect("the collector is asked at once");
    let text = String::from_utf8_lossy(&request).to_lowercase();
    assert!(
        text.starts_with("post /v1/traces http/1.1") && text.contains("x-scope: soc"),
        "{text}"
    );
    let holds = |bytes: &[u8]| request.windows(bytes.len()).any(|window| window == bytes);
    assert!(
        holds(&0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes()),
        "the trace is the sender's"
    );
    assert!(
        holds(&0x00f0_67aa_0ba9_02b7_u64.to_be_bytes()),
        "its parent is the sender's span"
    );
    assert!(holds(b"evaluate") && holds(b"service.name") && !holds(b"no span"));
}

#[tokio::test]
async fn a_collector_that_hangs_holds_no_stop_up() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("the loopback address is there");
    let address = listener.local_addr().expect("it is bound");
    let options = TraceOptions {
        endpoint: format!("http://{address}/v1/traces"),
        headers: None,
        sample_percent: 100,
    };
    let exporting = Exporting::to(&options).expect("the options are right");
    let sender = exporting.sender.clone();
    for _ in 0..BATCH + 100 {
        let spans = told("ended", Some(PARENT)).spans(100);
        for span in spans {
            sender.try_send(span).expect("there is room");
        }
    }
    let (recorder, metrics) = crate::telemetry::Metrics::local();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let stop = CancellationToken::new();
    stop.cancel();
    // Nobody ever answers: the connection is taken by the system alone.
    tokio::time::timeout(LAST + Duration::from_secs(3), exporting.run(stop))
        .await
        .expect("it ends by itself");
    let told = metrics.render();
    assert!(
        told.contains(&format!("quell_spans_lost_total {}", BATCH + 100)),
        "{told}"
    );
    drop(listener);
}

fn is_whole(request: &[u8]) -> bool {
    let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let text = String::from_utf8_lossy(&request[..head]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.trim().parse::<usize>().ok());
    length.is_some_and(|length| request.len() >= head + 4 + length)
}
