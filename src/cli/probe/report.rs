//! What a probe asked, what it costs, and what was answered; as text and for scripts. Pure.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::operator::table::{Paint, Tone, plain};
use crate::domain::probe::ProbeQuestion;

/// How a question came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is an answer.
    Answered,
    /// It was asked, and what came says nothing.
    Unclear,
    /// It was not asked.
    NotAsked,
}

/// One question with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Its stable name.
    pub question: &'static str,
    /// The question in words.
    pub asks: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The answer, or why there is none.
    pub answer: String,
    /// The figure, where the answer is one.
    pub figure: Option<f64>,
    /// Its unit.
    pub unit: Option<&'static str>,
}

impl Answer {
    /// An answer in words.
    pub fn of(question: &'static str, answer: impl Into<String>) -> Self {
        Self {
            question,
            asks: asks(question),
            outcome: Outcome::Answered,
            answer: answer.into(),
            figure: None,
            unit: None,
        }
    }

    /// What came says nothing.
    pub fn unclear(question: &'static str, why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Unclear,
            ..Self::of(question, why)
        }
    }

    /// It was not asked.
    pub fn not_asked(question: &'static str, why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::NotAsked,
            ..Self::of(question, why)
        }
    }

    /// With a figure.
    pub fn figure(mut self, figure: f64, unit: &'static str) -> Self {
        (self.figure, self.unit) = (Some(figure), Some(unit));
        self
    }
}

/// Every question by its name, in the order in which they are answered (facts sheet 9).
pub const QUESTIONS: [(&str, &str); 17] = [
    ("clock", "how far is Defender's clock from this machine's"),
    ("read_latency", "how long does a read take"),
    (
        "available_actions",
        "does `availableMachineActions` exist, and what does it say of restricting",
    ),
    (
        "device_history",
        "does the list of one device's machine actions exist",
    ),
    (
        "filter_last_update",
        "can the list be filtered by `lastUpdateDateTimeUtc`",
    ),
    ("count", "does `$count` count"),
    (
        "oldest_action",
        "how far back does the list of machine actions go",
    ),
    ("read_after_write", "how soon can a new machine action be read"),
    ("external_id_echo", "does `ExternalId` come back"),
    ("comment_echo", "does the comment come back whole"),
    ("requestor", "by which name does Defender call us"),
    ("restrict_takes", "how long does a restriction take at Defender"),
    ("release_takes", "how long does a release take at Defender"),
    ("retry_after", "does a 429 carry `Retry-After`"),
    ("restrict_twice", "what does restricting a restricted device do"),
    ("release_free", "what does releasing a free device do"),
    (
        "cancel_final",
        "what does cancelling a machine action that is over answer",
    ),
];

fn asks(question: &str) -> &'static str {
    let found = QUESTIONS.iter().find(|(name, _)| *name == question);
    found.map_or("", |(_, asks)| asks)
}

/// What each question costs that is asked by calls which nothing wants, and what it risks.
fn risk(question: ProbeQuestion) -> (&'static str, &'static str) {
    match question {
        ProbeQuestion::RestrictTwice => (
            "POST …/restrictCodeExecution, once more while the device is restricted",
            "it may stay Pending and be carried out late; the release waits for its end, and when the containment is over it is \
             cancelled (one call more). Should Defender not let it be cancelled, THE DEVICE STAYS RESTRICTED until it ends, up to three \
             days. One that is carried out after the release all the same is released again, as soon as \
             Defender's list shows it",
        ),
        ProbeQuestion::ReleaseFree => (
            "POST …/unrestrictCodeExecution, once more when the device is free",
            "until it is over, at worst for three days, the device cannot be restricted, and what somebody restricts in the portal meanwhile it may lift. It is \
             cancelled (one call more) when it is waited for no longer, or as soon as an alert wants the device restricted",
        ),
        ProbeQuestion::CancelFinal => (
            "POST …/cancel, of the restriction that is over, when the device is free",
            "none that is known: there is nothing left to cancel",
        ),
    }
}

