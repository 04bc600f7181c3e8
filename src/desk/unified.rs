//! Two texts as a unified diff, as `diff -u` prints it. Pure.

use std::fmt::Write as _;
use std::ops::Range;

/// So many equal lines stand around a change.
const CONTEXT: usize = 3;
/// Where the lines that differ are more than this, multiplied, they are shown as one change: comparing each with each
/// would take too long.
const MOST_PAIRS: usize = 16_000_000;

/// Two lines, or one that has no counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Same(usize, usize),
    Gone(usize),
    New(usize),
}

/// The difference between two texts; empty when there is none. `None` stands for a text that is not there.
pub fn unified(from: (&str, Option<&str>), to: (&str, Option<&str>)) -> String {
    let old: Vec<&str> = from.1.unwrap_or_default().split_inclusive('\n').collect();
    let new: Vec<&str> = to.1.unwrap_or_default().split_inclusive('\n').collect();
    let steps = steps(&old, &new);
    let mut out = String::new();
    for hunk in hunks(&steps) {
        if out.is_empty() {
            let name = |(name, text): (&str, Option<&str>)| match text {
                Some(_) => name.to_owned(),
                None => "/dev/null".to_owned(),
            };
            let _ = writeln!(out, "--- {}\n+++ {}", name(from), name(to));
        }
        write_hunk(&mut out, &steps, hunk, &old, &new);
    }
    out
}

/// The shortest way from one to the other, but for very long differences.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest);
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut steps: Vec<Step> = (0..head).map(|n| Step::Same(n, n)).collect();
    steps.extend(middle(a, b).into_iter().map(|step| match step {
        Step::Same(i, j) => Step::Same(i + head, j + head),
        Step::Gone(i) => Step::Gone(i + head),
        Step::New(j) => Step::New(j + head),
    }));
    steps.extend((0..tail).map(|n| Step::Same(old.len() - tail + n, new.len() - tail + n)));
    steps
}

/// By the longest common subsequence.
fn middle(a: &[&str], b: &[&str]) -> Vec<Step> {
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        return (0..a.len())
            .map(Step::Gone)
            .chain((0..b.len()).map(Step::New))
            .collect();
    }
    let width = b.len() + 1;
    // common[i * width + j]: how many lines a[i..] and b[j..] have in common, in order.
    let mut common = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = match a[i] == b[j] {
                true => common[(i + 1) * width + j + 1] + 1,
                false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::with_capacity(a.len() + b.len());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            steps.push(Step::Same(i, j));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            steps.push(Step::Gone(i));
            i += 1;
        } else {
            steps.push(Step::New(j));
            j += 1;
        }
    }
    steps
}

/// Changes with what stands around them; those that touch are one.
fn hunks(steps: &[Step]) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for (at, _) in steps
        .iter()
        .enumerate()
        .filter(|(_, step)| !matches!(step, Step::Same(..)))
    {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(steps.len());
        match hunks.last_mut() {
            Some(last) if last.end >= around.start => last.end = around.end,
            _ => hunks.push(around),
        }
    }
    hunks
}

fn write_hunk(out: &mut String, steps: &[Step], hunk: Range<usize>, old: &[&str], new: &[&str]) {
    let before = |is_old: bool| {
        let passed = steps[..hunk.start].iter();
        passed
            .filter(|step| {
                matches!(
                    (step, is_old),
                    (Step::Same(..), _) | (Step::Gone(_), true) | (Step::New(_), false)
                )
            })
            .count()
    };
    let shown = &steps[hunk.clone()];
    let gone = shown.iter().filter(|step| !matches!(step, Step::New(_))).count();
    let came = shown.iter().filter(|step| !matches!(step, Step::Gone(_))).count();
    let span = |before: usize, lines: usize| match lines {
        0 => format!("{before},0"),
        1 => format!("{}", before + 1),
        _ => format!("{},{lines}", before + 1),
    };
    let _ = writeln!(
        out,
        "@@ -{} +{} @@",
        span(before(true), gone),
        span(before(false), came)
    );
    for step in shown {
        let (sign, line) = match step {
            Step::Same(i, _) => (' ', old[*i]),
            Step::Gone(i) => ('-', old[*i]),
            Step::New(j) => ('+', new[*j]),
        };
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: &str, new: &str) -> String {
        unified(("old", Some(old)), ("new", Some(new)))
    }

    #[test]
    fn a_change_stands_among_three_lines_that_stay() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        insta::assert_snapshot!(diff(old, &old.replace("5\n", "five\nand a half\n")), @"
        --- old
        +++ new
        @@ -2,7 +2,8 @@
         2
         3
         4
        -5
        +five
        +and a half
         6
         7
         8
        ");
    }

    #[test]
    fn distant_changes_are_two_and_near_ones_are_one() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let far = old.replace("2\n3\n", "3\n").replace("19\n", "x\n");
        assert_eq!(diff(&old, &far).matches("@@ -").count(), 2);
        let near = old.replace("\n5\n", "\nx\n").replace("\n9\n", "\ny\n");
        assert_eq!(diff(&old, &near).matches("@@ -").count(), 1);
    }

    #[test]
    fn a_text_that_is_not_there_is_the_null_device() {
        insta::assert_snapshot!(unified(("a", None), ("b", Some("x\ny"))), @r"
        --- /dev/null
        +++ b
        @@ -0,0 +1,2 @@
        +x
        +y
        \ No newline at end of file
        ");
        insta::assert_snapshot!(unified(("a", Some("x\n")), ("b", None)), @"
        --- a
        +++ /dev/null
        @@ -1 +0,0 @@
        -x
        ");
    }

    #[test]
    fn equal_texts_differ_in_nothing() {
        assert_eq!(diff("a\nb\n", "a\nb\n"), "");
        assert_eq!(diff("", ""), "");
    }

    #[test]
    fn following_the_signs_leads_from_one_text_to_the_other() {
        let texts = [
            "",
            "a\n",
            "a\nb\nc\n",
            "c\nb\na\n",
            "b\nx\nc\na",
            "x\nx\na\nx\n",
            "a\nb\nc\nd\ne\nf\ng\nh\n",
        ];
        for old in texts {
            for new in texts {
                let (a, b): (Vec<&str>, Vec<&str>) = (
                    old.split_inclusive('\n').collect(),
                    new.split_inclusive('\n').collect(),
                );
                let steps = steps(&a, &b);
                let side = |keep: fn(&Step) -> Option<(bool, usize)>| -> String {
                    let lines = steps.iter().filter_map(keep);
                    lines
                        .map(|(is_old, at)| if is_old { a[at] } else { b[at] })
                        .collect()
                };
                let left = side(|step| match step {
                    Step::Same(i, _) | Step::Gone(i) => Some((true, *i)),
                    Step::New(_) => None,
                });
                let right = side(|step| match step {
                    Step::Same(_, j) | Step::New(j) => Some((false, *j)),
                    Step::Gone(_) => None,
                });
                assert_eq!((left.as_str(), right.as_str()), (old, new));
            }
        }
    }
}
