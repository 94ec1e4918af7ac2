//! Pairs of web request and audit row that are the same download: same client, same file, at the same time.
//!
//! Table `pair`: `event_no`, `web_id`, `distance_s` (audit minus web, after calibration), `by`: `file` both name the file;
//! `client` the address of the request names none, and exactly one download of that client is near; `archive` the same
//! with several downloads of different files while the request ran; `hidden` both name the file, one log hides the client,
//! and no other client is near.
//!
//! A request is logged when its answer has been sent, the audit row when the application is done: the row lies between the
//! request's begin (its time less its duration) and its end, give or take what the two clocks disagree. Each row is used
//! once, and each request but that of an archive. The nearest neighbours are paired first; what they leave over is paired
//! anew, so that a burst of downloads of one file gives as many pairs as both logs show.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::unused::Unused;
use crate::audit::error::AuditError;

/// How far a row may lie outside its request, on either side, beside the residual of the clocks.
const MARGIN_S: i64 = 60;
/// Residuals beyond this are no measure of anything.
const RESIDUAL_AT_MOST_S: i64 = 240;
/// How long a request without a duration may have run.
const RUN_S: i64 = 300;
/// No answer takes longer than a day.
const LONGEST_S: i64 = 86_400;
/// Where client or file are not certain only a close neighbour counts.
const NEAR_S: i64 = 30;
/// The rows of one archive are written while it is answered, or right after.
const ARCHIVE_S: (i64, i64) = (2, 10);

/// A request (from its begin to its end) or a row (a moment).
#[derive(Clone)]
struct Event {
    client: i64,
    /// Number of the file id, 0 for none.
    file: i64,
    from: i64,
    to: i64,
    id: i64,
}

/// `web_id`, `event_no`, audit minus web in seconds.
type Pair = (i64, i64, i64);

/// Fills `pair`.
pub(in crate::audit) fn derive(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists pair;
         create table pair (event_no integer primary key, web_id integer not null, distance_s integer not null,
                            by text not null) strict;",
    )?;
    let residual: Option<i64> =
        db.query_row("select max(residual_s) from clock", [], |row| row.get(0)).optional()?.flatten();
    let margin = MARGIN_S + residual.unwrap_or(0).clamp(0, RESIDUAL_AT_MOST_S);
    let mut files = HashMap::new();
    let log = rows(db, &mut files)?;
    let (mut named, nameless): (Vec<Event>, Vec<Event>) =
        requests(db, &mut files)?.into_iter().partition(|e| e.file != 0);
    let mut found: Vec<(Pair, &str)> = Vec::new();
    let (mut used, mut web_used) = (HashSet::new(), HashSet::new());
    for pair in pair_by_key(&named, &log, margin) {
        web_used.insert(pair.0);
        used.insert(pair.1);
        found.push((pair, "file"));
    }
    named.retain(|e| !web_used.contains(&e.id));
    // A local time that occurs twice: what pairs with nothing at its first reading may do so at the later one.
    for pair in pair_by_key(&named, &later(db, &log, &used)?, margin) {
        web_used.insert(pair.0);
        used.insert(pair.1);
        found.push((pair, "file"));
    }
    named.retain(|e| !web_used.contains(&e.id));
    let mut left: Vec<Event> = log.into_iter().filter(|e| !used.contains(&e.id)).collect();
    for pair in pair_hidden(&named, &left, &client_kinds(db)?) {
        used.insert(pair.1);
        found.push((pair, "hidden"));
    }
    left.retain(|e| !used.contains(&e.id));
    found.extend(pair_without_file(&nameless, &left));
    found.sort_unstable_by_key(|((_, event_no, _), _)| *event_no);
    let mut insert = db.prepare("insert into pair values (?1, ?2, ?3, ?4)")?;
    for ((web_id, event_no, distance), by) in found {
        insert.execute(params![event_no, web_id, distance, by])?;
    }
    db.execute_batch("create index pair_web on pair (web_id);")?;
    Ok(())
}

fn number(files: &mut HashMap<String, i64>, file: Option<&str>) -> i64 {
    let Some(file) = file else { return 0 };
    if let Some(number) = files.get(file) {
        return *number;
    }
    let number = i64::try_from(files.len()).unwrap_or(i64::MAX).saturating_add(1);
    files.insert(file.to_owned(), number);
    number
}

