//! Sessions: a client's connected activity, cut where it is silent for longer than [`IDLE_S`].
//!
//! Tables made here:
//!
//! - `session_span`: `session_no`, `session_id` (from the client's address and the first second, so that it survives
//!   further evidence), `client_no`, `first_utc`, `last_utc`, `requests`, `log_rows`;
//! - `web_session` (`web_id`, `session_no`) and `log_session` (`event_no`, `session_no`).
//!
//! Rows without a time are in no session; queries/audit/30_gap.sql makes a gap of them.

use std::collections::HashMap;

use polars::prelude::{Column, DataFrame, SortMultipleOptions};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

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
                                    client_no integer not null, first_utc integer not null, last_utc integer not null,
                                    requests integer not null, log_rows integer not null) strict;
         drop table if exists web_session;
         create table web_session (web_id integer primary key, session_no integer not null) strict;
         drop table if exists log_session;
         create table log_session (event_no integer primary key, session_no integer not null) strict;",
    )?;
    let frame = events(db)?.sort(["client", "at", "source", "id"], SortMultipleOptions::default())?;
    let client = frame.column("client")?.i64()?.into_no_null_iter().collect::<Vec<i64>>();
    let at = frame.column("at")?.i64()?.into_no_null_iter().collect::<Vec<i64>>();
    let source = frame.column("source")?.i64()?.into_no_null_iter().collect::<Vec<i64>>();
    let id = frame.column("id")?.i64()?.into_no_null_iter().collect::<Vec<i64>>();
    drop(frame);

    let addresses = addresses(db)?;
    let mut span = db.prepare("insert into session_span values (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let mut web = db.prepare("insert into web_session values (?1, ?2)")?;
    let mut log = db.prepare("insert into log_session values (?1, ?2)")?;
    let mut web_rows: Vec<(i64, i64)> = Vec::new();
    let mut log_rows: Vec<(i64, i64)> = Vec::new();
    let mut session_no = 0_i64;
    let mut start = 0;
    for row in 0..client.len() {
        let ends = row + 1 == client.len() || client[row + 1] != client[row] || at[row + 1] - at[row] > IDLE_S;
        if !ends {
            continue;
        }
        session_no += 1;
        let requests = source[start..=row].iter().filter(|s| **s == WEB).count();
        let address = addresses.get(&client[start]).map_or("", String::as_str);
        span.execute(params![
            session_no,
            session_id(address, at[start]),
            client[start],
            at[start],
            at[row],
            i64::try_from(requests).unwrap_or(i64::MAX),
            i64::try_from(row + 1 - start - requests).unwrap_or(i64::MAX)
        ])?;
        for event in start..=row {
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

/// `client`, `at` (UTC seconds), `source`, `id` of every web request and audit row that has a time.
fn events(db: &Connection) -> Result<DataFrame, AuditError> {
    let mut clients: HashMap<(i64, i64), i64> = HashMap::new();
    let mut statement = db.prepare("select client, forwarded, client_no from web_client")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        clients.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let (mut client, mut at, mut source, mut id) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut statement = db.prepare(
        "select coalesce(client, 0), coalesce(forwarded, 0), at_utc, web_id from web_line where at_utc is not null",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(number) = clients.get(&(row.get(0)?, row.get(1)?)) {
            client.push(*number);
            at.push(row.get::<_, i64>(2)?);
            source.push(WEB);
            id.push(row.get::<_, i64>(3)?);
        }
    }
    let mut statement = db.prepare(
        "select c.client_no, e.at_utc, e.event_no from log_event as e join log_client as c on c.address = e.address
         where e.at_utc is not null",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        client.push(row.get::<_, i64>(0)?);
        at.push(row.get::<_, i64>(1)?);
        source.push(LOG);
        id.push(row.get::<_, i64>(2)?);
    }
    let height = client.len();
    Ok(DataFrame::new(
        height,
        vec![
            Column::new("client".into(), client),
            Column::new("at".into(), at),
            Column::new("source".into(), source),
            Column::new("id".into(), id),
        ],
    )?)
}

fn addresses(db: &Connection) -> Result<HashMap<i64, String>, AuditError> {
    let mut statement = db.prepare("select client_no, kind || ' ' || address from client")?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(found)
}

/// `S-` and twelve hexadecimal digits.
fn session_id(client: &str, first_utc: i64) -> String {
    let digest = Sha256::digest(format!("{client}\n{first_utc}"));
    format!("S-{}", hex(&digest[..6]))
}
