//! Which offsets the events of both logs allow, and which of them holds when.
//!
//! Each row of the audit log votes for the offsets that the requests of its key allow, from UTC-12 to UTC+14, counted in
//! minutes. Its vote is split over them, so that a client that polls every hour has hardly a say. The rows are taken in the
//! order in which they were written, and the best path through them is found: it gains the votes along its way, pays little
//! for a step of one minute (drift) and much for a leap. What a leap would pay for it must gain: so a change of the clock
//! needs three rows that nothing else explains, and one that is taken back needs five. No zone is assumed.

use std::collections::BTreeMap;

use super::anchors::Anchors;
use super::{EAST_S, QUARTER_S, WEST_S};

/// Width of the offsets told apart here.
const BIN_S: i64 = 60;
/// Beyond the outermost zones by as much as their quarter of an hour reaches.
const LOW_S: i64 = WEST_S - QUARTER_S / 2;
const HIGH_S: i64 = EAST_S + QUARTER_S / 2;
/// What a leap and a step of one bin cost, in votes.
const LEAP: f64 = 2.0;
const STEP: f64 = 0.5;
/// A row whose key has more requests within the span of all offsets tells nothing.
const MOST_REQUESTS: usize = 64;
/// So many rows of one hour vote, those with the fewest possibilities first. It bounds memory; the offset of an hour
/// needs no more.
const PER_HOUR: usize = 60;
/// Requests this close together are one possibility.
const CLUSTER_S: i64 = 120;
/// So far from its own minute a pair may lie and still count for an offset.
const NEAR_S: i64 = 120;
/// A stretch is believed with so many rows, ...
pub(super) const MIN_ROWS: usize = 3;
/// ... so many whole votes, and this many times the votes of any other offset among the same rows.
const MIN_VOTES: f64 = 1.5;
const MARGIN: f64 = 1.5;
/// Offsets nearer than this are no rivals.
const RIVAL_BINS: i64 = 5;
/// Rows with at most so many possibilities may claim a request as their own.
const CLAIMS: usize = 4;

/// A possible distance of one row, seconds local minus UTC.
#[derive(Debug, Clone, Copy)]
struct Vote {
    shift: i64,
    key: u32,
    web_at: i64,
}

/// What a row votes for.
#[derive(Debug)]
struct Ballot {
    /// Index in [`Anchors::log`].
    row: usize,
    votes: Vec<Vote>,
    possibilities: usize,
}

impl Ballot {
    #[expect(clippy::cast_precision_loss, reason = "at most MOST_REQUESTS")]
    fn weight(&self) -> f64 {
        1.0 / self.possibilities.max(1) as f64
    }
}

/// Rows in a run that one offset explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// First and last voting row, indices in [`Anchors::log`].
    pub(super) first: usize,
    pub(super) last: usize,
    /// Row and distance, seconds local minus UTC.
    pub(super) shifts: Vec<(usize, i64)>,
}

/// What the votes come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The stretches, in order.
    Found(Vec<Segment>),
    /// Too few rows; the best offset among them with the number of rows, if any.
    TooFew(Option<(i64, usize)>),
    /// Enough rows, but two offsets explain them nearly as well.
    Conflict,
}

/// Finds the stretches.
pub(super) fn find(anchors: &Anchors) -> Verdict {
    let mut ballots = ballots(anchors);
    let mut segments = path(&ballots);
    let Some(main) = segments.iter().max_by_key(|s| (s.shifts.len(), std::cmp::Reverse(s.first))).map(middle) else {
        return Verdict::TooFew(None);
    };
    if segments.len() > 1 {
        drop_claimed(anchors, &mut ballots, main);
        segments = path(&ballots);
    }
    let judged = |s: &Segment| judge(s, &ballots);
    let main = segments.iter().max_by_key(|s| (s.shifts.len(), std::cmp::Reverse(s.first)));
    match main.map(|s| (judged(s), s)) {
        None => Verdict::TooFew(None),
        Some((Judgement::TooFew, s)) => Verdict::TooFew(Some((middle(s), s.shifts.len()))),
        Some((Judgement::Conflict, _)) => Verdict::Conflict,
        Some((Judgement::Believed, _)) => {
            segments.retain(|s| judge(s, &ballots) == Judgement::Believed);
            Verdict::Found(joined(segments))
        }
    }
}

