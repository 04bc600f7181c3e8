//! What is measured: rules of one meaning for every engine, and alerts of Defender's shape, all from fixed seeds.

use std::fmt::Write as _;

use fastrand::Rng;

/// How large an alert is, bytes.
const ALERT_BYTES: usize = 4_800;

const CATEGORIES: [&str; 14] = [
    "InitialAccess",
    "Exfiltration",
    "SuspiciousActivity",
    "CommandAndControl",
    "Impact",
    "CredentialAccess",
    "Execution",
    "Malware",
    "Discovery",
    "Persistence",
    "LateralMovement",
    "Ransomware",
    "DefenseEvasion",
    "PrivilegeEscalation",
];
const SOURCES: [&str; 6] = [
    "WindowsDefenderAtp",
    "WindowsDefenderAv",
    "CustomDetection",
    "ThreatExperts",
    "Office365",
    "CloudApps",
];
const SEVERITIES: [&str; 4] = ["Informational", "Low", "Medium", "High"];
const WORDS: [&str; 64] = [
    "suspicious",
    "access",
    "lsass",
    "service",
    "credential",
    "theft",
    "tool",
    "mimikatz",
    "powershell",
    "script",
    "encoded",
    "command",
    "remote",
    "execution",
    "lateral",
    "movement",
    "ransomware",
    "behavior",
    "file",
    "deletion",
    "shadow",
    "copy",
    "registry",
    "run",
    "key",
    "scheduled",
    "task",
    "creation",
    "process",
    "injection",
    "hollowing",
    "unsigned",
    "driver",
    "loaded",
    "kernel",
    "tampering",
    "defender",
    "disabled",
    "firewall",
    "rule",
    "changed",
    "beacon",
    "cobalt",
    "strike",
    "tunnel",
    "dns",
    "exfiltration",
    "archive",
    "upload",
    "cloud",
    "token",
    "impersonation",
    "golden",
    "ticket",
    "kerberos",
    "brute",
    "force",
    "logon",
    "anomalous",
    "macro",
    "office",
    "phishing",
    "webshell",
    "server",
];

/// What the rules are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every alert matches about one rule in a hundred.
    OnePercent,
    /// An alert matches a rule now and then.
    Selective,
    /// Every rule has a regular expression, most of them one of its own.
    RegexHeavy,
    /// A third of each.
    Mixed,
}

impl Kind {
    pub const MATCHED: [Self; 3] = [Self::OnePercent, Self::Selective, Self::RegexHeavy];

    pub fn name(self) -> &'static str {
        match self {
            Self::OnePercent => "one_percent",
            Self::Selective => "selective",
            Self::RegexHeavy => "regex_heavy",
            Self::Mixed => "mixed",
        }
    }
}

