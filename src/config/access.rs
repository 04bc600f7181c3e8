//! `http.access`, `http.unix_socket`: how operators show who they are, and what they may. See docs/access.md.

use std::net::IpAddr;
use std::time::Duration;

use super::secret::{Places, SecretFile};
use super::section::{Kind, Reading, Section};
use crate::domain::approval::is_same_person;
use crate::domain::identity::Role;
use crate::web::{RoleRule, Whom};
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Node};

/// `http.access`: how operators show who they are, beside `http.operator_token_file` and the tokens of `quell tokens`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// `required`: whoever is on this machine is asked too. Default false; with any other way to show who one is they are anyway.
    pub is_required: bool,
    /// `proxy`: by which headers a trusted proxy says who asks. Default none.
    pub proxy: Option<ProxyHeaders>,
    /// `oidc`: the issuer by which people sign in at the console. Default none.
    pub oidc: Option<Oidc>,
    /// `roles`: what people may whom a proxy or the issuer names. Default nobody anything.
    pub roles: Vec<RoleRule>,
    /// `session.idle`: a session ends when nobody was seen in it for so long. Default 1 h.
    pub idle: Duration,
    /// `session.lifetime`: the longest that a session lasts. Default 8 h.
    pub lifetime: Duration,
}

/// `http.access.proxy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyHeaders {
    /// `user_header`: the person's name.
    pub user: String,
    /// `groups_header`: their groups, with commas between them. Default none is read.
    pub groups: Option<String>,
}

/// `http.access.oidc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc {
    /// `issuer`: its name, which is an address.
    pub issuer: String,
    /// `client_id`: how it knows quell.
    pub client_id: String,
    /// `client_secret_file`: what quell shows it. Default none: a public client.
    pub client_secret: Option<SecretFile>,
    /// `redirect_url`: our own `/login/callback`, as people's browsers reach it.
    pub redirect_url: String,
    /// `scopes`: what it is asked for. Default `openid profile`.
    pub scopes: Vec<String>,
    /// `name_claim`: what its tokens call the name that stands in the audit. Default `preferred_username`.
    pub name_claim: String,
    /// `groups_claim`: what they call the groups. Default `groups`.
    pub groups_claim: String,
}

impl Access {
    /// Whether it asks anybody who they are.
    pub(super) fn asks(&self) -> bool {
        self.is_required || self.proxy.is_some() || self.oidc.is_some()
    }

    pub(super) fn read(
        mut section: Section<'_>,
        places: &Places,
        has_proxies: bool,
        has_operator_token: bool,
        reading: &mut Reading,
    ) -> Self {
        let is_required = section.bool("required", false, reading);
        let proxy = read_proxy(section.section("proxy", reading), has_proxies, reading);
        let oidc = read_oidc(section.section("oidc", reading), places, reading);
        let (entries, roles) = read_roles(&mut section, reading);
        let node = section
            .node()
            .filter(|_| entries == 0 && (proxy.is_some() || oidc.is_some()));
        if let Some(node) = node {
            let message =
                "`http.access` lets a proxy or an issuer name people, and no `roles` say what anybody may";
            let help = "name a group and what it may: `roles: [{group: soc, roles: [operator]}]`";
            reading
                .found
                .push(node.diagnostic(Code::BAD_ROLES, message).help(help));
        }
        let node = section
            .node()
            .filter(|_| entries > 0 && proxy.is_none() && oidc.is_none());
        if let Some(node) = node {
            let message = "`http.access.roles` hold for nobody: they are for people whom a proxy or an issuer names, and there is neither";
            let help = match is_required || has_operator_token {
                true => {
                    "configure `access.proxy` or `access.oidc`; tokens of `quell tokens` have roles of their own"
                }
                false => {
                    "configure `access.proxy` or `access.oidc`, or write `required: true`: until then this machine is let in as if the roles \
                     were not there, and may everything"
                }
            };
            reading
                .found
                .push(node.diagnostic(Code::ROLES_FOR_NOBODY, message).help(help));
        }
        let mut session = section.section("session", reading);
        let minute = Duration::from_secs(60);
        let idle = session.duration("idle", minute..=1_440 * minute, 60 * minute, reading);
        let lifetime = session.duration("lifetime", minute..=10_080 * minute, 480 * minute, reading);
        session.close(reading);
        section.close(reading);
        Self {
            is_required,
            proxy,
            oidc,
            roles,
            idle,
            lifetime,
        }
    }
}

