//! The findings as text for people. Pure.

use super::finding::{Finding, State};
use crate::cli::operator::table::{Paint, Tone, plain};

/// How findings are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// ✓ ! ✗, for a terminal.
    Drawn,
    /// Words, for files and pipes.
    Spelt,
}

impl Signs {
    /// Drawn where colours are, too.
    pub fn of(paint: Paint) -> Self {
        match paint.is_coloured() {
            true => Self::Drawn,
            false => Self::Spelt,
        }
    }

    fn of_state(self, state: State) -> &'static str {
        match (self, state) {
            (Self::Drawn, State::Ok) => "✓",
            (Self::Drawn, State::Warning) => "!",
            (Self::Drawn, State::Wrong) => "✗",
            (Self::Drawn, State::Unknown) => "?",
            (Self::Drawn, State::NotAsked) => "-",
            (Self::Spelt, State::Ok) => "ok     ",
            (Self::Spelt, State::Warning) => "look   ",
            (Self::Spelt, State::Wrong) => "WRONG  ",
            (Self::Spelt, State::Unknown) => "UNKNOWN",
            (Self::Spelt, State::NotAsked) => "-      ",
        }
    }

    fn arrow(self) -> &'static str {
        match self {
            Self::Drawn => "→",
            Self::Spelt => "->",
        }
    }
}

fn tone(state: State) -> Tone {
    match state {
        State::Ok => Tone::Good,
        State::Warning => Tone::Warn,
        State::Wrong | State::Unknown => Tone::Bad,
        State::NotAsked => Tone::Usual,
    }
}

/// A longer name pushes its own line aside, and no other.
const WIDEST: usize = 36;

/// The findings, one line each with its remedy below it, and a summary.
pub fn render(title: &str, findings: &[Finding], paint: Paint) -> String {
    let signs = Signs::of(paint);
    let width = findings
        .iter()
        .map(|finding| finding.check.len())
        .max()
        .unwrap_or(0)
        .min(WIDEST);
    let mut out = format!("{}\n\n", plain(title));
    for finding in findings {
        let sign = paint.tone(tone(finding.state), signs.of_state(finding.state));
        out += &format!("  {sign} {:<width$}  {}\n", finding.check, plain(&finding.found));
        if let Some(remedy) = &finding.remedy {
            let blank = " ".repeat(signs.of_state(finding.state).chars().count());
            out += &format!("  {blank} {:<width$}  {} {}\n", "", signs.arrow(), plain(remedy));
        }
    }
    out + "\n" + &paint.tone(summary_tone(findings), &summary(findings)) + "\n"
}

fn count(findings: &[Finding], state: State) -> usize {
    findings.iter().filter(|finding| finding.state == state).count()
}

fn summary_tone(findings: &[Finding]) -> Tone {
    match (count(findings, State::Wrong), count(findings, State::Unknown)) {
        (0, 0) => Tone::Good,
        _ => Tone::Bad,
    }
}

/// The last line: what it all comes to.
pub fn summary(findings: &[Finding]) -> String {
    let (wrong, unknown) = (count(findings, State::Wrong), count(findings, State::Unknown));
    let mut parts = vec![format!("{} as they should be", count(findings, State::Ok))];
    for (state, words) in [
        (State::Warning, "to look at"),
        (State::Wrong, "wrong"),
        (State::Unknown, "that could not be found out"),
        (State::NotAsked, "not asked"),
    ] {
        let n = count(findings, state);
        if n > 0 {
            parts.push(format!("{n} {words}"));
        }
    }
    let verdict = match (wrong, unknown) {
        (0, 0) => "nothing is wrong",
        (0, _) => "nothing that was seen is wrong, but not everything could be seen",
        _ => "something is wrong",
    };
    format!("{} checks: {}; {verdict}", findings.len(), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::finding::exit_code;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::ok("configuration", "it can be used"),
            Finding::warning("postgres.role", "a superuser", "make it a member of `quell_app`"),
            Finding::wrong("token", "no\u{1b}[31m token", "write the secret anew"),
            Finding::unknown("daemon.lease", "postgres is away", "see above"),
            Finding::not_asked("defender.regions", "`--regions` was not given"),
        ]
    }

    #[test]
    fn a_file_or_a_pipe_gets_words() {
        assert_eq!(
            render("contoso", &findings(), Paint::Plain),
            "contoso\n\n\
             \x20 ok      configuration     it can be used\n\
             \x20 look    postgres.role     a superuser\n\
             \x20                           -> make it a member of `quell_app`\n\
             \x20 WRONG   token             no[31m token\n\
             \x20                           -> write the secret anew\n\
             \x20 UNKNOWN daemon.lease      postgres is away\n\
             \x20                           -> see above\n\
             \x20 -       defender.regions  `--regions` was not given\n\n\
             5 checks: 1 as they should be, 1 to look at, 1 wrong, 1 that could not be found out, 1 not asked; something is wrong\n"
        );
    }

    #[test]
    fn a_terminal_gets_signs_in_colour() {
        let text = render("contoso", &findings(), Paint::Coloured);
        for sign in ["\u{1b}[32m✓", "\u{1b}[33m!", "\u{1b}[31;1m✗", "\u{1b}[31;1m?"] {
            assert!(text.contains(sign), "{sign:?} is not in {text:?}");
        }
        assert!(text.contains("→ write the secret anew"), "{text}");
    }

    #[test]
    fn what_is_wrong_counts_more_than_what_is_not_known() {
        let all = findings();
        let code = |states: &[State]| {
            let some: Vec<Finding> = all
                .iter()
                .filter(|one| states.contains(&one.state))
                .cloned()
                .collect();
            format!("{:?}", exit_code(&some))
        };
        let expected = |code: u8| format!("{:?}", std::process::ExitCode::from(code));
        assert_eq!(code(&[State::Ok, State::Warning, State::NotAsked]), expected(0));
        assert_eq!(code(&[State::Ok, State::Unknown]), expected(3));
        assert_eq!(code(&[State::Wrong, State::Unknown]), expected(1));
    }

    #[test]
    fn the_form_for_scripts_is_stable() {
        let json = serde_json::to_string(&findings()[1..2]).expect("it is JSON");
        assert_eq!(
            json,
            r#"[{"check":"postgres.role","state":"warning","found":"a superuser","remedy":"make it a member of `quell_app`"}]"#
        );
    }
}