/// Median distance of a segment.
pub(super) fn middle(segment: &Segment) -> i64 {
    let mut shifts: Vec<i64> = segment.shifts.iter().map(|s| s.1).collect();
    shifts.sort_unstable();
    shifts.get(shifts.len() / 2).copied().unwrap_or_default()
}

fn ballots(anchors: &Anchors) -> Vec<Ballot> {
    let mut all: Vec<Ballot> = Vec::new();
    for (row, anchor) in anchors.log.iter().enumerate() {
        let times = anchor.at_local - HIGH_S..anchor.at_local - LOW_S + 1;
        let found =
            anchor.keys().map(|key| (key, anchors.web_between(key, times.clone()))).find(|(_, w)| !w.is_empty());
        let Some((key, requests)) = found else { continue };
        if requests.len() > MOST_REQUESTS {
            continue;
        }
        // Requests are in the order of time, so the distances fall.
        let possibilities = 1 + requests.windows(2).filter(|w| w[1].at - w[0].at > CLUSTER_S).count();
        let votes = requests.iter().map(|w| Vote { shift: anchor.at_local - w.at, key, web_at: w.at }).collect();
        all.push(Ballot { row, votes, possibilities });
    }
    thin(anchors, all)
}

/// At most [`PER_HOUR`] ballots of each hour on the server's clock.
fn thin(anchors: &Anchors, mut ballots: Vec<Ballot>) -> Vec<Ballot> {
    let hour = |b: &Ballot| anchors.log[b.row].at_local.div_euclid(3600);
    ballots.sort_by_key(|b| (hour(b), b.possibilities, b.row));
    let (mut current, mut count) = (i64::MIN, 0);
    ballots.retain(|b| {
        if hour(b) != current {
            (current, count) = (hour(b), 0);
        }
        count += 1;
        count <= PER_HOUR
    });
    ballots.sort_by_key(|b| b.row);
    ballots
}

/// A request that another row of the same key explains under the main offset speaks for no other offset: a nightly job of
/// the day before, while the web log of the day itself is missing.
fn drop_claimed(anchors: &Anchors, ballots: &mut [Ballot], main: i64) {
    for ballot in ballots.iter_mut().filter(|b| b.possibilities <= CLAIMS) {
        let own = anchors.log[ballot.row].at_local;
        ballot.votes.retain(|vote| {
            let expected = vote.web_at + main;
            (vote.shift - main).abs() <= NEAR_S
                || !anchors.row_near(vote.key, expected - BIN_S..expected + BIN_S + 1, own)
        });
    }
}

/// A place on the path: row, bin, and where it came from.
struct Node {
    ballot: usize,
    bin: i64,
    before: Option<usize>,
}

#[derive(Clone, Copy, Default)]
struct State {
    score: f64,
    node: Option<usize>,
}

/// The path with the most votes, cut where it leaps.
fn path(ballots: &[Ballot]) -> Vec<Segment> {
    let bins = usize::try_from((HIGH_S - LOW_S) / BIN_S + 2).unwrap_or(0);
    // Nothing was decided yet: each offset may be the first at no cost.
    let mut states = vec![State::default(); bins];
    let mut best = State { score: 0.0, node: None };
    let mut nodes: Vec<Node> = Vec::new();
    for (number, ballot) in ballots.iter().enumerate() {
        let mut reached: Vec<i64> = ballot.votes.iter().flat_map(|vote| both_bins(vote.shift)).collect();
        reached.sort_unstable();
        reached.dedup();
        let at = |bin: i64| usize::try_from(bin).ok().and_then(|b| states.get(b)).copied();
        let next: Vec<(i64, State)> = reached
            .into_iter()
            .filter_map(|bin| {
                let mut from = at(bin)?;
                for (neighbour, cost) in [(at(bin - 1), STEP), (at(bin + 1), STEP), (Some(best), LEAP)] {
                    if let Some(other) = neighbour
                        && other.score - cost > from.score
                    {
                        from = State { score: other.score - cost, node: other.node };
                    }
                }
                Some((bin, State { score: from.score + ballot.weight(), node: from.node }))
            })
            .collect();
        for (bin, state) in next {
            nodes.push(Node { ballot: number, bin, before: state.node });
            let state = State { score: state.score, node: Some(nodes.len() - 1) };
            if let Some(slot) = usize::try_from(bin).ok().and_then(|b| states.get_mut(b)) {
                *slot = state;
            }
            if state.score > best.score {
                best = state;
            }
        }
    }
    let mut way: Vec<(usize, i64)> = Vec::new();
    let mut here = best.node;
    while let Some(node) = here.and_then(|n| nodes.get(n)) {
        way.push((node.ballot, node.bin));
        here = node.before;
    }
    way.reverse();
    cut(ballots, &way)
}

