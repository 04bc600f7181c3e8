//! A feed as a SOC has it: alerts of Defender's shape and of about 4.8 KB, on devices of which few have many, with copies that are
//! delivered again, alerts without a device, hostile device ids, and bursts within one second. From a fixed seed.

use std::fmt::Write as _;

use fastrand::Rng;

/// About how large an alert is, bytes.
const BYTES: usize = 4_800;
const DEVICES: usize = 50_000;
/// Copies are of one of so many alerts before.
const RECENT: usize = 500;

/// By the published distribution of Microsoft's GUIDE data, in thousands.
const CATEGORIES: [(&str, u32); 14] = [
    ("InitialAccess", 4_293),
    ("Exfiltration", 1_578),
    ("SuspiciousActivity", 1_004),
    ("CommandAndControl", 827),
    ("Impact", 751),
    ("CredentialAccess", 301),
    ("Execution", 268),
    ("Malware", 144),
    ("Discovery", 129),
    ("Persistence", 73),
    ("LateralMovement", 40),
    ("Ransomware", 20),
    ("DefenseEvasion", 40),
    ("PrivilegeEscalation", 10),
];
const WORDS: [&str; 24] = [
    "suspicious",
    "access",
    "to",
    "LSASS",
    "service",
    "credential",
    "theft",
    "tool",
    "mimikatz",
    "PowerShell",
    "encoded",
    "command",
    "remote",
    "execution",
    "lateral",
    "movement",
    "ransomware",
    "behavior",
    "shadow",
    "copy",
    "deletion",
    "scheduled",
    "task",
    "beacon",
];

fn device(number: usize) -> String {
    format!("{:040x}", 0xfeed_0000_0000_u64 + number as u64)
}

/// Every device that a feed may name.
pub fn devices() -> Vec<String> {
    (0..=DEVICES).map(device).collect()
}

/// An endless feed.
pub struct Feed {
    rng: Rng,
    /// The first so many devices have that part of the alerts.
    weights: Vec<f64>,
    recent: Vec<String>,
    number: u64,
    second: i64,
    burst: u32,
    /// Alerts that were not here before.
    pub distinct: usize,
    /// Those of them that name a device.
    pub on_devices: usize,
}

impl Feed {
    /// From the beginning.
    pub fn new(seed: u64) -> Self {
        let mut sum = 0.0;
        let weights = (1..=DEVICES).map(|n| {
            sum += (n as f64).powf(-1.1);
            sum
        });
        Self {
            weights: weights.collect(),
            rng: Rng::with_seed(seed),
            recent: Vec::new(),
            number: 0,
            second: quell::clock::now().as_second(),
            burst: 0,
            distinct: 0,
            on_devices: 0,
        }
    }

    /// The next alerts.
    pub fn take(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> String {
        if !self.recent.is_empty() && self.rng.f64() < 0.015 {
            return self.recent[self.rng.usize(..self.recent.len())].clone();
        }
        if self.burst > 0 {
            self.burst -= 1;
        } else {
            self.second += i64::from(self.rng.f64() < 0.5);
            if self.rng.f64() < 1e-4 {
                self.burst = self.rng.u32(500..=11_000);
            }
        }
        let alert = self.alert();
        self.distinct += 1;
        if self.recent.len() < RECENT {
            self.recent.push(alert.clone());
        } else {
            let at = self.rng.usize(..RECENT);
            self.recent[at].clone_from(&alert);
        }
        alert
    }

    fn device(&mut self) -> String {
        let of = self.rng.f64();
        if of < 0.02 {
            return ["", "../../machineactions", "00000000-0000-0000-0000-0000 0000"][self.rng.usize(..3)]
                .to_owned();
        }
        if of < 0.30 {
            return String::new();
        }
        self.on_devices += 1;
        let at = self.rng.f64() * self.weights[DEVICES - 1];
        let number = self.weights.partition_point(|sum| *sum < at);
        device(number)
    }

    fn alert(&mut self) -> String {
        self.number += 1;
        let device = self.device();
        let rng = &mut self.rng;
        let title: Vec<_> = (0..5).map(|_| WORDS[rng.usize(..WORDS.len())]).collect();
        let all: u32 = CATEGORIES.iter().map(|(_, weight)| weight).sum();
        let mut at = rng.u32(..all);
        let category = CATEGORIES
            .iter()
            .find(|(_, weight)| match at.checked_sub(*weight) {
                Some(left) => {
                    at = left;
                    false
                }
                None => true,
            });
        let severity = match rng.u8(..100) {
            ..20 => "Informational",
            20..65 => "Low",
            65..92 => "Medium",
            _ => "High",
        };
        let time = jiff::Timestamp::from_second(self.second).unwrap_or_default();
        let machine = match device.as_str() {
            "" => "null".to_owned(),
            device => format!("\"{device}\""),
        };
        let mut text = format!(
            r#"{{"id": "da{}_{}", "incidentId": {}, "severity": "{severity}", "status": "{}", "detectionSource": "{}", "category": "{}", "title": "{}", "description": "{}", "alertCreationTime": "{time}", "lastUpdateTime": "{time}", "machineId": {machine}, "computerDnsName": "host-{}.contoso.test", "rbacGroupName": "Workstations", "mitreTechniques": ["T1003", "T1550"], "evidence": ["#,
            rng.u64(..),
            self.number,
            self.number / 7,
            if rng.u8(..10) < 8 { "New" } else { "InProgress" },
            ["WindowsDefenderAtp", "WindowsDefenderAv", "CustomDetection"][rng.usize(..10).saturating_sub(7)],
            category.map_or("Malware", |(name, _)| name),
            title.join(" "),
            "An attacker might be trying to harvest credentials to log into this or other devices on the network. ".repeat(3),
            device.get(32..).unwrap_or("none"),
        );
        let mut separator = "";
        while text.len() < BYTES - 250 {
            let (one, two, three) = (rng.u128(..), rng.u128(..), rng.u128(..));
            let (pid, parent) = (rng.u16(..), rng.u16(..));
            let _ = write!(
                text,
                r#"{separator}{{"entityType": "Process", "evidenceCreationTime": "{time}", "sha1": "{:040x}", "sha256": "{two:032x}{three:032x}", "fileName": "rundll32.exe", "filePath": "C:\\Windows\\System32", "processId": {pid}, "processCommandLine": "rundll32.exe C:\\Users\\Public\\{:08x}.dll,Start", "parentProcessId": {parent}, "parentProcessFileName": "explorer.exe", "detectionStatus": "Detected"}}"#,
                one,
                rng.u32(..)
            );
            separator = ", ";
        }
        text.push_str("]}");
        text
    }
}
