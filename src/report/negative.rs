//! The statement that no access was found, or the reasons why it is not made: worded as in an expert's report, from the
//! query `negative` alone, so that page, findings.json and terminal say the same.

use super::sentences::Remark;
use super::table::Row;
use super::{ReportSummary, Texts};
use crate::model::Language;

/// Hashes that stand in the sentence itself; more stand in the list of evidence.
const HASHES: usize = 3;

/// Gaps that stand in the sentence itself; all stand in the table of gaps.
const GAPS: usize = 5;

/// The statement that no access was found, or the reasons why it is not made; none when access was found.
/// The id is `negative` or `negative_refused`.
pub fn negative_finding(summary: &ReportSummary, language: Language) -> Option<Remark> {
    let t = Texts::load(language);
    let verdict = summary.negative.iter().find(|row| row.text("part") == "verdict")?;
    let id = verdict.text("id");
    if id == "access_found" {
        return None;
    }
    let parts = |part: &'static str| summary.negative.iter().filter(move |row| row.text("part") == part);
    let least = parts("source")
        .filter(|row| row.flag("required"))
        .filter_map(|row| Some((row.real("covered")?, row.real("hours")?)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((0.0, 0.0));
    let files = verdict.int("count").unwrap_or(0);
    let all = summary.number("files");
    let values = [
        ("sources", sources(summary, &t)),
        ("from", t.time(&verdict.text("from"))),
        ("to", t.time(&verdict.text("to"))),
        ("files", t.count("file_acc", if id == "stated" { files } else { all })),
        ("split", split(summary, &t)),
        ("open", open(summary, &t)),
        ("covered", t.hundredths(least.0)),
        ("hours", t.hundredths(least.1)),
        ("gaps", gaps(summary, &t)),
        ("in_gaps", parts("gap").next().map(|_| format!(" {}", t.get("negative.in_gaps"))).unwrap_or_default()),
        ("ways", list(&t, parts("way").map(|row| t.id("negative_way", &row.text("id"))).collect())),
        ("reasons", parts("reason").map(|row| reason(&row, &t)).collect::<Vec<_>>().join("; ")),
    ];
    let mut text = t.fill(if id == "stated" { "negative.stated" } else { "negative.refused" }, &values);
    let examined = parts("source").any(|row| row.int("count").unwrap_or(0) > 0) && least.1 > 0.0;
    if id == "stated" && files < all {
        text = format!("{text} {}", t.fill("negative.left_out", &[("n", t.count("file", all - files))]));
    } else if id == "refused" && examined && all > 0 {
        text = format!("{text} {}", t.fill("negative.examined", &values));
    }
    Some(Remark { id: if id == "stated" { "negative" } else { "negative_refused" }, text })
}

/// Each source with its times, and the hashes of its files where they are few.
fn sources(summary: &ReportSummary, t: &Texts) -> String {
    let named = summary.negative.iter().filter(|row| row.text("part") == "source" && row.int("count").unwrap_or(0) > 0);
    let named = named.map(|row| {
        let source = row.text("source");
        let hashes: Vec<String> = summary
            .negative
            .iter()
            .filter(|e| e.text("part") == "evidence" && e.text("source") == source)
            .map(|e| e.text("sha256"))
            .collect();
        let key = if hashes.len() <= HASHES { "negative.source_hashes" } else { "negative.source" };
        let values = [
            ("source", t.id("source", &source)),
            ("from", t.time(&row.text("from"))),
            ("to", t.time(&row.text("to"))),
            ("files", t.count("evidence_file", hashes.len() as i64)),
            ("hashes", hashes.join(", ")),
        ];
        t.fill(key, &values)
    });
    named.collect::<Vec<_>>().join("; ")
}

fn gaps(summary: &ReportSummary, t: &Texts) -> String {
    let all: Vec<_> = summary.negative.iter().filter(|row| row.text("part") == "gap").collect();
    if all.is_empty() {
        return t.get("negative.gaps_none");
    }
    let open = |time: String| if time.is_empty() { t.get("negative.no_bound") } else { time };
    let mut named: Vec<String> = all
        .iter()
        .take(GAPS)
        .map(|row| {
            let values = [
                ("source", t.id("source", &row.text("source"))),
                ("rule", t.id("gap_rule", &row.text("id"))),
                ("from", open(t.time(&row.text("from")))),
                ("to", open(t.time(&row.text("to")))),
            ];
            t.fill("negative.gap", &values)
        })
        .collect();
    if all.len() > GAPS {
        named.push(t.fill("negative.gaps_more", &[("n", t.int((all.len() - GAPS) as i64))]));
    }
    named.join("; ")
}

fn reason(row: &Row<'_>, t: &Texts) -> String {
    let values =
        [("source", t.id("source", &row.text("source"))), ("gaps", t.count("gap", row.int("count").unwrap_or(0)))];
    t.fill(&format!("negative.{}", row.text("id")), &values)
}

/// Of which kinds "all files" are, in brackets; empty when the inventory holds them all.
pub(super) fn split(summary: &ReportSummary, t: &Texts) -> String {
    let logs = summary.number("files_only_in_logs");
    if logs == 0 {
        return String::new();
    }
    let inventory = t.int(summary.number("files_in_inventory"));
    format!(" {}", t.fill("result.split", &[("inventory", inventory), ("logs", t.int(logs))]))
}

/// What was not evaluated, and which source was not there.
fn open(summary: &ReportSummary, t: &Texts) -> String {
    let mut open = vec![t.get("negative.open_contents")];
    for row in summary.negative.iter().filter(|row| row.text("part") == "open" && row.text("id") == "missing_source") {
        open.push(t.id("source", &row.text("source")));
    }
    for (number, noun, key) in [
        ("evidence_not_read", "evidence_file", "negative.open_not_read"),
        ("records_set_aside", "record", "negative.open_set_aside"),
    ] {
        let n = summary.number(number);
        if n > 0 {
            open.push(t.fill(key, &[("n", t.count(noun, n))]));
        }
    }
    open.join("; ")
}

/// `a, b or c`.
fn list(t: &Texts, mut items: Vec<String>) -> String {
    let Some(last) = items.pop() else { return String::new() };
    if items.is_empty() { last } else { format!("{} {} {last}", items.join(", "), t.get("negative.or")) }
}
