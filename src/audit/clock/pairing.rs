//! Which rows and requests are the same event once an offset is known: nearest in time, same key, each used once.

use std::collections::HashSet;

use polars::prelude::{AnyValue, AsofJoinBy, AsofStrategy, Column, DataFrame, SortMultipleOptions};

use super::anchors::Anchors;
use super::fit::Fit;
use crate::audit::error::AuditError;

/// So far from the fitted offset a pair may lie.
const TOLERANCE_S: i64 = 120;

/// A row of the audit log with its distance (local − UTC) from the request that is the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// Index in [`Anchors::log`].
    pub(super) row: usize,
    pub(super) shift: i64,
}

/// The requests as a frame, made once.
pub(super) struct Requests(DataFrame);

impl Requests {
    pub(super) fn new(anchors: &Anchors) -> Result<Self, AuditError> {
        let web = anchors.web();
        let at: Vec<i64> = web.iter().map(|w| w.at).collect();
        let frame = DataFrame::new(
            web.len(),
            vec![
                Column::new("key".into(), web.iter().map(|w| i64::from(w.key)).collect::<Vec<i64>>()),
                Column::new("at".into(), at.clone()),
                Column::new("web_at".into(), at),
                Column::new("web".into(), web.iter().map(|w| w.id).collect::<Vec<i64>>()),
            ],
        )?;
        Ok(Self(frame.sort(["at", "web"], SortMultipleOptions::default())?))
    }
}

/// Pairs of the rows `from..to` under an offset, in the order of the rows. Sharper keys first.
pub(super) fn pair(
    requests: &Requests,
    anchors: &Anchors,
    rows: std::ops::Range<usize>,
    fit: &Fit,
) -> Result<Vec<Pair>, AuditError> {
    let mut taken_rows: HashSet<usize> = HashSet::new();
    let mut taken_requests: HashSet<i64> = HashSet::new();
    let mut pairs = Vec::new();
    for place in 0..3 {
        let mut left: Vec<(i64, usize, u32)> = rows
            .clone()
            .filter(|row| !taken_rows.contains(row))
            .filter_map(|row| {
                let anchor = anchors.log.get(row)?;
                let key = anchor.keys().nth(place)?;
                Some((anchor.at_local - fit.at(anchor.at_local), row, key))
            })
            .collect();
        if left.is_empty() {
            continue;
        }
        left.sort_unstable();
        let mut found = nearest(requests, &left)?;
        found.sort_unstable_by_key(|f| ((f.expected - f.web_at).abs(), f.row, f.web));
        for one in found {
            if !taken_rows.contains(&one.row) && taken_requests.insert(one.web) {
                taken_rows.insert(one.row);
                pairs.push(Pair { row: one.row, shift: anchors.log[one.row].at_local - one.web_at });
            }
        }
    }
    pairs.sort_unstable_by_key(|p| p.row);
    Ok(pairs)
}

struct Nearest {
    row: usize,
    expected: i64,
    web: i64,
    web_at: i64,
}

/// For each row the request of the same key that is nearest to the expected time.
fn nearest(requests: &Requests, rows: &[(i64, usize, u32)]) -> Result<Vec<Nearest>, AuditError> {
    let numbers: Vec<i64> = (0_i64..).take(rows.len()).collect();
    let frame = DataFrame::new(
        rows.len(),
        vec![
            Column::new("key".into(), rows.iter().map(|r| i64::from(r.2)).collect::<Vec<i64>>()),
            Column::new("at".into(), rows.iter().map(|r| r.0).collect::<Vec<i64>>()),
            Column::new("number".into(), numbers),
        ],
    )?;
    let joined = frame.join_asof_by(
        &requests.0,
        "at",
        "at",
        ["key"],
        ["key"],
        AsofStrategy::Nearest,
        Some(AnyValue::Int64(TOLERANCE_S)),
        true,
        false,
    )?;
    let (number, web_at, web) =
        (joined.column("number")?.i64()?, joined.column("web_at")?.i64()?, joined.column("web")?.i64()?);
    let mut found = Vec::new();
    for ((number, web_at), web) in number.iter().zip(web_at.iter()).zip(web.iter()) {
        if let (Some(number), Some(web_at), Some(web)) = (number, web_at, web)
            && let Some((expected, row, _)) = usize::try_from(number).ok().and_then(|n| rows.get(n))
        {
            found.push(Nearest { row: *row, expected: *expected, web, web_at });
        }
    }
    Ok(found)
}
