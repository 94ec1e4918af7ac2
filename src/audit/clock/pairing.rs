//! The offset that most events of both logs agree on.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::{EAST_S, Stretch, WEST_S};
use crate::audit::error::AuditError;

/// Zones differ by quarters of an hour.
const QUARTER_S: i64 = 900;
/// Summer time moves a clock by this much.
const HOUR_S: i64 = 3600;
/// So many audit rows must agree before an offset is believed.
const MIN_PAIRS: usize = 3;
/// Events of one client and file that are compared with each other; more would only repeat the same habit.
const PER_KEY: usize = 40;

/// What the pairs say.
pub(super) struct Found {
    /// The offset of most pairs.
    pub(super) offset_s: i64,
    /// Pairs that the stretches explain.
    pub(super) pairs: usize,
    /// Median distance of these pairs from the offset.
    pub(super) residual_s: i64,
    /// One stretch, or several where the clock was moved by an hour.
    pub(super) stretches: Vec<Stretch>,
}

/// An audit row's vote for one offset that its client's requests allow.
#[derive(Clone, Copy)]
struct Vote {
    local: i64,
    offset: i64,
    distance: i64,
    share: f64,
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
/// for every hour. An offset one hour beside the winner that rules days of its own is the same clock in the other half of
/// the year.
pub(super) fn pair_offset(db: &Connection) -> Result<Option<Found>, AuditError> {
    let votes = votes(db)?;
    let mut sums: HashMap<i64, f64> = HashMap::new();
    for vote in &votes {
        *sums.entry(vote.offset).or_default() += vote.share;
    }
    let mut ranked: Vec<(i64, f64)> = sums.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let Some((offset_s, best)) = ranked.first().copied() else { return Ok(None) };
    let runs = runs(&votes, offset_s);
    let offsets: Vec<i64> = runs.iter().map(|run| run.0).collect();
    let second = ranked.iter().find(|(offset, _)| !offsets.contains(offset)).map_or(0.0, |r| r.1);
    let stretches = stretches(&runs);
    let mut distances: Vec<i64> =
        votes.iter().filter(|v| offset_at(&stretches, v.local) == v.offset).map(|v| v.distance).collect();
    if distances.len() < MIN_PAIRS || best < second * 1.5 {
        return Ok(None);
    }
    distances.sort_unstable();
    let residual_s = distances[distances.len() / 2];
    Ok(Some(Found { offset_s, pairs: distances.len(), residual_s, stretches }))
}

fn votes(db: &Connection) -> Result<Vec<Vote>, AuditError> {
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
    let mut votes = Vec::new();
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
            #[expect(clippy::cast_precision_loss, reason = "at most PER_KEY offsets")]
            let share = 1.0 / nearest.len().max(1) as f64;
            votes.extend(nearest.into_iter().map(|(offset, distance)| Vote { local: *local, offset, distance, share }));
        }
    }
    votes.sort_by_key(|v| (v.local, v.offset));
    Ok(votes)
}

/// Runs of days that one offset rules, the winner or one an hour beside it: offset, first and last vote. A run of fewer
/// than [`MIN_PAIRS`] votes is taken for chance.
fn runs(votes: &[Vote], winner: i64) -> Vec<(i64, i64, i64)> {
    let mut days: BTreeMap<i64, BTreeMap<i64, f64>> = BTreeMap::new();
    for vote in votes.iter().filter(|v| (v.offset - winner).abs() == HOUR_S || v.offset == winner) {
        *days.entry(vote.local.div_euclid(86_400)).or_default().entry(vote.offset).or_default() += vote.share;
    }
    let ruling = |offsets: &BTreeMap<i64, f64>| {
        let strongest = offsets.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
        strongest.map_or(winner, |(offset, _)| *offset)
    };
    let mut by_day: Vec<(i64, i64)> = days.iter().map(|(day, offsets)| (*day, ruling(offsets))).collect();
    let votes_of = |offset: i64, first: i64, last: i64| {
        votes.iter().filter(|v| v.offset == offset && (first..=last).contains(&v.local.div_euclid(86_400))).count()
    };
    let mut runs: Vec<(i64, i64, i64)> = Vec::new();
    for (day, offset) in by_day.drain(..) {
        match runs.last_mut() {
            Some(run) if run.0 == offset => run.2 = day,
            _ => runs.push((offset, day, day)),
        }
    }
    runs.retain(|(offset, first, last)| *offset == winner || votes_of(*offset, *first, *last) >= MIN_PAIRS);
    let mut merged: Vec<(i64, i64, i64)> = Vec::new();
    for run in runs {
        match merged.last_mut() {
            Some(last) if last.0 == run.0 => last.2 = run.2,
            _ => merged.push(run),
        }
    }
    let edge = |offset: i64, day: i64, last: bool| {
        let mut inside =
            votes.iter().filter(|v| v.offset == offset && v.local.div_euclid(86_400) == day).map(|v| v.local);
        if last { inside.next_back() } else { inside.next() }
    };
    merged
        .into_iter()
        .filter_map(|(offset, first, last)| Some((offset, edge(offset, first, false)?, edge(offset, last, true)?)))
        .collect()
}

/// Half-open stretches on the server's clock; one ends in the middle between the last vote before and the first after.
fn stretches(runs: &[(i64, i64, i64)]) -> Vec<Stretch> {
    let mut result: Vec<Stretch> = Vec::new();
    for (offset, first, last) in runs {
        let from = result.last_mut().map(|before: &mut Stretch| {
            let boundary = before.1.map_or(*first, |end| end + (first - end + 1) / 2);
            before.1 = Some(boundary);
            boundary
        });
        result.push((from, Some(*last), *offset));
    }
    if let Some(open) = result.last_mut() {
        open.1 = None;
    }
    result
}

fn offset_at(stretches: &[Stretch], local: i64) -> i64 {
    let holds = |s: &&Stretch| s.0.is_none_or(|from| local >= from) && s.1.is_none_or(|to| local < to);
    stretches.iter().find(holds).map_or(0, |s| s.2)
}