/// Where Entra's tokens come from.
const ENTRA: [&str; 4] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "sts.windows.net",
];

impl Oidc {
    /// Whether the names that it gives have a domain, as far as that can be known: addresses of mail do, and the user names of Entra's
    /// work accounts (<https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>). Other issuers call people as
    /// they like.
    fn names_have_domains(&self) -> bool {
        let host = self
            .issuer
            .strip_prefix("https://")
            .and_then(|rest| rest.split('/').next());
        match self.name_claim.as_str() {
            "email" | "upn" => true,
            "preferred_username" => host.is_some_and(|host| ENTRA.contains(&host)),
            _ => false,
        }
    }
}

/// Tells of people in `approvals.groups` who are nobody that can sign in: the issuer's names have a domain, and theirs have none.
pub(super) fn check_people(access: &Access, root: &Section<'_>, reading: &mut Reading) {
    if !access.oidc.as_ref().is_some_and(Oidc::names_have_domains) {
        return;
    }
    let approvals = root.node().and_then(|root| below(root, "approvals"));
    let groups = approvals.and_then(|approvals| below(&approvals, "groups"));
    // What cannot be read there has been told.
    let mut told = Diagnostics::default();
    let Some(groups) = groups.and_then(|groups| groups.map(&mut told)) else {
        return;
    };
    for (group, list) in groups.entries() {
        let people = list.seq(&mut told).unwrap_or_default();
        let has_domain = |name: &str| name.contains('@');
        let names = || people.iter().filter_map(Node::as_str);
        for person in &people {
            let Some(name) = person.as_str().filter(|name| !has_domain(name)) else {
                continue;
            };
            if names().any(|other| has_domain(other) && is_same_person(name, other)) {
                continue;
            }
            let message = format!(
                "{} in the group {} of `approvals` is nobody who signs in: the issuer of `http.access.oidc` names people with their domain",
                quoted(name),
                quoted(group.text)
            );
            let help = "write the whole name, such as `ann@example.com`; name both where they answer by a command or a token of the short name too";
            reading
                .found
                .push(person.diagnostic(Code::NAME_WITHOUT_DOMAIN, message).help(help));
        }
    }
}

/// What stands below a key, without a word on what is wrong there.
fn below<'a>(node: &Node<'a>, key: &str) -> Option<Node<'a>> {
    node.map(&mut Diagnostics::default())?.get(key)
}

fn read_proxy(mut section: Section<'_>, has_proxies: bool, reading: &mut Reading) -> Option<ProxyHeaders> {
    let proxy = ProxyHeaders {
        user: section.required_text("user_header", reading),
        groups: section.text("groups_header", reading),
    };
    let node = section.node().cloned();
    section.close(reading);
    let node = node?;
    let mut wrong = |message: String, help: &str| {
        reading
            .found
            .push(node.diagnostic(Code::BAD_ACCESS, message).help(help));
    };
    for name in std::iter::once(&proxy.user)
        .chain(&proxy.groups)
        .filter(|name| !name.is_empty())
    {
        if !is_header(name) {
            let message = format!(
                "`{name}` in `http.access.proxy` is no name of a header that a proxy could say who asks by"
            );
            wrong(
                message,
                "write the header that your proxy sets, such as `x-forwarded-user`",
            );
        }
    }
    if !has_proxies {
        let message = "`http.access.proxy` believes headers, and `http.trusted_proxies` names nobody whose headers are believed".to_owned();
        wrong(
            message,
            "name the address of the proxy: `trusted_proxies: [10.0.0.9]`",
        );
    }
    Some(proxy)
}

/// Whether a header can have that name, and it is not one that says something else.
fn is_header(name: &str) -> bool {
    const OTHERS: [&str; 6] = [
        "authorization",
        "cookie",
        "host",
        "origin",
        "x-forwarded-for",
        "x-forwarded-host",
    ];
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.bytes().all(is_token) && !OTHERS.contains(&name.to_ascii_lowercase().as_str())
}

