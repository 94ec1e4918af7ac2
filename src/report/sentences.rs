//! What the report says in sentences: the result, and what must be known beside it. The same sentences go to the page, to findings.json and to the terminal.

use super::negative::split;
use super::plain::visible;
use super::table::Row;
use super::{ReportSummary, Texts};
use crate::model::Language;

/// Something the reader must know, with a stable id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Id, the same in every language.
    pub id: &'static str,
    /// The sentence.
    pub text: String,
}

/// The result in three sentences: at least, probably, at most. Safe for a terminal.
pub fn sentences(summary: &ReportSummary, language: Language) -> [String; 3] {
    let t = Texts::load(language);
    let (files, bytes) = (summary.files(), summary.bytes());
    let values = |files: i64, bytes: i64| {
        vec![
            ("files", t.count("file", files)),
            ("n", t.int(files)),
            ("bytes", t.bytes(bytes)),
            ("all", t.count("file_of", summary.number("files"))),
            ("split", split(summary, &t)),
        ]
    };
    let mut most = values(files.at_most, bytes.at_most);
    most.push(("not_excluded", t.int(files.not_excluded)));
    most.push(("not_assessable", t.int(files.not_assessable)));
    let most_key = match (files.at_most, files.not_excluded + files.not_assessable) {
        (0, _) => "result.at_most_none",
        (_, 0) => "result.at_most",
        _ => "result.at_most_apart",
    };
    let least_key = if files.at_least == 0 { "result.at_least_none" } else { "result.at_least" };
    let probably_key = match (files.at_least, files.probably) {
        (_, 0) => "result.probably_none",
        (a, p) if a == p => "result.probably_same",
        _ => "result.probably",
    };
    [
        t.fill(least_key, &values(files.at_least, bytes.at_least)),
        t.fill(probably_key, &values(files.probably, bytes.probably)),
        t.fill(most_key, &most),
    ]
    .map(|s| visible(&s).into_owned())
}

/// What an attacker could do with what was put in place, each in a sentence of its own: a capability is no grade.
fn capabilities(summary: &ReportSummary, t: &Texts) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let calls = summary.number("webshell_calls");
    if calls > 0 {
        let web_gap = summary.coverage.iter().any(|r| r.text("source") == "iis" && r.int("gaps").unwrap_or(0) > 0);
        let key = if web_gap { "remark.webshell_calls_gap" } else { "remark.webshell_calls" };
        remarks.push(Remark {
            id: "webshell_calls",
            text: t.fill(key, &[("n", t.count("call", calls)), ("files", t.count("file_acc", calls))]),
        });
    }
    for (id, planted, used) in [
        ("planted_sessions", "planted_sessions", "planted_sessions_used"),
        ("planted_accounts", "planted_accounts", "planted_accounts_used"),
    ] {
        let (planted, used) = (summary.number(planted), summary.number(used));
        if planted > 0 {
            let form = match (used > 0, summary.has_required_gap()) {
                (true, _) => "used",
                (false, true) => "unseen_gap",
                (false, false) => "unseen",
            };
            let values = [("n", t.int(planted)), ("used", t.count("log_row", used))];
            remarks.push(Remark { id, text: t.fill(&format!("remark.{id}_{form}"), &values) });
        }
    }
    if summary.number("marks_hostile") > 0 {
        remarks.push(Remark { id: "disk_not_examined", text: t.get("remark.disk_not_examined") });
    }
    remarks
}