/// The bin of a distance and the nearer one beside it: bins overlap, so that an offset on an edge is not split.
fn both_bins(shift: i64) -> [i64; 2] {
    let bin = (shift - LOW_S).div_euclid(BIN_S);
    let beside = if (shift - LOW_S).rem_euclid(BIN_S) * 2 < BIN_S { bin - 1 } else { bin + 1 };
    [bin, beside]
}

fn centre(bin: i64) -> i64 {
    LOW_S + bin * BIN_S + BIN_S / 2
}

fn cut(ballots: &[Ballot], way: &[(usize, i64)]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut before: Option<i64> = None;
    for (number, bin) in way {
        let ballot = &ballots[*number];
        let Some(vote) = ballot.votes.iter().min_by_key(|v| ((v.shift - centre(*bin)).abs(), v.shift)) else {
            continue;
        };
        match segments.last_mut() {
            Some(open) if before.is_some_and(|b| (b - bin).abs() <= 1) => {
                open.last = ballot.row;
                open.shifts.push((ballot.row, vote.shift));
            }
            _ => segments.push(Segment { first: ballot.row, last: ballot.row, shifts: vec![(ballot.row, vote.shift)] }),
        }
        before = Some(*bin);
    }
    segments
}

/// Neighbours of nearly the same offset are one: what parted them was not believed.
fn joined(segments: Vec<Segment>) -> Vec<Segment> {
    let mut result: Vec<Segment> = Vec::new();
    for segment in segments {
        let near = |open: &Segment| {
            let end = open.shifts.last().map_or(0, |s| s.1);
            let start = segment.shifts.first().map_or(0, |s| s.1);
            (end - start).abs() <= BIN_S || (middle(open) - middle(&segment)).abs() <= BIN_S
        };
        match result.last_mut() {
            Some(open) if near(open) => {
                open.last = segment.last;
                open.shifts.extend(segment.shifts);
            }
            _ => result.push(segment),
        }
    }
    result
}

#[derive(Debug, PartialEq, Eq)]
enum Judgement {
    Believed,
    TooFew,
    Conflict,
}

/// Compares a segment with every other offset among the same rows. Rows that allow both say nothing about which it is; what
/// counts is who is explained by one alone.
fn judge(segment: &Segment, ballots: &[Ballot]) -> Judgement {
    let mut own = 0.0;
    let mut rivals = BTreeMap::<i64, Rival>::new();
    let from = ballots.partition_point(|b| b.row < segment.first);
    let mut shifts = segment.shifts.iter().peekable();
    let usual = both_bins(middle(segment))[0];
    for ballot in ballots[from..].iter().take_while(|b| b.row <= segment.last) {
        let mine = shifts.next_if(|s| s.0 == ballot.row);
        let weight = ballot.weight();
        own += if mine.is_some() { weight } else { 0.0 };
        let here = mine.map_or(usual, |s| both_bins(s.1)[0]);
        let mut bins: Vec<i64> = ballot.votes.iter().flat_map(|v| both_bins(v.shift)).collect();
        bins.sort_unstable();
        bins.dedup();
        for bin in bins.into_iter().filter(|bin| (bin - here).abs() > RIVAL_BINS) {
            let rival = rivals.entry(bin).or_default();
            *(if mine.is_some() { &mut rival.common } else { &mut rival.alone }) += weight;
        }
    }
    let beaten = |rival: &Rival| own - rival.common >= MIN_VOTES.max(MARGIN * rival.alone);
    if segment.shifts.len() < MIN_ROWS {
        Judgement::TooFew
    } else if !rivals.values().all(beaten) {
        Judgement::Conflict
    } else if own < MIN_VOTES {
        Judgement::TooFew
    } else {
        Judgement::Believed
    }
}

/// Votes of another offset: of rows that the segment explains too, and of others.
#[derive(Default)]
struct Rival {
    common: f64,
    alone: f64,
}
