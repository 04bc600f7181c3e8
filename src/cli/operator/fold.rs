//! Lines that are longer than a terminal is wide: where they are broken, and how what goes on is set in. Pure.

use std::fmt::Write as _;

use super::table::width;

/// Texts in lines of at most so many columns, broken at blanks: what goes on is set in under where its line's text began. Escape
/// sequences of ours take no room.
pub fn fold(text: &str, columns: usize) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        fold_line(line.trim_end_matches('\n'), columns, &mut out);
        if line.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

fn fold_line(line: &str, columns: usize, out: &mut String) {
    if shown_width(line) <= columns {
        *out += line;
        return;
    }
    let hang = hang(line).min(columns / 2);
    let mut at = 0;
    let mut is_begun = false;
    for piece in line.split_inclusive(' ') {
        let (word, blank) = (piece.trim_end_matches(' '), piece.ends_with(' '));
        let wide = shown_width(word);
        if is_begun && at + wide > columns && wide > 0 {
            let kept = out.trim_end_matches(' ').len();
            out.truncate(kept);
            let _ = write!(out, "\n{:hang$}", "");
            at = hang;
        }
        *out += piece;
        at += wide + usize::from(blank);
        is_begun |= wide > 0;
    }
    let kept = out.trim_end_matches(' ').len();
    out.truncate(kept);
}

/// Where the text of a line begins, after what names it: `queue       12 actions`, `  next      …`.
fn hang(line: &str) -> usize {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[blanks..];
    let named = rest.find("  ").filter(|at| *at <= 20);
    match named {
        Some(at) => {
            let text = rest[at..].trim_start_matches(' ');
            blanks + shown_width(&rest[..rest.len() - text.len()])
        }
        None => blanks + 2,
    }
}

/// How many columns a text takes that may have our escape sequences.
pub fn shown_width(text: &str) -> usize {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().map_or(0, width);
    let rest = pieces.map(|piece| piece.split_once('m').map_or(0, |(_, shown)| width(shown)));
    first + rest.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_under_where_their_text_began() {
        let text = "queue       12 actions: 3 critical, 9 normal; the oldest came 4 min ago\n  next  it may leave now\nshort\n";
        insta::assert_snapshot!(fold(text, 40), @"
        queue       12 actions: 3 critical, 9
                    normal; the oldest came 4
                    min ago
          next  it may leave now
        short
        ");
        assert_eq!(fold(text, 100), text);
        let coloured = "a \u{1b}[31;1mb\u{1b}[0m c";
        assert_eq!(fold(coloured, 5), coloured);
        assert_eq!(
            fold("onewordthatislongerthantheline", 10),
            "onewordthatislongerthantheline"
        );
    }
}
