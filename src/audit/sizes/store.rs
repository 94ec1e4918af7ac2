//! The tables of the step.

use rusqlite::{Connection, params};

use super::load::{Listed, LoggedCall, Session};
use super::predict::{LARGER, SMALLER};
use super::{Basis, Call, File, Interval, candidates, match_sizes};
use crate::audit::error::AuditError;

/// Role of calls that are aligned. Of the others the bound must know whether they can have carried a file at all.
const CONTENT: &str = "content";

pub(super) fn create(db: &Connection) -> Result<(), AuditError> {
    Ok(db.execute_batch(
        "drop table if exists size_call;
         create table size_call (web_id integer primary key, session_no integer not null, candidates integer not null) strict;
         drop table if exists size_match;
         create table size_match (
             web_id integer primary key, session_no integer not null, file_id text not null, posterior real not null,
             predicted_low integer not null, predicted_high integer not null, bytes_sent integer not null,
             overhead integer not null, basis text not null, method text not null) strict;
         drop table if exists size_run;
         create table size_run (
             session_no integer primary key, calls integer not null, files integer not null, copies integer not null,
             overhead integer, overhead_spread integer, tolerance_low real not null, tolerance_high real not null,
             score real, score_permuted real, score_permuted_best real, chance_matches real, found integer not null,
             matches integer not null, method text not null, detail text not null) strict;",
    )?)
}

/// Matches the calls of one session and stores what came of it; sizes and scores rounded, so that the last bit of a
/// logarithm reaches no output.
pub(super) fn session(
    db: &Connection,
    session: &Session,
    logged: &[LoggedCall],
    listed: &[Listed],
) -> Result<(), AuditError> {
    let files: Vec<File> = listed.iter().map(|l| l.file.clone()).collect();
    let others: Vec<&LoggedCall> = logged.iter().filter(|l| l.role != CONTENT).collect();
    let sizes: Vec<Call> = others.iter().map(|l| l.call.clone()).collect();
    for (call, count) in others.iter().zip(candidates(&sizes, &files)) {
        let row = params![call.web_id, session.number, count as i64];
        db.prepare_cached("insert into size_call values (?1, ?2, ?3)")?.execute(row)?;
    }
    let aligned: Vec<&LoggedCall> = logged.iter().filter(|l| l.role == CONTENT).collect();
    let copies = files.iter().filter(|f| f.prediction.as_ref().is_some_and(|p| p.basis == Basis::Copy)).count();
    let (count, there) = (aligned.len() as i64, files.len() as i64);
    if aligned.is_empty() || files.is_empty() {
        let detail = if logged.is_empty() { "no_sizes" } else { "no_content_calls" };
        db.execute(
            "insert into size_run values (?1, ?2, ?3, ?4, null, null, ?5, ?6, null, null, null, null, 0, 0, 'none', ?7)",
            params![session.number, count, there, copies as i64, SMALLER, LARGER, detail],
        )?;
        return Ok(());
    }
    let calls: Vec<Call> = aligned.iter().map(|l| l.call.clone()).collect();
    let found = match_sizes(&calls, &files);
    let overhead = found.overhead.middle.round() as i64;
    for matched in &found.matches {
        let (call, listed) = (aligned[matched.call], &listed[matched.file]);
        // A match has a prediction, else no size could have fitted.
        let Some(prediction) = &listed.file.prediction else { continue };
        let bytes = call.call.bytes as f64;
        let fits = |i: &&Interval| i.narrow() && bytes >= i.low && bytes <= i.high + found.overhead.middle * 2.0;
        let (low, high) = prediction.intervals.iter().find(fits).map_or(prediction.bounds(), |i| (i.low, i.high));
        db.prepare_cached("insert into size_match values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?.execute(
            params![
                call.web_id,
                session.number,
                listed.file_id,
                rounded(matched.posterior, 1000.0),
                low as i64,
                high as i64,
                call.call.bytes as i64,
                overhead,
                prediction.basis.id(),
                found.method.id()
            ],
        )?;
    }
    db.execute(
        "insert into size_run values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        params![
            session.number,
            count,
            there,
            copies as i64,
            overhead,
            found.overhead.spread.round() as i64,
            SMALLER,
            LARGER,
            rounded(found.score, 10.0),
            rounded(found.shuffled.0, 10.0),
            rounded(found.shuffled.1, 10.0),
            rounded(found.chance, 100.0),
            found.found as i64,
            found.matches.len() as i64,
            found.method.id(),
            found.reason.id()
        ],
    )?;
    Ok(())
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}
