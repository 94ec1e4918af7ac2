//! Overhead from the data: a grid of values, each weighted by how well the alignment explains the calls with it.
//!
//! Nothing is decided by the best value alone: posteriors are averaged over all values that explain the calls nearly as
//! well, so that with few calls, where any overhead makes some file fit, the matches become as uncertain as they are.

use std::collections::BTreeMap;

use super::align::{Fits, Order, align, likelihood};
use super::predict::{Index, Overhead, Widths};
use super::{Call, File};

/// Headers of an answer lie between these, bytes (domain knowledge: 300 to 600; wider on purpose).
pub(super) const LEAST_OVERHEAD: f64 = 180.0;
pub(super) const MOST_OVERHEAD: f64 = 900.0;
/// Half width and step of the coarse and of the fine grid, bytes.
const COARSE: f64 = 60.0;
const FINE: f64 = 20.0;
/// Models less likely than the best by this (natural logarithm) are left out.
const NEGLIGIBLE: f64 = 6.0;
/// And no more than so many are averaged.
const MOST_MODELS: usize = 12;
/// Probability that a call that was answered in full took no file of the list: a file deleted since, a session.
const NOISE: f64 = 0.05;
/// The same when the connection broke: the answer may be any part of any file.
const NOISE_BROKEN: f64 = 0.5;
/// Sizes of other answers: as many between 1 and 10 kilobytes as between 10 and 100, over six decades.
const DECADES: f64 = 13.8;
/// No more fits of wide intervals than this are aligned. Beyond it the files that have only such an interval count as
/// alternatives without their place in the list: on average just as probable.
const MOST_WIDE: usize = 400_000;
/// Posteriors below this are not kept.
const LEAST_POSTERIOR: f64 = 0.001;

/// A match must hold, too, when calls that took no file of the list are four times as frequent, and when files without a
/// copy shrink to one place in a fourth of their interval, just where it would explain the call.
pub(super) const SCEPTICAL: f64 = 4.0;

/// A run of calls against a list of files.
pub(super) struct Problem<'a> {
    pub(super) calls: &'a [Call],
    pub(super) files: &'a [File],
    pub(super) index: &'a Index,
    /// Files of which no size is known, as a share of all.
    pub(super) unknown: f64,
    /// 1, or how much more probable everything else is taken to be than a match of a copy: see [`SCEPTICAL`].
    pub(super) doubt: f64,
    /// Share of calls that leap anywhere in the list.
    pub(super) leap: f64,
    /// Per call the density of its size as any file of a wide interval, where these are too many to align.
    pub(super) wide: Option<Vec<f64>>,
}

/// One value of the overhead and what it explains.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    pub(super) overhead: Overhead,
    pub(super) log_likelihood: f64,
    /// Share of the probability of all models.
    pub(super) weight: f64,
}

impl<'a> Problem<'a> {
    pub(super) fn new(calls: &'a [Call], files: &'a [File], index: &'a Index) -> Self {
        let unknown = files.iter().filter(|f| f.prediction.is_none()).count() as f64 / files.len().max(1) as f64;
        let middle = (LEAST_OVERHEAD + MOST_OVERHEAD) / 2.0;
        let any = Overhead { middle, spread: MOST_OVERHEAD - middle };
        let mut fitting = 0;
        let wide = calls.iter().map(|call| {
            let mut sum = 0.0;
            index.fitting(call.bytes as f64, any, Widths::Wide, |place, density| {
                if files[place as usize].there(call.at_utc) {
                    (sum, fitting) = (sum + density, fitting + 1);
                }
            });
            sum / files.len() as f64
        });
        let wide: Vec<f64> = wide.collect();
        let wide = (fitting > MOST_WIDE).then_some(wide);
        Self { calls, files, index, unknown, doubt: 1.0, leap: LEAP, wide }
    }

    /// The same in the eyes of a sceptic.
    pub(super) fn doubted(&self) -> Self {
        Self { doubt: SCEPTICAL, wide: self.wide.clone(), ..*self }
    }

    /// Which files fit which call under this overhead.
    pub(super) fn fits(&self, overhead: Overhead) -> Fits {
        let mut fits = Fits { starts: vec![0], ..Fits::default() };
        let mut of_call: Vec<(u32, f64)> = Vec::new();
        for (number, call) in self.calls.iter().enumerate() {
            let noise = if call.broken { NOISE_BROKEN } else { NOISE * self.doubt };
            let noise = noise + (1.0 - noise) * self.unknown;
            let mut elsewhere = noise / (call.bytes.max(1) as f64 * DECADES);
            of_call.clear();
            let mut collect = |widths: Widths, doubt: f64| {
                self.index.fitting(call.bytes as f64, overhead, widths, |place, density| {
                    if self.files[place as usize].there(call.at_utc) {
                        of_call.push((place, density * doubt));
                    }
                });
            };
            collect(Widths::Narrow, 1.0);
            match &self.wide {
                Some(wide) => elsewhere += (1.0 - noise) * self.doubt * wide[number],
                None => collect(Widths::Wide, self.doubt),
            }
            of_call.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            let first = fits.place.len();
            for &(place, density) in &of_call {
                // Both intervals of one file may fit.
                if fits.place.len() > first && fits.place.last() == Some(&place) {
                    let last = fits.weight.len() - 1;
                    fits.weight[last] += (1.0 - noise) * density;
                } else {
                    fits.place.push(place);
                    fits.weight.push((1.0 - noise) * density);
                }
            }
            fits.noise.push(elsewhere);
            fits.starts.push(fits.place.len());
        }
        fits
    }

