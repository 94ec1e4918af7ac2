//! The calendar of the server's clock: stretches of one offset, and what lies between them.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::anchors::Anchors;
use super::boundary::{Boundary, Change, LocalRow, Reading};
use super::candidates::{MIN_ROWS, Segment, middle};
use super::fit::{Fit, Residual, quarter};
use super::pairing::{Pair, Requests, pair};
use super::zone::{Period, by_period};
use crate::audit::error::AuditError;

/// A time of one offset.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) fit: Fit,
    /// In the order of the rows.
    pub(super) pairs: Vec<Pair>,
    pub(super) residual: Option<Residual>,
}

/// Between two stretches.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) change: Change,
    pub(super) boundary: Boundary,
    /// Rows of the audit log whose wall clock may be read in two ways, each with its reading.
    pub(super) rows: Vec<(LocalRow, Reading)>,
}

/// All stretches and, one fewer, the edges between them.
#[derive(Debug)]
pub(super) struct Calendar {
    pub(super) stretches: Vec<Stretch>,
    pub(super) edges: Vec<Edge>,
}

impl Stretch {
    pub(super) fn new(fit: Fit, pairs: Vec<Pair>, anchors: &Anchors) -> Self {
        let residual = fit.residual(&points(anchors, &pairs));
        Self { fit, pairs, residual }
    }

    /// The offset to the quarter of an hour, at its reference.
    pub(super) fn quarter_s(&self) -> i64 {
        quarter(self.fit.offset_s)
    }
}

/// Local time and distance of pairs.
pub(super) fn points(anchors: &Anchors, pairs: &[Pair]) -> Vec<(i64, i64)> {
    pairs.iter().filter_map(|p| Some((anchors.log.get(p.row)?.at_local, p.shift))).collect()
}

/// Stretches from what the votes found: fitted to the second, all rows paired, the rows between two divided where most
/// pairs fit.
pub(super) fn from_votes(
    anchors: &Anchors,
    requests: &Requests,
    segments: &[Segment],
) -> Result<Vec<Stretch>, AuditError> {
    let mut fits: Vec<Fit> = Vec::new();
    let mut paired: Vec<Vec<Pair>> = Vec::new();
    for (number, segment) in segments.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|n| segments.get(n)).map_or(0, |s| s.last + 1);
        let after = segments.get(number + 1).map_or(anchors.log.len(), |s| s.first);
        let votes: Vec<(i64, i64)> = segment.shifts.iter().map(|s| (anchors.log[s.0].at_local, s.1)).collect();
        let rough = Fit::of(&votes).unwrap_or(Fit::constant(middle(segment)));
        let pairs = pair(requests, anchors, before..after, &rough)?;
        // The votes are a selection; all pairs of the stretch tell its offset better.
        let inner: Vec<Pair> =
            pairs.iter().filter(|p| (segment.first..=segment.last).contains(&p.row)).copied().collect();
        let fit = Fit::of(&points(anchors, &inner)).unwrap_or(rough);
        paired.push(pairs);
        fits.push(fit);
    }
    for number in 1..segments.len() {
        let gap = segments[number - 1].last + 1..segments[number].first;
        let (head, tail) = paired.split_at_mut(number);
        if let (Some(one), Some(other)) = (head.last_mut(), tail.first_mut()) {
            divide(one, other, gap);
        }
    }
    Ok(fits.into_iter().zip(paired).map(|(fit, pairs)| Stretch::new(fit, pairs, anchors)).collect())
}

/// Rows in the gap that pair under both offsets or against the order of the stretches belong to neither.
fn divide(one: &mut Vec<Pair>, other: &mut Vec<Pair>, gap: std::ops::Range<usize>) {
    let rows = |pairs: &[Pair]| -> Vec<usize> { pairs.iter().map(|p| p.row).filter(|r| gap.contains(r)).collect() };
    let (early, late) = (rows(one), rows(other));
    let mut places: Vec<usize> = early.iter().map(|r| r + 1).chain(late.iter().copied()).collect();
    places.extend([gap.start, gap.end]);
    places.sort_unstable();
    places.dedup();
    let kept = |place: usize| early.partition_point(|r| *r < place) + late.len() - late.partition_point(|r| *r < place);
    let most = places.iter().map(|p| kept(*p)).max().unwrap_or(0);
    let best: Vec<usize> = places.into_iter().filter(|p| kept(*p) == most).collect();
    let (first, last) = (best.first().copied().unwrap_or(gap.start), best.last().copied().unwrap_or(gap.end));
    one.retain(|p| p.row < first);
    other.retain(|p| p.row >= last);
}

