//! The audit log's clock: how far its wall clock stands from UTC.
//!
//! An offset found by pairing events that both logs show (two, where the clock was moved by an hour inside the evidence),
//! or the stretches of a zone stated in case.toml. Tables made here:
//!
//! - `clock`: `source`, `offset_s` (local = utc + offset_s; empty when not known), `basis` (`configured`, `paired`,
//!   `none`), `pairs`, `residual_s` (median distance of the pairs from the offset), `detail` (English sentence);
//! - `clock_stretch`: `from_local`, `to_local` (half open, empty for open ends), `offset_s`.

mod pairing;

use rusqlite::{Connection, params};

use pairing::pair_offset;

use super::error::AuditError;
use crate::case::settings::{SOURCE_AUDIT_LOG, zone};
use crate::model::Civil;

/// From UTC-12 to UTC+14.
pub(super) const WEST_S: i64 = -12 * 3600;
pub(super) const EAST_S: i64 = 14 * 3600;

/// Fills `clock` and `clock_stretch`. `stated_zone` is the text of `[system] timezone`.
pub(super) fn derive(db: &Connection, stated_zone: Option<&str>) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists clock;
         create table clock (source text primary key, offset_s integer, basis text not null, pairs integer not null,
                             residual_s integer, detail text not null) strict;
         drop table if exists clock_stretch;
         create table clock_stretch (from_local integer, to_local integer, offset_s integer not null) strict;",
    )?;
    let found = pair_offset(db)?;
    let stated = match stated_zone {
        Some(name) => Some((name, stretches(db, name)?)),
        None => None,
    };
    let pairs = found.as_ref().map_or(0, |f| i64::try_from(f.pairs).unwrap_or(i64::MAX));
    let residual = found.as_ref().map(|f| f.residual_s);
    let (offset, basis, detail, chosen) = match (stated, &found) {
        (Some((name, stretches)), Some(found)) if !stretches.iter().any(|s| s.2 == found.offset_s) => (
            Some(found.offset_s),
            "paired",
            format!(
                "case.toml states {name}, the evidence shows {}; the evidence counts",
                stretch_text(&found.stretches)
            ),
            found.stretches.clone(),
        ),
        (Some((name, stretches)), found) => {
            let agrees = if found.is_some() { "the evidence agrees" } else { "too few pairs to check it" };
            let offset = if stretches.len() == 1 { Some(stretches[0].2) } else { found.as_ref().map(|f| f.offset_s) };
            (offset, "configured", format!("case.toml states {name}; {agrees}"), stretches)
        }
        (None, Some(found)) => (
            Some(found.offset_s),
            "paired",
            format!("{} explains {} paired events", stretch_text(&found.stretches), found.pairs),
            found.stretches.clone(),
        ),
        (None, None) => (
            None,
            "none",
            "no zone stated and too few events in both logs to find the offset; audit times are taken as they stand"
                .to_owned(),
            vec![(None, None, 0)],
        ),
    };
    db.execute(
        "insert into clock values (?1, ?2, ?3, ?4, ?5, ?6)",
        params![SOURCE_AUDIT_LOG, offset, basis, pairs, residual, detail],
    )?;
    for (from, to, offset) in chosen {
        db.execute("insert into clock_stretch values (?1, ?2, ?3)", params![from, to, offset])?;
    }
    Ok(())
}

pub(super) type Stretch = (Option<i64>, Option<i64>, i64);

/// The stretches of constant offset of a zone over the time of the audit log. In an hour that occurs twice the earlier
/// reading counts; in one that is skipped the clock is taken as not yet moved.
fn stretches(db: &Connection, name: &str) -> Result<Vec<Stretch>, AuditError> {
    let unknown = || AuditError::Zone { name: name.to_owned() };
    let zone = zone(name).ok_or_else(unknown)?;
    if let Ok(fixed) = zone.to_fixed_offset() {
        return Ok(vec![(None, None, i64::from(fixed.seconds()))]);
    }
    let (first, last): (Option<i64>, Option<i64>) =
        db.query_row("select min(at_local), max(at_local) from log_event", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(vec![(None, None, 0)]) };
    let start = jiff::Timestamp::from_second(first - EAST_S).map_err(|_| unknown())?;
    let mut result: Vec<Stretch> = vec![(None, None, i64::from(zone.to_offset(start).seconds()))];
    for transition in zone.following(start) {
        let at = transition.timestamp().as_second();
        if at > last - WEST_S {
            break;
        }
        let before = result.last().map_or(0, |s| s.2);
        let after = i64::from(transition.offset().seconds());
        if after == before {
            continue;
        }
        // Local readings up to the moment of change, on the old clock, belong to the old offset.
        let boundary = at + before;
        if let Some(open) = result.last_mut() {
            open.1 = Some(boundary);
        }
        result.push((Some(boundary), None, after));
    }
    Ok(result)
}

fn stretch_text(stretches: &[Stretch]) -> String {
    let texts: Vec<String> = stretches
        .iter()
        .map(|(from, _, offset)| match from {
            None => format!("UTC{}", offset_text(*offset)),
            Some(from) => format!("UTC{} from {} on that clock", offset_text(*offset), Civil(*from)),
        })
        .collect();
    texts.join(", ")
}

