//! From a run of calls and a list of files to matches: test the order on the data, align or fall back, count chance.

use std::collections::BTreeMap;

use super::align::{Order, likelihood};
use super::fit::{self, Model, Problem};
use super::predict::{Basis, Index, Interval, Overhead, Prediction, Widths};

/// A match from this posterior on is reported as one.
pub const LEAST: f64 = 0.9;
/// Orders of the calls, drawn with a fixed seed, that the true order must beat.
const SHUFFLES: usize = 19;
/// With fewer calls a true order could be chance: 5 calls have 120 orders.
const LEAST_CALLS: usize = 5;
/// The true order must explain the calls this much better than the mean of the others (natural logarithm).
const MARGIN: f64 = 3.0;
/// Matches are withheld when chance may have given more than this share of them.
const MOST_CHANCE: f64 = 0.1;
/// Of the calls that, by the share of files with a copy, should match a copy, so many must: else the copies are not
/// what was sent, or the server compresses in another way.
const LEAST_EXPLAINED: f64 = 0.25;
/// Without an order, of the calls so many must fit any file at all; else the sizes predicted are not those of this server.
const LEAST_FITTING: f64 = 0.85;
/// Headers take no more than this, bytes; for what no file could give.
const MOST_HEADERS: f64 = 2000.0;
/// Draws of changed sizes, for matches by size alone.
const DRAWS: usize = 10;

/// An answered call that may have carried a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Seconds since 1970, UTC.
    pub at_utc: i64,
    /// Bytes of the answer, headers included.
    pub bytes: u64,
    /// The connection broke (win32 status): the answer may be cut.
    pub broken: bool,
}

/// A file that was on the server during the run. The list is in the order in which the shell's inventory lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Since when it was there, seconds UTC; open without.
    pub from_utc: Option<i64>,
    /// Until when.
    pub to_utc: Option<i64>,
    /// How large an answer with it is; none when nothing is known.
    pub prediction: Option<Prediction>,
}

impl File {
    pub(super) fn there(&self, at_utc: i64) -> bool {
        self.from_utc.is_none_or(|from| from <= at_utc) && self.to_utc.is_none_or(|to| at_utc <= to)
    }
}

/// How the matches of a run were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Calls follow the order of the list.
    Aligned,
    /// They do not, or it cannot be shown: only sizes that one single file of the list can give.
    Unique,
    /// Chance would give too many: nothing is claimed.
    Withheld,
}

impl Method {
    /// Id in the case database.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aligned => "aligned",
            Self::Unique => "unique",
            Self::Withheld => "withheld",
        }
    }
}

/// What decided the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The order of the calls explains them better than any shuffled one.
    Ordered,
    /// Too few calls to tell an order from chance.
    FewCalls,
    /// The order of the calls explains them no better than shuffled ones.
    NotOrdered,
    /// Fewer calls match a copy than by the number of copies should.
    FewExplained,
    /// Chance may have given more than a tenth of the matches.
    Chance,
}

impl Reason {
    /// Id in the case database.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::FewCalls => "few_calls",
            Self::NotOrdered => "not_ordered",
            Self::FewExplained => "few_explained",
            Self::Chance => "chance",
        }
    }
}

/// A call and the file it probably took.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Number of the call.
    pub call: usize,
    /// Number of the file.
    pub file: usize,
    /// How probable, at least [`LEAST`].
    pub posterior: f64,
}

/// What a run of calls came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// How.
    pub method: Method,
    /// And why so.
    pub reason: Reason,
    /// In the order of the calls; empty when withheld.
    pub matches: Vec<Match>,
    /// Overhead that explains the calls best.
    pub overhead: Overhead,
    /// Logarithm of the likelihood in the true order.
    pub score: f64,
    /// Mean and largest of the same over shuffled orders.
    pub shuffled: (f64, f64),
    /// How many of the matches chance may have given, at most: see the end of [`match_sizes`].
    pub chance: f64,
    /// Matches found before any were withheld.
    pub found: usize,
}

