//! The audit log's clock: how far its wall clock stands from UTC.
//!
//! For now one constant offset for the whole evidence, found by pairing events that both logs show, or the stretches of
//! a zone stated in case.toml. Tables made here:
//!
//! - `clock`: `source`, `offset_s` (local = utc + offset_s; empty when not known), `basis` (`configured`, `paired`,
//!   `none`), `pairs`, `residual_s` (median distance of the pairs from the offset), `detail` (English sentence);
//! - `clock_stretch`: `from_local`, `to_local` (half open, empty for open ends), `offset_s`.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use super::error::AuditError;
use crate::platforms::SOURCE_AUDIT_LOG;

/// Zones differ by quarters of an hour.
const QUARTER_S: i64 = 900;
/// From UTC-12 to UTC+14.
const WEST_S: i64 = -12 * 3600;
const EAST_S: i64 = 14 * 3600;
/// So many audit rows must agree before an offset is believed.
const MIN_PAIRS: usize = 3;
/// Events of one client and file that are compared with each other; more would only repeat the same habit.
const PER_KEY: usize = 40;

struct Found {
    offset_s: i64,
    pairs: usize,
    residual_s: i64,
}

/// Fills `clock` and `clock_stretch`. `zone` is the text of `[system] timezone`.
pub(super) fn derive(db: &Connection, zone: Option<&str>) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists clock;
         create table clock (source text primary key, offset_s integer, basis text not null, pairs integer not null,
                             residual_s integer, detail text not null) strict;
         drop table if exists clock_stretch;
         create table clock_stretch (from_local integer, to_local integer, offset_s integer not null) strict;",
    )?;
    let found = pair_offset(db)?;
    let stated = match zone {
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
                "case.toml states {name}, the evidence shows UTC{}; the evidence counts",
                offset_text(found.offset_s)
            ),
            vec![(None, None, found.offset_s)],
        ),
        (Some((name, stretches)), found) => {
            let agrees = if found.is_some() { "the evidence agrees" } else { "too few pairs to check it" };
            let offset = if stretches.len() == 1 { Some(stretches[0].2) } else { found.as_ref().map(|f| f.offset_s) };
            (offset, "configured", format!("case.toml states {name}; {agrees}"), stretches)
        }
        (None, Some(found)) => (
            Some(found.offset_s),
            "paired",
            format!("UTC{} explains {} paired events", offset_text(found.offset_s), found.pairs),
            vec![(None, None, found.offset_s)],
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

type Stretch = (Option<i64>, Option<i64>, i64);

/// The stretches of constant offset of a zone over the time of the audit log. In an hour that occurs twice the earlier
/// reading counts; in one that is skipped the clock is taken as not yet moved.
fn stretches(db: &Connection, name: &str) -> Result<Vec<Stretch>, AuditError> {
    let unknown = || AuditError::Zone { name: name.to_owned() };
    if let Some(offset_s) = fixed_offset(name) {
        return Ok(vec![(None, None, offset_s)]);
    }
    let zone = TimeZone::get(name).map_err(|_| unknown())?;
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

/// `UTC`, `Z`, `+02:00`, `-0800`.
fn fixed_offset(name: &str) -> Option<i64> {
    if matches!(name, "UTC" | "Z") {
        return Some(0);
    }
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = name[1..].chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits[2..].parse().ok()?;
    Some(sign * (hours * 3600 + minutes * 60))
}

fn offset_text(offset_s: i64) -> String {
    let sign = if offset_s < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", offset_s.abs() / 3600, offset_s.abs() % 3600 / 60)
}

/// Events that both logs show: downloads of one file, sign-ons, guest messages, each by one client.
const SEEN_TWICE: &str = "
    select 0 as side, client_no, 'file ' || file_id as what, at_utc as at from web_access
    where kind = 'file_download' and file_id is not null and status in (200, 206) and at_utc is not null
    union all
    select 0, client_no, case kind when 'guest_post' then 'message' else 'sign_on' end, at_utc from web_access
    where kind in ('guest_post', 'token', 'sign_on_form') and at_utc is not null
    union all
    select 1, c.client_no,
           case e.kind when 'download' then 'file ' || e.file_id when 'message' then 'message' else 'sign_on' end, e.at_local
    from log_event as e join log_client as c on c.address = e.address
    where e.kind in ('download', 'sign_on', 'message') and e.at_local is not null
      and (e.kind <> 'download' or e.file_id is not null)
    order by 2, 3, 1, 4";

/// Every audit row votes, with one vote split over all offsets that its client's requests allow; the offset with the most
/// votes wins when enough rows agree and no other comes near. Splitting keeps a client that polls every hour from voting
/// for every hour.
fn pair_offset(db: &Connection) -> Result<Option<Found>, AuditError> {
    let mut groups: BTreeMap<(i64, String), (Vec<i64>, Vec<i64>)> = BTreeMap::new();
    let mut statement = db.prepare(SEEN_TWICE)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let group = groups.entry((row.get(1)?, row.get(2)?)).or_default();
        let side = if row.get::<_, i64>(0)? == 0 { &mut group.0 } else { &mut group.1 };
        if side.len() < PER_KEY {
            side.push(row.get(3)?);
        }
    }
    let mut votes: HashMap<i64, f64> = HashMap::new();
    let mut distances: HashMap<i64, Vec<i64>> = HashMap::new();
    for (web, log) in groups.values() {
        for local in log {
            let mut nearest: BTreeMap<i64, i64> = BTreeMap::new();
            for utc in web {
                let shift = local - utc;
                let offset = (shift + QUARTER_S / 2).div_euclid(QUARTER_S) * QUARTER_S;
                if (WEST_S..=EAST_S).contains(&offset) {
                    let distance = (shift - offset).abs();
                    nearest.entry(offset).and_modify(|d| *d = distance.min(*d)).or_insert(distance);
                }
            }
            for (offset, distance) in &nearest {
                #[expect(clippy::cast_precision_loss, reason = "at most PER_KEY offsets")]
                let share = 1.0 / nearest.len() as f64;
                *votes.entry(*offset).or_default() += share;
                distances.entry(*offset).or_default().push(*distance);
            }
        }
    }
    let mut ranked: Vec<(i64, f64)> = votes.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let Some((offset_s, best)) = ranked.first().copied() else { return Ok(None) };
    let second = ranked.get(1).map_or(0.0, |r| r.1);
    let mut distance = distances.remove(&offset_s).unwrap_or_default();
    if distance.len() < MIN_PAIRS || best < second * 1.5 {
        return Ok(None);
    }
    distance.sort_unstable();
    Ok(Some(Found { offset_s, pairs: distance.len(), residual_s: distance[distance.len() / 2] }))
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