    /// Every overhead that explains the calls nearly as well as the best one, best first.
    pub(super) fn models(&self, explain: impl Fn(&Fits) -> f64) -> Vec<Model> {
        let coarse = grid(LEAST_OVERHEAD + COARSE, MOST_OVERHEAD - COARSE, COARSE);
        let mut models: Vec<Model> = Vec::new();
        let judge = |middle: f64, spread: f64, among: usize| {
            let overhead = Overhead { middle, spread };
            let log_likelihood = explain(&self.fits(overhead)) - (among as f64).ln();
            Model { overhead, log_likelihood, weight: 0.0 }
        };
        models.extend(coarse.iter().map(|&middle| judge(middle, COARSE, coarse.len())));
        let best = best_of(&models);
        let mut fine: Vec<f64> = models
            .iter()
            .filter(|m| m.log_likelihood > best - NEGLIGIBLE)
            .flat_map(|m| grid(m.overhead.middle - COARSE, m.overhead.middle + COARSE, FINE))
            .collect();
        fine.sort_by(f64::total_cmp);
        fine.dedup();
        let among = ((MOST_OVERHEAD - LEAST_OVERHEAD) / FINE) as usize;
        models.extend(fine.iter().map(|&middle| judge(middle, FINE, among)));
        let best = best_of(&models);
        models.retain(|m| m.log_likelihood > best - NEGLIGIBLE);
        models.sort_by(|a, b| {
            b.log_likelihood.total_cmp(&a.log_likelihood).then(a.overhead.middle.total_cmp(&b.overhead.middle))
        });
        models.truncate(MOST_MODELS);
        let sum: f64 = models.iter().map(|m| (m.log_likelihood - best).exp()).sum();
        models.iter_mut().for_each(|m| m.weight = (m.log_likelihood - best).exp() / sum);
        models
    }

    /// Posterior of each (call, place), averaged over the models.
    pub(super) fn posterior(&self, models: &[Model], share: impl Fn(&Fits) -> Vec<f64>) -> BTreeMap<(usize, u32), f64> {
        let mut sums = BTreeMap::new();
        for model in models {
            let fits = self.fits(model.overhead);
            let posterior = share(&fits);
            for call in 0..fits.calls() {
                for fit in fits.of(call) {
                    let part = posterior[fit] * model.weight;
                    if part > LEAST_POSTERIOR {
                        *sums.entry((call, fits.place[fit])).or_insert(0.0) += part;
                    }
                }
            }
        }
        sums
    }

    /// The calls in the order of time.
    pub(super) fn in_order(&self) -> Vec<usize> {
        (0..self.calls.len()).collect()
    }

    pub(super) fn order(&self) -> Order {
        Order { files: self.files.len(), leap: self.leap }
    }
}

/// Share of calls that leap anywhere in the list: by one thread in one go, and otherwise.
const LEAP: f64 = 0.03;
pub(super) const RESTLESS: f64 = 0.5;

/// Explains the calls by the alignment.
pub(super) fn aligned(problem: &Problem<'_>) -> Vec<Model> {
    let (sequence, order) = (problem.in_order(), problem.order());
    problem.models(|fits| likelihood(fits, &sequence, order))
}

/// Posteriors in the alignment.
pub(super) fn in_alignment(problem: &Problem<'_>, models: &[Model]) -> BTreeMap<(usize, u32), f64> {
    let (sequence, order) = (problem.in_order(), problem.order());
    problem.posterior(models, |fits| align(fits, &sequence, order))
}

/// Explains each call by itself: any file of the list is as probable as any other.
pub(super) fn unordered(problem: &Problem<'_>) -> Vec<Model> {
    problem.models(|fits| (0..fits.calls()).map(|call| by_itself(problem, fits, call).ln()).sum())
}

/// Posteriors of each call by itself.
pub(super) fn alone(problem: &Problem<'_>, models: &[Model]) -> BTreeMap<(usize, u32), f64> {
    let files = problem.files.len().max(1) as f64;
    problem.posterior(models, |fits| {
        let mut posterior = fits.weight.clone();
        for call in 0..fits.calls() {
            let sum = by_itself(problem, fits, call);
            posterior[fits.of(call)].iter_mut().for_each(|p| *p /= files * sum);
        }
        posterior
    })
}

fn by_itself(problem: &Problem<'_>, fits: &Fits, call: usize) -> f64 {
    fits.noise[call] + fits.weight[fits.of(call)].iter().sum::<f64>() / problem.files.len().max(1) as f64
}

fn grid(from: f64, to: f64, step: f64) -> Vec<f64> {
    let steps = ((to - from) / step).round() as usize;
    (0..=steps).map(|n| from + n as f64 * step).collect()
}

fn best_of(models: &[Model]) -> f64 {
    models.iter().map(|m| m.log_likelihood).fold(f64::NEG_INFINITY, f64::max)
}
