//! One stretch's offset: seconds beside the quarter of an hour, drift, and what remains. Medians only, so that a slow
//! answer or a false pair moves nothing.

use super::QUARTER_S;

/// A request takes seconds, so an offset this near to a quarter of an hour is that quarter.
const UNTOLD_S: i64 = 5;
/// Drift is stated when so many pairs over so long a time show it, when it comes to this many seconds in all, and when the
/// pairs lie closer to the line by this share.
const MIN_PAIRS: usize = 10;
const MIN_SPAN_S: i64 = 2 * 86_400;
const MIN_TOTAL_S: f64 = 10.0;
const CLOSER: f64 = 0.75;
/// Points whose slopes are compared with each other.
const POINTS: usize = 250;

/// local = UTC + `offset_s` + `drift` · (local − `reference`) / a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) offset_s: i64,
    /// On the server's clock.
    pub(super) reference: i64,
    /// Seconds a day; 0 where none is significant.
    pub(super) drift: f64,
}

/// How far the pairs lie from it: median and 95th of a hundred, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Residual {
    pub(super) median_s: i64,
    pub(super) p95_s: i64,
}

/// The nearest quarter of an hour.
pub(super) fn quarter(offset_s: i64) -> i64 {
    (offset_s + QUARTER_S / 2).div_euclid(QUARTER_S) * QUARTER_S
}

impl Fit {
    /// No drift, no seconds.
    pub(super) fn constant(offset_s: i64) -> Self {
        Self { offset_s, reference: 0, drift: 0.0 }
    }

    /// Offset at a local time, whole seconds.
    pub(super) fn at(&self, local: i64) -> i64 {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "seconds of a few years")]
        let moved = (self.drift * (local - self.reference) as f64 / 86_400.0).round() as i64;
        self.offset_s + moved
    }

    /// From pairs: local time and distance (local − UTC), in the order of time.
    pub(super) fn of(pairs: &[(i64, i64)]) -> Option<Self> {
        let reference = median(pairs.iter().map(|p| p.0).collect())?;
        let offset = median(pairs.iter().map(|p| p.1).collect())?;
        let flat = Self { offset_s: offset, reference, drift: 0.0 };
        let told = if (offset - quarter(offset)).abs() <= UNTOLD_S { quarter(offset) } else { offset };
        let constant = Self { offset_s: told, reference, drift: 0.0 };
        let (first, last) = (pairs.iter().map(|p| p.0).min()?, pairs.iter().map(|p| p.0).max()?);
        if pairs.len() < MIN_PAIRS || last - first < MIN_SPAN_S {
            return Some(constant);
        }
        let Some(drift) = slope(pairs) else { return Some(constant) };
        let turned = Self { offset_s: 0, reference, drift };
        let offset = median(pairs.iter().map(|p| p.1 - turned.at(p.0)).collect())?;
        let line = Self { offset_s: offset, reference, drift };
        #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
        let total = (drift * (last - first) as f64 / 86_400.0).abs();
        #[expect(clippy::cast_precision_loss, reason = "seconds")]
        let closer = line.residual(pairs)?.median_s as f64 <= CLOSER * flat.residual(pairs)?.median_s as f64;
        Some(if total >= MIN_TOTAL_S && closer { line } else { constant })
    }

    /// How far pairs lie from it.
    pub(super) fn residual(&self, pairs: &[(i64, i64)]) -> Option<Residual> {
        let mut distances: Vec<i64> = pairs.iter().map(|(local, shift)| (shift - self.at(*local)).abs()).collect();
        distances.sort_unstable();
        let p95 = distances.get((distances.len() * 95 / 100).min(distances.len().saturating_sub(1)))?;
        Some(Residual { median_s: *distances.get(distances.len() / 2)?, p95_s: *p95 })
    }
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Median of the slopes between all points (Theil and Sen), seconds a day, over evenly chosen points.
fn slope(pairs: &[(i64, i64)]) -> Option<f64> {
    let step = pairs.len().div_ceil(POINTS).max(1);
    let points: Vec<(i64, i64)> = pairs.iter().copied().step_by(step).collect();
    let mut slopes = Vec::new();
    for (number, one) in points.iter().enumerate() {
        for other in &points[number + 1..] {
            let days = other.0 - one.0;
            // Points of one day say more about the length of requests than about the clock.
            if days.abs() >= 86_400 {
                #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
                slopes.push((other.1 - one.1) as f64 * 86_400.0 / days as f64);
            }
        }
    }
    slopes.sort_unstable_by(f64::total_cmp);
    // Thousandths of a second a day: more is not in the data, and the database shows what was used.
    slopes.get(slopes.len() / 2).map(|slope| (slope * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_requests_is_no_drift_and_no_offset() {
        let pairs: Vec<(i64, i64)> =
            (0..200).map(|n| (n * 40_000, 7200 + [0, 1, 2, 0, 90][(n % 5) as usize])).collect();
        let fit = Fit::of(&pairs).unwrap();
        assert_eq!((fit.offset_s, fit.drift), (7200, 0.0));
        assert_eq!(fit.residual(&pairs), Some(Residual { median_s: 1, p95_s: 90 }));
    }

    #[test]
    fn seconds_beside_the_quarter_are_kept() {
        let pairs: Vec<(i64, i64)> = (0..20).map(|n| (n * 40_000, 3637 + n % 2)).collect();
        assert_eq!(Fit::of(&pairs).unwrap().offset_s, 3638);
    }

    #[test]
    fn two_seconds_a_day_are_found_among_slow_answers() {
        let pairs: Vec<(i64, i64)> =
            (0..90).map(|day| (day * 86_400, 3600 + 2 * day + if day % 7 == 0 { 45 } else { 0 })).collect();
        let fit = Fit::of(&pairs).unwrap();
        assert!((fit.drift - 2.0).abs() < 0.05, "{fit:?}");
        assert!((fit.at(10 * 86_400) - 3620).abs() <= 2);
        assert!(fit.residual(&pairs).unwrap().median_s <= 1);
    }
}