/// Matches the calls of one run, in the order of time, with the files of the list. Deterministic.
pub fn match_sizes(calls: &[Call], files: &[File]) -> Matched {
    let index = Index::new(files.iter().map(|f| f.prediction.as_ref()));
    let mut problem = Problem::new(calls, files, &index);
    let mut models = fit::aligned(&problem);
    let fits = problem.fits(models[0].overhead);
    let sequence = problem.in_order();
    // Several threads, or several runs through parts of the list: then leaps are frequent.
    let restless = Order { leap: fit::RESTLESS, ..problem.order() };
    if likelihood(&fits, &sequence, restless) > likelihood(&fits, &sequence, problem.order()) {
        problem.leap = fit::RESTLESS;
        models = fit::aligned(&problem);
    }
    let (best, order) = (models[0], problem.order());
    let fits = problem.fits(best.overhead);
    let score = likelihood(&fits, &sequence, order);
    let mut dice = Dice(0x6162_666c_7573_7321);
    let (mut sum, mut largest) = (0.0, f64::NEG_INFINITY);
    for _ in 0..SHUFFLES {
        let mut shuffled = sequence.clone();
        dice.shuffle(&mut shuffled);
        let explained = likelihood(&fits, &shuffled, order);
        sum += explained;
        largest = largest.max(explained);
    }
    let mean = sum / SHUFFLES as f64;
    let mut result = Matched {
        method: Method::Aligned,
        reason: Reason::Ordered,
        matches: certain(&problem, &models, fit::in_alignment),
        overhead: best.overhead,
        score,
        shuffled: (mean, largest),
        chance: 0.0,
        found: 0,
    };
    let copied = files.iter().filter(|f| f.prediction.as_ref().is_some_and(|p| p.basis == Basis::Copy)).count();
    let expected = LEAST_EXPLAINED * calls.len() as f64 * copied as f64 / files.len().max(1) as f64;
    if calls.len() < LEAST_CALLS {
        result.reason = Reason::FewCalls;
    } else if score <= largest || score < mean + MARGIN {
        result.reason = Reason::NotOrdered;
    } else if (result.matches.len() as f64) < expected {
        result.reason = Reason::FewExplained;
    }
    if result.reason != Reason::Ordered {
        let models = fit::unordered(&problem);
        result.method = Method::Unique;
        result.overhead = models[0].overhead;
        result.matches = unique(&problem, &models);
        result.chance = by_chance(&problem, &mut dice, |decoys| unique(decoys, &models).len());
    } else {
        result.chance = by_chance(&problem, &mut dice, |decoys| certain(decoys, &models[..1], fit::in_alignment).len());
    }
    result.found = result.matches.len();
    // Of answers whose size is chance the share `lucky` is matched. Those not matched are the others of them.
    let lucky = (result.chance / calls.len().max(1) as f64).min(0.99);
    result.chance = lucky / (1.0 - lucky) * (calls.len() - result.found) as f64;
    if result.found > 0 && result.chance > MOST_CHANCE * result.found as f64 {
        (result.method, result.reason) = (Method::Withheld, Reason::Chance);
    } else if result.method == Method::Unique && !fits_at_all(&problem, result.overhead) {
        (result.method, result.reason) = (Method::Withheld, Reason::FewExplained);
    }
    if result.method == Method::Withheld {
        result.matches.clear();
    }
    result
}

type Posterior = BTreeMap<(usize, u32), f64>;

/// Matches that are certain enough, also for a sceptic.
fn certain(problem: &Problem<'_>, models: &[Model], by: fn(&Problem<'_>, &[Model]) -> Posterior) -> Vec<Match> {
    let sceptic = by(&problem.doubted(), models);
    let least = |(key, p): (&(usize, u32), &f64)| (*key, p.min(*sceptic.get(key).unwrap_or(&0.0)));
    let all = by(problem, models);
    let sure = all.iter().map(least).filter(|((call, file), p)| *p >= LEAST && narrow(problem, models, *call, *file));
    sure.map(|((call, file), posterior)| Match { call, file: file as usize, posterior: posterior.min(1.0) }).collect()
}

