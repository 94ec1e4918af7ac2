//! Matching answers of a web shell with files, against what was really sent.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use abfluss::audit::sizes::{Call, File, Match, Matched, Method, Prediction, Ratio, match_sizes};
use abfluss::audit::{analyse, store_settings};
use abfluss::case::settings::Settings;
use abfluss::case::{Case, Stopwatch};
use abfluss::contents::hash_copies;
use abfluss::intake::{ImportOptions, NoProgress, import};
use flate2::Compression;
use flate2::write::GzEncoder;
use oorandom::Rand64;

use crate::tiny::{Tiny, Told, ZONE};

const HOSTILE: &str = "198.51.100.24";
const OTHER: &str = "198.51.100.31";

struct Dice(Rand64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0.rand_range(0..limit)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

fn gzip(contents: &[u8], level: u32) -> u64 {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(contents).unwrap();
    encoder.finish().unwrap().len() as u64
}

/// The size by the gzip program: another implementation than the one that predicts. None where it is not installed.
fn gzip_program(contents: &[u8]) -> Option<u64> {
    let mut child =
        Command::new("gzip").args(["-6", "-n", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let input = contents.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().ok()?;
    writer.join().unwrap().unwrap();
    Some(output.stdout.len() as u64)
}

/// Records of people who do not exist, as XML, CSV or running text, or bytes that do not shrink.
fn contents(dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let kind = dice.pick(&["xml", "csv", "txt", "zip"]);
    let records = 80 + dice.below(40) * dice.below(40);
    let mut text = String::new();
    for n in 0..records {
        let name = dice.pick(&["Muster", "Beispiel", "Probe", "Krause", "Vogel", "Winter", "Stein", "Busch"]);
        let first = dice.pick(&["Anna", "Bernd", "Clara", "Dieter", "Eva", "Franz", "Greta", "Hans", "Ines"]);
        let (amount, number) = (dice.below(90_000), dice.below(1_000_000_000));
        text += &match kind {
            "xml" => format!(
                "  <fall nr=\"{n}\"><name>{name}</name><vorname>{first}</vorname><betrag>{amount}</betrag><id>{number}</id></fall>\n"
            ),
            "csv" => format!("{number};{name};{first};{amount}\r\n"),
            _ => format!("{first} {name} hat am {}. einen Antrag über {amount} gestellt, Zeichen {number}. ", n % 28),
        };
    }
    let mut bytes = text.into_bytes();
    if kind == "zip" {
        bytes.iter_mut().for_each(|byte| *byte = dice.below(256) as u8);
    }
    (kind, bytes)
}

fn class(kind: &str) -> Ratio {
    match kind {
        "zip" => Ratio { low: 0.5, high: 1.0004, typical_low: 0.97, typical_high: 1.0004 },
        _ => Ratio { low: 0.01, high: 0.95, typical_low: 0.1, typical_high: 0.6 },
    }
}

/// A shell that takes `percent` of the files in the order of the list, with headers of 380 to 420 bytes; one answer in
/// thirty is cut and, if asked for, one in thirty is no file of the list.
struct Theft {
    files: Vec<File>,
    calls: Vec<Call>,
    truth: Vec<Option<usize>>,
}

fn theft(seed: u64, percent: u64, copies: u64, foreign: bool, sent: impl Fn(&[u8]) -> u64) -> Theft {
    let mut dice = Dice(Rand64::new(u128::from(seed)));
    let mut theft = Theft { files: Vec::new(), calls: Vec::new(), truth: Vec::new() };
    for number in 0..60_usize {
        let (kind, bytes) = contents(&mut dice);
        let prediction = if dice.below(100) < copies {
            Prediction::from_copy(bytes.len() as u64, [gzip(&bytes, 6), gzip(&bytes, 9)])
        } else {
            Prediction::from_size(bytes.len() as u64, class(kind))
        };
        theft.files.push(File { from_utc: None, to_utc: None, prediction: Some(prediction) });
        if dice.below(100) >= percent {
            continue;
        }
        let headers = 380 + dice.below(41);
        let mut call = Call { at_utc: number as i64, bytes: sent(&bytes) + headers, broken: false };
        let mut truth = Some(number);
        match dice.below(30) {
            0 => {
                call.bytes = call.bytes * (20 + dice.below(60)) / 100;
                (call.broken, truth) = (true, None);
            }
            1 if foreign => (call.bytes, truth) = (1_500 + dice.below(20_000), None),
            _ => {}
        }
        if call.bytes > 1024 {
            theft.calls.push(call);
            theft.truth.push(truth);
        }
    }
    theft
}

impl Theft {
    /// Matches that are true, and false.
    fn judge(&self, found: &Matched) -> (usize, usize) {
        let right = |m: &&Match| self.truth[m.call] == Some(m.file);
        let count = found.matches.iter().filter(right).count();
        (count, found.matches.len() - count)
    }

    fn shuffle(&mut self, seed: u64) {
        let mut dice = Dice(Rand64::new(u128::from(seed)));
        for n in (1..self.calls.len()).rev() {
            let other = dice.below(n as u64 + 1) as usize;
            self.calls.swap(n, other);
            self.truth.swap(n, other);
        }
    }

    fn taken(&self) -> usize {
        self.truth.iter().flatten().count()
    }
}

#[test]
fn with_copies_nearly_all_answers_are_matched_and_none_wrongly() {
    if gzip_program(b"x").is_none() {
        eprintln!("gzip is not installed: level 9 instead");
    }
    for seed in 1..=4 {
        let sent = |bytes: &[u8]| gzip_program(bytes).unwrap_or_else(|| gzip(bytes, 9));
        let theft = theft(seed, 50, 100, false, sent);
        let found = match_sizes(&theft.calls, &theft.files);
        let (right, wrong) = theft.judge(&found);
        assert_eq!((found.method, wrong), (Method::Aligned, 0), "seed {seed}");
        assert!(right * 100 >= theft.taken() * 80, "seed {seed}: {right} of {}", theft.taken());
        assert!((found.overhead.middle - 400.0).abs() <= 40.0, "seed {seed}: {:?}", found.overhead);
        assert!(found.score > found.shuffled.1, "seed {seed}: {found:?}");
        assert!(found.chance < 1.0, "seed {seed}: {}", found.chance);
        // The same again: nothing here depends on chance or on the clock.
        assert_eq!(found, match_sizes(&theft.calls, &theft.files));
    }
}

#[test]
fn answers_that_are_no_file_of_the_list_are_seldom_taken_for_one() {
    let (mut right, mut wrong, mut taken) = (0, 0, 0);
    for seed in 1..=8 {
        for copies in [100, 60] {
            let theft = theft(seed, 50, copies, true, |bytes| gzip(bytes, 9));
            let judged = theft.judge(&match_sizes(&theft.calls, &theft.files));
            (right, wrong, taken) = (right + judged.0, wrong + judged.1, taken + theft.taken());
        }
    }
    // One whose size fits a file that was passed over, at its place, is told from it by nothing.
    assert!(wrong * 50 <= right, "{wrong} wrong, {right} right");
    assert!(right * 2 > taken, "{right} of {taken}");
}

#[test]
fn a_server_that_compresses_in_another_way_gives_no_wrong_match() {
    for seed in 1..=4 {
        let theft = theft(seed, 50, 100, false, |bytes| gzip(bytes, 1));
        let (_, wrong) = theft.judge(&match_sizes(&theft.calls, &theft.files));
        assert_eq!(wrong, 0, "seed {seed}");
    }
}

#[test]
fn calls_in_no_order_are_not_aligned() {
    for seed in 1..=4 {
        let mut theft = theft(seed, 50, 100, false, |bytes| gzip(bytes, 9));
        theft.shuffle(seed);
        let found = match_sizes(&theft.calls, &theft.files);
        assert_ne!(found.method, Method::Aligned, "seed {seed}");
        let (right, wrong) = theft.judge(&found);
        assert_eq!(wrong, 0, "seed {seed}");
        assert!(right * 2 < theft.taken(), "seed {seed}: the order carried the others");
    }
}

#[test]
fn calls_in_no_order_match_where_a_size_is_one_files_alone() {
    let file = |size: u64| File {
        from_utc: None,
        to_utc: None,
        prediction: Some(Prediction::from_copy(size * 5, [size, size])),
    };
    let sizes: Vec<u64> = (0..9).map(|n| 3_000 << n).collect();
    let files: Vec<File> = sizes.iter().copied().map(file).collect();
    let order = [5, 2, 7, 0, 8, 3, 1, 6];
    let call = |n: &usize| Call { at_utc: 0, bytes: sizes[*n] + 410, broken: false };
    let calls: Vec<Call> = order.iter().map(call).collect();
    let found = match_sizes(&calls, &files);
    assert_eq!(found.method, Method::Unique, "{found:?}");
    assert!(found.matches.len() >= 6, "{found:?}");
    assert!(found.matches.iter().all(|m| m.file == order[m.call]), "{found:?}");
}

#[test]
fn without_copies_only_files_that_do_not_shrink_can_match_and_none_wrongly() {
    let mut right_in_all = 0;
    for seed in 1..=4 {
        let theft = theft(seed, 60, 0, false, |bytes| gzip(bytes, 9));
        let (right, wrong) = theft.judge(&match_sizes(&theft.calls, &theft.files));
        assert_eq!(wrong, 0, "seed {seed}");
        right_in_all += right;
    }
    assert!(right_in_all > 0);
}

#[test]
fn two_files_of_the_same_contents_share_the_probability() {
    let prediction = |size: u64| Some(Prediction::from_copy(size * 5, [size, size]));
    let file = |size: u64| File { from_utc: None, to_utc: None, prediction: prediction(size) };
    let call = |bytes: u64| Call { at_utc: 0, bytes: bytes + 400, broken: false };
    let files: Vec<File> = [9_000, 20_000, 20_000, 31_000, 5_000, 44_000, 61_000, 80_000].map(file).to_vec();
    let calls: Vec<Call> = [9_000, 20_000, 31_000, 5_000, 44_000, 61_000, 80_000].map(call).to_vec();
    let found = match_sizes(&calls, &files);
    assert_eq!(found.method, Method::Aligned);
    assert!(found.matches.iter().all(|m| m.call != 1), "either of the two: {found:?}");
    assert_eq!(found.matches.len(), 6);
}

#[test]
fn a_file_that_came_later_is_no_candidate() {
    let file = |from: Option<i64>| File {
        from_utc: from,
        to_utc: None,
        prediction: Some(Prediction::from_copy(90_000, [20_000, 20_000])),
    };
    let calls = [Call { at_utc: 100, bytes: 20_400, broken: false }];
    let found = match_sizes(&calls, &[file(Some(50)), file(Some(500))]);
    assert!(found.matches.iter().all(|m| m.file == 0));
}

const FIELDS: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
                      sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken";

/// Thirty files with copies; the shell lists them and takes those whose number `takes` names, in order.
struct Told30 {
    told: Told,
    ids: Vec<String>,
}

fn shell(takes: &[(&'static str, &[usize], u32)], with_bytes: bool, with_copies: bool) -> Told30 {
    let mut dice = Dice(Rand64::new(7));
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}[known]\nnetworks = [\"10.0.0.0/8\"]\n");
    tiny.quiet_web = false;
    if with_bytes {
        tiny.fields = FIELDS.to_owned();
    }
    let status =
        |status: &str, bytes: u64| if with_bytes { format!("{status} {bytes} 380") } else { status.to_owned() };
    for day in (20..=31).map(|d| format!("2023-05-{d}")).chain(["2023-06-01".to_owned(), "2023-06-02".to_owned()]) {
        for hour in ["12:00:00", "23:50:00"] {
            tiny.web(&format!("{day} {hour}"), "GET", "/", "192.0.2.250", &status("200 0 0", 4_600));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let copies = folder.path().join("copies");
    fs::create_dir_all(&copies).unwrap();
    let (mut ids, mut sizes) = (Vec::new(), Vec::new());
    for number in 0..30_usize {
        let (kind, bytes) = contents(&mut dice);
        let id = (975_000_000 + number * 37).to_string();
        tiny.file_of(&id, &format!("datei{number}.{kind}"), "2023-05-21 08:00:00", &bytes);
        fs::write(copies.join(format!("{number}.{kind}")), &bytes).unwrap();
        sizes.push(gzip(&bytes, 9));
        ids.push(id);
    }
    for (minute, (address, taken, win32)) in takes.iter().enumerate() {
        let at = |second: usize| format!("2023-05-28 {:02}:{:02}:{:02}", 3 + minute, second / 60, second % 60);
        // The list is as large as no file.
        let near = |bytes: u64| sizes.iter().any(|size| (size + 400).abs_diff(bytes) < 150);
        let list = status("200 0 0", (1_500..).step_by(50).find(|bytes| !near(*bytes)).unwrap());
        tiny.web(&at(0), "GET", "/human2.aspx", address, &status("404 0 2", 310));
        tiny.web(&at(5), "GET", "/human2.aspx", address, &list);
        tiny.web(&at(9), "GET", "/human2.aspx", address, &status("200 0 0", 512));
        for (n, &file) in taken.iter().enumerate() {
            let broken = *win32 != 0 && n + 1 == taken.len();
            let bytes = sizes[file] + 380 + dice.below(41);
            let bytes = if broken { bytes / 2 } else { bytes };
            let answer = format!("200 0 {}", if broken { *win32 } else { 0 });
            tiny.web(&at(20 + n * 15), "GET", "/human2.aspx", address, &status(&answer, bytes));
        }
    }
    let evidence = folder.path().join("in");
    tiny.write(&evidence);
    let case = Case::create(&folder.path().join("case"), false).unwrap();
    import(&case, &[evidence], &ImportOptions::default()).unwrap();
    if with_copies {
        hash_copies(&case, &[copies], &NoProgress).unwrap();
    }
    store_settings(case.connection(), &Settings::parse(&tiny.settings, "case.toml").unwrap()).unwrap();
    let watch = Stopwatch::start();
    analyse(case.connection(), |_| (), || watch.elapsed()).unwrap();
    Told30 { told: Told { folder, case }, ids }
}

impl Told30 {
    fn likely(&self) -> Vec<usize> {
        let grade = |id: &String| self.told.grade(id);
        (0..self.ids.len()).filter(|&n| grade(&self.ids[n]) == "likely/size_match").collect()
    }
}

#[test]
fn matched_files_become_likely_and_all_others_stay_possible() {
    let taken: Vec<usize> = (0..30).filter(|n| n % 3 != 1).collect();
    let case = shell(&[(HOSTILE, &taken, 0)], true, true);
    let told = &case.told;
    let likely = case.likely();
    assert!(likely.iter().all(|n| taken.contains(n)), "{likely:?}");
    assert!(likely.len() * 100 >= taken.len() * 80, "{likely:?}");
    assert_eq!(told.number("select count(*) from finding where grade not in ('likely', 'possible')"), 0);
    assert_eq!(told.text("select group_concat(method || ' ' || detail) from size_run"), "aligned ordered");
    assert_eq!(told.text("select group_concat(distinct extent) from finding where grade = 'likely'"), "complete");
    assert_eq!(told.number("select count(*) from finding where grade = 'likely' and bytes_sent is not null"), 0);
    let row = "select count(*) from finding_evidence as v join finding as f using (file_id)
               where v.role = 'web_request' and f.grade = 'likely'";
    assert_eq!(told.number(row), likely.len() as i64, "each is led back to its request");
    // Twenty files, the list and the small answer: 33 files were there.
    assert_eq!(
        told.text("select k || ' ' || k_probably || ' ' || n || ' ' || basis from shell_bound where org_id is null"),
        "22 20 33 calls"
    );
    assert_eq!(told.number("select count(*) from shell_call where role = 'inventory'"), 1);
}

#[test]
fn a_broken_answer_is_no_match_and_stays_in_the_bound() {
    let taken: Vec<usize> = (0..12).collect();
    let case = shell(&[(HOSTILE, &taken, 64)], true, true);
    let likely = case.likely();
    assert!(likely.iter().all(|n| *n < 11), "{likely:?}");
    assert!(likely.len() >= 9, "{likely:?}");
    assert_eq!(case.told.number("select broken_calls from shell_session"), 1);
    assert_eq!(case.told.number("select k_probably from shell_bound where org_id is null"), 12);
}

#[test]
fn two_callers_are_two_runs() {
    let (first, second): (Vec<usize>, Vec<usize>) = ((0..12).collect(), (10..24).collect());
    let case = shell(&[(HOSTILE, &first, 0), (OTHER, &second, 0)], true, true);
    let told = &case.told;
    assert!(case.likely().iter().all(|n| *n < 24), "{:?}", case.likely());
    assert!(case.likely().len() >= 20, "{:?}", case.likely());
    assert_eq!(told.text("select group_concat(k_probably, ' ') from (select k_probably from shell_bound where org_id is null order by session_no)"), "12 14");
    let by = format!(
        "select count(*) from download where reason = 'size_match' and address = '{OTHER}' and file_id < '{}'",
        case.ids[10]
    );
    assert_eq!(told.number(&by), 0);
}

#[test]
fn without_sizes_there_are_bounds_only() {
    let taken: Vec<usize> = (0..12).collect();
    let case = shell(&[(HOSTILE, &taken, 0)], false, true);
    let told = &case.told;
    assert!(case.likely().is_empty());
    assert_eq!(told.number("select count(*) from finding where grade <> 'possible'"), 0);
    assert_eq!(told.text("select group_concat(method || ' ' || detail) from size_run"), "none no_sizes");
    assert_eq!(
        told.text("select k || ' ' || k_probably || ' ' || n from shell_bound where org_id is null"),
        "14 14 33"
    );
    assert_eq!(told.text("select group_concat(k || ' ' || n, ', ') from (select k, n from shell_bound where org_id is not null order by org_id)"), "14 32, 1 1");
}

#[test]
fn without_copies_nothing_is_matched_wrongly() {
    let taken: Vec<usize> = (0..30).filter(|n| n % 3 != 1).collect();
    let case = shell(&[(HOSTILE, &taken, 0)], true, false);
    assert!(case.likely().iter().all(|n| taken.contains(n)), "{:?}", case.likely());
    assert_eq!(case.told.number("select copies from size_run"), 0);
    assert_eq!(case.told.number("select count(*) from size_match where basis = 'copy'"), 0);
}
