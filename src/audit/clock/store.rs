//! The tables of the clock. local = UTC + offset; all times on the server's clock unless they say UTC.
//!
//! - `clock`: `source`, `offset_s` (of most pairs, to the quarter of an hour; empty when not known), `basis` (`configured`,
//!   `paired`, `none`), `pairs`, `residual_s` (median distance of the pairs), `detail` (English sentence), `checked` (what
//!   the test came to), `residual_p95_s`, `instead_s` (what pairs show that were too few), `uncertain_s` (by how much every
//!   time may be wrong);
//! - `clock_stretch`: `from_local`, `to_local` (half open, empty for open ends), `offset_s` at `reference_local`,
//!   `drift_s_per_day`, `quarter_s`, `pairs`, `residual_s`, `residual_p95_s`, `first_pair_local`, `last_pair_local`,
//!   `boundary` (how its beginning is known: `open`, `zone`, `order`, `pairs`), `stated_offset_s` (what the zone says
//!   there), `example_event_no` (a row with a pair, one that contradicts the zone where there is one);
//! - `clock_ambiguous`: local times that may be read in two ways: `from_local`, `to_local` (both included),
//!   `offset_before_s`, `offset_after_s`, `kind` (`twice` the clock went back; `between` it went forward at a moment not
//!   known), `boundary`, `rows`, `open_rows` (those whose reading the order of the ids does not decide);
//! - `clock_row`: rows of the audit log in these times: `event_no`, `offset_s` to read it with, `other_offset_s` where the
//!   other reading is possible too; the earlier one is then `offset_s`.

use rusqlite::{Connection, params};

use super::Finding;
use super::anchors::Anchors;
use super::boundary::Reading;
use super::fit::quarter;
use super::pairing::Pair;
use super::stretches::{Edge, Stretch};
use crate::audit::error::AuditError;
use crate::case::settings::SOURCE_AUDIT_LOG;
use crate::model::Civil;

const TABLES: &str = "
    drop table if exists clock;
    create table clock (source text primary key, offset_s integer, basis text not null, pairs integer not null,
                        residual_s integer, detail text not null, checked text not null, residual_p95_s integer,
                        instead_s integer, uncertain_s integer not null) strict;
    drop table if exists clock_stretch;
    create table clock_stretch (from_local integer, to_local integer, offset_s integer not null,
                                reference_local integer not null, drift_s_per_day real not null,
                                quarter_s integer not null, pairs integer not null, residual_s integer,
                                residual_p95_s integer, first_pair_local integer, last_pair_local integer,
                                boundary text not null, stated_offset_s integer, example_event_no integer) strict;
    drop table if exists clock_ambiguous;
    create table clock_ambiguous (from_local integer not null, to_local integer not null,
                                  offset_before_s integer not null, offset_after_s integer not null,
                                  kind text not null, boundary text not null, rows integer not null,
                                  open_rows integer not null) strict;
    drop table if exists clock_row;
    create table clock_row (event_no integer primary key, offset_s integer not null, other_offset_s integer) strict;";

pub(super) fn store(
    db: &Connection,
    anchors: &Anchors,
    finding: &Finding,
    stated_zone: Option<&str>,
) -> Result<(), AuditError> {
    db.execute_batch(TABLES)?;
    let calendar = &finding.calendar;
    let mut insert =
        db.prepare("insert into clock_stretch values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")?;
    let border = |edge: &Edge| edge.change.border(&edge.boundary);
    for (number, stretch) in calendar.stretches.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|n| calendar.edges.get(n));
        let local = |place: Option<&Pair>| place.map(|p| anchors.log[p.row].at_local);
        let event = |p: &Pair| anchors.log[p.row].event_no;
        let stated = stated_offset(finding, anchors, stretch);
        insert.execute(params![
            before.and_then(border),
            calendar.edges.get(number).and_then(border),
            stretch.fit.offset_s,
            stretch.fit.reference,
            stretch.fit.drift,
            stretch.quarter_s(),
            count(stretch.pairs.len()),
            stretch.residual.map(|r| r.median_s),
            stretch.residual.map(|r| r.p95_s),
            local(stretch.pairs.first()),
            local(stretch.pairs.last()),
            before.map_or("open", |edge| edge.boundary.basis),
            stated.map(|s| s.0),
            stated.map_or_else(|| stretch.pairs.first().map(event), |s| Some(s.1)),
        ])?;
    }
    for edge in &calendar.edges {
        store_edge(db, edge)?;
    }
    let most = calendar.stretches.iter().max_by_key(|s| s.pairs.len());
    let known = finding.basis != "none";
    let pairs: usize = calendar.stretches.iter().map(|s| s.pairs.len()).sum();
    // Without pairs, the zone's offset at the end of the evidence.
    let main = if pairs == 0 { calendar.stretches.last() } else { most };
    db.execute(
        "insert into clock values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            SOURCE_AUDIT_LOG,
            main.filter(|_| known).map(Stretch::quarter_s),
            finding.basis,
            count(pairs),
            main.and_then(|s| s.residual).map(|r| r.median_s),
            detail(finding, pairs, stated_zone.unwrap_or_default()),
            finding.checked,
            main.and_then(|s| s.residual).map(|r| r.p95_s),
            finding.instead_s,
            finding.uncertain_s,
        ],
    )?;
    Ok(())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What the stated zone says of a stretch and the row by which that is: the first that contradicts, else the one in the
