//! The ways to receivers: addresses, mail servers, files.

use std::path::PathBuf;

use crate::config::secret::{self, Places, SecretFile};
use crate::config::section::{Kind, Reading, Section, text_of};
use crate::outbound::export::Format;
use crate::outbound::{MailTls, is_mail_address, is_this_machine};
use crate::yaml::Code;

/// An address, or the file that holds it, as it is a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Written out: whoever knows it can do nothing with it.
    Url(String),
    /// In a file.
    File(SecretFile),
}

/// How something is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// `url` or `url_file`: where to.
    pub address: Address,
    /// `secret_files`: `whsec_` and base64; each signs.
    pub secret_files: Vec<SecretFile>,
    /// `token_file`: holds a bearer token. Default none.
    pub token_file: Option<SecretFile>,
}

/// `email`: mail by SMTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// `host`: the mail server.
    pub host: String,
    /// `port`: its port. Default 587; with `tls: implicit` 465; with `tls: none` 25.
    pub port: u16,
    /// `tls`: how the connection is kept private. Default `starttls`.
    pub tls: MailTls,
    /// `user`: who we are to it. With `password_file` only.
    pub user: Option<String>,
    /// `password_file`: holds the password.
    pub password_file: Option<SecretFile>,
    /// `from`: who sends.
    pub from: String,
    /// `to`: who gets it.
    pub to: Vec<String>,
}

/// `export`: records for a SIEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// `format`: `ocsf` or `ecs`.
    pub format: Format,
    /// Where to.
    pub to: Place,
}

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `url` or `url_file`.
    Posted(Posted),
    /// `file`: a file that they are appended to.
    File(PathBuf),
}

impl Address {
    pub(super) fn secret_file(&self, kind: &str) -> Option<(String, &SecretFile)> {
        match self {
            Self::Url(_) => None,
            Self::File(file) => Some((format!("{kind}.url_file"), file)),
        }
    }

    /// Reads `url` and `url_file`, of which one is needed, unless `may_lack`. `None`: there is none.
    fn read(
        section: &mut Section<'_>,
        is_secret: bool,
        may_lack: bool,
        places: &Places,
        reading: &mut Reading,
    ) -> Option<Self> {
        let url = (!is_secret)
            .then(|| section.get("url", Kind::Text, reading))
            .flatten()
            .and_then(|node| {
                let url = text_of(&node, reading)?;
                if secret::has_password(&url) {
                    let message = format!(
                        "`{}` holds a password, which is written out in the configuration",
                        node.path()
                    );
                    let help =
                        "write the address into a file, readable for quell alone, and name it: `url_file`";
                    reading
                        .found
                        .push(node.diagnostic(Code::LITERAL_SECRET, message).help(help));
                } else if !is_address(&url) {
                    let message = format!(
                        "`{}` must be an address such as `https://hooks.example.com/quell`",
                        node.path()
                    );
                    reading.found.push(node.diagnostic(Code::BAD_RECEIVER, message));
                }
                Some(url)
            });
        let file = section.text("url_file", reading).map(|name| places.secret(&name));
        match (url, file) {
            (Some(url), None) => Some(Self::Url(url)),
            (None, Some(file)) => Some(Self::File(file)),
            (None, None) if may_lack => None,
            (both, _) => {
                if let Some(node) = section.node() {
                    let message = match (both, is_secret) {
                        (Some(_), _) => format!(
                            "`{}` has both `url` and `url_file`: give one of them",
                            node.path()
                        ),
                        (None, true) => format!(
                            "`{}` needs `url_file`: its address is a secret, and stands in a file",
                            node.path()
                        ),
                        (None, false) => {
                            format!("`{}` needs `url` or `url_file`: where to post", node.path())
                        }
                    };
                    reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
                }
                None
            }
        }
    }
}

fn is_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with(['/', '?', '#']) && !url.contains(char::is_whitespace)
    })
}

/// What stands where nothing can be used; the reading has failed by then.
fn nowhere() -> Address {
    Address::Url(String::new())
}

