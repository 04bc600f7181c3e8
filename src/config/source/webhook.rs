//! `sources[].webhook`: others send to `POST /v1/events/NAME`, and show who they are in exactly one way.

use super::super::secret::{Places, SecretFile};
use super::super::section::{Kind, Reading, Section};
use super::super::server::Http;
use super::{Source, SourceKind};
use crate::web::can_be_named;
use crate::yaml::Code;

/// `webhook`: how senders show who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// `standard_webhooks`: by signatures of the Standard Webhooks specification.
    StandardWebhooks {
        /// `secret_files`: the secrets, `whsec_` and base64, any of which may have signed.
        secret_files: Vec<SecretFile>,
    },
    /// `hmac`: by an HMAC-SHA256 of the body, as GitHub sends it.
    Hmac {
        /// `secret_files`: the secrets, any of which may have signed.
        secret_files: Vec<SecretFile>,
        /// `header`: where the signature stands. Default `X-Hub-Signature-256`.
        header: String,
        /// `prefix`: what stands before its hexadecimal digits. Default `sha256=`.
        prefix: String,
    },
    /// `bearer`: by a token.
    Bearer {
        /// `token_files`: the tokens, any of which opens.
        token_files: Vec<SecretFile>,
    },
    /// `client_certificate`: by a certificate of the authority in `http.tls.client_ca_file`.
    ClientCertificate {
        /// `names`: alternative names, of which it must have one.
        names: Vec<String>,
        /// `fingerprints`: or the SHA-256 of its DER.
        fingerprints: Vec<[u8; 32]>,
    },
    /// `proxy_header`: by the word of a proxy in `http.trusted_proxies`.
    ProxyHeader {
        /// `header`: the header that it sets.
        header: String,
        /// `values`: what may stand in it.
        values: Vec<String>,
    },
}

/// All ways, as they are written.
const WAYS: [&str; 5] = [
    "standard_webhooks",
    "hmac",
    "bearer",
    "client_certificate",
    "proxy_header",
];

impl Webhook {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let given: Vec<&str> = WAYS.into_iter().filter(|way| section.has(way)).collect();
        if let (Some(node), true) = (section.node(), given.len() != 1) {
            let all: Vec<String> = WAYS.iter().map(|way| format!("`{way}`")).collect();
            let message = match given.as_slice() {
                [first, second, ..] => format!("`{}` has `{first}` and `{second}`", node.path()),
                _ => format!("`{}` does not say how senders show who they are", node.path()),
            };
            let help = format!("give exactly one of {}", all.join(", "));
            reading
                .found
                .push(node.diagnostic(Code::ONE_OF_TWO, message).help(help));
        }
        let standard = section.section("standard_webhooks", reading);
        let standard = files(standard, "secret_files", places, reading);
        let mut hmac = section.section("hmac", reading);
        let header = text_or(&mut hmac, "header", "X-Hub-Signature-256", reading);
        let prefix = text_or(&mut hmac, "prefix", "sha256=", reading);
        let signed = files(hmac, "secret_files", places, reading);
        let bearer = files(section.section("bearer", reading), "token_files", places, reading);
        let certificate = read_certificate(section.section("client_certificate", reading), reading);
        let proxy = read_proxy(section.section("proxy_header", reading), reading);
        section.close(reading);
        match given.first() {
            Some(&"hmac") => Self::Hmac {
                secret_files: signed,
                header,
                prefix,
            },
            Some(&"bearer") => Self::Bearer { token_files: bearer },
            Some(&"client_certificate") => certificate,
            Some(&"proxy_header") => proxy,
            _ => Self::StandardWebhooks {
                secret_files: standard,
            },
        }
    }

    /// The files that hold secrets, with their keys below the source.
    pub(super) fn secret_files(&self) -> Vec<(String, &SecretFile)> {
        let (key, files) = match self {
            Self::StandardWebhooks { secret_files } => ("standard_webhooks.secret_files", secret_files),
            Self::Hmac { secret_files, .. } => ("hmac.secret_files", secret_files),
            Self::Bearer { token_files } => ("bearer.token_files", token_files),
            Self::ClientCertificate { .. } | Self::ProxyHeader { .. } => return Vec::new(),
        };
        let files = files.iter().enumerate();
        files
            .map(|(place, file)| (format!("webhook.{key}[{place}]"), file))
            .collect()
    }
}