/// middle.
fn stated_offset(finding: &Finding, anchors: &Anchors, stretch: &Stretch) -> Option<(i64, i64)> {
    let said = |pair: &Pair| {
        let anchor = anchors.log.get(pair.row)?;
        let at = anchor.at_local - pair.shift;
        let place = finding.stated.partition_point(|p| p.from_utc.is_none_or(|from| from <= at));
        Some((finding.stated.get(place.checked_sub(1)?)?.offset_s, anchor.event_no))
    };
    let against = stretch.pairs.iter().filter_map(said).find(|s| s.0 != stretch.quarter_s());
    against.or_else(|| stretch.pairs.get(stretch.pairs.len() / 2).and_then(said))
}

fn store_edge(db: &Connection, edge: &Edge) -> Result<(), AuditError> {
    let Some((from, to)) = edge.change.twice(&edge.boundary) else { return Ok(()) };
    let (before, after) = (edge.change.before.at(from), edge.change.after.at(from));
    let open = edge.rows.iter().filter(|r| r.1 == Reading::Either).count();
    db.execute(
        "insert into clock_ambiguous values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            from,
            to,
            before,
            after,
            if after < before { "twice" } else { "between" },
            edge.boundary.basis,
            count(edge.rows.len()),
            count(open)
        ],
    )?;
    let mut insert = db.prepare("insert or ignore into clock_row values (?1, ?2, ?3)")?;
    for (row, reading) in &edge.rows {
        let (before, after) = (edge.change.before.at(row.local), edge.change.after.at(row.local));
        let (offset, other) = match reading {
            Reading::Before => (before, None),
            Reading::After => (after, None),
            Reading::Either => (before.max(after), Some(before.min(after))),
        };
        insert.execute(params![row.event_no, offset, other])?;
    }
    Ok(())
}

/// The same in words, for whoever looks into the database; the report has its own sentences.
fn detail(finding: &Finding, pairs: usize, zone: &str) -> String {
    let shown = stretch_text(finding);
    let instead = finding.instead_s.map(|s| format!("UTC{}", offset_text(s))).unwrap_or_default();
    match finding.checked {
        "found" => format!("{shown} explains {pairs} paired events"),
        "agrees" => format!("case.toml states {zone}; {pairs} paired events agree: {shown}"),
        "contradicted" => {
            format!("case.toml states {zone}, {pairs} paired events show {shown}; the evidence counts")
        }
        "few_agree" => format!("case.toml states {zone}; {pairs} paired event(s) agree, too few to find it without"),
        "few_contradict" => {
            format!("case.toml states {zone}; no event fits it, and too few to overrule it fit {instead}")
        }
        "unchecked" => format!("case.toml states {zone}; too few events in both logs to check it"),
        "conflict" if finding.basis == "configured" => {
            format!("case.toml states {zone}; several offsets explain the events of both logs, so nothing checks it")
        }
        "conflict" => "no zone stated, and several offsets explain the events of both logs; audit times are taken as \
                       they stand"
            .to_owned(),
        _ if instead.is_empty() => {
            "no zone stated and too few events in both logs to find the offset; audit times are \
                                    taken as they stand"
                .to_owned()
        }
        _ => format!("no zone stated; too few events fit {instead} to rely on; audit times are taken as they stand"),
    }
}

fn stretch_text(finding: &Finding) -> String {
    let calendar = &finding.calendar;
    let texts: Vec<String> = calendar
        .stretches
        .iter()
        .enumerate()
        .map(|(number, stretch)| {
            let edge = number.checked_sub(1).and_then(|n| calendar.edges.get(n));
            let from = edge.and_then(|e| e.change.border(&e.boundary));
            let beside = stretch.fit.offset_s - quarter(stretch.fit.offset_s);
            let seconds = if beside == 0 { String::new() } else { format!(" and {beside} s") };
            let drift = if stretch.fit.drift == 0.0 {
                String::new()
            } else {
                format!(", moving {:+.1} s a day", stretch.fit.drift)
            };
            let from = from.map(|at| format!(" from {} on that clock", Civil(at))).unwrap_or_default();
            format!("UTC{}{seconds}{drift}{from}", offset_text(stretch.quarter_s()))
        })
        .collect();
    texts.join(", ")
}

fn offset_text(offset_s: i64) -> String {
    let sign = if offset_s < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", offset_s.abs() / 3600, offset_s.abs() % 3600 / 60)
}
