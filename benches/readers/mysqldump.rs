//! Dumps: an audit log in extended inserts, the same bytes every time.

use std::hint::black_box;
use std::io::Write;
use std::ops::ControlFlow;

use abfluss::formats::mysqldump;
use criterion::{Criterion, Throughput};

const ROWS: usize = 50_000;

/// Rows of one INSERT statement, about as many as mysqldump puts into one.
const ROWS_A_STATEMENT: usize = 2000;

/// Reader alone, from memory.
pub(crate) fn benchmarks(criterion: &mut Criterion) {
    let dump = synthetic_dump(ROWS);
    let mut group = criterion.benchmark_group("mysqldump");
    group.throughput(Throughput::Bytes(dump.len() as u64));
    group.sample_size(20);
    group.bench_function("read", |bench| bench.iter(|| read(&dump)));
    group.finish();
}

fn read(dump: &[u8]) -> u64 {
    let mut input = dump;
    let mut emit = |items: Vec<mysqldump::DumpItem>| {
        black_box(&items);
        ControlFlow::Continue(())
    };
    let summary = mysqldump::read(&mut input, &mut emit).expect("a whole dump");
    assert_eq!(summary.tally.stored, ROWS as u64, "every row is read");
    summary.tally.read
}

/// A dump of a table `log` with that many rows, about 250 bytes each.
pub(crate) fn synthetic_dump(rows: usize) -> Vec<u8> {
    const HEAD: &str = "-- MySQL dump 10.13  Distrib 8.0.33, for Win64 (x86_64)\n/*!50503 SET NAMES utf8mb4 */;\n\
        CREATE TABLE `log` (\n  `ID` bigint NOT NULL AUTO_INCREMENT,\n  `LogTime` datetime DEFAULT NULL,\n\
        \x20 `Action` varchar(16) DEFAULT NULL,\n  `InstID` int NOT NULL,\n  `Username` varchar(128) DEFAULT NULL,\n\
        \x20 `FileID` varchar(12) DEFAULT NULL,\n  `IPAddress` varchar(16) DEFAULT NULL,\n  `Message` text,\n\
        \x20 `AgentBrand` varchar(1024) DEFAULT NULL,\n  `XferSize` double DEFAULT NULL,\n  `Duration` double NOT NULL,\n\
        \x20 `FileName` varchar(1024) DEFAULT NULL,\n  `FolderPath` varchar(2500) DEFAULT NULL,\n\
        \x20 `Hash` varchar(40) DEFAULT NULL,\n  `Cert` text,\n  PRIMARY KEY (`ID`)\n) DEFAULT CHARSET=utf8mb3;\n";
    let mut dump = Vec::with_capacity(rows * 260 + 1024);
    dump.extend_from_slice(HEAD.as_bytes());
    for row in 0..rows {
        let before = match row % ROWS_A_STATEMENT {
            0 if row > 0 => ";\nINSERT INTO `log` VALUES ",
            0 => "INSERT INTO `log` VALUES ",
            _ => ",",
        };
        let mixed = row.wrapping_mul(2_654_435_761) % 1_000_000_007;
        write!(
            dump,
            "{before}({row},'2023-05-{:02} {:02}:{:02}:{:02}','file_download',{},'user{}','{mixed:09}','203.0.113.{}',\
             'It\\'s done: \\\"ok\\\"','Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/113.0.0.0',{mixed},{}.{},\
             'DTA{row:08}.zip','/Home/Kasse Süd/Abrechnung','{mixed:040x}',NULL)",
            row % 28 + 1,
            row % 24,
            row % 60,
            mixed % 60,
            row % 9,
            row % 300,
            row % 250,
            row % 50,
            row % 9 + 1,
        )
        .expect("writing to memory does not fail");
    }
    dump.extend_from_slice(b";\n-- Dump completed on 2023-06-02  6:50:25\n");
    dump
}