fn read_oidc(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Option<Oidc> {
    let text = |section: &mut Section<'_>, key, default: &str, reading: &mut Reading| {
        section.text(key, reading).unwrap_or_else(|| default.to_owned())
    };
    let oidc = Oidc {
        issuer: section.required_text("issuer", reading),
        client_id: section.required_text("client_id", reading),
        client_secret: section
            .text("client_secret_file", reading)
            .map(|name| places.secret(&name)),
        redirect_url: section.required_text("redirect_url", reading),
        scopes: section.texts("scopes", &["openid", "profile"], reading),
        name_claim: text(&mut section, "name_claim", "preferred_username", reading),
        groups_claim: text(&mut section, "groups_claim", "groups", reading),
    };
    let node = section.node().cloned();
    section.close(reading);
    let node = node?;
    let mut wrong = |message: String, help: &str| {
        reading
            .found
            .push(node.diagnostic(Code::BAD_ACCESS, message).help(help));
    };
    for (key, address) in [("issuer", &oidc.issuer), ("redirect_url", &oidc.redirect_url)] {
        if !address.is_empty() && !is_callable(address) {
            let message =
                format!("`http.access.oidc.{key}` is `{address}`, which is not an `https://` address");
            wrong(
                message,
                "plain `http://` is for this machine alone, where something is tried out",
            );
        }
    }
    if is_callable(&oidc.redirect_url) && !oidc.redirect_url.ends_with("/login/callback") {
        let message = format!(
            "`http.access.oidc.redirect_url` is `{}`, where nobody waits for people who come back",
            oidc.redirect_url
        );
        wrong(
            message,
            "let it end with `/login/callback`: https://quell.example.com/login/callback",
        );
    }
    if !oidc.scopes.iter().any(|scope| scope == "openid")
        || oidc.scopes.iter().any(|scope| scope.contains(' '))
    {
        let message = "`http.access.oidc.scopes` must hold `openid`, each scope by itself".to_owned();
        wrong(
            message,
            "without it the issuer does not say who signs in: `scopes: [openid, profile]`",
        );
    }
    Some(oidc)
}

/// Whether the address may be called or come back to: by TLS, or plain on this machine.
fn is_callable(address: &str) -> bool {
    let is_plain = |rest: &str| !rest.is_empty() && !rest.contains(['@', '#', ' ', '\\']);
    if let Some(rest) = address.strip_prefix("https://") {
        return is_plain(rest) && !rest.starts_with('/');
    }
    let Some(rest) = address.strip_prefix("http://").filter(|rest| is_plain(rest)) else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// How many entries there are, and those that can be used.
fn read_roles(section: &mut Section<'_>, reading: &mut Reading) -> (usize, Vec<RoleRule>) {
    let Some(items) = section.items("roles", 0, reading) else {
        read_rule(Section::absent("http.access.roles[0]"), reading);
        return (0, Vec::new());
    };
    let rules = items
        .iter()
        .filter_map(|item| read_rule(Section::of(item, reading), reading));
    let rules = rules.collect();
    (items.len(), rules)
}

fn read_rule(mut section: Section<'_>, reading: &mut Reading) -> Option<RoleRule> {
    let (group, user) = (section.text("group", reading), section.text("user", reading));
    let words: Vec<&'static str> = Role::ALL.iter().map(|(_, name)| *name).collect();
    let roles = section.required("roles", Kind::Words(words.clone()), reading);
    let approves_for = section.texts("approves_for", &[], reading);
    let node = section.node().cloned();
    section.close(reading);
    let node = node?;
    let mut given = Vec::new();
    for item in roles?.seq(&mut reading.found).unwrap_or_default() {
        given.extend(item.choice(&words, &mut reading.found).and_then(Role::parse));
    }
    let mut wrong = |message: &str, help: &str| {
        reading
            .found
            .push(node.diagnostic(Code::BAD_ROLES, message).help(help));
    };
    if given.is_empty() {
        wrong(
            "an entry of `http.access.roles` gives no role",
            "name at least one: viewer, approver, operator or admin",
        );
    }
    let approves = given
        .iter()
        .any(|role| matches!(role, Role::Approver | Role::Admin));
    if !approves_for.is_empty() && !approves {
        wrong(
            "an entry of `http.access.roles` answers requests for groups without the role that lets it",
            "add `approver` to its roles",
        );
    }
    let whom = match (group, user) {
        (Some(group), None) => Whom::Group(group),
        (None, Some(user)) => Whom::User(user),
        _ => {
            wrong(
                "an entry of `http.access.roles` needs `group` or `user`, and not both",
                "a group as the proxy or the issuer names it; `*`: everybody whom they name",
            );
            return None;
        }
    };
    Some(RoleRule {
        whom,
        roles: given,
        approves_for,
    })
}