/// Reads `slack` and `teams`.
pub(super) fn read_chat(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Address {
    let address = Address::read(&mut section, true, false, places, reading);
    section.close(reading);
    address.unwrap_or_else(nowhere)
}

/// Reads `webhook`.
pub(super) fn read_webhook(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Posted {
    let address = Address::read(&mut section, false, false, places, reading);
    let posted = Posted::read(&mut section, address.unwrap_or_else(nowhere), places, reading);
    if let (Some(node), true) = (section.node(), posted.secret_files.is_empty()) {
        let message = format!(
            "`{}.secret_files` must name at least one file: what is sent is signed",
            node.path()
        );
        reading.found.push(node.diagnostic(Code::BAD_RECEIVER, message));
    }
    section.close(reading);
    posted
}

impl Posted {
    fn read(section: &mut Section<'_>, address: Address, places: &Places, reading: &mut Reading) -> Self {
        let names = section.texts("secret_files", &[], reading);
        let token = section.text("token_file", reading);
        Self {
            address,
            secret_files: names.iter().map(|name| places.secret(name)).collect(),
            token_file: token.map(|name| places.secret(&name)),
        }
    }

    pub(super) fn secret_files(&self, kind: &str) -> Vec<(String, &SecretFile)> {
        let mut files: Vec<_> = self.address.secret_file(kind).into_iter().collect();
        let secrets = self.secret_files.iter().enumerate();
        files.extend(secrets.map(|(place, file)| (format!("{kind}.secret_files[{place}]"), file)));
        files.extend(
            self.token_file
                .iter()
                .map(|file| (format!("{kind}.token_file"), file)),
        );
        files
    }
}

impl Email {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let host = section.required_text("host", reading);
        let words = [
            ("starttls", MailTls::Starttls),
            ("implicit", MailTls::Implicit),
            ("none", MailTls::None),
        ];
        let tls = section.choice("tls", &words, MailTls::Starttls, reading);
        let port = section.count_if("port", 1..=65_535, reading);
        let usual = match tls {
            MailTls::Starttls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        };
        let user = section.text("user", reading);
        let password_file = section
            .text("password_file", reading)
            .map(|name| places.secret(&name));
        let from = section.required_text("from", reading);
        let to: Vec<String> = section
            .required("to", Kind::Texts, reading)
            .and_then(|node| node.strs(&mut reading.found))
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned)
            .collect();
        if let Some(node) = section.node() {
            let mut refuse = |message| reading.found.push(node.diagnostic(Code::BAD_RECEIVER, message));
            let path = node.path();
            if user.is_some() != password_file.is_some() {
                refuse(format!(
                    "`{path}` needs both `user` and `password_file`, or none of them"
                ));
            }
            if tls == MailTls::None && !is_this_machine(&host) {
                refuse(format!(
                    "`{path}.tls: none` is for a mail server on this machine only, and `{host}` is another"
                ));
            }
            if to.is_empty() {
                refuse(format!("`{path}.to` names nobody"));
            }
            for address in to.iter().chain([&from]).filter(|address| !address.is_empty()) {
                if !is_mail_address(address) {
                    refuse(format!("`{address}` in `{path}` is no mail address"));
                }
            }
        }
        section.close(reading);
        Self {
            host,
            port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(usual),
            tls,
            user,
            password_file,
            from,
            to,
        }
    }

    pub(super) fn secret_file(&self) -> Option<(String, &SecretFile)> {
        let file = self.password_file.as_ref()?;
        Some(("email.password_file".to_owned(), file))
    }
}

impl Export {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let words = [("ocsf", Format::Ocsf), ("ecs", Format::Ecs)];
        let format = section.choice("format", &words, Format::Ocsf, reading);
        let file = section.text("file", reading);
        let address = Address::read(&mut section, false, true, places, reading);
        let posted = Posted::read(
            &mut section,
            address.clone().unwrap_or_else(nowhere),
            places,
            reading,
        );
        if let (Some(node), true) = (section.node(), file.is_some() == address.is_some()) {
            let message = format!(
                "`{}` needs exactly one of `file`, `url` and `url_file`: where records go",
                node.path()
            );
            reading.found.push(node.diagnostic(Code::ONE_OF_TWO, message));
        }
        section.close(reading);
        Self {
            format,
            to: match file {
                Some(file) => Place::File(places.base.join(file)),
                None => Place::Posted(posted),
            },
        }
    }
}
