//! Charts, drawn on the server as SVG: bars against a limit, a line, spans by class, and the small ones beside a name. Each tells
//! what it shows in words too, for those who do not see it. Colours and strokes are the stylesheet's; here are only places and sizes.

use maud::{Markup, html};

/// The size of a chart in its own units; it is as wide as its place.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 140.0;
/// Room for the words at the left and below.
const LEFT: f64 = 34.0;
const BELOW: f64 = 20.0;
const ABOVE: f64 = 16.0;

/// What a chart is about.
pub(super) struct About<'a> {
    /// Its name in the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// What it says, in a sentence or two.
    pub summary: String,
    /// The words at the left and the right end of the axis.
    pub ends: (String, String),
}

/// Bars, the oldest first, against a limit.
pub(super) fn bars(about: &About<'_>, values: &[u32], limit: u32) -> Markup {
    let top = f64::from(values.iter().copied().max().unwrap_or(0).max(limit)).max(1.0) * 1.08;
    let step = (WIDTH - LEFT) / count(values.len());
    let limit_at = height(f64::from(limit), top);
    let inside = html! {
        @for (place, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
            @let y = height(f64::from(*value), top);
            rect class=(if *value > limit { "over" } else { "bar" }) x=(n(LEFT + step * count_of(place) + step * 0.1)) y=(n(y))
                width=(n(step * 0.8)) height=(n(HEIGHT - BELOW - y)) {}
        }
        line.limit x1=(n(LEFT)) x2=(n(WIDTH)) y1=(n(limit_at)) y2=(n(limit_at)) {}
        text.limit-word x=(n(WIDTH)) y=(n(limit_at - 3.0)) text-anchor="end" { "limit " (limit) }
        (scale(limit, limit_at))
    };
    chart(about, inside)
}

/// A line over an area, the oldest value first.
pub(super) fn line(about: &About<'_>, values: &[u32]) -> Markup {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let top = f64::from(most) * 1.08;
    let step = (WIDTH - LEFT) / (count(values.len()) - 1.0).max(1.0);
    let point = |(place, value): (usize, &u32)| {
        let (x, y) = (LEFT + step * count_of(place), height(f64::from(*value), top));
        format!("{},{}", n(x), n(y))
    };
    let points: Vec<String> = values.iter().enumerate().map(point).collect();
    let points = points.join(" ");
    let base = HEIGHT - BELOW;
    let inside = html! {
        @if !values.is_empty() {
            polygon.area points={ (n(LEFT)) "," (n(base)) " " (points) " " (n(WIDTH)) "," (n(base)) } {}
            polyline.path points=(points) {}
        }
        (scale(most, height(f64::from(most), top)))
    };
    chart(about, inside)
}

/// A class of spans of time.
pub(super) struct Span {
    /// Its name.
    pub name: String,
    /// The middle one, seconds.
    pub middle: f64,
    /// The longest but for one in twenty, seconds.
    pub end: f64,
    /// The middle one in words.
    pub said: String,
}

/// A bar for the middle one of each class, and a line up to the longest but for one in twenty.
pub(super) fn spans(about: &About<'_>, values: &[Span]) -> Markup {
    let top = values
        .iter()
        .map(|value| value.end.max(value.middle))
        .fold(0.001, f64::max)
        * 1.15;
    let step = WIDTH / count(values.len());
    let inside = html! {
        @for (place, value) in values.iter().enumerate() {
            @let (y, end) = (height(value.middle, top), height(value.end, top));
            @let middle = step * (count_of(place) + 0.5);
            @let wide = (step * 0.6).min(48.0);
            line.axis x1=(n(middle)) x2=(n(middle)) y1=(n(end)) y2=(n(y)) {}
            line.axis x1=(n(middle - 5.0)) x2=(n(middle + 5.0)) y1=(n(end)) y2=(n(end)) {}
            rect.bar x=(n(middle - wide / 2.0)) y=(n(y)) width=(n(wide)) height=(n(HEIGHT - BELOW - y)) {}
            text x=(n(middle)) y=(n((end - 4.0).max(10.0))) text-anchor="middle" { (value.said) }
            text x=(n(middle)) y=(n(HEIGHT - 5.0)) text-anchor="middle" { (value.name) }
        }
        line.axis x1="0" x2=(n(WIDTH)) y1=(n(HEIGHT - BELOW)) y2=(n(HEIGHT - BELOW)) {}
    };
    drawn(about, inside)
}

/// The last days beside a name: a bar for each.
pub(super) fn spark(name: &str, values: &[u32]) -> Markup {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let said: Vec<String> = values.iter().map(u32::to_string).collect();
    let step = 112.0 / count(values.len());
    html! {
        svg.spark viewBox="0 0 112 24" preserveAspectRatio="none" role="img"
            aria-label={ (name) ", the oldest day first: " (said.join(", ")) } {
            @for (place, value) in values.iter().enumerate() {
                @let tall = if *value == 0 { 1.0 } else { 2.0 + 22.0 * f64::from(*value) / f64::from(most) };
                rect class=(if *value == 0 { "zero" } else { "bar" }) x=(n(step * count_of(place) + 1.0)) y=(n(24.0 - tall))
                    width=(n(step - 2.0)) height=(n(tall)) {}
            }
        }
    }
}

