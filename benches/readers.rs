//! How fast evidence is read, in bytes per second: `cargo bench --bench readers`. One file per format in `readers/`.

#[path = "readers/import.rs"]
mod import;
#[path = "readers/mysqldump.rs"]
mod mysqldump;
#[path = "readers/w3c.rs"]
mod w3c;

criterion::criterion_group!(readers, w3c::benchmarks, mysqldump::benchmarks, import::benchmarks);
criterion::criterion_main!(readers);
