//! How large the answer that carries a file can be: a distribution made of one or two even intervals.

/// Deflate stores what does not shrink in blocks with five bytes each, gzip adds eighteen: see
/// queries/reference/gzip_ratio.csv for the measurement.
const STORED: f64 = 1.0004;
const FRAME: f64 = 24.0;

/// Measured (docs/concepts/web-shell.md): the server's deflate may give this much less than the smaller of our two
/// sizes, or this much more than the larger.
pub(super) const SMALLER: f64 = 0.012;
pub(super) const LARGER: f64 = 0.042;
/// The same for contents that hardly shrink (at least [`DENSE`] of their size): implementations agree on these.
const DENSE: f64 = 0.95;
const DENSE_TOLERANCE: f64 = 0.002;
/// Bytes of tolerance whatever the size.
const SLACK: f64 = 4.0;

/// Sizes between `low` and `high` bytes, all as probable as each other, with this share of the probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Share of the probability.
    pub share: f64,
    /// Smallest size, bytes.
    pub low: f64,
    /// Largest size, bytes.
    pub high: f64,
}

/// What a prediction rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A copy of the contents, compressed here.
    Copy,
    /// The size in the inventory and how far such files shrink.
    Inventory,
}

impl Basis {
    /// Id in the case database.
    pub fn id(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Inventory => "inventory",
        }
    }
}

/// Size of a file's contents as the web shell sends them, without headers.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// What it rests on.
    pub basis: Basis,
    /// One or two intervals.
    pub intervals: Vec<Interval>,
    /// Size of the contents, bytes.
    whole: f64,
}

/// How far files of a class shrink: compressed size divided by size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// Least ever expected.
    pub low: f64,
    /// Most ever expected.
    pub high: f64,
    /// Half of the probability lies between here
    pub typical_low: f64,
    /// and here.
    pub typical_high: f64,
}

impl Prediction {
    /// From a copy: `size` of the contents, and their gzip sizes by two ways of searching for matches.
    pub fn from_copy(size: u64, gzip: [u64; 2]) -> Self {
        let (small, large) = (gzip[0].min(gzip[1]) as f64, gzip[0].max(gzip[1]) as f64);
        let dense = small >= DENSE * size as f64;
        let (smaller, larger) = if dense { (DENSE_TOLERANCE, DENSE_TOLERANCE) } else { (SMALLER, LARGER) };
        let low = (small * (1.0 - smaller) - SLACK).floor();
        let high = (large * (1.0 + larger) + SLACK).ceil();
        Self { basis: Basis::Copy, intervals: vec![Interval { share: 1.0, low, high }], whole: size as f64 }
    }

    /// From the inventory's size and the ratios of the file's class.
    pub fn from_size(size: u64, ratio: Ratio) -> Self {
        let size = size as f64;
        let most = size * STORED + FRAME;
        let interval = |share: f64, low: f64, high: f64| Interval {
            share,
            low: (size * low).floor(),
            high: (size * high + FRAME).min(most).ceil(),
        };
        let intervals =
            vec![interval(0.5, ratio.typical_low, ratio.typical_high), interval(0.5, ratio.low, ratio.high)];
        Self { basis: Basis::Inventory, intervals, whole: size }
    }

    /// Smallest and largest size that nothing rules out: from the inventory's size alone any shrinking is possible, and a
    /// copy may be compressed half as well or a sixth better by a compressor that we did not measure.
    pub(super) fn limits(&self) -> (f64, f64) {
        let (low, high) = self.bounds();
        match self.basis {
            Basis::Copy => (low * 0.85, high * 2.0),
            Basis::Inventory => (0.0, high.max(self.whole * 1.06 + FRAME)),
        }
    }

    /// Smallest and largest size.
    pub fn bounds(&self) -> (f64, f64) {
        let low = self.intervals.iter().map(|i| i.low).fold(f64::INFINITY, f64::min);
        let high = self.intervals.iter().map(|i| i.high).fold(0.0, f64::max);
        (low, high)
    }
}

/// Headers of an answer: bytes on top of the contents, and by how much they differ from answer to answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overhead {
    /// Middle, bytes.
    pub middle: f64,
    /// Half width, bytes.
    pub spread: f64,
}

impl Interval {
    /// Whether the interval is narrow enough to carry a match. What wide ones fit may be many files; they only compete.
    pub(super) fn narrow(&self) -> bool {
        self.factor() <= WIDE
    }

    fn factor(&self) -> f64 {
        (self.high + 1.0) / (self.low + 1.0)
    }