/// Reports the webhooks that the listener cannot serve as it is configured.
pub(in crate::config) fn check(sources: &[Source], http: &Http, root: &Section<'_>, reading: &mut Reading) {
    let Some(node) = root.node() else { return };
    for source in sources {
        let lacking = match &source.kind {
            SourceKind::Webhook(Webhook::ClientCertificate { .. }) if !http.asks_certificates() => {
                "takes client certificates, and `http.tls.client_ca_file` does not say who issues them"
            }
            SourceKind::Webhook(Webhook::ProxyHeader { .. }) if http.trusted_proxies.is_empty() => {
                "takes the word of a proxy, and `http.trusted_proxies` does not say whose"
            }
            _ => continue,
        };
        let message = format!("the source `{}` {lacking}", source.name);
        reading.found.push(node.diagnostic(Code::BAD_WEBHOOK, message));
    }
}

/// A list of files with secrets; at least one.
fn files(
    mut section: Section<'_>,
    key: &'static str,
    places: &Places,
    reading: &mut Reading,
) -> Vec<SecretFile> {
    let node = section.required(key, Kind::Texts, reading);
    let names = node
        .as_ref()
        .and_then(|node| node.strs(&mut reading.found))
        .unwrap_or_default();
    if let (Some(node), true) = (&node, names.iter().all(|name| name.trim().is_empty())) {
        let message = format!("`{}` must name at least one file", node.path());
        reading.found.push(node.diagnostic(Code::BAD_WEBHOOK, message));
    }
    section.close(reading);
    names.into_iter().map(|name| places.secret(name)).collect()
}

fn text_or(section: &mut Section<'_>, key: &'static str, default: &str, reading: &mut Reading) -> String {
    section.text(key, reading).unwrap_or_else(|| default.to_owned())
}

fn read_certificate(mut section: Section<'_>, reading: &mut Reading) -> Webhook {
    let names = section.texts("names", &[], reading);
    let prints = section.texts("fingerprints", &[], reading);
    let mut fingerprints = Vec::new();
    if let Some(node) = section.node() {
        let mut refuse = |message: String| reading.found.push(node.diagnostic(Code::BAD_WEBHOOK, message));
        if names.is_empty() && prints.is_empty() {
            refuse(format!(
                "`{}` needs `names` or `fingerprints`: whose certificates are taken",
                node.path()
            ));
        }
        if names.iter().any(|name| name.contains('*') || !can_be_named(name)) {
            refuse(format!(
                "`{}.names` must be DNS names or addresses, whole, such as `soar.example.com`",
                node.path()
            ));
        }
        for print in &prints {
            match fingerprint(print) {
                Some(print) => fingerprints.push(print),
                None => refuse(format!(
                    "`{}.fingerprints` must be SHA-256: 64 hexadecimal digits, with or without colons",
                    node.path()
                )),
            }
        }
    }
    section.close(reading);
    Webhook::ClientCertificate { names, fingerprints }
}

fn read_proxy(mut section: Section<'_>, reading: &mut Reading) -> Webhook {
    let header = section.required_text("header", reading);
    let node = section.required("values", Kind::Texts, reading);
    let values: Vec<String> = node
        .as_ref()
        .and_then(|node| node.strs(&mut reading.found))
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect();
    if let (Some(node), true) = (&node, values.is_empty() || values.iter().any(String::is_empty)) {
        let message = format!(
            "`{}` must name at least one value, and none that is empty",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_WEBHOOK, message));
    }
    section.close(reading);
    Webhook::ProxyHeader { header, values }
}

