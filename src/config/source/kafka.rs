//! `sources[].kafka`: a topic of a broker that speaks Kafka's protocol, Azure Event Hubs among them.
//!
//! `app` turns it into the client's options. It names files and reads none.

use std::path::PathBuf;

use super::super::secret::{Places, SecretFile};
use super::super::section::{Kind, Reading, Section};
use crate::yaml::{Code, Node};

/// `kafka`: which topic of which brokers, and how they are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kafka {
    /// `brokers`: hosts with ports, of which one must answer at first.
    pub brokers: Vec<String>,
    /// `topic`: the topic, which Event Hubs calls the event hub.
    pub topic: String,
    /// `start`: where a topic that was never read begins. Default `latest`.
    pub start: KafkaStart,
    /// `tls`: whether TLS is spoken. Default `true`.
    pub tls: bool,
    /// `ca_file`: PEM certificates that a broker's must come from, in place of the system's. Default none.
    pub ca_file: Option<PathBuf>,
    /// `user` with `password_file`, or `oauth_scope`. Default no login.
    pub login: KafkaLogin,
}

/// Where a topic that was never read begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KafkaStart {
    /// `latest`: with the next message.
    Latest,
    /// `earliest`: with the oldest message that is still there.
    Earliest,
}

/// How the source logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KafkaLogin {
    /// Not at all.
    None,
    /// SASL PLAIN.
    Password {
        /// `user`: default `$ConnectionString`, which is Event Hubs'.
        user: String,
        /// `password_file`: holds the password; for Event Hubs the connection string.
        password_file: SecretFile,
    },
    /// SASL OAUTHBEARER with tokens of the tenant's credential.
    Token {
        /// `oauth_scope`: what the tokens are for.
        scope: String,
    },
}

/// The user that Event Hubs wants where the password is a connection string.
const CONNECTION_STRING: &str = "$ConnectionString";

/// The end of Event Hubs' hosts, in all of Azure's clouds.
const EVENT_HUBS: [&str; 3] = [
    ".servicebus.windows.net",
    ".servicebus.usgovcloudapi.net",
    ".servicebus.chinacloudapi.cn",
];

impl Kafka {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let brokers = section.required("brokers", Kind::Texts, reading);
        let listed = brokers.as_ref().and_then(|node| node.strs(&mut reading.found));
        let listed: Vec<String> = listed
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let topic = section.required_text("topic", reading);
        let starts = [("latest", KafkaStart::Latest), ("earliest", KafkaStart::Earliest)];
        let start = section.choice("start", &starts, KafkaStart::Latest, reading);
        let tls = section.bool("tls", true, reading);
        let ca_file = section
            .text("ca_file", reading)
            .map(|file| places.base.join(file));
        let user = section.text("user", reading);
        let password_file = section.text("password_file", reading);
        let scope = section.text("oauth_scope", reading);
        let kafka = Self {
            brokers: listed,
            topic,
            start,
            tls,
            ca_file,
            login: match (&password_file, &scope) {
                (Some(file), _) => KafkaLogin::Password {
                    user: user.clone().unwrap_or_else(|| CONNECTION_STRING.to_owned()),
                    password_file: places.secret(file),
                },
                (None, Some(scope)) => KafkaLogin::Token { scope: scope.clone() },
                (None, None) => KafkaLogin::None,
            },
        };
        if let Some(node) = section.node().cloned() {
            let mut wrong = kafka.faults();
            if password_file.is_some() && scope.is_some() {
                wrong.push("has `password_file` and `oauth_scope`: give one way to log in".to_owned());
            }
            if user.is_some() && password_file.is_none() {
                wrong.push("has a `user` and no `password_file`".to_owned());
            }
            for fault in wrong {
                refuse(&node, &fault, reading);
            }
        }
        section.close(reading);
        kafka
    }

    pub(super) fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        match &self.login {
            KafkaLogin::Password { password_file, .. } => {
                vec![("kafka.password_file".to_owned(), password_file)]
            }
            KafkaLogin::None | KafkaLogin::Token { .. } => Vec::new(),
        }
    }

    /// What cannot work, or must not.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !cfg!(feature = "kafka") {
            faults.push("cannot be read: this build of quell has no `kafka` (cargo feature)".to_owned());
        }
        for broker in &self.brokers {
            let port = broker
                .rsplit_once(':')
                .map(|(host, port)| (host, port.parse::<u16>()));
            match port {
                Some((host, Ok(1..))) if !host.is_empty() && !host.contains('/') => {}
                _ => faults.push(format!(
                    "names the broker `{broker}`: write a host and a port, as in `kafka.example:9093`"
                )),
            }
        }
        if self.brokers.is_empty() {
            faults.push("names no broker".to_owned());
        }
        let host = |broker: &String| {
            broker
                .rsplit_once(':')
                .map_or(broker.clone(), |(host, _)| host.to_owned())
        };
        let hosts: Vec<String> = self.brokers.iter().map(host).collect();
        let is_event_hubs = hosts
            .iter()
            .any(|host| EVENT_HUBS.iter().any(|end| host.ends_with(end)));
        let is_here = hosts
            .iter()
            .all(|host| matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]"));
        if is_event_hubs {
            if self.brokers.iter().any(|broker| !broker.ends_with(":9093")) {
                faults.push(
                    "names Event Hubs with another port than 9093, where it speaks Kafka's protocol"
                        .to_owned(),
                );
            }
            if !self.tls || self.login == KafkaLogin::None {
                faults.push("names Event Hubs, which wants `tls: true` and a login: give `password_file` or `oauth_scope`".to_owned());
            }
        } else if !self.tls && self.login != KafkaLogin::None && !is_here {
            faults.push("sends a password or a token without TLS: set `tls: true`".to_owned());
        }
        if let KafkaLogin::Token { scope } = &self.login {
            let of = scope.strip_prefix("https://").unwrap_or_default();
            let of = of.split(['/', ':', '?', '#', '\\']).next().unwrap_or_default();
            let is_ours = hosts.iter().any(|host| host.eq_ignore_ascii_case(of));
            let is_hub = EVENT_HUBS
                .iter()
                .any(|end| of.to_ascii_lowercase().ends_with(end));
            if of.is_empty() || !(is_ours || is_hub) {
                // The brokers are shown the token: it must be worth nothing elsewhere, at Defender least of all.
                faults.push(format!(
                    "asks for tokens of the scope `{scope}`: it must be one of the brokers' or of Event Hubs, as in `https://contoso.servicebus.windows.net/.default`"
                ));
            }
        }
        if !self.tls && self.ca_file.is_some() {
            faults.push("has a `ca_file` and `tls: false`".to_owned());
        }
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if !self.topic.is_empty() && (self.topic.len() > 249 || !self.topic.bytes().all(is_name)) {
            faults.push(format!(
                "names the topic `{}`: topics are made of a-z, A-Z, 0-9, `.`, `_` and `-`",
                self.topic
            ));
        }
        faults
    }
}