/// Answered downloads of the web log.
fn requests(db: &Connection, files: &mut HashMap<String, i64>) -> Result<Vec<Event>, AuditError> {
    let mut statement = db.prepare(
        "select client_no, file_id, at_utc, duration_ms, web_id from web_access
         where kind = 'file_download' and status in (200, 206) and method <> 'HEAD' and at_utc is not null
         order by web_id",
    )?;
    let mut events = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let file = number(files, row.get_ref(1)?.as_str_or_null().ok().flatten());
        let at: i64 = row.get(2)?;
        let ran = row.get::<_, Option<i64>>(3)?.map_or(RUN_S, |ms| ms.clamp(0, LONGEST_S * 1000).div_euclid(1000));
        events.push(Event { client: row.get(0)?, file, from: at.saturating_sub(ran), to: at, id: row.get(4)? });
    }
    Ok(events)
}

/// Downloads of the audit log.
fn rows(db: &Connection, files: &mut HashMap<String, i64>) -> Result<Vec<Event>, AuditError> {
    let mut statement = db.prepare(
        "select c.client_no, e.file_id, e.at_utc, e.event_no
         from log_event as e join log_client as c on c.address = e.address
         where e.kind = 'download' and e.file_id is not null and e.at_utc is not null
         order by e.event_no",
    )?;
    let mut events = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let file = number(files, row.get_ref(1)?.as_str_or_null().ok().flatten());
        let at: i64 = row.get(2)?;
        events.push(Event { client: row.get(0)?, file, from: at, to: at, id: row.get(3)? });
    }
    Ok(events)
}

/// The rows not paired yet that have a second reading, at that.
fn later(db: &Connection, log: &[Event], used: &HashSet<i64>) -> Result<Vec<Event>, AuditError> {
    let mut statement = db.prepare("select event_no, later_utc from log_uncertain")?;
    let readings: HashMap<i64, i64> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let at_later = |event: &Event| {
        let at = *readings.get(&event.id)?;
        Some(Event { from: at, to: at, ..event.clone() })
    };
    Ok(log.iter().filter(|e| !used.contains(&e.id)).filter_map(at_later).collect())
}

/// Requests and rows of one client and file; the result is in no particular order.
fn pair_by_key(web: &[Event], log: &[Event], margin: i64) -> Vec<Pair> {
    type Both<'a> = (Vec<&'a Event>, Vec<&'a Event>);
    let mut keys: BTreeMap<(i64, i64), Both<'_>> = BTreeMap::new();
    for event in web {
        keys.entry((event.client, event.file)).or_default().0.push(event);
    }
    for event in log {
        if let Some((_, rows)) = keys.get_mut(&(event.client, event.file)) {
            rows.push(event);
        }
    }
    let mut pairs = Vec::new();
    for (requests, mut rows) in keys.into_values() {
        rows.sort_by_key(|e| (e.to, e.id));
        pairs.extend(nearest_first(&requests, &rows, margin));
    }
    pairs
}

/// Pairs the two that are nearest to each other, then the nearest of what is left.
fn nearest_first(requests: &[&Event], rows: &[&Event], margin: i64) -> Vec<Pair> {
    let mut unused = Unused::new(rows.len());
    let nearest = |unused: &mut Unused, request: &Event| -> Option<(i64, i64, usize)> {
        let place = rows.partition_point(|row| row.to < request.to);
        let before = unused.before(place).filter(|&n| rows[n].to >= request.from - margin);
        let after = unused.from(place).filter(|&n| rows[n].to <= request.to + margin);
        [before, after].into_iter().flatten().map(|n| ((rows[n].to - request.to).abs(), rows[n].id, n)).min()
    };
    let mut heap = BinaryHeap::new();
    for (index, request) in requests.iter().enumerate() {
        if let Some((distance, row_id, row)) = nearest(&mut unused, request) {
            heap.push(Reverse((distance, row_id, request.id, index, row)));
        }
    }
    let mut pairs = Vec::new();
    while let Some(Reverse((_, row_id, web_id, index, row))) = heap.pop() {
        if unused.take(row) {
            pairs.push((web_id, row_id, rows[row].to - requests[index].to));
        } else if let Some((distance, row_id, row)) = nearest(&mut unused, requests[index]) {
            heap.push(Reverse((distance, row_id, web_id, index, row)));
        }
    }
    pairs
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

/// Rows in the order of time, under the client or the file they belong to.
fn in_time(log: &[Event], key: impl Fn(&Event) -> i64) -> HashMap<i64, Vec<&Event>> {
    let mut found: HashMap<i64, Vec<&Event>> = HashMap::new();
    for event in log {
        found.entry(key(event)).or_default().push(event);
    }
    for events in found.values_mut() {
        events.sort_by_key(|e| (e.to, e.id));
    }
    found
}

/// The rows that lie while a request ran, give or take.
fn near<'a>(rows: &'a [&Event], request: &Event, margin: (i64, i64)) -> impl Iterator<Item = &'a Event> {
    let until = request.to + margin.1;
    let first = rows.partition_point(|e| e.to < request.from - margin.0);
    rows[first..].iter().copied().take_while(move |e| e.to <= until)
}

