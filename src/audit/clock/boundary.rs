//! Where one offset ends and the next begins, and which rows lie between with two readings.
//!
//! Between the last pair of one stretch and the first of the next nothing shows the offset itself. Two things narrow it:
//! ids are given in the order of writing, so time must not run backwards along them under the right reading (a step back of
//! the wall clock shows the change exactly); and a zone that was stated and agrees with the pairs names the moment.

use super::fit::Fit;

/// Rows are written a little out of order: no step back below this counts.
const SLACK_S: i64 = 120;

/// A row with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LocalRow {
    /// `log_event.event_no`.
    pub(super) event_no: i64,
    /// The server's wall clock.
    pub(super) local: i64,
    /// Where a pair of its own says which.
    pub(super) known: Option<Reading>,
}

/// Which offset a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Before,
    After,
    Either,
}

/// The change between two stretches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) before: Fit,
    pub(super) after: Fit,
    /// The change lies between these times: last pair before, first pair after. UTC.
    pub(super) not_before: Option<i64>,
    pub(super) not_after: Option<i64>,
    /// The moment, where a zone names it. UTC.
    pub(super) moment: Option<i64>,
}

/// What is known of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Boundary {
    /// One reading for each row handed in.
    pub(super) readings: Vec<Reading>,
    /// The change lies between these, UTC.
    pub(super) from_utc: Option<i64>,
    pub(super) to_utc: Option<i64>,
    /// `zone`, `order` or `pairs`: what the readings rest on.
    pub(super) basis: &'static str,
}

impl Change {
    fn reads(&self, local: i64) -> (i64, i64) {
        (local - self.before.at(local), local - self.after.at(local))
    }

    /// Whether each reading alone is possible.
    fn possible(&self, row: &LocalRow) -> (bool, bool) {
        match row.known {
            Some(Reading::Before) => return (true, false),
            Some(Reading::After) => return (false, true),
            _ => {}
        }
        let (before, after) = self.reads(row.local);
        let within = |at: i64| {
            self.not_before.is_none_or(|from| at >= from - SLACK_S)
                && self.not_after.is_none_or(|to| at <= to + SLACK_S)
        };
        let (early, late) = match self.moment {
            Some(moment) => (before < moment, after >= moment),
            None => (true, true),
        };
        (within(before) && early, within(after) && late)
    }

    /// Reads the rows between two stretches. `ordered`: they come in the order of writing, which is to be trusted.
    pub(super) fn resolve(&self, rows: &[LocalRow], ordered: bool) -> Boundary {
        let mut readings: Vec<Reading> = rows
            .iter()
            .map(|row| match self.possible(row) {
                (true, false) => Reading::Before,
                (false, true) => Reading::After,
                _ => Reading::Either,
            })
            .collect();
        let open = |readings: &[Reading]| readings.iter().filter(|r| **r == Reading::Either).count();
        let alone = open(&readings);
        if ordered && let Some((first, last)) = self.by_order(rows) {
            for (place, reading) in readings.iter_mut().enumerate() {
                *reading = match place {
                    _ if place < first => Reading::Before,
                    _ if place >= last => Reading::After,
                    _ => Reading::Either,
                };
            }
        }
        let resolved = open(&readings) < alone;
        let (mut from_utc, mut to_utc) = (self.not_before, self.not_after);
        for (row, reading) in rows.iter().zip(&readings) {
            let (before, after) = self.reads(row.local);
            match reading {
                Reading::Before => from_utc = Some(from_utc.map_or(before, |at| at.max(before))),
                Reading::After => to_utc = Some(to_utc.map_or(after, |at| at.min(after))),
                Reading::Either => {}
            }
        }
        if self.moment.is_some() {
            (from_utc, to_utc) = (self.moment, self.moment);
        }
        let basis = match (self.moment, resolved) {
            (Some(_), _) => "zone",
            (None, true) => "order",
            (None, false) => "pairs",
        };
        Boundary { readings, from_utc, to_utc: to_utc.map(|to| to.max(from_utc.unwrap_or(to))), basis }
    }

    /// First and last number of rows that can lie before the change so that the fewest readings are impossible or run
    /// backwards. Equal on both sides where the order decides.
    fn by_order(&self, rows: &[LocalRow]) -> Option<(usize, usize)> {
        let possible: Vec<(bool, bool)> = rows.iter().map(|row| self.possible(row)).collect();
        // All rows after the change, then one more before it with each step.
        let mut cost: i64 = possible.iter().map(|p| i64::from(!p.1)).sum();
        let mut best: Option<(i64, usize, usize)> = None;
        for place in 0..=rows.len() {
            if let Some(passed) = place.checked_sub(1).and_then(|p| possible.get(p)) {
                cost += i64::from(!passed.0) - i64::from(!passed.1);
            }
            let total = cost + self.junction(rows, place);
            match &mut best {
                Some((least, _, last)) if total == *least => *last = place,
                Some((least, _, _)) if total > *least => {}
                _ => best = Some((total, place, place)),
            }
        }
        best.map(|(_, first, last)| (first, last))
    }

