//! Pictures of the page as SVG with attributes only: the policy allows no inline style. The numbers beside or below them
//! say the same in text.

use rusqlite::Connection;

use super::super::{ReportError, ReportSummary, Texts, table};
use crate::model::Timestamp;

/// One rung of the ladder of grades.
pub(super) struct Rung {
    pub(super) id: &'static str,
    pub(super) term: &'static str,
    pub(super) note: String,
    pub(super) files: i64,
    pub(super) files_text: String,
    pub(super) bytes_text: String,
    /// Width of the bar, 0 to 100.
    pub(super) width: String,
}

/// All grades with their counts.
pub(super) struct Ladder {
    pub(super) rungs: Vec<Rung>,
    pub(super) total: i64,
    pub(super) total_text: String,
}

pub(super) fn ladder(summary: &ReportSummary, t: &Texts) -> Ladder {
    let most = summary.grades.iter().map(|g| g.files).max().unwrap_or(0).max(1);
    let rungs = summary.grades.iter().map(|count| Rung {
        id: count.grade.id(),
        term: count.grade.term(t.language()),
        note: t.get(&format!("grade_note.{}", count.grade.id())),
        files: count.files,
        files_text: t.int(count.files),
        bytes_text: t.bytes(count.size_bytes),
        // A single file must stay visible beside thousands.
        width: if count.files == 0 { "0".into() } else { tenth((count.files as f64 * 100.0 / most as f64).max(0.8)) },
    });
    let total = summary.number("files");
    Ladder { rungs: rungs.collect(), total, total_text: t.int(total) }
}

/// A rectangle of the picture of coverage.
pub(super) struct Bar {
    pub(super) x: String,
    pub(super) width: String,
    pub(super) y: i64,
    /// `covered` or `gap`.
    pub(super) kind: &'static str,
    /// Shown when pointed at.
    pub(super) title: String,
}

/// A label of the picture.
pub(super) struct Label {
    pub(super) x: String,
    pub(super) y: i64,
    pub(super) text: String,
}

/// Coverage of each source over time.
pub(super) struct Lanes {
    pub(super) height: i64,
    pub(super) axis: i64,
    pub(super) window: Option<Bar>,
    pub(super) bars: Vec<Bar>,
    pub(super) names: Vec<Label>,
    pub(super) ticks: Vec<Label>,
}

const WIDTH: f64 = 1000.0;
const LANE: i64 = 46;
const DAY: i64 = 86_400;

struct Scale {
    from: i64,
    to: i64,
}

impl Scale {
    fn x(&self, at: i64) -> f64 {
        let share = (at - self.from) as f64 / (self.to - self.from).max(1) as f64;
        share.clamp(0.0, 1.0) * WIDTH
    }

    fn bar(&self, from: i64, to: i64, y: i64, kind: &'static str, title: String) -> Bar {
        let (left, right) = (self.x(from), self.x(to));
        // An hour in a year must still be seen.
        Bar { x: tenth(left.min(WIDTH - 2.0)), width: tenth((right - left).max(2.0)), y, kind, title }
    }
}

/// The picture of coverage; none when no source has a time.
pub(super) fn lanes(conn: &Connection, summary: &ReportSummary, t: &Texts) -> Result<Option<Lanes>, ReportError> {
    let window = summary.window_from.as_deref().and_then(seconds).zip(summary.window_to.as_deref().and_then(seconds));
    let sources: Vec<_> = summary
        .coverage
        .iter()
        .map(|row| (row.text("source"), seconds(&row.text("from")).zip(seconds(&row.text("to")))))
        .collect();
    let mut times: Vec<i64> = sources.iter().filter_map(|(_, span)| *span).flat_map(|(a, b)| [a, b]).collect();
    times.extend(window.iter().flat_map(|(a, b)| [*a, *b]));
    let (Some(from), Some(to)) = (times.iter().min(), times.iter().max()) else { return Ok(None) };
    let scale = Scale { from: *from, to: *to };
    let span_text = |from: i64, to: i64| {
        format!("{} – {}", t.time(&Timestamp(from).to_rfc3339()), t.time(&Timestamp(to).to_rfc3339()))
    };
    let (mut bars, mut names) = (Vec::new(), Vec::new());
    for (place, (source, span)) in (0i64..).zip(&sources) {
        let y = 26 + place * LANE;
        let mut name = t.id("source", source);
        match span {
            Some((from, to)) => {
                bars.push(scale.bar(*from, *to, y, "covered", format!("{name}: {}", span_text(*from, *to))));
            }
            None => name = format!("{name} – {}", t.get("coverage.missing")),
        }
        names.push(Label { x: "4".into(), y: y - 6, text: name });
    }
    table::for_each(conn, "gaps", |row| {
        let Some(place) = sources.iter().position(|(source, _)| *source == row.text("source")) else { return Ok(()) };
        if let Some((from, to)) = seconds(&row.text("from")).zip(seconds(&row.text("to"))) {
            let y = 26 + place as i64 * LANE;
            let title = format!("{}: {}", t.id("gap_rule", &row.text("rule")), span_text(from, to));
            bars.push(scale.bar(from, to, y, "gap", title));
        }
        Ok(())
    })?;
    let axis = 26 + sources.len() as i64 * LANE;
    let window = window.map(|(from, to)| scale.bar(from, to, 0, "window", span_text(from, to)));
    Ok(Some(Lanes { height: axis + 22, axis, window, bars, names, ticks: ticks(&scale, axis + 18, t) }))
}

fn ticks(scale: &Scale, y: i64, t: &Texts) -> Vec<Label> {
    let days = (scale.to - scale.from) / DAY;
    let step = [1, 2, 7, 14, 28, 91, 182, 365, 730].into_iter().find(|step| days / step <= 7).unwrap_or(1460);
    let first = scale.from.div_euclid(DAY) + 1;
    let mut labels: Vec<_> = (first..=scale.to.div_euclid(DAY))
        .step_by(step as usize)
        .map(|day| (scale.x(day * DAY), day * DAY))
        .filter(|(x, _)| *x < WIDTH - 70.0)
        .collect();
    if labels.is_empty() {
        labels.push((0.0, scale.from));
    }
    labels
        .into_iter()
        .map(|(x, at)| {
            let text = t.time(&Timestamp(at).to_rfc3339());
            let text = text.split(' ').next().unwrap_or_default().to_owned();
            Label { x: tenth(x), y, text }
        })
        .collect()
}

fn seconds(rfc3339: &str) -> Option<i64> {
    Timestamp::parse_rfc3339(rfc3339).ok().map(|at| at.0)
}

fn tenth(value: f64) -> String {
    format!("{value:.1}")
}
