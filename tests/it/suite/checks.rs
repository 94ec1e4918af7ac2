//! What must hold in every case, whatever the scenario.

use std::collections::{BTreeMap, BTreeSet};

use abfluss::model::Grade;
use rusqlite::Connection;
use serde_json::Value;

use super::{Concluded, Judged, Outcome};

/// Who took a file, as far as anything in the evidence shows it.
#[derive(Default)]
struct Theft {
    shown: bool,
    by: BTreeSet<String>,
}

pub(super) fn check(concluded: &Concluded, seed: u64) -> Outcome {
    let (db, truth) = (concluded.case.connection(), &concluded.truth);
    let thefts = thefts(truth);
    let mut problems = Vec::new();
    let files = grades(db, truth, &thefts, &mut problems);
    // What no row of the evidence names (deleted before the dump, and the log with its rows is missing) has no grade and is
    // in no count; the report can only say that the source is missing.
    let nameless = thefts.len() > files.iter().filter(|f| f.taken).count();
    ranges(db, truth, nameless, &mut problems);
    bounds(db, truth, &mut problems);
    clock(db, truth, &mut problems);
    sessions(concluded, &mut problems);
    untouched(db, truth, &mut problems);
    Outcome { scenario: concluded.scenario.name, seed, files, problems }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn thefts(truth: &Value) -> BTreeMap<String, Theft> {
    let mut found: BTreeMap<String, Theft> = BTreeMap::new();
    for one in truth["taken"].as_array().unwrap() {
        let theft = found.entry(text(one, "file_id").to_owned()).or_default();
        theft.shown |= text(one, "shown_by") != "none";
        theft.by.insert(format!("{} by {} at {}", text(one, "shown_by"), text(one, "address"), text(one, "at")));
    }
    found
}

/// No untaken file is ever proven or very likely; every taken one is at least possible, or not excluded where the only
/// source that could show it is missing.
fn grades(db: &Connection, truth: &Value, thefts: &BTreeMap<String, Theft>, problems: &mut Vec<String>) -> Vec<Judged> {
    let mut statement = db.prepare("select file_id, grade, reason from finding order by file_id").unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap();
    let found: Vec<(String, String, String)> = rows.collect::<Result<_, _>>().unwrap();
    let mut judged = Vec::new();
    for (file, grade, reason) in &found {
        let rank = Grade::from_id(grade).unwrap();
        let theft = thefts.get(file);
        let wrong = match theft {
            None => rank <= Grade::VeryLikely,
            Some(t) if t.shown => rank > Grade::Possible,
            Some(_) => rank > Grade::NotAssessable,
        };
        if wrong {
            let true_of_it = theft.map_or("not taken".to_owned(), |t| format!("taken: {:?}", t.by));
            problems.push(format!("{file} is {grade} ({reason}), {true_of_it}{}", evidence(db, truth, file)));
        }
        judged.push(Judged { grade: grade.clone(), taken: theft.is_some() });
    }
    let named: BTreeSet<&str> = found.iter().map(|f| f.0.as_str()).collect();
    for (file, theft) in thefts.iter().filter(|(file, t)| t.shown && !named.contains(file.as_str())) {
        problems.push(format!("{file} has no finding, taken: {:?}", theft.by));
        judged.push(Judged { grade: "none".to_owned(), taken: true });
    }
    judged
}

/// What the case says about a file, for the message.
fn evidence(db: &Connection, truth: &Value, file: &str) -> String {
    let mut statement = db
        .prepare(
            "select coalesce(d.grade, '-') || ' ' || d.reason || ' ' || coalesce(d.class, '-') || ' ' || coalesce(d.address, '-')
                    || ' web ' || coalesce(d.web_id, '-') || ' log ' || coalesce(d.log_id, '-') || ' status '
                    || coalesce(d.status, '-') || ' bytes ' || coalesce(d.bytes_sent, '-') || ' '
                    || strftime('%Y-%m-%dT%H:%M:%SZ', d.at_utc, 'unixepoch') || ' ' || s.session_id
             from download as d left join session as s on s.session_no = d.session_no
             where d.file_id = ?1 order by d.download_no limit 8",
        )
        .unwrap();
    let rows = statement.query_map([file], |r| r.get::<_, String>(0)).unwrap();
    let lines: String = rows.map(|r| format!("\n    download {}", r.unwrap())).collect();
    let f = &truth["files"][file];
    format!("\n    there {} to {}, inventory {}{lines}", f["from"], f["to"], f["in_inventory"])
}

fn has_table(db: &Connection, name: &str) -> bool {
    db.query_row("select count(*) from sqlite_master where type = 'table' and name = ?1", [name], |r| {
        r.get::<_, i64>(0)
    })
    .unwrap()
        == 1
}

/// The truth lies inside every printed range.
fn ranges(db: &Connection, truth: &Value, nameless: bool, problems: &mut Vec<String>) {
    if !has_table(db, "range") {
        return;
    }
    let mut statement = db
        .prepare("select scope, org_id, unit, at_least, at_most from range where unit in ('files', 'bytes') order by 1, 2, 3")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut seen = 0;
    while let Some(row) = rows.next().unwrap() {
        let (scope, unit): (String, String) = (row.get(0).unwrap(), row.get(2).unwrap());
        let org: Option<i64> = row.get(1).unwrap();
        let (least, most): (Option<i64>, Option<i64>) = (row.get(3).unwrap(), row.get(4).unwrap());
        let totals = &truth["taken_totals"];
        let of = match org {
            None if scope == "total" => &totals["total"],
            None => continue, // files of no organisation: the truth has none
            Some(org) => &totals["organisations"][org.to_string()],
        };
        let true_one = of[&unit].as_i64().unwrap_or(0);
        seen += 1;
        if least.is_some_and(|l| l > true_one) || most.is_some_and(|m| m < true_one && !nameless) {
            problems.push(format!("range {scope} {org:?} {unit}: {least:?} to {most:?}, truth {true_one}"));
        }
    }
    if seen == 0 {
        problems.push("no range at all".to_owned());
    }
}

/// "At most k of n files" through a web shell is never less than what went through it.
fn bounds(db: &Connection, truth: &Value, problems: &mut Vec<String>) {
    if !has_table(db, "shell_bound") {
        return;
    }
    let mut statement = db
        .prepare(
            "select s.address, b.k, b.n, b.org_id, s.first_utc, s.last_utc from shell_bound as b
             join session as s on s.session_no = b.session_no order by b.session_no, b.org_id",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let address: String = row.get(0).unwrap();
        let (k, n): (Option<i64>, Option<i64>) = (row.get(1).unwrap(), row.get(2).unwrap());
        let org: Option<i64> = row.get(3).unwrap();
        let (from, to): (i64, i64) = (row.get(4).unwrap(), row.get(5).unwrap());
        let through: BTreeSet<&str> = truth["taken"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|t| text(t, "shown_by") == "shell" && text(t, "address") == address)
            .filter(|t| (from..=to).contains(&seconds(text(t, "at"))))
            .map(|t| text(t, "file_id"))
            .filter(|f| org.is_none_or(|o| truth["files"][f]["org_id"].as_i64() == Some(o)))
            .collect();
        let taken = through.len() as i64;
        if k.is_some_and(|k| k < taken) || n.is_some_and(|n| n < taken) {
            problems.push(format!("shell of {address}, org {org:?}: at most {k:?} of {n:?}, truth {taken}"));
        }
    }
}

fn seconds(text: &str) -> i64 {
    abfluss::model::Civil::parse(text.trim_end_matches('Z')).unwrap().0
}

/// Where both sources are there the offset is found, and it is one that the clock really had.
fn clock(db: &Connection, truth: &Value, problems: &mut Vec<String>) {
    let (offset, basis): (Option<i64>, String) =
        db.query_row("select offset_s, basis from clock", [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    if truth["sources"].as_array().unwrap().len() < 2 {
        if basis == "paired" {
            problems.push(format!("clock paired at {offset:?} s, and one of the sources is missing"));
        }
        return;
    }
    let base = truth["offset_s"].as_i64().unwrap();
    let switches = truth["clock"]["switches"].as_array().unwrap();
    let mut had: Vec<i64> = switches.iter().map(|s| s["offset_s"].as_i64().unwrap()).collect();
    had.push(base);
    if basis != "paired" || !offset.is_some_and(|o| had.contains(&o)) {
        problems.push(format!("clock {basis} at {offset:?} s, truth {had:?}"));
    }
}

/// No regular session counts as hostile. Behind a balancer that hides the clients there is one address for all.
fn sessions(concluded: &Concluded, problems: &mut Vec<String>) {
    let (db, truth) = (concluded.case.connection(), &concluded.truth);
    let attackers: BTreeSet<String> = truth["sessions_by_address"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|a| {
            let classes = a["classes"].as_array().unwrap();
            classes.iter().any(|c| matches!(c.as_str(), Some("hostile" | "unknown" | "unverified")))
        })
        .flat_map(|a| [text(a, "address").to_owned(), text(a, "audit_address").to_owned()])
        .collect();
    let hidden = concluded.scenario.front.hides_clients();
    let mut statement = db
        .prepare("select address, class, session_id, reasons from session where class = 'hostile' order by session_no")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let address: String = row.get(0).unwrap();
        if attackers.contains(&address) || (hidden && address == "10.20.0.9") {
            continue;
        }
        let (id, reasons): (String, String) = (row.get(2).unwrap(), row.get(3).unwrap());
        problems.push(format!("session {id} of {address} is hostile ({reasons}), it is regular"));
    }
}

/// Where one organisation was touched the others come out without indication.
fn untouched(db: &Connection, truth: &Value, problems: &mut Vec<String>) {
    for org in truth["untouched_organisations"].as_array().unwrap() {
        let sql = "select count(*) from finding where org_id = ?1 and grade not in ('no_indication', 'excluded')";
        let n: i64 = db.query_row(sql, [org.as_i64()], |r| r.get(0)).unwrap();
        if n > 0 {
            problems.push(format!("{n} files of organisation {org} are suspected, nobody touched it"));
        }
    }
}
