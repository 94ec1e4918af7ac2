//! The scenario suite: every scenario on several seeds, each concluded from and compared with what was truly taken.
//!
//! `ABFLUSS_SEEDS` says how many seeds (one unless given; .ci/run sets ten). With ten seeds the figures are compared with
//! docs/reference/accuracy.md, which `ABFLUSS_UPDATE=1 ABFLUSS_SEEDS=10 cargo test --test it suite` writes anew.
//! `ABFLUSS_ONLY` runs the scenarios whose name contains it, without the figures.

mod checks;
mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use abfluss::audit::{analyse, store_settings};
use abfluss::case::settings::Settings;
use abfluss::case::{Case, Stopwatch};
use abfluss::contents::hash_copies;
use abfluss::intake::{ImportOptions, NoProgress, import};
use serde_json::Value;

use crate::generator::cases::{Options, Scenario, all, generate};
use checks::check;

/// The number of seeds that docs/reference/accuracy.md stands for.
const DOCUMENTED: u64 = 10;

/// The internal network, as every responder would configure it.
const INTERNAL: &str = "[known]\nnetworks = [\"10.0.0.0/8\"]\n";

/// Scenarios that come out wrong and whose mending is under way: each must still be wrong, so that it is taken off here as
/// soon as it is right.
const NOT_YET: &[&str] = &[];

/// One file: what was concluded and what is true.
pub(super) struct Judged {
    pub(super) grade: String,
    pub(super) taken: bool,
}

/// One scenario with one seed.
pub(super) struct Outcome {
    pub(super) scenario: &'static str,
    pub(super) seed: u64,
    pub(super) files: Vec<Judged>,
    pub(super) problems: Vec<String>,
}

/// A generated case, concluded from.
pub(super) struct Concluded {
    pub(super) case: Case,
    pub(super) truth: Value,
    pub(super) scenario: &'static Scenario,
}

fn conclude(scenario: &'static Scenario, seed: u64, folder: &Path) -> Concluded {
    let mut options = Options { seed, ..Options::default() };
    if scenario.states_grades {
        options = Options { lines: Some(2_200), log_rows: Some(900), partners: Some(12), older: Some(26), ..options };
    }
    let input = folder.join("in");
    generate(scenario, options, &input).unwrap();
    let truth = serde_json::from_slice(&std::fs::read(input.join("truth.json")).unwrap()).unwrap();
    let settings = Settings::parse(scenario.case_toml.unwrap_or(INTERNAL), "case.toml").unwrap();
    let case = Case::create(&folder.join("case"), false).unwrap();
    import(&case, &[input.join("evidence")], &ImportOptions::default()).unwrap();
    if scenario.copies {
        hash_copies(&case, &[input.join("contents")], &NoProgress).unwrap();
    }
    store_settings(case.connection(), &settings).unwrap();
    let watch = Stopwatch::start();
    analyse(case.connection(), |_| (), || watch.elapsed()).unwrap();
    Concluded { case, truth, scenario }
}

fn outcome(scenario: &'static Scenario, seed: u64) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let concluded = conclude(scenario, seed, folder.path());
    check(&concluded, seed)
}

fn seeds() -> u64 {
    std::env::var("ABFLUSS_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// Runs every case, as many at a time as there are processors; the outcomes come in the order of scenarios and seeds.
fn run(only: Option<&str>) -> Vec<Outcome> {
    let chosen = all().filter(|s| !matches!(s.name, "demo" | "large"));
    let cases: Vec<(&'static Scenario, u64)> = chosen
        .filter(|s| only.is_none_or(|o| s.name.contains(o)))
        .flat_map(|s| (1..=seeds()).map(move |seed| (s, seed)))
        .collect();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((n, (scenario, seed))) = {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    cases.get(n).map(|case| (n, *case))
                } {
                    let outcome = std::panic::catch_unwind(|| outcome(scenario, seed)).unwrap_or_else(|_| Outcome {
                        scenario: scenario.name,
                        seed,
                        files: Vec::new(),
                        problems: vec!["no conclusion: see the panic above".to_owned()],
                    });
                    done.lock().unwrap().insert(n, outcome);
                }
            });
        }
    });
    done.into_inner().unwrap().into_values().collect()
}

#[test]
fn the_truth_lies_inside_what_is_said_in_every_scenario() {
    let only = std::env::var("ABFLUSS_ONLY").ok();
    let outcomes = run(only.as_deref());
    for name in NOT_YET {
        let of = || outcomes.iter().filter(|o| o.scenario == *name);
        // A seed or two may be right by chance.
        assert!(
            seeds() < DOCUMENTED || of().count() == 0 || of().any(|o| !o.problems.is_empty()),
            "{name} comes out right: take it off NOT_YET"
        );
    }
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|o| only.is_some() || !NOT_YET.contains(&o.scenario))
        .flat_map(|o| o.problems.iter().map(move |p| format!("{} seed {}: {p}", o.scenario, o.seed)))
        .collect();
    let shown = wrong.iter().take(60).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} wrong:\n{shown}", wrong.len());
    assert!(outcomes.iter().any(|o| o.files.iter().any(|f| f.taken)) || only.is_some(), "no case has anything taken");
    if only.is_none() && seeds() == DOCUMENTED {
        table::compare(&outcomes);
    }
}