/// The questions that only a call answers which nobody asked for here.
pub fn unwanted(also: &[ProbeQuestion]) -> Vec<Answer> {
    let unwanted = |question: &ProbeQuestion| !also.contains(question);
    let all = ProbeQuestion::ALL.into_iter().filter(unwanted);
    all.map(|question| {
        let name = question.as_str();
        Answer::not_asked(
            name,
            format!("only a call tells that nothing wants: `--also {name}` makes it"),
        )
    })
    .collect()
}

/// What a probe did, and what it found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The tenant.
    pub tenant: String,
    /// The device, by its id.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// The version of quell.
    pub version: &'static str,
    /// When it began, by the database's clock.
    pub at: Timestamp,
    /// Who asked, and why; none: only reads were made.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Reads made.
    pub reads: u32,
    /// Whether the device was restricted for it.
    pub acted: bool,
    /// Whether it was seen free at the end, where it was restricted.
    pub released: Option<bool>,
    /// What was asked by calls that nothing wanted (`--also`).
    pub also: Vec<&'static str>,
    /// What went wrong, in words.
    pub trouble: Option<String>,
    /// The questions in order.
    pub answers: Vec<Answer>,
}

/// The report as text.
pub fn render(report: &Report, paint: Paint) -> String {
    let mut out = format!(
        "probe of tenant {} with {} at {}\n\n",
        plain(&report.tenant),
        called(&report.device, report.name.as_deref()),
        report.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    );
    let width = report
        .answers
        .iter()
        .map(|one| one.question.len())
        .max()
        .unwrap_or(0);
    for answer in &report.answers {
        let text = match answer.outcome {
            Outcome::Answered => plain(&answer.answer),
            Outcome::Unclear => paint.tone(Tone::Warn, &format!("unclear: {}", plain(&answer.answer))),
            Outcome::NotAsked => format!("not asked, because {}", plain(&answer.answer)),
        };
        out += &format!("  {:<width$}  {text}\n", answer.question);
    }
    let reads = report.reads;
    out += &format!(
        "\n  {reads} read{} of the ledger's budget",
        if reads == 1 { "" } else { "s" }
    );
    out += match report.acted {
        true => ", and the calls of one restriction and one release",
        false => "; nothing was changed at Defender",
    };
    if !report.also.is_empty() {
        out += &format!(
            "; and for {} one each, with a cancel of what stayed pending",
            report.also.join(", ")
        );
    }
    out += "\n";
    if let Some(trouble) = &report.trouble {
        out += &format!("\n{}\n", paint.tone(Tone::Bad, &plain(trouble)));
    }
    match report.released {
        Some(true) => out += &format!("\n{}\n", paint.tone(Tone::Good, "the device is free again")),
        Some(false) => {
            let text = "THE DEVICE IS NOT KNOWN TO BE FREE: see `quell devices` and `quell explain --device`, and release it";
            out += &format!("\n{}\n", paint.tone(Tone::Bad, text));
        }
        None => {}
    }
    out
}

/// A device by its name and id.
pub fn called(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{} ({})", plain(name), plain(id)),
        None => format!("device {}", plain(id)),
    }
}

/// What a plan tells beside the device.
pub struct Beside<'a> {
    /// The reads.
    pub reads: &'a [String],
    /// Whether `ExternalId` is sent.
    pub external_id: bool,
    /// When the containment ends by itself.
    pub ttl: &'a str,
    /// What is asked by calls that nothing wants.
    pub also: &'a [ProbeQuestion],
    /// How long each of those is waited for.
    pub also_wait: &'a str,
}

