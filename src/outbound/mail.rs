//! A message by mail: SMTP, over TLS by the operating system's roots unless the server is this machine. Plain text; the subject is one line.

use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use super::{OutboundError, Undelivered};
use crate::domain::person::said;
use crate::domain::telling::Message;

/// A server answers each command within this span.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How a mail server is reached.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private.
    pub tls: MailTls,
    /// Who we are to it.
    pub login: Option<(String, SecretString)>,
    /// Who sends.
    pub from: String,
    /// Who gets it.
    pub to: Vec<String>,
}

/// How a connection to a mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// It begins in plain text and must go on in TLS before anything is said.
    Starttls,
    /// It is TLS from the first byte.
    Implicit,
    /// It is not. Only to this machine.
    None,
}

/// Sends mails.
#[derive(Clone)]
pub(super) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer")
    }
}

/// Whether a text is one mail address, with or without a name before it.
pub fn is_mail_address(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Whether a host is this machine.
pub fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl Mailer {
    pub(super) fn new(smtp: &Smtp) -> Result<Self, OutboundError> {
        let mailbox = |text: &String| {
            text.parse::<Mailbox>()
                .map_err(|_| OutboundError::MailAddress(text.clone()))
        };
        let parameters = || {
            TlsParameters::new_rustls(smtp.host.clone())
                .map_err(|error| OutboundError::Mail(error.to_string()))
        };
        let tls = match smtp.tls {
            MailTls::Starttls => Tls::Required(parameters()?),
            MailTls::Implicit => Tls::Wrapper(parameters()?),
            MailTls::None if is_this_machine(&smtp.host) => Tls::None,
            MailTls::None => {
                let why = format!(
                    "plain text goes to this machine only, and `{}` is another",
                    smtp.host
                );
                return Err(OutboundError::Mail(why));
            }
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.clone())
            .port(smtp.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = &smtp.login {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from: mailbox(&smtp.from)?,
            to: smtp.to.iter().map(mailbox).collect::<Result<_, _>>()?,
        })
    }

    /// Whether the server takes us: connects, signs in where that is configured, and sends nothing.
    pub(super) async fn look(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the server does not answer as a mail server does".to_owned()),
            Err(error) => Err(super::causes(&error)),
        }
    }

    pub(super) async fn send(&self, message: &Message, public_url: Option<&str>) -> Result<(), Undelivered> {
        let mail = written(message, public_url, &self.from, &self.to)?;
        // The connection is closed with the answer: the next message is another day's, as a rule.
        self.transport.send(mail).await.map(drop).map_err(|error| {
            let kind = if error.is_permanent() {
                "refused it"
            } else {
                "did not take it"
            };
            Undelivered::because(format!("the mail server {kind}: {error}"))
        })
    }
}

fn written(
    message: &Message,
    public_url: Option<&str>,
    from: &Mailbox,
    to: &[Mailbox],
) -> Result<lettre::Message, Undelivered> {
    let mut lines = vec![message.title(), String::new()];
    lines.extend(message.lines().iter().map(|line| format!("- {line}")));
    if let Some(link) = message.link(public_url) {
        lines.extend([String::new(), link]);
    }
    let automatic = HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    );
    let all: Mailboxes = to.iter().cloned().collect();
    MessageBuilder::new()
        .from(from.clone())
        .mailbox(lettre::message::header::To::from(all))
        .subject(said(&message.title(), 150))
        // The same at every try, so that a mail that comes twice is known for one.
        .message_id(Some(format!("<{}@quell.invalid>", message.id)))
        .raw_header(automatic)
        .header(ContentType::TEXT_PLAIN)
        .body(lines.join("\n"))
        .map_err(|error| Undelivered::because(format!("the mail cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::tests::message;

    #[test]
    fn a_subject_is_one_line_whatever_a_playbook_is_called() {
        let mut message = message();
        message.playbook = Some("x\r\nBcc: all@example.com".to_owned());
        let from: Mailbox = "Quell <quell@example.com>".parse().expect("an address");
        let mail = written(
            &message,
            Some("https://quell.example.com"),
            &from,
            std::slice::from_ref(&from),
        )
        .expect("it is one");
        let text = String::from_utf8(mail.formatted()).expect("it is text");
        let (head, body) = text.split_once("\r\n\r\n").expect("it has a head");
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        assert!(
            head.contains(&format!("Message-ID: <{}@quell.invalid>", message.id)),
            "{head}"
        );
        assert!(
            body.contains("https://quell.example.com/approvals/1004"),
            "{body}"
        );
    }

    #[test]
    fn plain_text_goes_to_this_machine_only() {
        let smtp = |host: &str, tls| Smtp {
            host: host.to_owned(),
            port: 25,
            tls,
            login: None,
            from: "quell@example.com".to_owned(),
            to: vec!["soc@example.com".to_owned()],
        };
        for host in ["localhost", "127.0.0.1", "::1"] {
            Mailer::new(&smtp(host, MailTls::None)).expect("it is this machine");
        }
        let error = Mailer::new(&smtp("mail.example.com", MailTls::None)).expect_err("it is another");
        assert!(error.to_string().contains("this machine only"), "{error}");
        Mailer::new(&smtp("mail.example.com", MailTls::Starttls)).expect("it is private");
    }
}
