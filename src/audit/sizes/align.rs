//! The alignment itself: calls in the order of time against files in the order of ids, as a hidden Markov model.
//!
//! The hidden state is the place in the list of files where the caller stands. A call either takes a file (the place
//! moves to it) or is noise (the place stays). How far the place moves is not known, so the jump has no scale: one jump
//! in so many goes to the next file, to one of the next four, of the next sixteen … up to the whole list; a small share
//! ([`Order::leap`]) goes anywhere, also back (a restart, a second thread, the same file again). Forward and backward
//! passes give for every call and file the share of all alignments in which this call took this file (its posterior).
//!
//! Numbers are kept as scaled probabilities, each row divided by its sum and the logarithms of the divisors added up:
//! the same as working with logarithms, without one per step. Because a leap is always possible, no path that matters
//! falls below what a double can hold.

/// Each window of the jump is so many times wider than the one before.
const WIDEN: usize = 4;

/// For each call, the files whose size fits, and how well.
#[derive(Debug, Clone, Default)]
pub(super) struct Fits {
    /// Where the fits of call i begin; one more entry than calls.
    pub(super) starts: Vec<usize>,
    /// Place of the file in the list, ascending within a call.
    pub(super) place: Vec<u32>,
    /// Probability that the call takes a file, times the density of its size when it took this one.
    pub(super) weight: Vec<f64>,
    /// Per call: probability that it took no file of the list, times the density of its size then.
    pub(super) noise: Vec<f64>,
}

impl Fits {
    pub(super) fn calls(&self) -> usize {
        self.noise.len()
    }

    pub(super) fn of(&self, call: usize) -> std::ops::Range<usize> {
        self.starts[call]..self.starts[call + 1]
    }
}

/// How the caller moves through a list of files.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Order {
    /// Files in the list.
    pub(super) files: usize,
    /// Share of steps that go to any file, wherever it stands.
    pub(super) leap: f64,
}

/// Aligns the calls, taken in `sequence`, with the list: the posterior of every fit, in the order of [`Fits::place`].
pub(super) fn align(fits: &Fits, sequence: &[usize], order: Order) -> Vec<f64> {
    let places = Places::of(fits, order, false);
    let forward = pass(fits, sequence, order, &places);
    let mirrored = Places::of(fits, order, true);
    let reversed: Vec<usize> = sequence.iter().rev().copied().collect();
    let backward = pass(fits, &reversed, order, &mirrored);
    let mut posterior = vec![0.0; fits.place.len()];
    for &call in sequence {
        let scale = (forward.scale[call] + backward.scale[call] - forward.log_likelihood).exp();
        for fit in fits.of(call) {
            posterior[fit] = (fits.weight[fit] * forward.enter[fit] * backward.enter[fit] * scale).min(1.0);
        }
    }
    posterior
}

/// The likelihood alone: one pass.
pub(super) fn likelihood(fits: &Fits, sequence: &[usize], order: Order) -> f64 {
    pass(fits, sequence, order, &Places::of(fits, order, false)).log_likelihood
}

/// The places of the list that any call fits, and for each how far a window reaches back.
struct Places {
    /// Number of the active place of each fit.
    of_fit: Vec<u32>,
    /// Probability that the first match is there (forward); 1 when nothing more needs to follow (backward).
    first: Vec<f64>,
    /// Per window: its width, and for each active place the first one inside.
    windows: Vec<(f64, Vec<u32>)>,
}

impl Places {
    fn of(fits: &Fits, order: Order, mirrored: bool) -> Self {
        let last = order.files.saturating_sub(1) as u32;
        let turn = |place: u32| if mirrored { last - place } else { place };
        let mut active: Vec<u32> = {
            let mut seen = vec![false; order.files];
            fits.place.iter().for_each(|&p| seen[p as usize] = true);
            (0..order.files as u32).filter(|&p| seen[p as usize]).map(turn).collect()
        };
        active.sort_unstable();
        let mut number = vec![0_u32; order.files];
        for (n, &place) in active.iter().enumerate() {
            number[place as usize] = n as u32;
        }
        let of_fit = fits.place.iter().map(|&p| number[turn(p) as usize]).collect();
        let mut windows = Vec::new();
        let mut width = 1;
        loop {
            let mut from = 0;
            let reach = active
                .iter()
                .map(|&place| {
                    while (active[from] as usize) + width < place as usize {
                        from += 1;
                    }
                    from as u32
                })
                .collect();
            windows.push((width as f64, reach));
            if width >= order.files {
                break;
            }
            width *= WIDEN;
        }
        let share = 1.0 / windows.len() as f64;
        let first = active
            .iter()
            .map(|&place| {
                if mirrored {
                    return 1.0;
                }
                let near: f64 = windows.iter().filter(|(w, _)| f64::from(place) < *w).map(|(w, _)| share / w).sum();
                0.5 * near + 0.5 / order.files as f64
            })
            .collect();
        Self { of_fit, first, windows }
    }
}

/// What one pass leaves behind.
struct Pass {
    /// Per fit: how probable it is to come to this place with this call (scaled).
    enter: Vec<f64>,
    /// Per call: logarithm of the scale of its `enter`.
    scale: Vec<f64>,
    log_likelihood: f64,
}