/// The edges between stretches. `moments` are the changes that a zone names (UTC), one fewer than stretches; without a zone
/// each change lies between the last pair of one stretch and the first of the next.
pub(super) fn calendar(
    db: &Connection,
    anchors: &Anchors,
    stretches: Vec<Stretch>,
    moments: Option<&[i64]>,
    ordered: bool,
) -> Result<Calendar, AuditError> {
    let mut edges = Vec::new();
    for (number, two) in stretches.windows(2).enumerate() {
        let (one, other) = (&two[0], &two[1]);
        let moment = moments.and_then(|m| m.get(number)).copied();
        let change = Change {
            before: one.fit,
            after: other.fit,
            not_before: if moment.is_some() { None } else { one.pairs.last().map(|p| utc(anchors, p)) },
            not_after: if moment.is_some() { None } else { other.pairs.first().map(|p| utc(anchors, p)) },
            moment,
        };
        let event = |p: &Pair| anchors.log[p.row].event_no;
        let mut known: HashMap<i64, Reading> = HashMap::new();
        for (pairs, reading) in [(&one.pairs, Reading::Before), (&other.pairs, Reading::After)] {
            for pair in pairs {
                // A row that pairs on both sides says nothing.
                known.entry(event(pair)).and_modify(|r| *r = Reading::Either).or_insert(reading);
            }
        }
        let ends = if ordered && moment.is_none() {
            (one.pairs.last().map(event), other.pairs.first().map(event))
        } else {
            (None, None)
        };
        edges.push(edge(db, change, &known, ends, ordered)?);
    }
    Ok(Calendar { stretches, edges })
}

fn utc(anchors: &Anchors, pair: &Pair) -> i64 {
    anchors.log[pair.row].at_local - pair.shift
}

/// `ends`: the last row known to lie before and the first known to lie after, where the order of writing counts.
fn edge(
    db: &Connection,
    change: Change,
    known: &HashMap<i64, Reading>,
    ends: (Option<i64>, Option<i64>),
    ordered: bool,
) -> Result<Edge, AuditError> {
    let known = |mut row: LocalRow| {
        row.known = known.get(&row.event_no).copied().filter(|r| *r != Reading::Either);
        row
    };
    let between: Vec<LocalRow> = match ends {
        (Some(last), Some(first)) => rows(
            db,
            "select event_no, at_local from log_event
             where event_no > ?1 and event_no < ?2 and at_local is not null order by event_no",
            (last, first),
        )?,
        _ => {
            let open = Boundary {
                readings: Vec::new(),
                from_utc: change.moment.or(change.not_before),
                to_utc: change.moment.or(change.not_after),
                basis: "pairs",
            };
            match change.twice(&open) {
                Some(span) => rows(db, BY_LOCAL, span)?.into_iter().map(known).collect(),
                None => Vec::new(),
            }
        }
    };
    let boundary = change.resolve(&between, ordered);
    let read: HashMap<i64, Reading> =
        between.iter().zip(&boundary.readings).map(|(row, reading)| (row.event_no, *reading)).collect();
    let mut ambiguous = Vec::new();
    if let Some(span) = change.twice(&boundary) {
        for row in rows(db, BY_LOCAL, span)? {
            let outside = match ends {
                (Some(last), _) if row.event_no <= last => Reading::Before,
                (_, Some(first)) if row.event_no >= first => Reading::After,
                _ => Reading::Either,
            };
            let reading = read.get(&row.event_no).copied().unwrap_or(outside);
            ambiguous.push((row, reading));
        }
    }
    Ok(Edge { change, boundary, rows: ambiguous })
}

const BY_LOCAL: &str = "select event_no, at_local from log_event where at_local between ?1 and ?2 order by event_no";

fn rows(db: &Connection, sql: &str, ends: (i64, i64)) -> Result<Vec<LocalRow>, AuditError> {
    let mut statement = db.prepare(sql)?;
    let found = statement
        .query_map(params![ends.0, ends.1], |r| Ok(LocalRow { event_no: r.get(0)?, local: r.get(1)?, known: None }))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// One stretch for each period of a zone, fitted to its pairs; a period with too few keeps the zone's offset.
pub(super) fn from_zone(anchors: &Anchors, pairs: &[Pair], periods: &[Period]) -> Vec<Stretch> {
    let fitted = |(period, pairs): (Period, Vec<Pair>)| {
        let fit = Fit::of(&points(anchors, &pairs)).filter(|_| pairs.len() >= MIN_ROWS);
        Stretch::new(fit.unwrap_or(Fit::constant(period.offset_s)), pairs, anchors)
    };
    by_period(anchors, pairs, periods).into_iter().map(fitted).collect()
}