    /// 1 where the change itself makes time run backwards, -1 where it explains a step back of the wall clock.
    fn junction(&self, rows: &[LocalRow], place: usize) -> i64 {
        let before = place.checked_sub(1).and_then(|p| rows.get(p)).map(|r| r.local);
        let after = rows.get(place).map(|r| r.local);
        match (before, after) {
            (Some(before), Some(after)) => {
                let back = self.reads(after).1 < self.reads(before).0 - SLACK_S;
                let explained = after < before - SLACK_S;
                i64::from(back) - i64::from(explained)
            }
            _ => 0,
        }
    }

    /// Local times that may be read in two ways, both ends included; none where the clock leapt over the span.
    pub(super) fn twice(&self, boundary: &Boundary) -> Option<(i64, i64)> {
        let (from, to) = (boundary.from_utc?, boundary.to_utc?);
        let (first, last) = (to_local(&self.after, from), to_local(&self.before, to));
        (first < last).then_some((first, last))
    }

    /// The border of both stretches on the server's clock, for times without an id: the middle of what is possible.
    pub(super) fn border(&self, boundary: &Boundary) -> Option<i64> {
        let (from, to) = match (boundary.from_utc, boundary.to_utc) {
            (Some(from), Some(to)) => (from, to),
            (Some(one), None) | (None, Some(one)) => (one, one),
            (None, None) => return None,
        };
        let (one, other) = (to_local(&self.after, from), to_local(&self.before, to));
        let middle = to_local(&self.before, from + (to - from) / 2);
        Some(middle.clamp(one.min(other), one.max(other)))
    }
}

fn to_local(fit: &Fit, utc: i64) -> i64 {
    utc + fit.at(utc + fit.offset_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: i64, after: i64, from: i64, to: i64) -> Change {
        Change {
            before: Fit::constant(before),
            after: Fit::constant(after),
            not_before: Some(from),
            not_after: Some(to),
            moment: None,
        }
    }

    fn rows(locals: &[i64]) -> Vec<LocalRow> {
        (1_i64..).zip(locals).map(|(event_no, local)| LocalRow { event_no, local: *local, known: None }).collect()
    }

    use Reading::{After, Before, Either};

    #[test]
    fn a_step_back_of_the_wall_clock_shows_the_change() {
        // UTC 0 to 7200; +2 h before, +1 h after.
        let change = change(7200, 3600, 0, 7200);
        let found = change.resolve(&rows(&[7800, 10_200, 7500, 9600]), true);
        assert_eq!(found.readings, [Before, Before, After, After]);
        assert_eq!((found.from_utc, found.to_utc, found.basis), (Some(3000), Some(3900), "order"));
        let unordered = change.resolve(&rows(&[7800, 10_200, 7500, 9600]), false);
        assert_eq!(unordered.readings, [Either; 4]);
    }

    #[test]
    fn without_a_step_back_the_rows_between_stay_open() {
        let change = change(7200, 3600, 0, 36_000);
        let found = change.resolve(&rows(&[12_000, 20_000, 30_000]), true);
        assert_eq!(found.readings, [Either; 3]);
        let twice = change.twice(&found).unwrap();
        assert_eq!(twice, (3600, 43_200));
    }

    #[test]
    fn rows_close_together_show_a_leap_forward() {
        // +1 h, then +2 h; a row each quarter of an hour; the leap is at UTC 3600.
        let change = change(3600, 7200, 0, 7200);
        let locals = [4500, 5400, 6300, 11_700, 12_600, 13_500];
        let found = change.resolve(&rows(&locals), true);
        assert_eq!(found.readings, [Before, Before, Before, After, After, After]);
    }

    #[test]
    fn a_zone_names_the_moment() {
        let change = Change { moment: Some(3600), ..change(7200, 3600, -9000, 20_000) };
        let found = change.resolve(&rows(&[6000, 8000, 9000, 11_000]), true);
        assert_eq!(found.readings, [Before, Either, Either, After]);
        let found = change.resolve(&rows(&[6000, 9000, 8000, 11_000]), true);
        assert_eq!(found.readings, [Before, Before, After, After]);
        assert_eq!(change.twice(&found), Some((7200, 10_800)));
        assert_eq!(change.border(&found), Some(10_800));
    }
}
