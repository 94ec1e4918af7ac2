//! The whole import: walk, hash, identify, read and store a log and a dump into a fresh case.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use abfluss::case::Case;
use abfluss::intake::{self, ImportOptions};
use criterion::{BatchSize, Criterion, Throughput};

use super::{mysqldump, w3c};

const DUMP_ROWS: usize = 50_000;

/// Both formats at once; making and removing the case folder is not measured.
pub(crate) fn benchmarks(criterion: &mut Criterion) {
    let desk = tempfile::tempdir().expect("a temporary folder can be made");
    let evidence = desk.path().join("evidence");
    fs::create_dir(&evidence).expect("folders can be made");
    let (log, dump) = (w3c::log(false), mysqldump::synthetic_dump(DUMP_ROWS));
    fs::write(evidence.join("u_ex230528.log"), &log).expect("files can be written");
    fs::write(evidence.join("moveit.sql"), &dump).expect("files can be written");
    let mut group = criterion.benchmark_group("import");
    group.throughput(Throughput::Bytes((log.len() + dump.len()) as u64));
    group.sample_size(10);
    let fresh = || Case::create(&desk.path().join("case"), true).expect("a case can be made");
    group.bench_function("log and dump into a case", |bench| {
        bench.iter_batched(fresh, |case| import(case, &evidence), BatchSize::PerIteration);
    });
    group.finish();
}

/// Gives the case back, so that removing it falls outside the measurement.
fn import(case: Case, evidence: &Path) -> Case {
    let done = intake::import(&case, &[evidence.to_owned()], &ImportOptions::default()).expect("evidence is read");
    assert_eq!(done.not_imported.len(), 0, "both files are read");
    black_box(done);
    case
}