/// Requests and rows of one file that lie close together and whose clients may be one. A burst of downloads is paired nearest
/// first where only one client's rows are near the requests and only one address's requests near the rows; where the row
/// hides its client, only when each is the other's only candidate. Else nobody can say who fetched what.
fn pair_hidden(web: &[Event], log: &[Event], kinds: &ClientKinds) -> Vec<Pair> {
    let by_file = in_time(log, |e| e.file);
    let mut asked_from: HashMap<i64, BTreeSet<i64>> = HashMap::new();
    let mut bursts: BTreeMap<(i64, i64, i64), Vec<&Event>> = BTreeMap::new();
    let mut alone: HashMap<i64, usize> = HashMap::new();
    for event in web {
        let Some(rows) = by_file.get(&event.file) else { continue };
        let fitting: Vec<&Event> = near(rows, event, (NEAR_S, NEAR_S))
            .filter(|e| may_be_one(kinds.get(&event.client), kinds.get(&e.client)))
            .collect();
        for row in &fitting {
            asked_from.entry(row.id).or_default().insert(event.client);
        }
        let Some(first) = fitting.first() else { continue };
        let known = kinds.get(&first.client).is_some_and(|(kind, _)| kind == "client");
        if fitting.len() == 1 || (known && fitting.iter().all(|row| row.client == first.client)) {
            bursts.entry((event.client, first.client, event.file)).or_default().push(event);
        }
        for row in fitting.iter().filter(|_| !known) {
            *alone.entry(row.id).or_default() += 1;
        }
    }
    let mut pairs = Vec::new();
    for ((_, client, file), requests) in bursts {
        let one = |row: &&Event| {
            asked_from.get(&row.id).is_some_and(|from| from.len() == 1) && alone.get(&row.id).is_none_or(|n| *n == 1)
        };
        let rows = by_file.get(&file).map_or(&[] as &[&Event], Vec::as_slice);
        let rows: Vec<&Event> = rows.iter().copied().filter(|row| row.client == client && one(row)).collect();
        pairs.extend(nearest_first(&requests, &rows, NEAR_S));
    }
    pairs
}

/// Requests whose address names no file: paired where exactly one still unpaired download of the client is near, and
/// that download is near to no other such request; or with all of several files that only this request can have answered,
/// which is how an archive of many files looks.
fn pair_without_file(web: &[Event], log: &[Event]) -> Vec<(Pair, &'static str)> {
    let by_client = in_time(log, |e| e.client);
    let mut single: HashMap<i64, Vec<Pair>> = HashMap::new();
    let mut claimed: HashMap<i64, usize> = HashMap::new();
    let mut archives: Vec<(&Event, Vec<&Event>)> = Vec::new();
    for event in web {
        let Some(rows) = by_client.get(&event.client) else { continue };
        let mut close = near(rows, event, (NEAR_S, NEAR_S));
        if let (Some(row), None) = (close.next(), close.next()) {
            single.entry(row.id).or_default().push((event.id, row.id, row.to - event.to));
        }
        let inside: Vec<&Event> = near(rows, event, ARCHIVE_S).collect();
        for row in &inside {
            *claimed.entry(row.id).or_default() += 1;
        }
        archives.push((event, inside));
    }
    let mut pairs: Vec<(Pair, &str)> =
        single.into_values().filter(|requests| requests.len() == 1).flatten().map(|pair| (pair, "client")).collect();
    let used: HashSet<i64> = pairs.iter().map(|((_, event_no, _), _)| *event_no).collect();
    for (request, rows) in archives {
        let files: HashSet<i64> = rows.iter().map(|e| e.file).collect();
        let own = rows.iter().all(|e| claimed.get(&e.id) == Some(&1) && !used.contains(&e.id));
        if rows.len() > 1 && files.len() == rows.len() && own {
            pairs.extend(rows.iter().map(|row| ((request.id, row.id, row.to - request.to), "archive")));
        }
    }
    pairs
}

#[cfg(test)]
#[path = "pairs_tests.rs"]
mod tests;
