//! The examples of the explanations: short as they are shown, whole as they are checked.
//!
//! Called by `explain-code`, and by the test that runs every example through the checker. What an example leaves out
//! comes from a sound file, so that it shows what matters and nothing else.

/// A file, or some files, that show a mistake or its cure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// Part of the playbook `example.yaml`.
    Playbook(&'static str),
    /// Part of `tests/example.test.yaml`, beside a sound playbook.
    Test(&'static str),
    /// Part of the configuration `quell.yaml`.
    Config(&'static str),
    /// Whole files by their names, because there are several or because it matters what is not in them.
    Files(&'static [(&'static str, &'static str)]),
    /// Part of the playbook `example.yaml` that is this text again and again.
    Repeated(&'static str, usize),
    /// Part of the playbook `example.yaml`, saved in ISO 8859-1.
    Latin1(&'static str),
}

const PLAYBOOK: &[(&str, &str)] = &[
    ("id", "id: example\n"),
    ("title", "title: An example\n"),
    ("owner", "owner: soc@example.com\n"),
    ("when", "when: {alert.severity: high}\n"),
    (
        "then",
        "then:\n  - restrict_app_execution: {comment: An example, release: {after: 4h}}\n",
    ),
];

const TEST: &[(&str, &str)] = &[
    ("playbook", "playbook: ../example.yaml\n"),
    (
        "tests",
        "tests:\n  - name: a low severity is no match\n    given: [{alert: {severity: low}}]\n    expect: {decision: skip}\n",
    ),
];

const CONFIG: &[(&str, &str)] = &[
    ("database", "database: {url_file: database-url}\n"),
    ("playbooks", "playbooks: {path: playbooks}\n"),
    (
        "tenants",
        "tenants:\n  - name: contoso\n    credential:\n      client_secret:\n        directory_id: 11111111-2222-3333-4444-555555555555\n        client_id: 66666666-7777-8888-9999-000000000000\n        secret_file: contoso-client-secret\n",
    ),
];

impl Example {
    /// The files as they are checked, by their names.
    pub fn files(self) -> Vec<(&'static str, Vec<u8>)> {
        if let Self::Latin1(part) = self {
            let latin1 = completed(part, PLAYBOOK)
                .chars()
                .filter_map(|c| u8::try_from(c).ok())
                .collect();
            return vec![("example.yaml", latin1)];
        }
        let texts = self.texts().into_iter();
        texts.map(|(name, text)| (name, text.into_bytes())).collect()
    }

    fn texts(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Playbook(part) | Self::Latin1(part) => vec![("example.yaml", completed(part, PLAYBOOK))],
            Self::Test(part) => vec![
                ("example.yaml", completed("", PLAYBOOK)),
                ("tests/example.test.yaml", completed(part, TEST)),
            ],
            Self::Config(part) => vec![("quell.yaml", completed(part, CONFIG))],
            Self::Files(files) => files
                .iter()
                .map(|(name, text)| match *name {
                    "quell.yaml" => (*name, completed(text, CONFIG)),
                    _ => (*name, (*text).to_owned()),
                })
                .collect(),
            Self::Repeated(part, times) => vec![("example.yaml", completed(&part.repeat(times), PLAYBOOK))],
        }
    }

    /// What people are shown: file names where there are several files, then their text.
    pub fn shown(self) -> String {
        match self {
            Self::Playbook(part) | Self::Config(part) | Self::Test(part) => part.to_owned(),
            Self::Files([(_, text)]) => (*text).to_owned(),
            Self::Files(files) => {
                let files = files.iter().map(|(name, text)| format!("# {name}\n{text}"));
                files.collect::<Vec<_>>().join("\n")
            }
            Self::Latin1(part) => format!("{part}# … and the file is saved as ISO 8859-1\n"),
            Self::Repeated(part, times) => format!("{part}# … and so on, {times} times\n"),
        }
    }
}

/// The part, and after it every key of a sound file that it does not give itself.
fn completed(part: &str, whole: &[(&str, &str)]) -> String {
    let gives = |key: &str| {
        part.lines()
            .any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    };
    let missing = whole.iter().filter(|(key, _)| !gives(key)).map(|(_, text)| *text);
    std::iter::once(part).chain(missing).collect()
}
