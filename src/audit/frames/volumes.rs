//! Volumes per hour: table `volume` (`hour_utc`, `requests`, `bytes_sent`, `log_rows`, `log_bytes`). `bytes_sent` is what
//! the web log states (headers included, 0 where it logs no bytes), `log_bytes` what the audit log states for downloads.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame, SortMultipleOptions};
use rusqlite::{Connection, params};

use crate::audit::error::AuditError;

/// Fills `volume`.
pub(in crate::audit) fn derive(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists volume;
         create table volume (hour_utc integer primary key, requests integer not null, bytes_sent integer not null,
                              log_rows integer not null, log_bytes integer not null) strict;",
    )?;
    let web = per_hour(
        db,
        "select at_utc, coalesce(bytes_sent, 0) from web_line
         where at_utc is not null and web_id not in (select web_id from web_copy)",
    )?;
    let log = per_hour(
        db,
        "select at_utc, case when kind = 'download' then coalesce(bytes, 0) else 0 end from log_event
         where at_utc is not null",
    )?;
    let mut hours: BTreeMap<i64, [i64; 4]> = BTreeMap::new();
    for (hour, count, bytes) in web {
        hours.insert(hour, [count, bytes, 0, 0]);
    }
    for (hour, count, bytes) in log {
        let entry = hours.entry(hour).or_default();
        entry[2] = count;
        entry[3] = bytes;
    }
    let mut insert = db.prepare("insert into volume values (?1, ?2, ?3, ?4, ?5)")?;
    for (hour, [requests, bytes, rows, log_bytes]) in hours {
        insert.execute(params![hour, requests, bytes, rows, log_bytes])?;
    }
    Ok(())
}

/// Count and sum for each hour, in the order of the hours.
fn per_hour(db: &Connection, sql: &str) -> Result<Vec<(i64, i64, i64)>, AuditError> {
    let (mut hour, mut bytes) = (Vec::new(), Vec::new());
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        hour.push(row.get::<_, i64>(0)?.div_euclid(3600) * 3600);
        bytes.push(row.get::<_, i64>(1)?);
    }
    let frame = DataFrame::new(hour.len(), vec![Column::new("hour".into(), hour), Column::new("bytes".into(), bytes)])?;
    let sorted = frame.sort(["hour"], SortMultipleOptions::default())?;
    let (hours, bytes) = (sorted.column("hour")?.i64()?, sorted.column("bytes")?.i64()?);
    let mut result: Vec<(i64, i64, i64)> = Vec::new();
    for (hour, sent) in hours.into_no_null_iter().zip(bytes.into_no_null_iter()) {
        match result.last_mut() {
            Some(last) if last.0 == hour => {
                last.1 += 1;
                last.2 = last.2.saturating_add(sent);
            }
            _ => result.push((hour, 1, sent)),
        }
    }
    Ok(result)
}