/// One condition, on a field that every engine reads from the alert itself. Words are compared without regard to case.
#[derive(Clone, Debug)]
pub enum Condition {
    SeverityAtLeast(usize),
    Category(Vec<&'static str>),
    Source(&'static str),
    StatusNew,
    TitleContains(String),
    TitleMatches(String),
}

/// One rule: all conditions must hold.
#[derive(Clone, Debug)]
pub struct Rule {
    pub number: u32,
    pub conditions: Vec<Condition>,
}

impl Rule {
    pub fn id(&self) -> String {
        format!("r{:05}", self.number)
    }
}

/// `count` rules of a kind.
pub fn rules(kind: Kind, count: usize) -> Vec<Rule> {
    let mut rng = Rng::with_seed(7);
    (0_u32..)
        .take(count)
        .map(|number| Rule {
            number,
            conditions: conditions(&mut rng, kind, number),
        })
        .collect()
}

fn conditions(rng: &mut Rng, kind: Kind, number: u32) -> Vec<Condition> {
    let word = |rng: &mut Rng| WORDS[rng.usize(..WORDS.len())];
    let mut found = match kind {
        Kind::Mixed => return conditions(rng, Kind::MATCHED[number as usize % 3], number),
        Kind::OnePercent => vec![
            Condition::StatusNew,
            Condition::Category(some(rng, 7)),
            Condition::Source(SOURCES[rng.usize(..2)]),
            Condition::TitleContains(word(rng).to_owned()),
        ],
        Kind::Selective => vec![
            Condition::Category(some(rng, 2)),
            Condition::SeverityAtLeast(rng.usize(1..3)),
            Condition::TitleContains(format!("{} {}", word(rng), word(rng))),
        ],
        Kind::RegexHeavy => vec![
            Condition::Category(some(rng, 1)),
            Condition::Source(SOURCES[rng.usize(..SOURCES.len())]),
            Condition::TitleMatches(format!(r"\b{}\b.*\b{}\b", word(rng), word(rng))),
        ],
    };
    if rng.bool() {
        let more = if kind == Kind::Selective {
            Condition::StatusNew
        } else {
            Condition::SeverityAtLeast(1)
        };
        found.insert(0, more);
    }
    found
}

fn some(rng: &mut Rng, count: usize) -> Vec<&'static str> {
    let mut all = CATEGORIES;
    rng.shuffle(&mut all);
    all[..count].to_vec()
}

/// `count` alerts, as the JSON that arrives.
pub fn alerts(count: usize) -> Vec<String> {
    let mut rng = Rng::with_seed(11);
    (0..count).map(|number| alert(&mut rng, number)).collect()
}

fn alert(rng: &mut Rng, number: usize) -> String {
    let hex = |rng: &mut Rng, digits: usize| {
        (0..digits)
            .map(|_| char::from_digit(rng.u32(..16), 16).unwrap_or('0'))
            .collect::<String>()
    };
    let title: Vec<_> = (0..6).map(|_| WORDS[rng.usize(..WORDS.len())]).collect();
    let mut title = title.join(" ");
    title[..1].make_ascii_uppercase();
    // Most alerts come from two sources, as in life.
    let source = SOURCES[if rng.u8(..10) < 7 {
        rng.usize(..2)
    } else {
        rng.usize(..6)
    }];
    let mut text = format!(
        r#"{{"id": "da{}_{number}", "incidentId": {number}, "severity": "{}", "status": "{}", "detectionSource": "{source}", "category": "{}", "title": "{title}", "description": "{}", "alertCreationTime": "2026-11-22T02:00:00.187578Z", "lastUpdateTime": "2026-11-22T02:00:01.5Z", "machineId": "{}", "computerDnsName": "host-{number}.contoso.test", "rbacGroupName": "Workstations", "mitreTechniques": ["T1003", "T1550"], "relatedUser": {{"userName": "user{number}", "domainName": "CONTOSO"}}, "evidence": ["#,
        rng.u64(..),
        SEVERITIES[rng.usize(..4)],
        if rng.u8(..10) < 8 { "New" } else { "InProgress" },
        CATEGORIES[rng.usize(..CATEGORIES.len())],
        "An attacker might be trying to harvest credentials to log into this or other devices on the network. ".repeat(3),
        hex(rng, 40),
    );
    let mut separator = "";
    while text.len() < ALERT_BYTES - 250 {
        let (sha1, sha256, pid, parent, dll) =
            (hex(rng, 40), hex(rng, 64), rng.u16(..), rng.u16(..), rng.u32(..));
        let _ = write!(
            text,
            r#"{separator}{{"entityType": "Process", "evidenceCreationTime": "2026-11-22T02:00:00.187578Z", "sha1": "{sha1}", "sha256": "{sha256}", "fileName": "rundll32.exe", "filePath": "C:\\Windows\\System32", "processId": {pid}, "processCommandLine": "rundll32.exe C:\\Users\\Public\\{dll:08x}.dll,Start", "parentProcessId": {parent}, "parentProcessFileName": "explorer.exe", "detectionStatus": "Detected"}}"#
        );
        separator = ", ";
    }
    text.push_str("]}");
    text
}

/// The severities from a level up.
pub fn from_level(level: usize) -> &'static [&'static str] {
    &SEVERITIES[level..]
}

/// The name of a level.
pub fn level(level: usize) -> &'static str {
    SEVERITIES[level]
}