/// The bytes of a fingerprint as OpenSSL prints it.
fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|letter| *letter != ':')
        .map(|letter| letter.to_digit(16))
        .collect::<Option<_>>()?;
    if digits.len() != 64 {
        return None;
    }
    let bytes = digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::domain::trust::Trust;

    fn read(http: &str, webhook: &str) -> Result<Webhook, String> {
        let text = format!(
            "database: {{url: \"postgres://quell@db/quell\"}}\nplaybooks: {{path: playbooks}}\n{http}\nsources:\n  - name: soar\n    webhook: {webhook}\n\
             tenants: [{{name: contoso, credential: {{client_secret: {{directory_id: d, client_id: c, secret_file: mde}}}}}}]\n"
        );
        let loaded = Config::parse("quell.yaml", &text, std::path::Path::new("/etc/quell"), None);
        let config = loaded.map_err(|found| found.render(false))?.config;
        match config.sources.into_iter().next().map(|source| source.kind) {
            Some(SourceKind::Webhook(webhook)) => Ok(webhook),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn behind_a_proxy_on_this_machine_the_listeners_own_address_makes_nobody_known() {
        let trust = |http: &str| {
            let text = format!(
                "database: {{url: \"postgres://quell@db/quell\"}}\nplaybooks: {{path: playbooks}}\nhttp: {http}\n\
                 tenants: [{{name: contoso, credential: {{client_secret: {{directory_id: d, client_id: c, secret_file: mde}}}}}}]\n"
            );
            let loaded = Config::parse("quell.yaml", &text, std::path::Path::new("/etc/quell"), None);
            loaded
                .map(|loaded| loaded.config.http.trust)
                .map_err(|found| found.render(false))
        };
        for (http, expected) in [
            ("{listen: \"127.0.0.1:8740\"}", Trust::Act),
            ("{trusted_proxies: [10.0.0.9]}", Trust::Act),
            ("{trusted_proxies: [127.0.0.1]}", Trust::Observe),
            ("{trusted_proxies: [\"::1\"]}", Trust::Observe),
            ("{trusted_proxies: [127.0.0.1], token_file: t}", Trust::Act),
            ("{trusted_proxies: [127.0.0.1], trust: ask}", Trust::Ask),
        ] {
            assert_eq!(trust(http), Ok(expected), "{http}");
        }
    }

    #[test]
    fn senders_show_who_they_are_in_exactly_one_way() {
        let hmac = read("", "{hmac: {secret_files: [one, two]}}").expect("that is one way");
        let Webhook::Hmac {
            secret_files,
            header,
            prefix,
        } = hmac
        else {
            panic!("it is an hmac")
        };
        assert_eq!(
            (secret_files.len(), header.as_str(), prefix.as_str()),
            (2, "X-Hub-Signature-256", "sha256=")
        );
        for (http, webhook, why) in [
            ("", "{}", "does not say how senders show who they are"),
            (
                "",
                "{bearer: {token_files: [a]}, hmac: {secret_files: [b]}}",
                "has `hmac` and `bearer`",
            ),
            ("", "{bearer: {token_files: []}}", "at least one file"),
            ("", "{bearer: {}}", "token_files"),
            (
                "",
                "{client_certificate: {names: [soar.example]}}",
                "`http.tls.client_ca_file` does not say",
            ),
            (
                "",
                "{proxy_header: {header: X-Client, values: [soar]}}",
                "`http.trusted_proxies` does not say",
            ),
            (
                "http: {trusted_proxies: [10.0.0.9]}",
                "{proxy_header: {header: X-Client, values: [\"\"]}}",
                "none that is empty",
            ),
            (
                "http: {trusted_proxies: [10.0.0]}",
                "{proxy_header: {header: X-Client, values: [soar]}}",
                "neither an address",
            ),
            (
                "http: {tls: {certificate_file: c, key_file: k, client_ca_file: a}}",
                "{client_certificate: {}}",
                "`names` or `fingerprints`",
            ),
            (
                "http: {tls: {certificate_file: c, key_file: k, client_ca_file: a}}",
                "{client_certificate: {names: [\"CN=soar sender\"]}}",
                "DNS names or addresses",
            ),
            (
                "http: {trusted_proxies: [\"::/0\"]}",
                "{proxy_header: {header: X-Client, values: [soar]}}",
                "neither an address",
            ),
            (
                "http: {tls: {certificate_file: c, key_file: k, client_ca_file: a}}",
                "{client_certificate: {fingerprints: [AB]}}",
                "64 hexadecimal digits",
            ),
        ] {
            let error = read(http, webhook).expect_err("it is wrong");
            assert!(error.contains(why), "{webhook}: {error}");
        }
        let print = "AB:".repeat(31) + "ab";
        let webhook = format!("{{client_certificate: {{fingerprints: [\"{print}\"]}}}}");
        let read = read(
            "http: {tls: {certificate_file: c, key_file: k, client_ca_file: a}}",
            &webhook,
        );
        assert_eq!(
            read,
            Ok(Webhook::ClientCertificate {
                names: Vec::new(),
                fingerprints: vec![[0xab; 32]]
            })
        );
    }
}