    /// Probability of an answer of `bytes` bytes, per byte.
    pub(super) fn density(&self, bytes: f64, overhead: Overhead) -> f64 {
        let low = self.low + overhead.middle - overhead.spread;
        let high = self.high + overhead.middle + overhead.spread;
        if bytes < low || bytes > high { 0.0 } else { self.share / (high - low + 1.0) }
    }
}

/// All intervals of a list of files, found by size.
#[derive(Debug)]
pub(super) struct Index {
    groups: Vec<Group>,
}

/// Intervals of about the same relative width.
#[derive(Debug)]
struct Group {
    /// No interval here is wider than this factor (from its lower to its upper end, both plus one).
    factor: f64,
    /// Lower end, interval, place of the file; by lower end.
    sorted: Vec<(f64, Interval, u32)>,
}

/// Widths of the groups; the last takes all that is wider.
const FACTORS: [f64; 6] = [1.01, 1.06, WIDE, 2.0, 20.0, f64::INFINITY];

/// Largest factor of a narrow interval. Copies and files that are compressed already have narrower ones.
const WIDE: f64 = 1.2;

/// Which intervals to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Widths {
    /// All.
    All,
    /// Those that can carry a match.
    Narrow,
    /// The others.
    Wide,
}

impl Index {
    pub(super) fn new<'a>(files: impl Iterator<Item = Option<&'a Prediction>>) -> Self {
        let mut groups: Vec<Group> = FACTORS.iter().map(|&factor| Group { factor, sorted: Vec::new() }).collect();
        for (place, prediction) in files.enumerate() {
            for interval in prediction.iter().flat_map(|p| &p.intervals) {
                // The last factor is infinite, so a group is always found.
                if let Some(group) = groups.iter_mut().find(|g| interval.factor() <= g.factor) {
                    group.sorted.push((interval.low, *interval, place as u32));
                }
            }
        }
        groups.iter_mut().for_each(|g| g.sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2))));
        Self { groups }
    }

    /// Calls `found(place, density)` for every interval that an answer of `bytes` bytes fits.
    pub(super) fn fitting(&self, bytes: f64, overhead: Overhead, widths: Widths, mut found: impl FnMut(u32, f64)) {
        for group in &self.groups {
            if widths != Widths::All && (group.factor <= WIDE) != (widths == Widths::Narrow) {
                continue;
            }
            let most = bytes - overhead.middle + overhead.spread;
            let least = (bytes - overhead.middle - overhead.spread + 1.0) / group.factor - 1.0;
            let from = group.sorted.partition_point(|(low, ..)| *low < least - 1.0);
            let to = group.sorted.partition_point(|(low, ..)| *low <= most);
            for (_, interval, place) in group.sorted.get(from..to).unwrap_or_default() {
                let density = interval.density(bytes, overhead);
                if density > 0.0 {
                    found(*place, density);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Ratio = Ratio { low: 0.01, high: 0.8, typical_low: 0.1, typical_high: 0.6 };

    #[test]
    fn every_interval_that_fits_is_found() {
        let predictions: Vec<Prediction> = (0..400_u64)
            .map(|n| {
                let size = 300 + n * n * 7;
                match n % 3 {
                    0 => Prediction::from_copy(size * 4, [size, size + n]),
                    1 => Prediction::from_copy(size, [size + 18, size + 18]),
                    _ => Prediction::from_size(size, TEXT),
                }
            })
            .collect();
        let index = Index::new(predictions.iter().map(Some));
        for bytes in (200..900_000).step_by(3_137) {
            let overhead = Overhead { middle: 420.0, spread: 30.0 };
            let (mut found, mut expected) = (vec![0.0; 400], vec![0.0; 400]);
            index.fitting(f64::from(bytes), overhead, Widths::All, |place, density| found[place as usize] += density);
            for (place, prediction) in predictions.iter().enumerate() {
                expected[place] = prediction.intervals.iter().map(|i| i.density(f64::from(bytes), overhead)).sum();
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn contents_that_do_not_shrink_are_predicted_closely() {
        let wide = Prediction::from_copy(100_000, [20_000, 20_400]).bounds();
        assert_eq!(wide, (19_756.0, 21_261.0));
        let close = Prediction::from_copy(100_000, [100_048, 100_048]).bounds();
        assert!(close.1 - close.0 < 450.0, "{close:?}");
        let (low, high) = Prediction::from_size(100_000, TEXT).bounds();
        assert_eq!((low, high), (1_000.0, 80_024.0));
    }
}