/// Whether a narrow interval of the file gives the size of the call, under one of the models.
fn narrow(problem: &Problem<'_>, models: &[Model], call: usize, file: u32) -> bool {
    let bytes = problem.calls[call].bytes as f64;
    let fits = |interval: &Interval| {
        interval.narrow() && models.iter().any(|model| interval.density(bytes, model.overhead) > 0.0)
    };
    problem.files[file as usize].prediction.iter().flat_map(|p| &p.intervals).any(fits)
}

/// Per call: how many files of the list could give an answer of this size, whatever they shrink to and the headers take.
/// A file whose size is not known could give any.
pub fn candidates(calls: &[Call], files: &[File]) -> Vec<usize> {
    let could = |call: &Call, file: &File| {
        let bytes = call.bytes as f64;
        let fits = |(low, high): (f64, f64)| low <= bytes && bytes <= high + MOST_HEADERS;
        file.there(call.at_utc) && file.prediction.as_ref().is_none_or(|p| fits(p.limits()))
    };
    calls.iter().map(|call| files.iter().filter(|file| could(call, file)).count()).collect()
}

fn fitting(problem: &Problem<'_>, call: &Call, overhead: Overhead) -> Vec<u32> {
    let mut places = Vec::new();
    problem.index.fitting(call.bytes as f64, overhead, Widths::All, |place, _| {
        if problem.files[place as usize].there(call.at_utc) {
            places.push(place);
        }
    });
    places.sort_unstable();
    places.dedup();
    places
}

/// Matches by size alone: probable, in an unbroken answer, and no other file could give the size under any overhead
/// that explains the calls.
fn unique(problem: &Problem<'_>, models: &[Model]) -> Vec<Match> {
    let low = models.iter().map(|m| m.overhead.middle - 2.0 * m.overhead.spread).fold(f64::INFINITY, f64::min);
    let high = models.iter().map(|m| m.overhead.middle + 2.0 * m.overhead.spread).fold(0.0, f64::max);
    let wide = Overhead { middle: (low + high) / 2.0, spread: (high - low) / 2.0 };
    let mut matches = certain(problem, models, fit::alone);
    matches.retain(|m| {
        let call = &problem.calls[m.call];
        !call.broken && fitting(problem, call, wide) == [m.file as u32]
    });
    matches
}

/// Whether nearly all unbroken answers can be a file of the list.
fn fits_at_all(problem: &Problem<'_>, overhead: Overhead) -> bool {
    let whole: Vec<&Call> = problem.calls.iter().filter(|call| !call.broken).collect();
    let fit = whole.iter().filter(|call| !fitting(problem, call, overhead).is_empty()).count();
    fit as f64 >= LEAST_FITTING * (1.0 - problem.unknown) * whole.len() as f64
}

/// Mean number of matches when every answer has a size of its own, by chance: an eighth to two fifths more or less than
/// it had, so that none is the answer it was.
fn by_chance(problem: &Problem<'_>, dice: &mut Dice, matches: impl Fn(&Problem<'_>) -> usize) -> f64 {
    let mut found = 0;
    for _ in 0..DRAWS {
        let change = |call: &Call| {
            let part = (125 + dice.below(275)) as f64 / 1000.0;
            let factor = if dice.below(2) == 0 { 1.0 - part } else { 1.0 + part };
            Call { bytes: (call.bytes as f64 * factor) as u64, ..call.clone() }
        };
        let calls: Vec<Call> = problem.calls.iter().map(change).collect();
        let decoys = Problem::new(&calls, problem.files, problem.index);
        found += matches(&Problem { leap: problem.leap, ..decoys });
    }
    found as f64 / DRAWS as f64
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for n in (1..items.len()).rev() {
            items.swap(n, self.below(n + 1));
        }
    }
}