/// What must be known beside the result: hostile activity outside the window, missing sources, a clock that could not be
/// set, records set aside, decisions of an analyst. Strongest first.
pub fn warnings(summary: &ReportSummary, language: Language) -> Vec<Remark> {
    let t = Texts::load(language);
    let mut remarks = Vec::new();
    let counted = |remarks: &mut Vec<Remark>, id: &'static str, number: &str, noun: &str| {
        let n = summary.number(number);
        if n > 0 {
            let values = [("n", t.count(noun, n)), ("files", t.int(summary.number("files_regraded")))];
            remarks.push(Remark { id, text: t.fill(&format!("remark.{id}"), &values) });
        }
    };
    counted(&mut remarks, "outside_window", "marks_outside_window", "mark");
    counted(&mut remarks, "required_missing", "sources_required_missing", "source");
    let audit_log =
        summary.coverage.iter().any(|r| r.text("source") == "moveit_audit_log" && r.int("records") > Some(0));
    if !audit_log || summary.number("files_in_inventory") == 0 {
        remarks.push(Remark { id: "files_unnamed", text: t.get("remark.files_unnamed") });
    }
    counted(&mut remarks, "required_gap", "gaps_required_in_window", "gap");
    remarks.extend(capabilities(summary, &t));
    for (id, number, noun) in [
        ("cut_off", "evidence_cut_off", "evidence_file"),
        ("not_read", "evidence_not_read", "evidence_file"),
        ("set_aside", "records_set_aside", "record"),
        ("only_in_logs", "files_only_in_logs", "file"),
        ("without_size", "files_without_size", "file"),
        ("decided", "sessions_decided", "session"),
        ("attempted", "attack_calls_attempted", "call"),
        ("attempts", "attack_calls_refused", "call"),
    ] {
        counted(&mut remarks, id, number, noun);
    }
    for row in summary.clock.iter() {
        let source = t.id("source", &row.text("source"));
        if row.int("offset_s").is_none() {
            remarks.push(Remark { id: "clock_unknown", text: t.fill("remark.clock_unknown", &[("source", source)]) });
        } else if row.text("checked") == "contradicted" {
            let values = [("source", source), ("pairs", t.int(row.int("pairs").unwrap_or(0)))];
            remarks.push(Remark { id: "clock_contradicted", text: t.fill("remark.clock_contradicted", &values) });
        } else if let ("few_contradict", Some(instead)) = (row.text("checked").as_str(), row.int("instead_s")) {
            let (sign, s) = (if instead < 0 { '-' } else { '+' }, instead.abs());
            let offset = format!("{sign}{:02}:{:02}", s / 3600, s % 3600 / 60);
            remarks.push(Remark { id: "clock_doubtful", text: t.fill("remark.clock_doubtful", &[("offset", offset)]) });
        }
        if row.text("source") == "moveit_audit_log"
            && let Some(open) = row.int("open_rows").filter(|n| *n > 0)
        {
            remarks
                .push(Remark { id: "clock_open_rows", text: t.fill("remark.clock_open_rows", &[("n", t.int(open))]) });
        }
    }
    let clock_known = summary.clock.iter().all(|row| row.int("offset_s").is_some());
    remarks.extend(summary.dump_age.iter().filter_map(|row| dump_age(&row, clock_known, &t)));
    for (id, number, noun) in [
        ("log_differs", "log_rows_differ", "log_row"),
        ("log_gone", "log_rows_gone", "log_row"),
        ("web_copies", "web_lines_in_copies", "line"),
    ] {
        counted(&mut remarks, id, number, noun);
    }
    if summary.window_basis == "none" {
        remarks.push(Remark { id: "no_window", text: t.get("remark.no_window") });
    }
    if !summary.records_add_up() {
        remarks.insert(0, Remark { id: "records_do_not_add_up", text: t.get("remark.records_do_not_add_up") });
    }
    remarks
}

/// By how much a dump is younger than the theft, or older; none without hostile access. Its time is the server's wall clock.
fn dump_age(row: &Row<'_>, clock_known: bool, t: &Texts) -> Option<Remark> {
    let (first, last) = (row.real("after_first_h")?, row.real("after_last_h")?);
    let long = |hours: f64| {
        let hours = hours.abs();
        let (unit, n) = if hours >= 48.0 { ("days", hours / 24.0) } else { ("hours", hours) };
        t.fill(&format!("remark.{unit}"), &[("n", t.decimal(n))])
    };
    let values = [
        ("path", visible(&row.text("path")).into_owned()),
        ("dumped", t.time(&row.text("dumped"))),
        ("first", long(first)),
        ("last", long(last)),
    ];
    let key = if first < 0.0 {
        "dump_before"
    } else if last < 0.0 {
        "dump_between"
    } else {
        "dump_after"
    };
    let mut text = t.fill(&format!("remark.{key}"), &values);
    if !clock_known {
        text = format!("{text} {}", t.get("remark.dump_clock_unknown"));
    }
    Some(Remark { id: "dump_age", text })
}
