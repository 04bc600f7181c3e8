//! Posts to a receiver's address: within [`Reach`], over TLS by the operating system's roots, following no redirect, waiting for no answer
//! longer than it should, and reading none of it but its status.
//!
//! Nothing here says where it went: the address of a receiver is often all the secret it has.

use std::error::Error as _;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret as _, SecretString};

use super::{OutboundError, Reach, Undelivered, tls};

/// A connection must stand within this span.
const CONNECT: Duration = Duration::from_secs(5);

/// The answer must have begun within this span.
const TOTAL: Duration = Duration::from_secs(15);

/// Nobody makes us wait longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Posts to one address.
#[derive(Clone)]
pub(super) struct Hook {
    client: reqwest::Client,
    url: Url,
    reach: Reach,
}

impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hook")
    }
}

impl Hook {
    /// Prepares posting; connects nowhere yet.
    pub(super) fn new(url: &SecretString, reach: &Reach) -> Result<Self, OutboundError> {
        let url = Url::parse(url.expose_secret()).map_err(|_| OutboundError::ReceiverAddress)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(OutboundError::ReceiverAddress);
        }
        let is_tls = url.scheme() == "https";
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(is_tls).map_err(OutboundError::Tls)?)
            .dns_resolver(reach.resolver(is_tls))
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .user_agent(concat!("quell/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(OutboundError::Client)?;
        Ok(Self {
            client,
            url,
            reach: reach.clone(),
        })
    }

    /// Why the address is not called, where it names no name that may come to mean something else.
    pub(super) fn refusal(&self) -> Option<String> {
        let refused = self.reach.allows_literal(&self.url).err()?;
        Some(refused.to_string())
    }

    /// Whether somebody listens there: connects, and says nothing.
    pub(super) async fn look(&self) -> Result<(), String> {
        self.reach.knock(&self.url, CONNECT).await
    }

    /// Posts once.
    pub(super) async fn post(
        &self,
        media_type: &'static str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<(), Undelivered> {
        if let Some(why) = self.refusal() {
            return Err(Undelivered::because(why));
        }
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, media_type);
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| Undelivered::because("a secret holds characters that cannot be sent"))?;
            value.set_sensitive(true);
            request = request.header(HeaderName::from_static(name), value);
        }
        let request = request.body(body).build().map_err(no_answer)?;
        let response = self.client.execute(request).await.map_err(no_answer)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
        let why = match status.as_u16() {
            code @ 300..=399 => format!("it answered {code}: redirects are not followed"),
            code => format!("it answered {code}"),
        };
        Err(Undelivered { why, retry_after })
    }
}

/// Why no answer came, without the address.
fn no_answer(error: reqwest::Error) -> Undelivered {
    let error = error.without_url();
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    Undelivered::because(why)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that gives this answer to every connection, and counts them.
    async fn answering(answer: &'static str) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let mut read = [0; 4_096];
                let _ = stream.read(&mut read).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        tasks.detach_all();
        (port, connections)
    }

    fn loopback(address: IpAddr) -> bool {
        address.is_loopback()
    }

    fn hook(url: &str, reach: &Reach) -> Hook {
        Hook::new(&SecretString::from(url), reach).expect("it is an address")
    }

    async fn told(hook: &Hook) -> Result<(), Undelivered> {
        hook.post("application/json", &[], b"{}".to_vec()).await
    }

    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

    #[tokio::test]
    async fn a_private_address_is_not_even_connected_to_unless_it_is_listed() {
        let (port, connections) = answering(OK).await;
        let nobody = Reach::new(|_| false);
        for host in [
            "127.0.0.1",
            "[::ffff:127.0.0.1]",
            "2130706433",
            "0x7f.1",
            "localhost",
        ] {
            for scheme in ["https", "http"] {
                let refused = told(&hook(&format!("{scheme}://{host}:{port}/x"), &nobody)).await;
                let why = refused.expect_err("it is refused").why;
                assert!(why.contains("outbound.allow_networks"), "{scheme} {host}: {why}");
            }
        }
        assert_eq!(connections.load(Ordering::SeqCst), 0);
        let listed = Reach::new(loopback);
        told(&hook(&format!("http://127.0.0.1:{port}/x"), &listed))
            .await
            .expect("it is listed");
        told(&hook(&format!("http://localhost:{port}/x"), &listed))
            .await
            .expect("it is listed");
    }

    #[tokio::test]
    async fn a_name_is_connected_at_the_addresses_that_were_judged_and_judged_at_each_connection() {
        let (port, connections) = answering(OK).await;
        // First the name leads to a listed address, then to one that is not.
        let only_one = |address: IpAddr| address == IpAddr::from([127, 0, 0, 1]);
        let reach = Reach::scripted(
            only_one,
            &[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.2", "127.0.0.1"], &[]],
        );
        let hook = hook(&format!("http://hooks.example:{port}/x"), &reach);
        told(&hook).await.expect("the first answer is listed");
        let why = told(&hook).await.expect_err("the second is not").why;
        assert!(why.contains("127.0.0.2"), "{why}");
        told(&hook).await.expect("one of the third is");
        let why = told(&hook).await.expect_err("there is none").why;
        assert!(why.contains("no address"), "{why}");
        assert_eq!(connections.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (inner, reached) = answering(OK).await;
        let moved = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let (port, _) = answering(moved.leak()).await;
        let why = told(&hook(
            &format!("http://127.0.0.1:{port}/x"),
            &Reach::new(loopback),
        ))
        .await
        .expect_err("it is no success")
        .why;
        assert!(why.contains("307") && why.contains("not followed"), "{why}");
        assert_eq!(reached.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn what_a_receiver_says_of_when_to_come_again_is_heard_within_bounds() {
        let (port, _) =
            answering("HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        let (never, _) = answering(
            "HTTP/1.1 503 Away\r\nretry-after: 99999999\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        )
        .await;
        let reach = Reach::new(loopback);
        let said = told(&hook(&format!("http://127.0.0.1:{port}/x"), &reach)).await;
        let said = said.expect_err("it is no success");
        assert_eq!(
            (said.why.as_str(), said.retry_after),
            ("it answered 429", Some(Duration::from_secs(7)))
        );
        let said = told(&hook(&format!("http://127.0.0.1:{never}/x"), &reach)).await;
        assert_eq!(
            said.expect_err("it is no success").retry_after,
            Some(LONGEST_WAIT)
        );
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_read() {
        let (port, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nx").await;
        told(&hook(
            &format!("http://127.0.0.1:{port}/x"),
            &Reach::new(loopback),
        ))
        .await
        .expect("the status is all that counts");
    }

    #[tokio::test]
    async fn no_error_says_where_it_went() {
        let reach = Reach::new(loopback);
        let hook = hook("http://127.0.0.1:1/services/T000/B000/s3cret", &reach);
        let why = told(&hook).await.expect_err("nobody listens").why;
        assert!(!why.contains("s3cret") && why.contains("refused"), "{why}");
        assert!(!format!("{hook:?}").contains("s3cret"));
        let error = Hook::new(&SecretString::from("s3cret"), &reach).expect_err("it is no address");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
