//! How long matching answers of a web shell takes: `cargo bench --bench sizes`.

use abfluss::audit::sizes::{Call, File, Prediction, Ratio, match_sizes};
use criterion::{Criterion, criterion_group, criterion_main};

/// Sizes that look random and are always the same.
fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 31)
}

/// 37,000 files of 1 kB to 1 MB compressed, every 37th taken.
fn run(copies: bool) -> (Vec<Call>, Vec<File>) {
    let text = Ratio { low: 0.01, high: 0.95, typical_low: 0.1, typical_high: 0.6 };
    let size = |n: u64| 1_000 + (mixed(n) % 1_000) * (mixed(n + 1_000_000) % 1_000);
    let file = |n: u64| File {
        from_utc: None,
        to_utc: None,
        prediction: Some(if copies {
            Prediction::from_copy(size(n) * 5, [size(n), size(n) + size(n) / 100])
        } else {
            Prediction::from_size(size(n) * 5, text)
        }),
    };
    let call = |n: u64| Call { at_utc: n as i64, bytes: size(n) + 400 + mixed(n) % 40, broken: false };
    ((0..37_000).step_by(37).map(call).collect(), (0..37_000).map(file).collect())
}

fn benchmarks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sizes");
    group.sample_size(10);
    for (name, copies) in [("1000 calls, 37000 files, copies", true), ("1000 calls, 37000 files, inventory", false)] {
        let (calls, files) = run(copies);
        group.bench_function(name, |bencher| bencher.iter(|| match_sizes(&calls, &files)));
    }
    group.finish();
}

criterion_group!(sizes, benchmarks);
criterion_main!(sizes);