fn offset_text(offset_s: i64) -> String {
    let sign = if offset_s < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", offset_s.abs() / 3600, offset_s.abs() % 3600 / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(web: &[(i64, &str, i64)], log: &[(i64, &str, i64)]) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "create table web_access (client_no integer, kind text, file_id text, status integer, at_utc integer);
             create table log_event (kind text, file_id text, address text, at_local integer);
             create table log_client (address text primary key, client_no integer);",
        )
        .unwrap();
        for (client, file, at) in web {
            db.execute("insert into web_access values (?1, 'file_download', ?2, 200, ?3)", params![client, file, at])
                .unwrap();
        }
        for (client, file, at) in log {
            db.execute("insert into log_event values ('download', ?2, ?1, ?3)", params![client.to_string(), file, at])
                .unwrap();
            db.execute("insert or ignore into log_client values (?1, ?2)", params![client.to_string(), client])
                .unwrap();
        }
        db
    }

    fn clock(db: &Connection) -> (Option<i64>, String, i64) {
        db.query_row("select offset_s, basis, pairs from clock", [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap()
    }

    #[test]
    fn a_constant_offset_is_found_without_naming_a_zone() {
        let web = [(1, "a", 1_000_000), (1, "b", 1_050_000), (2, "c", 1_300_000)];
        let log: Vec<(i64, &str, i64)> = web.iter().map(|(c, f, t)| (*c, *f, t - 8 * 3600 + 2)).collect();
        let db = database(&web, &log);
        derive(&db, None).unwrap();
        assert_eq!(clock(&db), (Some(-8 * 3600), "paired".into(), 3));
    }

    #[test]
    fn a_client_that_polls_every_hour_does_not_decide() {
        let mut web: Vec<(i64, &str, i64)> = (0..20).map(|i| (1, "poll", 1_000_000 + i * 3600)).collect();
        let mut log: Vec<(i64, &str, i64)> = web.iter().map(|(c, f, t)| (*c, *f, t + 7200)).collect();
        for (i, file) in ["x", "y", "z", "w"].into_iter().enumerate() {
            let at = 1_200_000 + i64::try_from(i).unwrap() * 50_000;
            web.push((2, file, at));
            log.push((2, file, at + 7200));
        }
        let db = database(&web, &log);
        derive(&db, None).unwrap();
        assert_eq!(clock(&db).0, Some(7200));
    }

    #[test]
    fn a_clock_moved_inside_the_evidence_gives_two_stretches() {
        let day = |n: i64| 1_000_000 + n * 86_400;
        let files: Vec<String> = (0..60).map(|n| format!("f{n}")).collect();
        let web: Vec<(i64, &str, i64)> = files.iter().zip(0..).map(|(f, n)| (n % 7, f.as_str(), day(n))).collect();
        let log: Vec<(i64, &str, i64)> =
            web.iter().map(|(c, f, t)| (*c, *f, t + if *t < day(40) { 3600 } else { 7200 })).collect();
        let db = database(&web, &log);
        derive(&db, None).unwrap();
        let stretches: Vec<(Option<i64>, Option<i64>, i64)> = db
            .prepare("select * from clock_stretch")
            .unwrap()
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let change = stretches[0].1.unwrap();
        assert_eq!(stretches, [(None, Some(change), 3600), (Some(change), None, 7200)]);
        assert!(change > day(39) + 3600 && change < day(40) + 7200, "{change}");
        assert_eq!(clock(&db).2, 60);
    }

    #[test]
    fn too_few_pairs_give_no_offset() {
        let db = database(&[(1, "a", 1_000_000)], &[(1, "a", 1_007_200)]);
        derive(&db, None).unwrap();
        assert_eq!(clock(&db), (None, "none".into(), 0));
    }

    #[test]
    fn a_stated_zone_has_its_summer_time_and_yields_to_the_evidence() {
        // 2023-03-26 01:00 UTC: Berlin goes from +1 to +2.
        let spring = 1_679_792_400;
        let db = database(&[], &[(1, "a", spring - 86_400), (1, "b", spring + 86_400)]);
        derive(&db, Some("Europe/Berlin")).unwrap();
        let stretches: Vec<(Option<i64>, Option<i64>, i64)> = db
            .prepare("select * from clock_stretch")
            .unwrap()
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(stretches, [(None, Some(spring + 3600), 3600), (Some(spring + 3600), None, 7200)]);

        let web = [(1, "a", 1_000_000), (1, "b", 1_050_000), (2, "c", 1_300_000)];
        let log: Vec<(i64, &str, i64)> = web.iter().map(|(c, f, t)| (*c, *f, t - 8 * 3600)).collect();
        let db = database(&web, &log);
        derive(&db, Some("+02:00")).unwrap();
        assert_eq!(clock(&db).0, Some(-8 * 3600));
    }

    #[test]
    fn an_unknown_zone_is_an_error() {
        let db = database(&[], &[(1, "a", 5)]);
        assert!(matches!(derive(&db, Some("Mars/Base")), Err(AuditError::Zone { .. })));
    }
}
