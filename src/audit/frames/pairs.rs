//! Pairs of web request and audit row that are the same download: same client, same file, nearly the same time.
//!
//! Table `pair`: `web_id`, `event_no`, `distance_s` (audit minus web, after calibration), `by` (`file` both name the file;
//! `client` the address of the request names none, and exactly one download of that client is near; `hidden` both name
//! the file, one log hides the client, and nothing else is near).
//!
//! Each request and each row is used once. The nearest neighbours are paired first; what they leave over is paired anew,
//! so that a burst of downloads of one file gives as many pairs as both logs show.

use std::collections::{BTreeSet, HashMap, HashSet};

use polars::prelude::{AnyValue, AsofJoinBy, AsofStrategy, Column, DataFrame, SortMultipleOptions};
use rusqlite::{Connection, params};

use crate::audit::error::AuditError;

/// A request is logged when its answer has been sent, the audit row when the application is done: seconds apart on a
/// quiet server, minutes when the client reads slowly.
const TOLERANCE_S: i64 = 300;
/// Without the file's id in the address only a close neighbour counts.
const TOLERANCE_WITHOUT_FILE_S: i64 = 30;

#[derive(Clone)]
struct Event {
    key: (i64, String),
    at: i64,
    id: i64,
}

/// Fills `pair`.
pub(in crate::audit) fn derive(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists pair;
         create table pair (web_id integer primary key, event_no integer not null unique, distance_s integer not null,
                            by text not null) strict;",
    )?;
    let mut web = load(
        db,
        "select client_no, file_id, at_utc, web_id from web_access
         where kind = 'file_download' and status in (200, 206) and method <> 'HEAD' and file_id is not null
           and at_utc is not null
         order by web_id",
    )?;
    let log = load(
        db,
        "select c.client_no, e.file_id, e.at_utc, e.event_no
         from log_event as e join log_client as c on c.address = e.address
         where e.kind = 'download' and e.file_id is not null and e.at_utc is not null
         order by e.event_no",
    )?;
    let nameless = load(
        db,
        "select client_no, '', at_utc, web_id from web_access
         where kind = 'file_download' and status in (200, 206) and method <> 'HEAD' and file_id is null
           and at_utc is not null
         order by web_id",
    )?;
    let mut insert = db.prepare("insert into pair values (?1, ?2, ?3, ?4)")?;
    let mut used = HashSet::new();
    let mut web_used = HashSet::new();
    for (web_id, event_no, distance) in pair_by_key(web.clone(), log.clone())? {
        insert.execute(params![web_id, event_no, distance, "file"])?;
        used.insert(event_no);
        web_used.insert(web_id);
    }
    web.retain(|event| !web_used.contains(&event.id));
    let left: Vec<Event> = log.iter().filter(|event| !used.contains(&event.id)).cloned().collect();
    for (web_id, event_no, distance) in pair_hidden(&web, &left, &client_kinds(db)?) {
        insert.execute(params![web_id, event_no, distance, "hidden"])?;
        used.insert(event_no);
    }
    for (web_id, event_no, distance) in pair_without_file(&nameless, &log, &used) {
        insert.execute(params![web_id, event_no, distance, "client"])?;
    }
    Ok(())
}

