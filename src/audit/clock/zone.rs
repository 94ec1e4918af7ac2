//! A zone stated in case.toml: its offsets over the time of the evidence, and whether the pairs agree with it.

use rusqlite::Connection;

use super::anchors::Anchors;
use super::candidates::MIN_ROWS;
use super::pairing::{Pair, Requests, pair};
use super::stretches::Stretch;
use super::{EAST_S, QUARTER_S, WEST_S};
use crate::audit::error::AuditError;
use crate::case::settings::zone;

/// A time of one offset of the zone, from its begin to that of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    /// UTC; none for the first.
    pub(super) from_utc: Option<i64>,
    pub(super) offset_s: i64,
}

/// The offsets of a zone over the time of the audit log and of the inventory's stamps.
pub(super) fn periods(db: &Connection, name: &str) -> Result<Vec<Period>, AuditError> {
    let unknown = || AuditError::Zone { name: name.to_owned() };
    let zone = zone(name).ok_or_else(unknown)?;
    if let Ok(fixed) = zone.to_fixed_offset() {
        return Ok(vec![Period { from_utc: None, offset_s: i64::from(fixed.seconds()) }]);
    }
    let (first, last): (Option<i64>, Option<i64>) =
        db.query_row("select min(at_local), max(at_local) from log_event", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(vec![Period { from_utc: None, offset_s: 0 }]);
    };
    let start = jiff::Timestamp::from_second(first - EAST_S).map_err(|_| unknown())?;
    let mut result = vec![Period { from_utc: None, offset_s: i64::from(zone.to_offset(start).seconds()) }];
    for transition in zone.following(start) {
        let at = transition.timestamp().as_second();
        if at > last - WEST_S {
            break;
        }
        let offset_s = i64::from(transition.offset().seconds());
        if result.last().is_some_and(|p| p.offset_s != offset_s) {
            result.push(Period { from_utc: Some(at), offset_s });
        }
    }
    Ok(result)
}

/// The moments of change between periods.
pub(super) fn moments(periods: &[Period]) -> Vec<i64> {
    periods.iter().filter_map(|p| p.from_utc).collect()
}

/// Whether stretches that were found without the zone agree with it: in no part of one that lies in one period do three or
/// more pairs stand at another quarter of an hour than the zone says.
pub(super) fn agrees(anchors: &Anchors, stretches: &[Stretch], periods: &[Period]) -> bool {
    stretches
        .iter()
        .flat_map(|stretch| by_period(anchors, &stretch.pairs, periods))
        .all(|(period, pairs)| pairs.len() < MIN_ROWS || (middle(&pairs) - period.offset_s).abs() <= QUARTER_S / 2)
}

/// Pairs divided among the periods by the time of their request; one group for each period.
pub(super) fn by_period(anchors: &Anchors, pairs: &[Pair], periods: &[Period]) -> Vec<(Period, Vec<Pair>)> {
    let mut groups: Vec<(Period, Vec<Pair>)> = periods.iter().map(|period| (*period, Vec::new())).collect();
    for pair in pairs {
        let at = anchors.log[pair.row].at_local - pair.shift;
        let place = periods.partition_point(|p| p.from_utc.is_none_or(|from| from <= at)).saturating_sub(1);
        if let Some(group) = groups.get_mut(place) {
            group.1.push(*pair);
        }
    }
    groups
}

fn middle(pairs: &[Pair]) -> i64 {
    let mut shifts: Vec<i64> = pairs.iter().map(|p| p.shift).collect();
    shifts.sort_unstable();
    shifts.get(shifts.len() / 2).copied().unwrap_or_default()
}

/// Pairs under the offsets of the zone itself, each in the period in which its request lies.
pub(super) fn pairs_under(anchors: &Anchors, requests: &Requests, periods: &[Period]) -> Result<Vec<Pair>, AuditError> {
    let mut all: Vec<Pair> = Vec::new();
    for (number, period) in periods.iter().enumerate() {
        let to = periods.get(number + 1).and_then(|p| p.from_utc);
        let fit = super::fit::Fit::constant(period.offset_s);
        all.extend(pair(requests, anchors, 0..anchors.log.len(), &fit)?.into_iter().filter(|p| {
            let at = anchors.log[p.row].at_local - p.shift;
            period.from_utc.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to)
        }));
    }
    all.sort_unstable_by_key(|p| p.row);
    all.dedup_by_key(|p| p.row);
    Ok(all)
}
