//! The figures of docs/reference/accuracy.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::{DOCUMENTED, Outcome};
use crate::generator::cases::find;

const GRADES: [&str; 8] =
    ["proven", "very_likely", "likely", "possible", "not_excluded", "not_assessable", "no_indication", "excluded"];

/// Compares with the page, or writes it anew with `ABFLUSS_UPDATE`.
pub(super) fn compare(outcomes: &[Outcome]) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/accuracy.md");
    let made = markdown(outcomes);
    if std::env::var_os("ABFLUSS_UPDATE").is_some() {
        std::fs::write(&page, &made).unwrap();
    }
    let written = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        written == made,
        "docs/reference/accuracy.md is not what {DOCUMENTED} seeds give today; \
         ABFLUSS_UPDATE=1 ABFLUSS_SEEDS={DOCUMENTED} cargo test --test it suite writes it anew:\n{made}"
    );
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

fn markdown(outcomes: &[Outcome]) -> String {
    let mut out = include_str!("accuracy_head.md").to_owned();
    let all: Vec<_> = outcomes.iter().flat_map(|o| &o.files).collect();
    let taken = all.iter().filter(|f| f.taken).count();
    let mut scenarios: Vec<&str> = Vec::new();
    for outcome in outcomes {
        if !scenarios.contains(&outcome.scenario) {
            scenarios.push(outcome.scenario);
        }
    }
    let _ = write!(
        out,
        "\n## By grade\n\n{} scenarios on {DOCUMENTED} seeds each: {} cases, {} files, {taken} of them taken.\n\n\
         | grade | files claimed | truly taken | precision | recall, this grade and above |\n| --- | ---: | ---: | ---: | ---: |\n",
        scenarios.len(),
        outcomes.len(),
        all.len()
    );
    let mut reached = 0;
    for grade in GRADES {
        let claimed = all.iter().filter(|f| f.grade == grade).count();
        let right = all.iter().filter(|f| f.grade == grade && f.taken).count();
        reached += right;
        let cleared = matches!(grade, "no_indication" | "excluded");
        let recall = if cleared { "–".to_owned() } else { percent(reached, taken) };
        let _ = writeln!(out, "| {grade} | {claimed} | {right} | {} | {recall} |", percent(right, claimed));
    }
    let _ = write!(
        out,
        "\n## By scenario\n\nFiles in all seeds together; in brackets how many of them were truly taken. *cleared* is no_indication \
         and excluded, *open* is not_excluded and not_assessable.\n\n\
         | scenario | files | proven | very_likely | likely | possible | open | cleared |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    let mut by_scenario: BTreeMap<&str, BTreeMap<&str, (usize, usize)>> = BTreeMap::new();
    for outcome in outcomes {
        for file in &outcome.files {
            let column = match file.grade.as_str() {
                "not_excluded" | "not_assessable" => "open",
                "no_indication" | "excluded" => "cleared",
                grade => grade,
            };
            for key in [column, "files"] {
                let cell = by_scenario.entry(outcome.scenario).or_default().entry(key).or_default();
                cell.0 += 1;
                cell.1 += usize::from(file.taken);
            }
        }
    }
    let columns = ["files", "proven", "very_likely", "likely", "possible", "open", "cleared"];
    for scenario in &scenarios {
        let _ = write!(out, "| {scenario} |");
        for column in columns {
            let cell = by_scenario.get(scenario).and_then(|row| row.get(column)).copied().unwrap_or_default();
            match cell {
                (0, _) => out.push_str(" – |"),
                (n, 0) => {
                    let _ = write!(out, " {n} |");
                }
                (n, taken) => {
                    let _ = write!(out, " {n} ({taken}) |");
                }
            }
        }
        out.push('\n');
    }
    out.push_str("\n## What each scenario is\n\n| scenario | what is planted |\n| --- | --- |\n");
    for scenario in scenarios {
        let about = find(scenario).map_or("", |s| s.about);
        let _ = writeln!(out, "| {scenario} | {about} |");
    }
    out
}
