//! The audit log's clock: how far its wall clock stands from UTC, and when.
//!
//! Events that both logs show are paired (`anchors`); the offset that explains most of them is found without assuming a
//! zone, as are its changes (`candidates`); each stretch is fitted to the second (`fit`, `pairing`); what lies between two
//! stretches is narrowed by the order of the ids (`boundary`, `stretches`). A zone stated in case.toml is tested against
//! the pairs (`zone`): the evidence counts. The tables made here are described in `store`, the reasoning for readers in
//! docs/concepts/clock.md.

mod anchors;
mod boundary;
mod candidates;
mod fit;
mod pairing;
mod store;
mod stretches;
#[cfg(test)]
mod tests;
mod zone;

use rusqlite::Connection;

use super::error::AuditError;
use anchors::{Anchors, load};
use candidates::{Verdict, find};
use fit::{Fit, quarter};
use pairing::Requests;
use stretches::{Calendar, Stretch, calendar, from_votes, from_zone};
use zone::{Period, agrees, moments, pairs_under, periods};

/// From UTC-12 to UTC+14.
const WEST_S: i64 = -12 * 3600;
const EAST_S: i64 = 14 * 3600;
/// Zones differ by quarters of an hour.
const QUARTER_S: i64 = 900;
/// Where nothing is known a time may be off by as much.
const UNKNOWN_S: i64 = EAST_S;
/// Pairs too few to decide are held against a stated zone only when they stand this near to a quarter of an hour.
const NEAR_QUARTER_S: i64 = 120;

/// What is known of the clock.
struct Finding {
    calendar: Calendar,
    /// `configured`, `paired`, `none`.
    basis: &'static str,
    /// What the test of the zone, or the search, came to; a key of `[clock_checked]` in the texts of the report.
    checked: &'static str,
    /// By how much every time may be wrong.
    uncertain_s: i64,
    /// The offset that too few or contradicted pairs show instead.
    instead_s: Option<i64>,
    /// The zone's offsets, where one is stated.
    stated: Vec<Period>,
}

/// Fills the tables of `store`. `stated_zone` is the text of `[system] timezone`.
pub(super) fn derive(db: &Connection, stated_zone: Option<&str>) -> Result<(), AuditError> {
    let stated = match stated_zone {
        Some(name) => periods(db, name)?,
        None => Vec::new(),
    };
    let (anchors, ordered) = anchors(db)?;
    let requests = Requests::new(&anchors)?;
    let found = find(&anchors);
    let finding = match (found, stated.is_empty()) {
        (Verdict::Found(segments), _) => {
            let stretches = from_votes(&anchors, &requests, &segments)?;
            from_pairs(db, &anchors, stretches, stated, ordered)?
        }
        (undecided, true) => unknown(&undecided),
        (undecided, false) => by_zone(db, &anchors, &requests, &undecided, stated, ordered)?,
    };
    store::store(db, &anchors, &finding, stated_zone)
}

/// Both logs' events, and whether ids count as the order of time.
fn anchors(db: &Connection) -> Result<(Anchors, bool), AuditError> {
    let without_id: bool =
        db.query_row("select exists (select 1 from log_event where log_id is null)", [], |r| r.get(0))?;
    let anchors = load(db)?;
    let back = anchors.log.windows(2).filter(|two| two[1].at_local < two[0].at_local - 120).count();
    // A change of the clock gives one step back each; rows merged out of order give many.
    let ordered = !without_id && back <= 4 + anchors.log.len() / 100;
    Ok(if ordered { (anchors, true) } else { (anchors.by_time(), false) })
}

/// The pairs decide; a zone that agrees gives the moments of change.
fn from_pairs(
    db: &Connection,
    anchors: &Anchors,
    stretches: Vec<Stretch>,
    stated: Vec<Period>,
    ordered: bool,
) -> Result<Finding, AuditError> {
    let (basis, checked) = match stated.is_empty() {
        true => ("paired", "found"),
        false if agrees(anchors, &stretches, &stated) => ("configured", "agrees"),
        false => ("paired", "contradicted"),
    };
    let calendar = if basis == "configured" {
        let pairs: Vec<_> = stretches.iter().flat_map(|s| s.pairs.iter().copied()).collect();
        calendar(db, anchors, from_zone(anchors, &pairs, &stated), Some(&moments(&stated)), ordered)?
    } else {
        calendar(db, anchors, stretches, None, ordered)?
    };
    Ok(Finding { calendar, basis, checked, uncertain_s: 0, instead_s: None, stated })
}

/// No zone and nothing decided: times are taken as they stand, and nobody may rely on them.
fn unknown(verdict: &Verdict) -> Finding {
    let calendar = Calendar {
        stretches: vec![Stretch { fit: Fit::constant(0), pairs: Vec::new(), residual: None }],
        edges: Vec::new(),
    };
    let (checked, instead_s) = match verdict {
        Verdict::Conflict => ("conflict", None),
        Verdict::TooFew(few) => ("too_few", few.map(|(shift, _)| quarter(shift))),
        Verdict::Found(_) => ("found", None),
    };
    Finding { calendar, basis: "none", checked, uncertain_s: UNKNOWN_S, instead_s, stated: Vec::new() }
}

/// A stated zone that the pairs cannot decide about. Pairs that fit it support it. Two or more that fit each other and a
/// quarter of an hour that the zone never has, while none fits the zone, do not overrule it; but no time may then be
/// relied on to less than the difference.
fn by_zone(
    db: &Connection,
    anchors: &Anchors,
    requests: &Requests,
    verdict: &Verdict,
    stated: Vec<Period>,
    ordered: bool,
) -> Result<Finding, AuditError> {
    let pairs = pairs_under(anchors, requests, &stated)?;
    let against = match verdict {
        Verdict::TooFew(Some((shift, rows))) if *rows >= 2 && pairs.is_empty() => Some(*shift),
        _ => None,
    };
    let against = against.filter(|shift| {
        (shift - quarter(*shift)).abs() <= NEAR_QUARTER_S && stated.iter().all(|p| p.offset_s != quarter(*shift))
    });
    let off = |shift: i64| stated.iter().map(|p| (p.offset_s - quarter(shift)).abs()).max().unwrap_or(UNKNOWN_S);
    let (checked, uncertain_s) = match (against, pairs.is_empty(), verdict) {
        (Some(shift), _, _) => ("few_contradict", off(shift)),
        (None, false, _) => ("few_agree", 0),
        (None, true, Verdict::Conflict) => ("conflict", 0),
        (None, true, _) => ("unchecked", 0),
    };
    let calendar = calendar(db, anchors, from_zone(anchors, &pairs, &stated), Some(&moments(&stated)), ordered)?;
    Ok(Finding { calendar, basis: "configured", checked, uncertain_s, instead_s: against.map(quarter), stated })
}