fn refuse(node: &Node<'_>, fault: &str, reading: &mut Reading) {
    let message = format!("`{}` {fault}", node.path());
    reading.found.push(node.diagnostic(Code::BAD_KAFKA, message));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kafka(brokers: &[&str]) -> Kafka {
        Kafka {
            brokers: brokers.iter().map(|broker| (*broker).to_owned()).collect(),
            topic: "alerts".to_owned(),
            start: KafkaStart::Latest,
            tls: true,
            ca_file: None,
            login: KafkaLogin::None,
        }
    }

    #[test]
    fn what_cannot_work_or_must_not_is_said() {
        let token = KafkaLogin::Token {
            scope: "https://contoso.servicebus.windows.net/.default".to_owned(),
        };
        let check = |kafka: &Kafka, told: &str| {
            let faults = kafka.faults();
            assert!(
                faults.len() == 1 && faults[0].contains(told),
                "{told}: {faults:?}"
            );
        };
        let hub = kafka(&["contoso.servicebus.windows.net:9093"]);
        check(&hub, "wants `tls: true` and a login");
        let logged_in = Kafka {
            login: token.clone(),
            ..hub
        };
        assert_eq!(logged_in.faults(), Vec::<String>::new());
        let by_amqp = Kafka {
            login: token.clone(),
            ..kafka(&["contoso.servicebus.windows.net:5671"])
        };
        check(&by_amqp, "another port than 9093");
        let open = Kafka {
            tls: false,
            login: token,
            ..kafka(&["kafka.internal:9092"])
        };
        check(&open, "without TLS");
        let here = Kafka {
            brokers: vec!["127.0.0.1:9092".to_owned()],
            ..open
        };
        assert_eq!(here.faults(), Vec::<String>::new());
        for scope in [
            "s",
            "https://api.securitycenter.microsoft.com/.default",
            "https://contoso.servicebus.windows.net@api.example/.default",
        ] {
            let elsewhere = Kafka {
                login: KafkaLogin::Token {
                    scope: scope.to_owned(),
                },
                ..here.clone()
            };
            check(&elsewhere, "it must be one of the brokers'");
        }
        for broker in [
            "kafka",
            "kafka:",
            "kafka:0",
            "kafka:99999",
            ":9092",
            "kafka://kafka:9092",
        ] {
            check(&kafka(&[broker]), "write a host and a port");
        }
        check(&kafka(&[]), "names no broker");
        let spaced = Kafka {
            topic: "the alerts".to_owned(),
            ..kafka(&["kafka:9092"])
        };
        check(&spaced, "topics are made of");
        let both = Kafka {
            tls: false,
            ca_file: Some(PathBuf::from("ca.pem")),
            ..kafka(&["kafka:9092"])
        };
        check(&both, "`ca_file` and `tls: false`");
    }
}