fn load(db: &Connection, sql: &str) -> Result<Vec<Event>, AuditError> {
    let mut statement = db.prepare(sql)?;
    let found = statement
        .query_map([], |row| Ok(Event { key: (row.get(0)?, row.get(1)?), at: row.get(2)?, id: row.get(3)? }))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// As-of pairing in rounds; the result is in the order of the requests.
fn pair_by_key(mut web: Vec<Event>, mut log: Vec<Event>) -> Result<Vec<(i64, i64, i64)>, AuditError> {
    let mut numbers: HashMap<(i64, String), i64> = HashMap::new();
    for event in web.iter().chain(&log) {
        let next = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        numbers.entry(event.key.clone()).or_insert(next);
    }
    let mut pairs = Vec::new();
    while !web.is_empty() && !log.is_empty() {
        let mut candidates = nearest(&frame(&web, &numbers, "web")?, &frame(&log, &numbers, "log")?)?;
        candidates.sort_unstable_by_key(|(web_id, event_no, distance)| (distance.abs(), *event_no, *web_id));
        let (mut web_used, mut log_used) = (HashSet::new(), HashSet::new());
        for (web_id, event_no, distance) in candidates {
            if !log_used.contains(&event_no) {
                log_used.insert(event_no);
                web_used.insert(web_id);
                pairs.push((web_id, event_no, distance));
            }
        }
        if web_used.is_empty() {
            break;
        }
        web.retain(|event| !web_used.contains(&event.id));
        log.retain(|event| !log_used.contains(&event.id));
    }
    pairs.sort_unstable();
    Ok(pairs)
}

fn frame(events: &[Event], numbers: &HashMap<(i64, String), i64>, id: &str) -> Result<DataFrame, AuditError> {
    let keys: Vec<i64> = events.iter().map(|e| numbers.get(&e.key).copied().unwrap_or(-1)).collect();
    let at: Vec<i64> = events.iter().map(|e| e.at).collect();
    let ids: Vec<i64> = events.iter().map(|e| e.id).collect();
    // The time goes in twice: the join keeps only one copy of the column it joins on.
    let frame = DataFrame::new(
        events.len(),
        vec![
            Column::new("key".into(), keys),
            Column::new("at".into(), at.clone()),
            Column::new(format!("{id}_at").into(), at),
            Column::new(id.into(), ids),
        ],
    )?;
    Ok(frame.sort(["at", id], SortMultipleOptions::default())?)
}

/// For each request the audit row of the same key that is nearest in time, within the tolerance.
fn nearest(web: &DataFrame, log: &DataFrame) -> Result<Vec<(i64, i64, i64)>, AuditError> {
    let joined = web.join_asof_by(
        log,
        "at",
        "at",
        ["key"],
        ["key"],
        AsofStrategy::Nearest,
        Some(AnyValue::Int64(TOLERANCE_S)),
        true,
        false,
    )?;
    let (web_id, web_at) = (joined.column("web")?.i64()?, joined.column("web_at")?.i64()?);
    let (event_no, log_at) = (joined.column("log")?.i64()?, joined.column("log_at")?.i64()?);
    let mut found = Vec::new();
    for (((web_id, web_at), event_no), log_at) in
        web_id.iter().zip(web_at.iter()).zip(event_no.iter()).zip(log_at.iter())
    {
        if let (Some(web_id), Some(web_at), Some(event_no), Some(log_at)) = (web_id, web_at, event_no, log_at) {
            found.push((web_id, event_no, log_at - web_at));
        }
    }
    Ok(found)
}

/// Kind and address of each client.
type ClientKinds = HashMap<i64, (String, String)>;

fn client_kinds(db: &Connection) -> Result<ClientKinds, AuditError> {
    let mut statement = db.prepare("select client_no, kind, address from client")?;
    let found =
        statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// Whether two clients may be one, because the address of one of them is hidden: none logged, a proxy's, or cut.
fn may_be_one(web: Option<&(String, String)>, log: Option<&(String, String)>) -> bool {
    let (Some((web_kind, web_address)), Some((log_kind, log_address))) = (web, log) else { return false };
    match (web_kind.as_str(), log_kind.as_str()) {
        ("client", "cut") => {
            web_address.starts_with(log_address.as_str())
                || format!("::ffff:{web_address}").starts_with(log_address.as_str())
        }
        ("client", "none" | "proxy") | ("none" | "proxy" | "front", "client" | "cut") => true,
        _ => false,
    }
}

/// Requests and rows of one file that lie close together and whose clients may be one: paired where each is the other's
/// only candidate.
fn pair_hidden(web: &[Event], log: &[Event], kinds: &ClientKinds) -> Vec<(i64, i64, i64)> {
    let mut by_file: HashMap<&str, Vec<&Event>> = HashMap::new();
    for event in log {
        by_file.entry(&event.key.1).or_default().push(event);
    }
    for events in by_file.values_mut() {
        events.sort_by_key(|e| (e.at, e.id));
    }
    let mut claims: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for event in web {
        let Some(near) = by_file.get(event.key.1.as_str()) else { continue };
        let first = near.partition_point(|e| e.at < event.at - TOLERANCE_WITHOUT_FILE_S);
        let mut fitting = near[first..]
            .iter()
            .take_while(|e| e.at <= event.at + TOLERANCE_WITHOUT_FILE_S)
            .filter(|e| may_be_one(kinds.get(&event.key.0), kinds.get(&e.key.0)));
        if let (Some(row), None) = (fitting.next(), fitting.next()) {
            claims.entry(row.id).or_default().push((event.id, row.at - event.at));
        }
    }
    let mut pairs: Vec<(i64, i64, i64)> = claims
        .into_iter()
        .filter(|(_, requests)| requests.len() == 1)
        .map(|(event_no, requests)| (requests[0].0, event_no, requests[0].1))
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Requests whose address names no file: paired where exactly one still unpaired download of the client is near, and
/// that download is near to no other such request.
fn pair_without_file(web: &[Event], log: &[Event], used: &HashSet<i64>) -> Vec<(i64, i64, i64)> {
    let mut by_client: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for event in log.iter().filter(|e| !used.contains(&e.id)) {
        by_client.entry(event.key.0).or_default().push((event.at, event.id));
    }
    for events in by_client.values_mut() {
        events.sort_unstable();
    }
    let mut claims: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for event in web {
        let Some(near) = by_client.get(&event.key.0) else { continue };
        let first = near.partition_point(|(at, _)| *at < event.at - TOLERANCE_WITHOUT_FILE_S);
        let fitting: BTreeSet<(i64, i64)> =
            near[first..].iter().take_while(|(at, _)| *at <= event.at + TOLERANCE_WITHOUT_FILE_S).copied().collect();
        if let (Some((at, id)), 1) = (fitting.first(), fitting.len()) {
            claims.entry(*id).or_default().push((event.id, at - event.at));
        }
    }
    let mut pairs: Vec<(i64, i64, i64)> = claims
        .into_iter()
        .filter(|(_, requests)| requests.len() == 1)
        .map(|(event_no, requests)| (requests[0].0, event_no, requests[0].1))
        .collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(client: i64, file: &str, at: i64, id: i64) -> Event {
        Event { key: (client, file.into()), at, id }
    }

    #[test]
    fn each_request_and_each_row_is_used_once() {
        let web = vec![event(1, "a", 100, 1), event(1, "a", 103, 2), event(1, "a", 106, 3)];
        let log = vec![event(1, "a", 104, 11), event(1, "a", 107, 12)];
        let pairs = pair_by_key(web, log).unwrap();
        assert_eq!(pairs.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>(), [(2, 11), (3, 12)]);
    }

    #[test]
    fn another_client_another_file_or_another_time_is_no_pair() {
        let web = vec![event(1, "a", 100, 1), event(2, "b", 100, 2), event(3, "c", 100, 3)];
        let log = vec![event(2, "a", 100, 11), event(1, "b", 100, 12), event(3, "c", 100 + TOLERANCE_S + 1, 13)];
        assert!(pair_by_key(web, log).unwrap().is_empty());
    }

    #[test]
    fn a_request_without_file_is_paired_only_when_nothing_else_is_near() {
        let log = vec![event(1, "a", 100, 11), event(1, "b", 500, 12), event(1, "c", 510, 13)];
        let web = vec![event(1, "", 101, 1), event(1, "", 505, 2)];
        assert_eq!(pair_without_file(&web, &log, &HashSet::new()), [(1, 11, -1)]);
    }
}
