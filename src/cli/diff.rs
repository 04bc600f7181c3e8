//! The difference of two texts by lines, as `diff -u` shows it. Pure; called by `fmt --check`.

/// How many lines around a change are shown.
const AROUND: usize = 3;
/// The largest table of line pairs; beyond it a change is shown as one block.
const MOST_PAIRS: usize = 4_000_000;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Same,
    Gone,
    New,
}

/// The difference under the two names, with a final newline; empty when there is none.
pub(super) fn unified(old_name: &str, old: &str, new_name: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let steps = steps(&old, &new);
    let mut out = format!("--- {old_name}\n+++ {new_name}\n");
    let changed: Vec<usize> = (0..steps.len()).filter(|at| steps[*at].0 != Kind::Same).collect();
    let mut rest = changed.as_slice();
    while let Some(first) = rest.first() {
        let together = rest
            .windows(2)
            .take_while(|pair| pair[1] - pair[0] <= 2 * AROUND + 1)
            .count();
        let from = first.saturating_sub(AROUND);
        let to = (rest[together] + AROUND + 1).min(steps.len());
        out += &hunk(&steps, from, to);
        rest = &rest[together + 1..];
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn hunk(steps: &[(Kind, &str)], from: usize, to: usize) -> String {
    let count = |steps: &[(Kind, &str)], not: Kind| steps.iter().filter(|(kind, _)| *kind != not).count();
    let place = |not: Kind| {
        let length = count(&steps[from..to], not);
        // An empty range is named by the line before it.
        let start = count(&steps[..from], not) + usize::from(length > 0);
        format!("{start},{length}")
    };
    let mut out = format!("@@ -{} +{} @@\n", place(Kind::New), place(Kind::Gone));
    for (kind, line) in &steps[from..to] {
        out.push(match kind {
            Kind::Same => ' ',
            Kind::Gone => '-',
            Kind::New => '+',
        });
        // A carriage return would let the terminal write over the line.
        out.push_str(line.trim_end_matches(['\n', '\r']));
        out.push('\n');
        if !line.ends_with('\n') {
            out.push_str("\\ No newline at end of file\n");
        }
    }
    out
}

/// The way from one text to the other, along a longest common subsequence.
fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Kind, &'a str)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..]
        .iter()
        .rev()
        .zip(new[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let same = |lines: &[&'a str]| lines.iter().map(|line| (Kind::Same, *line)).collect::<Vec<_>>();
    let mut steps = same(&old[..head]);
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        steps.extend(a.iter().map(|line| (Kind::Gone, *line)));
        steps.extend(b.iter().map(|line| (Kind::New, *line)));
    } else {
        // The length of the longest common subsequence of what follows each pair.
        let width = b.len() + 1;
        let mut common = vec![0_u32; (a.len() + 1) * width];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                common[i * width + j] = if a[i] == b[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < a.len() || j < b.len() {
            if i < a.len() && j < b.len() && a[i] == b[j] {
                steps.push((Kind::Same, a[i]));
                (i, j) = (i + 1, j + 1);
            } else if i < a.len()
                && (j == b.len() || common[(i + 1) * width + j] >= common[i * width + j + 1])
            {
                steps.push((Kind::Gone, a[i]));
                i += 1;
            } else {
                steps.push((Kind::New, b[j]));
                j += 1;
            }
        }
    }
    steps.extend(same(&old[old.len() - tail..]));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_as_diff_shows_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n";
        let new = old
            .replace("2\n", "two\n")
            .replacen("12\n", "", 1)
            .replace("1two\n", "")
            + "14";
        insta::assert_snapshot!(unified("a", old, "b", &new), @r"
        --- a
        +++ b
        @@ -1,5 +1,5 @@
         1
        -2
        +two
         3
         4
         5
        @@ -9,5 +9,5 @@
         9
         10
         11
        -12
         13
        +14
        \ No newline at end of file
        ");
    }

    #[test]
    fn the_same_text_has_no_difference_and_an_empty_one_is_all_new() {
        assert_eq!(unified("a", "x\n", "b", "x\n"), "");
        assert_eq!(
            unified("a", "", "b", "x\n"),
            "--- a\n+++ b\n@@ -0,0 +1,1 @@\n+x\n"
        );
    }

    #[test]
    fn a_huge_difference_is_one_block() {
        let old: String = (0..3_000).map(|n| format!("{n}\n")).collect();
        let new: String = (3_000..6_000).map(|n| format!("{n}\n")).collect();
        assert_eq!(unified("a", &old, "b", &new).lines().count(), 2 + 1 + 6_000);
    }
}
