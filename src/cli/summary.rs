//! The closing summary on standard error, and the exit code that follows from what was done.

use super::exit::Exit;
use super::pipeline::Done;
use super::printer::Printer;
use crate::case::EvidenceStatus;
use crate::intake::ImportReport;
use crate::model::{Grade, Language};
use crate::report::{self, ReportSummary};

/// Files named at most; the report has all of them.
const NAMED: usize = 10;

/// Prints the summary and gives the exit code.
pub(super) fn close(done: &Done, fail_on: Option<Grade>, language: Language, printer: &mut Printer) -> Exit {
    if let Some(summary) = &done.summary {
        result(summary, language, printer);
    }
    if let Some(import) = &done.import {
        evidence(import, printer);
    }
    if let Some(copies) = &done.contents {
        printer.say(&format!("copies    {} files hashed, {} bytes", copies.copies, copies.bytes));
        for (path, reason) in copies.not_read.iter().take(NAMED) {
            printer.warn(&format!("copy {path}: {reason}"));
        }
    }
    stages(done, printer);
    if let Some(summary) = &done.summary {
        gaps(summary, printer);
        for remark in report::warnings(summary, language) {
            printer.warn(&remark.text);
        }
    }
    if !done.missing.is_empty() {
        printer.warn(&format!(
            "no dump has {}: what rests on them is weaker or missing; see what was not examined in the report",
            done.missing.join(", ")
        ));
    }
    for session in &done.void_decisions {
        printer.warn(&format!("a [[decision]] names session {session:?}, which does not exist; it has no effect"));
    }
    let exit = exit(done, fail_on);
    let place = done.folder.display();
    if done.report {
        printer.say(&format!("report    {place}/report/report.html"));
    } else if done.summary.is_some() {
        printer.say(&format!("next      abfluss report {place}"));
    } else {
        printer.say(&format!("next      abfluss analyse {place}"));
    }
    printer.say(&format!("exit code {}: {}", exit.code(), exit.reason()));
    exit
}

/// What applies, most serious first.
fn exit(done: &Done, fail_on: Option<Grade>) -> Exit {
    let mut exit = Exit::Done;
    if let Some(import) = &done.import {
        if import.records.set_aside > 0 {
            exit = exit.and(Exit::Incomplete);
        }
        if import.count(EvidenceStatus::Unreadable) > 0 {
            exit = exit.and(Exit::Failed);
        }
    }
    if done.contents.as_ref().is_some_and(|copies| !copies.not_read.is_empty()) {
        exit = exit.and(Exit::Failed);
    }
    if !done.missing.is_empty() {
        exit = exit.and(Exit::Incomplete);
    }
    if let Some(summary) = &done.summary {
        let incomplete = ["records_set_aside", "gaps_required_in_window", "sources_required_missing"];
        if incomplete.into_iter().any(|name| summary.number(name) > 0) {
            exit = exit.and(Exit::Incomplete);
        }
        let found = |least: Grade| summary.grades.iter().any(|count| count.files > 0 && count.grade <= least);
        if fail_on.is_some_and(found) {
            exit = exit.and(Exit::Findings);
        }
    }
    if done.changed_before {
        exit = exit.and(Exit::Changed);
    }
    exit
}

fn result(summary: &ReportSummary, language: Language, printer: &mut Printer) {
    for sentence in report::sentences(summary, language) {
        printer.say(&sentence);
    }
    if let Some(remark) = report::negative_finding(summary, language) {
        printer.say(&remark.text);
    }
    printer.say("");
    for count in &summary.grades {
        let term = count.grade.term(language);
        printer.say(&format!("{:<16}{:>9} files   {term}", count.grade.id(), count.files));
    }
    printer.say("");
}

fn evidence(import: &ImportReport, printer: &mut Printer) {
    let records = &import.records;
    printer.say(&format!(
        "evidence  {} files imported, {} containers, {} duplicates, {} refused, {} unreadable; {} bytes",
        import.count(EvidenceStatus::Imported),
        import.count(EvidenceStatus::Container),
        import.count(EvidenceStatus::Duplicate),
        import.count(EvidenceStatus::Refused),
        import.count(EvidenceStatus::Unreadable),
        import.bytes
    ));
    printer.say(&format!(
        "records   {} read = {} stored + {} set aside + {} header lines",
        records.read, records.stored, records.set_aside, records.headers
    ));
    for file in import.not_imported.iter().take(NAMED) {
        printer.say(&format!("          not imported: {} ({}: {})", file.path, file.reason, file.detail));
    }
    let more = import.not_imported.len().saturating_sub(NAMED);
    if more > 0 {
        printer.say(&format!("          and {more} more, in table evidence"));
    }
    for path in &import.cut_off {
        printer.warn(&format!("{path} is cut off: its end is missing"));
    }
    if records.set_aside > 0 {
        printer.warn(&format!(
            "{} records were set aside; they stand word for word in table set_aside",
            records.set_aside
        ));
    }
}

fn stages(done: &Done, printer: &mut Printer) {
    for stage in &done.stages {
        let seconds = stage.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 && stage.rows > 0 {
            format!("{:>12} rows {:>12.0} rows/s", stage.rows, stage.rows as f64 / seconds)
        } else {
            String::new()
        };
        printer.say(format!("time      {:<24}{seconds:>9.3} s{rate}", stage.name).trim_end());
    }
}

fn gaps(summary: &ReportSummary, printer: &mut Printer) {
    for row in summary.coverage.iter().filter(|row| row.flag("required")) {
        let inside = row.int("gaps_in_window").unwrap_or(0);
        if inside > 0 {
            printer.say(&format!(
                "gap       {}: {inside} inside the window: {}",
                row.text("source"),
                row.text("gap_times")
            ));
        }
    }
}
