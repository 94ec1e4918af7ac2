//! The generator of cases: the same seed gives the same bytes, and its truth agrees with what it wrote.

#![allow(clippy::unwrap_used, clippy::print_stderr)] // stderr: which scenario a failed check belongs to

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

#[path = "../../fixtures/generator/mod.rs"]
pub mod cases;

use cases::{Options, all, find, generate};

fn case(name: &str, options: Options) -> (TempDir, Value) {
    let folder = TempDir::new().unwrap();
    generate(find(name).unwrap(), options, folder.path()).unwrap();
    let truth = fs::read(folder.path().join("truth.json")).unwrap();
    (folder, serde_json::from_slice(&truth).unwrap())
}

fn small(seed: u64) -> Options {
    Options { seed, lines: Some(3_000), log_rows: Some(1_500), ..Options::default() }
}

/// Every file of a case, by path, with its bytes.
fn bytes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|e| e.file_type().is_file())
        .map(|e| (e.path().strip_prefix(folder).unwrap().to_owned(), fs::read(e.path()).unwrap()))
        .collect()
}

/// Rows of a table as the dump has them, values as text without quotes and escapes kept. Written apart from the readers
/// of abfluss, for the dumps of the generator and of mariadb-dump with default options only.
fn rows(dump: &str, table: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = dump;
    let start = format!("INSERT INTO `{table}` VALUES");
    while let Some(at) = rest.find(&start) {
        rest = &rest[at + start.len()..];
        let (mut row, mut value, mut quoted, mut escaped, mut depth) = (Vec::new(), String::new(), false, false, 0);
        for (n, c) in rest.char_indices() {
            match c {
                _ if escaped => {
                    value.push(c);
                    escaped = false;
                }
                '\\' if quoted => {
                    value.push(c);
                    escaped = true;
                }
                '\'' => quoted = !quoted,
                _ if quoted => value.push(c),
                '(' => depth = 1,
                ',' if depth == 1 => row.push(std::mem::take(&mut value)),
                ')' => {
                    row.push(std::mem::take(&mut value));
                    found.push(std::mem::take(&mut row));
                    depth = 0;
                }
                ';' => {
                    rest = &rest[n..];
                    break;
                }
                _ if depth == 1 => value.push(c),
                _ => {}
            }
        }
    }
    found
}

fn dump_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("evidence/db/moveittransfer.sql")).unwrap()
}

/// Seconds of `2023-05-28T03:18:02Z` or `2023-05-28 03:18:02`, on whatever clock.
fn seconds(text: &str) -> i64 {
    abfluss::model::Civil::parse(text.trim_end_matches('Z')).unwrap().0
}

/// What was truly taken agrees with the files and their sizes, and where a trace is stated there is one.
fn check_files_and_taken(dump: &str, web: &BTreeMap<PathBuf, Vec<u8>>, truth: &Value) {
    let files = truth["files"].as_object().unwrap();
    let log: Vec<(String, String)> = rows(dump, "log")
        .into_iter()
        .filter(|r| r[2] == "file_download")
        .map(|r| (r[6].clone(), r[7].clone()))
        .collect();
    let web: String = web.values().map(|b| String::from_utf8_lossy(b).into_owned()).collect();
    let forwarded = web.contains("X-Forwarded-For");
    let (mut taken, mut bytes) = (std::collections::BTreeSet::new(), 0);
    for one in truth["taken"].as_array().unwrap() {
        let (id, address) = (one["file_id"].as_str().unwrap(), one["address"].as_str().unwrap());
        let file = &files[id];
        assert!(one["bytes"].as_u64().unwrap() <= file["size"].as_u64().unwrap(), "{one}");
        let at = seconds(one["at"].as_str().unwrap());
        assert!(seconds(file["from"].as_str().unwrap()) < at, "{one}");
        assert!(file["to"].as_str().is_none_or(|to| seconds(to) > at), "{one}");
        let shown = one["shown_by"].as_str().unwrap();
        let in_log = log.iter().any(|(f, _)| f == id);
        if shown.contains("audit") && truth["scenario"] != "archived-log" {
            assert!(in_log, "{one}");
        }
        if shown.contains("web") {
            let named = |l: &str| {
                l.contains(id)
                    && (l.contains(&format!(" {address} "))
                        || (l.contains(" 10.20.0.9 ") && (!forwarded || l.ends_with(address))))
            };
            assert!(web.lines().any(named), "{one}");
        }
        taken.insert(id);
        bytes += one["bytes"].as_u64().unwrap();
    }
    let total = &truth["taken_totals"]["total"];
    assert_eq!(total["files"].as_u64().unwrap(), taken.len() as u64);
    assert!(total["bytes"].as_u64().unwrap() <= bytes);
    let orgs = truth["taken_totals"]["organisations"].as_object().unwrap();
    assert_eq!(orgs.values().map(|o| o["bytes"].as_u64().unwrap()).sum::<u64>(), total["bytes"].as_u64().unwrap());
    assert!(taken.iter().all(|id| files[*id]["from"].is_string()));
    for untouched in truth["untouched_organisations"].as_array().unwrap() {
        assert_eq!(orgs[&untouched.to_string()]["files"], 0);
    }
}