/// How full something is: what is used, and what is kept back at its end.
pub(super) fn gauge(label: &str, used: f64, kept: f64, limit: f64) -> Markup {
    let part = |value: f64| (value / limit.max(1.0) * 100.0).clamp(0.0, 100.0);
    let class = match part(used) {
        full if full >= 100.0 => "bad",
        full if full >= 85.0 => "warn",
        _ => "calm",
    };
    html! {
        svg.gauge.(class) viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=(label) {
            rect.kept x=(n(100.0 - part(kept))) y="0" width=(n(part(kept))) height="10" {}
            rect.used x="0" y="0" width=(n(part(used))) height="10" {}
        }
    }
}

/// The axis with its two words, around what is drawn on it.
fn chart(about: &About<'_>, inside: Markup) -> Markup {
    let base = HEIGHT - BELOW;
    let (first, last) = &about.ends;
    let inside = html! {
        (inside)
        line.axis x1=(n(LEFT)) x2=(n(WIDTH)) y1=(n(base)) y2=(n(base)) {}
        text x=(n(LEFT)) y=(n(HEIGHT - 5.0)) { (first) }
        text x=(n(WIDTH)) y=(n(HEIGHT - 5.0)) text-anchor="end" { (last) }
    };
    drawn(about, inside)
}

fn drawn(about: &About<'_>, inside: Markup) -> Markup {
    html! {
        figure {
            svg.chart viewBox={ "0 0 " (n(WIDTH)) " " (n(HEIGHT)) } role="img"
                aria-labelledby={ (about.id) "-name " (about.id) "-words" } {
                title id={ (about.id) "-name" } { (about.title) }
                (inside)
            }
            figcaption id={ (about.id) "-words" } { (about.summary) }
        }
    }
}

/// The words at the left: nought, and the value that stands at that height.
fn scale(value: u32, at: f64) -> Markup {
    html! {
        line.grid x1=(n(LEFT)) x2=(n(WIDTH)) y1=(n(at)) y2=(n(at)) {}
        text x=(n(LEFT - 5.0)) y=(n(at + 4.0)) text-anchor="end" { (short(value)) }
        text x=(n(LEFT - 5.0)) y=(n(HEIGHT - BELOW)) text-anchor="end" { "0" }
    }
}

/// A figure in the room of four letters.
fn short(value: u32) -> String {
    match value {
        0..10_000 => value.to_string(),
        10_000..10_000_000 => format!("{}k", value / 1_000),
        _ => format!("{}M", value / 1_000_000),
    }
}

fn height(value: f64, top: f64) -> f64 {
    let room = HEIGHT - BELOW - ABOVE;
    HEIGHT - BELOW - room * (value / top).clamp(0.0, 1.0)
}

/// How many; one where there are none, so that nothing is divided by nought.
fn count(of: usize) -> f64 {
    count_of(of.max(1))
}

fn count_of(place: usize) -> f64 {
    f64::from(u32::try_from(place).unwrap_or(u32::MAX))
}

/// A length with one digit behind the point at most.
fn n(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(summary: &str) -> About<'_> {
        About {
            id: "calls",
            title: "Calls a minute",
            summary: summary.to_owned(),
            ends: ("1 h ago".to_owned(), "now".to_owned()),
        }
    }

    #[test]
    fn a_chart_says_what_it_shows_and_has_no_style_of_its_own() {
        let drawn = bars(&about("100 at most, 3 now"), &[0, 12, 104, 3], 100).into_string();
        assert!(
            drawn.contains(r#"aria-labelledby="calls-name calls-words""#),
            "{drawn}"
        );
        assert!(
            drawn.contains("100 at most, 3 now") && drawn.contains("limit 100"),
            "{drawn}"
        );
        assert_eq!(
            drawn.matches("<rect").count(),
            3,
            "nothing is drawn for nought: {drawn}"
        );
        assert_eq!(drawn.matches(r#"class="over""#).count(), 1, "{drawn}");
        assert!(!drawn.contains("style"), "{drawn}");
    }

    #[test]
    fn charts_of_nothing_are_charts() {
        for drawn in [
            bars(&about(""), &[], 0),
            line(&about(""), &[]),
            line(&about(""), &[0, 0]),
            spans(&about(""), &[]),
            spark("x", &[]),
            gauge("x", 0.0, 0.0, 0.0),
        ] {
            let drawn = drawn.into_string();
            assert!(
                drawn.contains("</svg>") && !drawn.contains("NaN") && !drawn.contains("inf"),
                "{drawn}"
            );
        }
    }

    #[test]
    fn a_gauge_is_never_fuller_than_full_and_says_by_its_class_how_full_it_is() {
        assert!(
            gauge("x", 130.0, 10.0, 100.0)
                .into_string()
                .contains(r#"class="gauge bad""#)
        );
        assert!(
            gauge("x", 130.0, 10.0, 100.0)
                .into_string()
                .contains(r#"width="100""#)
        );
        assert!(
            gauge("x", 86.0, 0.0, 100.0)
                .into_string()
                .contains(r#"class="gauge warn""#)
        );
        assert!(
            gauge("x", 0.0, 0.0, 0.0)
                .into_string()
                .contains(r#"class="gauge calm""#)
        );
    }
}