/// What a probe would do, said before anything is.
pub fn plan(called: &str, is_reads_only: bool, beside: &Beside<'_>) -> String {
    let (reads, ttl) = (beside.reads, beside.ttl);
    let mut out = format!("dry run: nothing was called. With `--go`, for {called}:\n\n");
    out += &format!("  reads, {} slots of the reads' budget:\n", reads.len());
    for read in reads {
        out += &format!("    {}\n", plain(read));
    }
    if is_reads_only {
        return out + "\n  and nothing else (`--reads-only`)\n";
    }
    out += "  then, 2 slots of the calls' budget and up to 24 reads more, made by the daemon as always:\n";
    out += "    POST …/restrictCodeExecution    a containment by hand, under every guard; it ends by itself after ";
    out += &format!("{ttl}\n");
    out += "    POST …/unrestrictCodeExecution  as soon as the questions are answered, or on Ctrl-C\n";
    out += "\n  the risk: for some minutes only programs signed by Microsoft start on this device, and its user sees it. If it goes offline\n  meanwhile, it stays so until it is back. Take a device of your own that nobody works on.\n";
    if !beside.external_id {
        out += "\n  `ExternalId` is not sent (`external_id: false` of the tenant), so whether it comes back is not asked\n";
    }
    if !beside.also.is_empty() {
        let wait = beside.also_wait;
        out += &format!(
            "\n  and by calls that nothing wants (`--also`), one slot each, each waited for {wait} and then taken back:\n"
        );
    }
    for question in ProbeQuestion::ALL.iter().filter(|one| beside.also.contains(one)) {
        let (call, risk) = risk(*question);
        out += &format!("    {}: {call}\n      the risk: {risk}\n", question.as_str());
    }
    let unwanted = unwanted(beside.also);
    if !unwanted.is_empty() {
        out += "\n  not asked:\n";
    }
    for answer in unwanted {
        out += &format!("    {}: {}\n", answer.question, answer.answer);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            tenant: "contoso".to_owned(),
            device: "abc".to_owned(),
            name: Some("lab-1".to_owned()),
            version: "0",
            at: "2026-11-22T03:00:00Z".parse().expect("a time"),
            by: Some("anna".to_owned()),
            reason: Some("new tenant".to_owned()),
            reads: 1,
            acted: true,
            released: Some(true),
            trouble: None,
            also: Vec::new(),
            answers: vec![
                Answer::of("read_after_write", "at the latest 480 ms after the answer").figure(480.0, "ms"),
                Answer::unclear("count", "status 400"),
                unwanted(&[]).remove(0),
            ],
        }
    }

    #[test]
    fn a_report_says_what_was_answered_and_what_was_not_asked_and_why() {
        let text = render(&report(), Paint::Plain);
        assert_eq!(
            text,
            "probe of tenant contoso with lab-1 (abc) at 2026-11-22 03:00:00 UTC\n\n\
             \x20 read_after_write  at the latest 480 ms after the answer\n\
             \x20 count             unclear: status 400\n\
             \x20 restrict_twice    not asked, because only a call tells that nothing wants: `--also restrict_twice` makes it\n\n\
             \x20 1 read of the ledger's budget, and the calls of one restriction and one release\n\n\
             the device is free again\n"
        );
    }

    #[test]
    fn a_device_that_may_still_be_restricted_is_the_last_and_loudest_word() {
        let late = Report {
            released: Some(false),
            trouble: Some("the release is still pending".to_owned()),
            ..report()
        };
        let text = render(&late, Paint::Plain);
        assert!(
            text.contains("\nthe release is still pending\n\nTHE DEVICE IS NOT KNOWN TO BE FREE"),
            "{text}"
        );
    }

    #[test]
    fn every_question_has_its_words_once() {
        let names: std::collections::BTreeSet<&str> = QUESTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), QUESTIONS.len());
        assert_eq!(unwanted(&[]).len(), ProbeQuestion::ALL.len());
        assert!(unwanted(&[]).iter().all(|answer| !answer.asks.is_empty()));
        assert!(unwanted(&ProbeQuestion::ALL).is_empty());
    }
}
