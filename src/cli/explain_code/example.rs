//! The examples of the explanations: the part that matters, as people are shown it.
//!
//! The tests complete each from a sound file and run it through the checker.

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

impl Example {
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
