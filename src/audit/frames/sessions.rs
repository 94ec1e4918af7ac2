//! Sessions: a client's connected activity, cut where it is silent for longer than [`IDLE_S`]; at an address that several
//! clients share, the activity of one party (see [`super::parties`]).
//!
//! Tables made here:
//!
//! - `session_span`: `session_no`, `session_id`, `client_no`, `party` (empty unless the address is shared), `first_utc`,
//!   `last_utc`, `requests`, `log_rows`;
//! - `session_alias`: `session_id`, `session_no`: ids that the same session has in a part of the evidence;
//! - `web_session` (`web_id`, `session_no`) and `log_session` (`event_no`, `session_no`).
//!
//! Rows without a time are in no session; queries/audit/30_gap.sql makes a gap of them.
//!
//! **Ids.** A session's id is made of its address, its party and its first second: the same in every run, and whatever is
//! handed in that does not belong to it. Further evidence of its beginning moves the first second and so the id; that is
//! right, for the session is no longer the one that somebody judged, but what was decided about it must not be lost
//! silently. So a session also answers to the ids that it has with less evidence: those of the first second that each of
//! its files shows. A dump first and the web logs later, or a daily log before the one already there, keep a decision.
//! Not kept: a changed clock (all times of the audit log move), an address that turns out to be shared or a proxy (the
//! client is another), and a silence that new rows fill in the middle of a file (two sessions become one; the earlier id
//! stays). A decision that names no session any more is warned of.

use std::collections::{HashMap, HashSet};

use polars::prelude::{Column, DataFrame, SortMultipleOptions};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::parties::{self, Parties};
use crate::audit::error::AuditError;
use crate::model::hex;

/// Half an hour, the usual length after which a web session is taken to have ended.
pub(crate) const IDLE_S: i64 = 1800;

/// Which stream an event comes from; web first within a second.
const WEB: i64 = 0;
const LOG: i64 = 1;

/// Cuts sessions and stores them.
pub(in crate::audit) fn derive(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists session_span;
         create table session_span (session_no integer primary key, session_id text not null unique,
                                    client_no integer not null, party text not null, first_utc integer not null,
                                    last_utc integer not null, requests integer not null,
                                    log_rows integer not null) strict;
         drop table if exists session_alias;
         create table session_alias (session_id text primary key, session_no integer not null) strict, without rowid;
         drop table if exists web_session;
         create table web_session (web_id integer primary key, session_no integer not null) strict;
         drop table if exists log_session;
         create table log_session (event_no integer primary key, session_no integer not null) strict;",
    )?;
    let parties = parties::attribute(db)?;
    let frame =
        events(db, &parties)?.sort(["client", "party", "at", "source", "id"], SortMultipleOptions::default())?;
    let column =
        |name: &str| -> Result<Vec<i64>, AuditError> { Ok(frame.column(name)?.i64()?.into_no_null_iter().collect()) };
    let (client, party, at) = (column("client")?, column("party")?, column("at")?);
    let (source, id, evidence) = (column("source")?, column("id")?, column("evidence")?);
    drop(frame);

    let addresses = addresses(db)?;
    let mut span = db.prepare("insert into session_span values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    let mut alias = db.prepare("insert or ignore into session_alias values (?1, ?2)")?;
    let mut web = db.prepare("insert into web_session values (?1, ?2)")?;
    let mut log = db.prepare("insert into log_session values (?1, ?2)")?;
    let mut web_rows: Vec<(i64, i64)> = Vec::new();
    let mut log_rows: Vec<(i64, i64)> = Vec::new();
    let mut session_no = 0_i64;
    let mut start = 0;
    for row in 0..client.len() {
        let ends = row + 1 == client.len()
            || client[row + 1] != client[row]
            || party[row + 1] != party[row]
            || at[row + 1] - at[row] > IDLE_S;
        if !ends {
            continue;
        }
        session_no += 1;
        let requests = source[start..=row].iter().filter(|s| **s == WEB).count();
        let address = addresses.get(&client[start]).map_or("", String::as_str);
        let name = parties.name(party[start]);
        span.execute(params![
            session_no,
            session_id(address, name, at[start]),
            client[start],
            name,
            at[start],
            at[row],
            i64::try_from(requests).unwrap_or(i64::MAX),
            i64::try_from(row + 1 - start - requests).unwrap_or(i64::MAX)
        ])?;
        let mut files: HashSet<(i64, i64)> = HashSet::new();
        for event in start..=row {
            // In the order of time, so the first event of a file is its first second here.
            if files.insert((source[event], evidence[event])) && at[event] > at[start] {
                alias.execute(params![session_id(address, name, at[event]), session_no])?;
            }
            let target = if source[event] == WEB { &mut web_rows } else { &mut log_rows };
            target.push((id[event], session_no));
        }
        start = row + 1;
    }
    // In the order of the keys: appending to a table is several times faster than inserting all over it.
    web_rows.sort_unstable();
    log_rows.sort_unstable();
    for (key, session) in web_rows {
        web.execute([key, session])?;
    }
    for (key, session) in log_rows {
        log.execute([key, session])?;
    }
    Ok(())
}

/// `client`, `party`, `at` (UTC seconds), `source`, `id`, `evidence` of every web request and audit row that has a time.
fn events(db: &Connection, parties: &Parties) -> Result<DataFrame, AuditError> {
    let mut clients: HashMap<(i64, i64), i64> = HashMap::new();
    let mut statement = db.prepare("select client, forwarded, client_no from web_client")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        clients.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let (mut client, mut party, mut at) = (Vec::new(), Vec::new(), Vec::new());
    let (mut source, mut id, mut evidence) = (Vec::new(), Vec::new(), Vec::new());
    let mut statement = db.prepare(
        "select coalesce(client, 0), coalesce(forwarded, 0), at_utc, web_id, evidence_id from web_line
         where at_utc is not null and web_id not in (select web_id from web_copy)",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(number) = clients.get(&(row.get(0)?, row.get(1)?)) {
            let web_id: i64 = row.get(3)?;
            client.push(*number);
            party.push(parties.of_request(web_id));
            at.push(row.get::<_, i64>(2)?);
            source.push(WEB);
            id.push(web_id);
            evidence.push(row.get::<_, i64>(4)?);
        }
    }
    let mut statement = db.prepare(
        "select c.client_no, e.at_utc, e.event_no, e.evidence_id from log_event as e
         join log_client as c on c.address = e.address
         where e.at_utc is not null",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let event_no: i64 = row.get(2)?;
        client.push(row.get::<_, i64>(0)?);
        party.push(parties.of_row(event_no));
        at.push(row.get::<_, i64>(1)?);
        source.push(LOG);
        id.push(event_no);
        evidence.push(row.get::<_, i64>(3)?);
    }
    let height = client.len();
    Ok(DataFrame::new(
        height,
        vec![
            Column::new("client".into(), client),
            Column::new("party".into(), party),
            Column::new("at".into(), at),
            Column::new("source".into(), source),
            Column::new("id".into(), id),
            Column::new("evidence".into(), evidence),
        ],
    )?)
}

fn addresses(db: &Connection) -> Result<HashMap<i64, String>, AuditError> {
    let mut statement = db.prepare("select client_no, kind || ' ' || address from client")?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// `S-` and twelve hexadecimal digits.
fn session_id(client: &str, party: &str, first_utc: i64) -> String {
    let who = if party.is_empty() { client.to_owned() } else { format!("{client}\n{party}") };
    let digest = Sha256::digest(format!("{who}\n{first_utc}"));
    format!("S-{}", hex(&digest[..6]))
}
