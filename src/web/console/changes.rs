//! What lies beside a playbook's text on its page: the tests on disk with what came of them, and how the text differs from the revision
//! before it and from the file on disk.

use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::{Panel, Tone, ago, badge, panel, plain};
use crate::desk::disk::{Compared, FileBeside, TestTold, TestsOnDisk};
use crate::desk::words::counted;

/// The tests, and the two comparisons.
pub(super) fn beside(id: &str, compared: &Compared, now: Timestamp) -> Markup {
    html! {
        (tests(id, compared, now))
        (panel("former", "Against the revision before it", former(compared)))
        (panel("disk", "Against the file on disk", disk(compared)))
    }
}

fn tests(id: &str, compared: &Compared, now: Timestamp) -> Markup {
    let Some(tests) = &compared.tests else {
        let none = html! {
            p.empty { @if compared.disk.is_ok() { "It has no tests." } @else { "Its tests cannot be read." } }
            p { "They would lie in " code { "tests/" (plain(id)) ".test.yaml" } " beside its file." }
        };
        return panel("tests", "Tests", none);
    };
    Panel::new("tests", "Tests")
        .beside(summary(tests))
        .around(results(tests, ago(now, compared.looked_at)))
}

fn summary(tests: &TestsOnDisk) -> Markup {
    let count = |n: usize, noun: &str| counted(i64::try_from(n).unwrap_or(i64::MAX), noun);
    let failed = tests.tests.iter().filter(|test| test.failure.is_some()).count();
    html! {
        @if tests.wrong.is_some() { (badge(Tone::Bad, "cannot be run")) }
        @else if failed > 0 { (badge(Tone::Bad, &format!("{failed} of {} failed", count(tests.tests.len(), "test")))) }
        @else { (badge(Tone::Good, &format!("{} passed", count(tests.tests.len(), "test")))) }
    }
}

fn results(tests: &TestsOnDisk, when: Markup) -> Markup {
    html! {
        div.body { p.small.muted {
            "Run " (when) " with the files on this process's disk: " code { (plain(&tests.file)) } ". "
            "They are run again when the page is loaded and one of these files has changed."
        } }
        @if let Some(wrong) = &tests.wrong { (text("Why the tests cannot be run", wrong)) }
        ul.results { @for test in &tests.tests { (result(test)) } }
    }
}

fn result(test: &TestTold) -> Markup {
    html! {
        li {
            @match &test.failure {
                None => { (badge(Tone::Good, "pass")) " " (plain(&test.name)) }
                Some(why) => {
                    (badge(Tone::Bad, "fail")) " " (plain(&test.name)) " " span.small.muted { (plain(&test.at)) }
                    (text("Why the test failed", why))
                }
            }
        }
    }
}

fn former(compared: &Compared) -> Markup {
    match &compared.former {
        None => html! { p.empty { "It is the first revision that is known." } },
        Some((revision, diff)) if diff.is_empty() => {
            html! { p { "The texts of it and of " code { (revision) } " are the same." } }
        }
        Some((revision, diff)) => html! {
            p.small.muted { "From " code { (revision) } " to the one that is shown" }
            (difference("Difference from the revision before it", diff))
        },
    }
}

fn disk(compared: &Compared) -> Markup {
    match &compared.disk {
        Err(why) => html! { p { (badge(Tone::Warn, "cannot be read")) " " (plain(why)) } },
        Ok(FileBeside::Missing) => {
            html! { p { (badge(Tone::Warn, "no file")) " This process has no file of it: the next reload takes it out of force." } }
        }
        Ok(FileBeside::Same) => {
            html! { p { (badge(Tone::Good, "the same")) " The file says what is shown." } }
        }
        Ok(FileBeside::Differs(diff)) => html! {
            p { (badge(Tone::Warn, "differs")) " From what is shown to the file of this process" }
            (difference("Difference from the file on disk", diff))
        },
    }
}

/// A unified difference; each line says by its sign and by its colour what it is.
fn difference(label: &str, diff: &str) -> Markup {
    html! {
        div.source role="region" aria-label=(label) tabindex="0" {
            pre.diff {
                @for line in diff.lines().skip(2) {
                    @let kind = match line.as_bytes().first() {
                        Some(b'+') => "ins",
                        Some(b'-') => "del",
                        Some(b'@') => "at",
                        _ => "same",
                    };
                    span class=(kind) { (line) "\n" }
                }
            }
        }
    }
}

fn text(label: &str, said: &str) -> Markup {
    html! { div.source role="region" aria-label=(label) tabindex="0" { pre.diff { (said) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn told(name: &str, failure: Option<&str>) -> TestTold {
        TestTold {
            name: name.to_owned(),
            at: "tests/p.test.yaml:7".to_owned(),
            failure: failure.map(str::to_owned),
        }
    }

    #[test]
    fn tests_and_differences_are_shown_and_nothing_of_them_is_markup() {
        let compared = Compared {
            former: Some((
                "0123abcd".to_owned(),
                "--- before\n+++ shown\n@@ -1 +1 @@\n-a\n+<b>\n".to_owned(),
            )),
            disk: Ok(FileBeside::Same),
            tests: Some(TestsOnDisk {
                file: "tests/p.test.yaml".to_owned(),
                tests: vec![
                    told("a server asks", None),
                    told("a <laptop>", Some("expected act, was skip")),
                ],
                wrong: None,
            }),
            looked_at: now() - jiff::SignedDuration::from_mins(4),
        };
        let page = beside("p", &compared, now()).into_string();
        for part in [
            "1 of 2 tests failed",
            "4 min ago</time> with the files",
            "a server asks",
            "a &lt;laptop&gt;",
            "expected act, was skip",
            "class=\"del\">-a",
            "class=\"ins\">+&lt;b&gt;",
            "The file says what is shown",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(
            !page.contains("<laptop>") && !page.contains("--- before"),
            "{page}"
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        let compared = Compared {
            former: None,
            disk: Err("cannot read `playbooks`".to_owned()),
            tests: None,
            looked_at: now(),
        };
        let page = beside("p", &compared, now()).into_string();
        for part in [
            "first revision",
            "cannot read `playbooks`",
            "Its tests cannot be read",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let none = Compared {
            disk: Ok(FileBeside::Missing),
            ..compared
        };
        let page = beside("p", &none, now()).into_string();
        assert!(
            page.contains("It has no tests") && page.contains("no file"),
            "{page}"
        );
    }
}