fn pass(fits: &Fits, sequence: &[usize], order: Order, places: &Places) -> Pass {
    let active = places.first.len();
    let mut mass = vec![0.0_f64; active];
    let mut before = vec![0.0_f64; active + 1];
    let (mut none, mut log) = (1.0_f64, 0.0_f64);
    let mut enter = vec![0.0; fits.place.len()];
    let mut scale = vec![0.0; fits.calls()];
    let onward = (1.0 - order.leap) / places.windows.len() as f64;
    let anywhere = order.leap / order.files.max(1) as f64;
    // Kept masses are divided by this before their next use: one walk over the list per call.
    let mut divide = 1.0_f64;
    for &call in sequence {
        let mut sum = 0.0;
        for (m, value) in mass.iter_mut().enumerate() {
            *value *= divide;
            sum += *value;
            before[m + 1] = sum;
        }
        scale[call] = log;
        for fit in fits.of(call) {
            let here = places.of_fit[fit] as usize;
            let mut probability = none * places.first[here] + anywhere * sum;
            for (width, reach) in &places.windows {
                // A difference of sums: what rounding leaves must not become negative.
                probability += onward / width * (before[here] - before[reach[here] as usize]).max(0.0);
            }
            enter[fit] = probability;
        }
        let noise = fits.noise[call];
        let hits: f64 = fits.of(call).map(|fit| fits.weight[fit] * enter[fit]).sum();
        let total = (sum + none) * noise + hits;
        if total <= 0.0 {
            continue;
        }
        divide = noise / total;
        none *= divide;
        for fit in fits.of(call) {
            mass[places.of_fit[fit] as usize] += fits.weight[fit] * enter[fit] / noise;
        }
        log += total.ln();
    }
    Pass { enter, scale, log_likelihood: log }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each call with its fits: place and density.
    fn fits(calls: &[&[(u32, f64)]]) -> Fits {
        let mut fits = Fits { starts: vec![0], ..Fits::default() };
        for call in calls {
            for &(place, weight) in *call {
                fits.place.push(place);
                fits.weight.push(weight);
            }
            fits.starts.push(fits.place.len());
            fits.noise.push(1e-6);
        }
        fits
    }

    /// The same sum over all alignments, one by one.
    fn by_hand(fits: &Fits, order: Order, call: usize, at: Option<u32>) -> (f64, Vec<f64>) {
        let mut posterior = vec![0.0; fits.place.len()];
        if call == fits.calls() {
            return (1.0, posterior);
        }
        let mut widths = vec![1.0];
        while *widths.last().unwrap() < order.files as f64 {
            widths.push(widths.last().unwrap() * 4.0);
        }
        let share = 1.0 / widths.len() as f64;
        let n = order.files as f64;
        let step = |from: Option<u32>, to: u32| {
            let distance = f64::from(to) - from.map_or(-1.0, f64::from);
            let near: f64 = widths.iter().filter(|w| distance >= 1.0 && distance <= **w).map(|w| share / w).sum();
            match from {
                None => 0.5 * near + 0.5 / n,
                Some(_) => (1.0 - order.leap) * near + order.leap / n,
            }
        };
        let (rest, below) = by_hand(fits, order, call + 1, at);
        let mut sum = fits.noise[call] * rest;
        posterior.iter_mut().zip(&below).for_each(|(p, b)| *p += fits.noise[call] * b);
        for fit in fits.of(call) {
            let weight = fits.weight[fit] * step(at, fits.place[fit]);
            let (rest, below) = by_hand(fits, order, call + 1, Some(fits.place[fit]));
            sum += weight * rest;
            posterior[fit] += weight * rest;
            posterior.iter_mut().zip(&below).for_each(|(p, b)| *p += weight * b);
        }
        (sum, posterior)
    }

    #[test]
    fn it_sums_over_all_alignments() {
        let fits = fits(&[
            &[(0, 0.01), (7, 0.02), (19, 0.003)],
            &[(1, 0.001), (8, 0.02)],
            &[(3, 0.02), (7, 0.01), (12, 0.01)],
            &[],
            &[(9, 0.01), (13, 0.01), (19, 0.02)],
        ]);
        let order = Order { files: 20, leap: 0.05 };
        let (sum, joint) = by_hand(&fits, order, 0, None);
        let aligned = align(&fits, &[0, 1, 2, 3, 4], order);
        let explained = likelihood(&fits, &[0, 1, 2, 3, 4], order);
        assert!((explained - sum.ln()).abs() < 1e-9);
        for (found, expected) in aligned.iter().zip(joint) {
            assert!((found - expected / sum).abs() < 1e-9, "{found} {}", expected / sum);
        }
        assert!(likelihood(&fits, &[4, 3, 2, 1, 0], order) < explained - 5.0);
    }

    #[test]
    fn neighbours_decide_between_files_of_the_same_size() {
        let twice: &[(u32, f64)] = &[(11, 0.01), (500, 0.01)];
        let fits = fits(&[&[(10, 0.01)], twice, &[(12, 0.01)]]);
        let order = Order { files: 1000, leap: 0.02 };
        let aligned = align(&fits, &[0, 1, 2], order);
        assert!(aligned[1] > 0.999, "{:?}", aligned);
        let aligned = align(&fits, &[1, 0, 2], order);
        assert!(aligned[1] < 0.9, "{:?}", aligned);
    }

    #[test]
    fn long_runs_do_not_underflow() {
        let calls: Vec<Vec<(u32, f64)>> = (0..3000).map(|n| vec![(n, 1e-3), ((n * 7) % 3000, 1e-3)]).collect();
        let calls: Vec<&[(u32, f64)]> = calls.iter().map(Vec::as_slice).collect();
        let sequence: Vec<usize> = (0..3000).collect();
        let aligned = align(&fits(&calls), &sequence, Order { files: 3000, leap: 0.02 });
        assert!(aligned.iter().step_by(2).filter(|p| **p > 0.9).count() > 2900);
    }
}