/// All that must agree between truth.json and the evidence beside it.
fn check(folder: &Path, truth: &Value) {
    let dump = dump_of(folder);
    for (table, count) in truth["tables"].as_object().unwrap() {
        assert_eq!(rows(&dump, table).len() as u64, count.as_u64().unwrap(), "rows of {table}");
    }
    assert_eq!(truth["tables"]["log"], truth["totals"]["log_rows"]);
    let quiet = ["untouched", "refused-scan", "missing-days", "new-address", "travel"];
    let none = truth["taken"].as_array().unwrap().is_empty();
    assert_eq!(none, quiet.contains(&truth["scenario"].as_str().unwrap()), "{}", truth["scenario"]);

    // Web logs: what the truth counts is what is there, and nothing else is there.
    let (mut records, mut headers) = (0, 0);
    let written = bytes(&folder.join("evidence/iis"));
    assert_eq!(written.len(), truth["web_logs"].as_object().unwrap().len());
    for (path, counts) in truth["web_logs"].as_object().unwrap() {
        let text = fs::read_to_string(folder.join("evidence").join(path)).unwrap();
        let header = text.split_terminator("\r\n").filter(|l| l.starts_with('#')).count() as u64;
        let record = text.split_terminator("\r\n").count() as u64 - header;
        assert_eq!(
            (record, header),
            (counts["records"].as_u64().unwrap(), counts["headers"].as_u64().unwrap()),
            "{path}"
        );
        assert_eq!(text.len() as u64, counts["bytes"].as_u64().unwrap(), "{path}");
        records += record;
        headers += header;
    }
    assert_eq!(records, truth["totals"]["web_records"].as_u64().unwrap());
    assert_eq!(headers, truth["totals"]["web_headers"].as_u64().unwrap());

    check_files_and_taken(&dump, &written, truth);
    if truth["totals"]["grades"].as_object().unwrap().is_empty() {
        return; // a scenario of the suite: it states what was taken, and no grades
    }

    // Missing ids of the log are exactly the gaps stated.
    let log = rows(&dump, "log");
    assert!(log.iter().all(|r| r.len() == 30));
    let ids: Vec<u64> = log.iter().map(|r| r[0].parse().unwrap()).collect();
    let missing: Vec<(u64, u64)> = ids.windows(2).filter(|w| w[1] != w[0] + 1).map(|w| (w[0] + 1, w[1] - 1)).collect();
    let stated: Vec<(u64, u64)> = truth["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|g| g["rule"] == "missing_ids")
        .map(|g| (g["first_id"].as_u64().unwrap(), g["last_id"].as_u64().unwrap()))
        .collect();
    assert_eq!(missing, stated);
    assert_eq!(ids[0], truth["totals"]["log_first_id"].as_u64().unwrap());
    assert_eq!(ids[ids.len() - 1], truth["totals"]["log_last_id"].as_u64().unwrap());

    // Neither source is ever silent for a day, so silence is no gap that the truth has forgotten.
    let times: Vec<i64> = log.iter().map(|r| seconds(&r[1])).collect();
    assert!(times.windows(2).all(|w| w[0] <= w[1] && w[1] - w[0] < 23 * 3600), "audit log silent");

    // Every file of the truth is named by the dump; every file id that the dump names is in the truth.
    let files = truth["files"].as_object().unwrap();
    let inventory: Vec<String> = rows(&dump, "files").into_iter().map(|r| r[0].clone()).collect();
    for id in &inventory {
        assert!(files[id]["in_inventory"].as_bool().unwrap(), "{id}");
    }
    assert_eq!(inventory.len() as u64, truth["totals"]["inventory_rows"].as_u64().unwrap());
    let named: std::collections::BTreeSet<&str> =
        log.iter().map(|r| r[6].as_str()).filter(|id| !id.is_empty() && *id != "0").collect();
    for id in &named {
        assert!(files.contains_key(*id), "log names {id}, the truth does not");
    }
    for (id, file) in files {
        assert!(named.contains(id.as_str()) || file["in_inventory"] == true, "{id} is nowhere in the dump");
    }
    let mut grades: BTreeMap<&str, u64> = BTreeMap::new();
    for file in files.values() {
        *grades.entry(file["grade"].as_str().unwrap()).or_default() += 1;
    }
    for (grade, count) in truth["totals"]["grades"].as_object().unwrap() {
        assert!(abfluss::model::Grade::from_id(grade).is_some());
        assert_eq!(grades.get(grade.as_str()).copied().unwrap_or(0), count.as_u64().unwrap(), "{grade}");
    }
    assert_eq!(files.len() as u64, truth["totals"]["files"].as_u64().unwrap());

    // No grade hangs on seconds: no file comes or goes near the edge of an access or of a missing day.
    let spans = truth["accesses"]
        .as_array()
        .unwrap()
        .iter()
        .chain(truth["gaps"].as_array().unwrap().iter().filter(|g| g["rule"] == "missing_rollover"));
    for span in spans {
        for edge in [seconds(span["from"].as_str().unwrap()), seconds(span["to"].as_str().unwrap())] {
            for (id, file) in files {
                for at in ["from", "to"].iter().filter_map(|k| file[*k].as_str()) {
                    assert!((seconds(at) - edge).abs() > 600, "{id} comes or goes at {at}, at the edge of {span}");
                }
            }
        }
    }

    // Planted downloads stand where the truth says: in the audit log, in the web log, or in both.
    let offset = truth["offset_s"].as_i64().unwrap();
    let web: String = written.values().map(|b| String::from_utf8_lossy(b).into_owned()).collect();
    for taken in truth["planted_downloads"].as_array().unwrap() {
        let (id, address) = (taken["file_id"].as_str().unwrap(), taken["address"].as_str().unwrap());
        let in_log = log.iter().any(|r| {
            r[2] == "file_download"
                && r[6] == id
                && r[7] == address
                && (seconds(&r[1]) - offset - seconds(taken["at"].as_str().unwrap())).abs() <= 2
        });
        let in_web = web.lines().any(|l| {
            let fields: Vec<&str> = l.split(' ').collect();
            fields.len() > 11
                && fields[8] == address
                && (fields[4].contains(id) || fields[5].contains(&format!("={id}&")))
                && matches!(fields[11], "200" | "206")
        });
        let sources = taken["sources"].as_str().unwrap();
        assert_eq!((in_log, in_web), (sources.contains("audit"), sources.contains("web")), "{taken}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() {
    let (first, _) = case("planted-session", small(5));
    let (second, _) = case("planted-session", small(5));
    let (other, _) = case("planted-session", small(6));
    assert!(bytes(first.path()) == bytes(second.path()));
    assert!(dump_of(first.path()) != dump_of(other.path()));
}

#[test]
fn the_truth_of_every_scenario_agrees_with_its_evidence() {
    for scenario in all() {
        for seed in [1, 2] {
            let options = if scenario.states_grades { small(seed) } else { Options { seed, ..Options::default() } };
            let (folder, truth) = case(scenario.name, options);
            eprintln!("{} seed {seed}", scenario.name);
            check(folder.path(), &truth);
        }
    }
}

#[test]
fn scenarios_hold_the_grades_they_are_for() {
    let grades = |name: &str| {
        let (_, truth) = case(name, Options::default());
        move |grade: &str| truth["totals"]["grades"][grade].as_u64().unwrap()
    };
    for name in ["untouched", "refused-scan"] {
        let of = grades(name);
        assert!(of("no_indication") > 100 && of("proven") + of("likely") + of("possible") + of("not_excluded") == 0);
    }
    let of = grades("planted-session");
    assert!(of("proven") == 7 && of("likely") == 3 && of("possible") > 50 && of("no_indication") > 50);
    let of = grades("other-offset");
    assert!(of("very_likely") == 2 && of("likely") == 1);
    let of = grades("web-shell");
    assert!(of("possible") > 100 && of("proven") + of("very_likely") + of("likely") == 0);
    let of = grades("missing-days");
    assert!(of("not_excluded") > 100 && of("possible") == 0 && of("no_indication") > 50);
    let of = grades("new-address");
    assert_eq!((of("possible"), of("proven")), (3, 0));
    let of = grades("planted-account");
    assert_eq!((of("proven"), of("likely")), (3, 2));
    let of = grades("sftp-theft");
    assert!(of("very_likely") > 0 && of("proven") == 0 && of("no_indication") > 50);
}

#[test]
fn sizes_are_met_to_the_line() {
    let options = Options { lines: Some(30_000), log_rows: Some(14_000), ..Options::default() };
    let (_, truth) = case("large", options);
    assert_eq!(truth["totals"]["web_records"], 30_000);
    assert_eq!(truth["totals"]["log_rows"], 14_000);
}

#[test]
fn the_committed_demo_agrees_with_its_truth() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let truth: Value = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    check(&folder, &truth);
    let dump = dump_of(&folder);
    assert!(dump.contains("MariaDB dump"), "the demo's dump is the output of a real server");
    assert!(dump.trim_end().ends_with("-- Dump completed on 2023-06-01 15:31:07"));
    let size: usize = bytes(&folder).values().map(Vec::len).sum();
    assert!(size < 2_000_000, "{size} bytes");
}

#[test]
fn web_logs_of_the_demo_are_what_the_generator_writes_today() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let truth: Value = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let options = Options { seed: truth["seed"].as_u64().unwrap(), ..Options::default() };
    let (made, _) = case("demo", options);
    assert!(
        bytes(&made.path().join("evidence/iis")) == bytes(&folder.join("evidence/iis")),
        "run fixtures/make-demo.sh"
    );
    // The dump differs in the server's own words, not in its rows.
    for table in truth["tables"].as_object().unwrap().keys() {
        assert_eq!(rows(&dump_of(made.path()), table).len(), rows(&dump_of(&folder), table).len(), "{table}");
    }
}
