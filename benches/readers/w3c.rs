//! W3C logs, beside the least that any reader must do: find the line ends.

use std::fmt::Write;
use std::hint::black_box;
use std::ops::ControlFlow;

use abfluss::formats::w3c;
use criterion::{Criterion, Throughput};

const LINES: u32 = 100_000;

/// Reader, reader with a repair on every tenth line, and line ends alone.
pub(crate) fn benchmarks(criterion: &mut Criterion) {
    let log = log(false);
    let mut group = criterion.benchmark_group("w3c");
    group.throughput(Throughput::Bytes(log.len() as u64));
    group.sample_size(20);
    group.bench_function("line ends only (memchr)", |bench| {
        bench.iter(|| memchr::memchr_iter(b'\n', black_box(log.as_bytes())).count());
    });
    group.bench_function("read", |bench| bench.iter(|| read(&log)));
    let torn = self::log(true);
    group.throughput(Throughput::Bytes(torn.len() as u64));
    group.bench_function("read, every tenth line repaired", |bench| bench.iter(|| read(&torn)));
    group.finish();
}

fn read(log: &str) -> u64 {
    let mut emit = |batch: w3c::WebBatch| {
        black_box(&batch);
        ControlFlow::Continue(())
    };
    let summary = w3c::read(&mut log.as_bytes(), None, &mut emit).expect("a log with fields");
    assert_eq!(summary.tally.stored, u64::from(LINES), "every line is read");
    summary.tally.read
}

/// A day of a transfer server: few addresses and agents, many different file ids, the fifteen columns of IIS 10.
pub(crate) fn log(torn: bool) -> String {
    let mut log = String::from(
        "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2023-05-28 00:00:00\r\n\
         #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) \
         sc-status sc-substatus sc-win32-status time-taken\r\n",
    );
    let mut random = oorandom::Rand32::new(20_230_528);
    for line in 0..LINES {
        let second = u64::from(line) * 86_400 / u64::from(LINES);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let (client, agent, file) =
            (random.rand_range(1..250), random.rand_range(60..120), random.rand_range(0..20_000));
        let request = match random.rand_range(0..10) {
            _ if torn && line % 10 == 0 => format!("GET /human.aspx arg12=x or 1 = {file} error near 'x' 443 -"),
            0..=4 => format!("GET /api/v1/files/{}/download - 443 partner{:02}", 974_100_000 + file, client % 40),
            5 | 6 => format!("GET /images/InstID_{}/logo.png - 443 -", client % 20),
            7 => format!("GET /human.aspx r={file}&arg12=signon 443 -"),
            8 => "POST /moveitisapi/moveitisapi.dll action=m2 443 -".into(),
            _ => "POST /guestaccess.aspx - 443 -".into(),
        };
        let (status, taken) = ([200, 200, 304, 404][random.rand_range(0..4) as usize], random.rand_range(0..3000));
        write!(
            log,
            "2023-05-28 {hour:02}:{minute:02}:{second:02} 10.20.0.5 {request} 198.51.100.{client} \
             Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/{agent}.0.0.0+\
             Safari/537.36 https://transfer.example/human.aspx {status} 0 0 {taken}\r\n"
        )
        .expect("a string takes any text");
    }
    log
}
