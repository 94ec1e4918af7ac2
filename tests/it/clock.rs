//! The clock of the audit log, from evidence to conclusions: generated cases whose clock is stated, and small ones in which
//! an hour occurs twice.

use abfluss::case::Case;
use serde_json::Value;

use crate::audit::audit_folder;
use crate::generator::cases::{Options, find, generate};
use crate::tiny::Tiny;

const NETWORKS: &str = "[known]\nnetworks = [\"10.0.0.0/8\"]\n";

struct Read {
    _folder: tempfile::TempDir,
    case: Case,
    truth: Value,
}

fn read(scenario: &str, zone: Option<&str>, seed: u64) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { seed, lines: Some(2_600), log_rows: Some(1_100), ..Options::default() };
    generate(find(scenario).unwrap(), options, &folder.path().join("in")).unwrap();
    let truth = serde_json::from_str(&std::fs::read_to_string(folder.path().join("in/truth.json")).unwrap()).unwrap();
    let zone = zone.map(|z| format!("[system]\ntimezone = \"{z}\"\n")).unwrap_or_default();
    let case =
        audit_folder(&folder.path().join("in/evidence"), &format!("{zone}{NETWORKS}"), &folder.path().join("case"));
    Read { _folder: folder, case, truth }
}

impl Read {
    fn text(&self, sql: &str) -> String {
        let sql = format!("select cast(({sql}) as text)");
        let found = self.case.connection().query_row(&sql, [], |row| row.get::<_, Option<String>>(0));
        found.unwrap().unwrap_or_default()
    }

    /// Rows of the audit log whose time in UTC does not give their wall clock back, within two seconds (five seconds of a
    /// quarter of an hour are not told from the length of a request), or runs back against the ids by more than two minutes.
    fn wrong_rows(&self) -> Vec<(i64, i64, i64)> {
        let clock = &self.truth["clock"];
        let base = self.truth["offset_s"].as_i64().unwrap();
        let seconds = |v: &Value| v.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
        let switches: Vec<(i64, i64)> = clock["switches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| (seconds(&s["from"]), s["offset_s"].as_i64().unwrap()))
            .collect();
        let zone = |at: i64| switches.iter().rev().find(|s| at >= s.0).map_or(base, |s| s.1);
        let error = clock["wrong_by_s"].as_i64().unwrap();
        let gains = clock["gains_s_a_day"].as_i64().unwrap();
        let start = seconds(&self.truth["from"]);
        let local = |at: i64| at + zone(at) + error + (at - start).max(0) * gains / 86_400;
        let mut statement = self
            .case
            .connection()
            .prepare("select log_id, at_local, at_utc from log_event where at_local is not null order by log_id")
            .unwrap();
        let rows: Vec<(i64, i64, i64)> = statement
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(rows.len() > 500, "{}", rows.len());
        let mut before = i64::MIN;
        let mut wrong = Vec::new();
        for (id, at_local, at_utc) in rows {
            if (local(at_utc) - at_local).abs() > 2 + gains || at_utc < before.saturating_sub(120) {
                wrong.push((id, at_local, at_utc));
            }
            before = at_utc;
        }
        wrong
    }
}

#[test]
fn every_row_of_a_generated_case_gets_its_time_whatever_the_clock() {
    for (scenario, zones) in [
        ("dst-autumn", &[None, Some("Europe/Berlin"), Some("+02:00")][..]),
        ("dst-spring", &[None, Some("Europe/Berlin")]),
        ("odd-offset", &[None, Some("Asia/Kathmandu")]),
        ("drifting-clock", &[None, Some("Europe/Berlin")]),
        ("other-offset", &[None, Some("Europe/Berlin")]),
        ("seven-years-ago", &[None]),
        ("balancer", &[None]),
    ] {
        for zone in zones {
            for seed in [3, 8] {
                let read = read(scenario, *zone, seed);
                let said = read.text("select basis || ' ' || checked from clock");
                let expected = match (scenario, zone) {
                    (_, None) => "paired found",
                    ("other-offset", _) | ("dst-autumn", Some("+02:00")) => "paired contradicted",
                    _ => "configured agrees",
                };
                assert_eq!(said, expected, "{scenario} {zone:?} {seed}: {}", read.text("select detail from clock"));
                let wrong = read.wrong_rows();
                let open: i64 = read.text("select count(*) from log_uncertain").parse().unwrap();
                assert!(
                    i64::try_from(wrong.len()).unwrap() <= open,
                    "{scenario} {zone:?} {seed}: {} of {open} open: {:?}; {}",
                    wrong.len(),
                    wrong.first(),
                    read.text("select detail from clock")
                );
                let marks = read.text("select count(*) from mark where rule_id = 'stated-zone-contradicted'");
                assert_eq!(marks != "0", expected.ends_with("contradicted"), "{scenario} {zone:?}");
            }
        }
    }
}

#[test]
fn sources_that_do_not_meet_in_time_give_no_clock() {
    for scenario in ["stale-web-log", "no-web-log"] {
        let read = read(scenario, None, 5);
        assert_eq!(read.text("select basis || ' ' || pairs from clock"), "none 0", "{scenario}");
        assert_eq!(read.text("select count(*) from finding where grade in ('no_indication', 'excluded')"), "0");
    }
}

/// Summer time ended on 2023-10-29 at 01:00Z. Each pair of texts: UTC, offset in hours.
fn autumn(rows: &[(&str, i64, &str)], zone: &str) -> Tiny {
    let mut tiny = Tiny::new();
    (tiny.quiet_log, tiny.quiet_web) = (false, false);
    tiny.settings = if zone.is_empty() { String::new() } else { format!("[system]\ntimezone = \"{zone}\"\n") };
    tiny.dumped_local = "2023-11-03 12:00:00".to_owned();
    for (utc, offset, file) in rows {
        // The builder writes two hours more than it is given, and sorts by what it is given: ids follow true time.
        let at: jiff::civil::DateTime = utc.parse().unwrap();
        let local = at.checked_add(jiff::Span::new().hours(*offset)).unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string();
        tiny.row_at(utc, &local, "file_download", 100, "partnerpartner01", file, "203.0.113.40", 5000);
    }
    tiny
}

#[test]
fn a_theft_in_the_doubled_hour_is_proven_under_either_reading() {
    let days = ["2023-10-25", "2023-10-26", "2023-10-27"];
    let after = ["2023-10-30", "2023-10-31", "2023-11-01"];
    let times: Vec<(String, i64)> = days
        .iter()
        .map(|d| (format!("{d} 10:00:00"), 2))
        .chain(after.iter().map(|d| (format!("{d} 10:00:00"), 1)))
        .collect();
    for (theft, offset) in [("2023-10-29 00:30:00", 2), ("2023-10-29 01:30:00", 1)] {
        for zone in ["", "Europe/Berlin"] {
            let mut rows: Vec<(&str, i64, &str)> =
                times.iter().map(|(utc, offset)| (utc.as_str(), *offset, "974000009")).collect();
            rows.push((theft, offset, "974000001"));
            let mut tiny = autumn(&rows, zone);
            for (utc, _, file) in &rows {
                let client = "203.0.113.40";
                tiny.fetched(utc, file, client, "200");
            }
            let shortly_before = theft.replace(":30:", ":25:");
            tiny.web(&shortly_before, "GET", "/human2.aspx", "203.0.113.40", "200");
            let told = tiny.told();
            assert_eq!(
                told.only_grade("974000001"),
                "proven",
                "{theft} {zone}: {}",
                told.text("select detail from clock")
            );
            let at = told.text(
                "select strftime('%Y-%m-%d %H:%M:%S', at_utc, 'unixepoch') from log_event where file_id = '974000001'",
            );
            assert_eq!(at, theft, "{zone}");
        }
    }
}

#[test]
fn a_stamp_in_the_doubled_hour_reaches_back_to_the_earlier_reading() {
    let mut tiny = Tiny::new();
    tiny.settings = "[system]\ntimezone = \"Europe/Berlin\"\n".to_owned();
    tiny.dumped_local = "2023-11-03 12:00:00".to_owned();
    tiny.row("2023-11-02 10:00:00", "sec_viewlog", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
    // The stamp says 02:30, which was 00:30Z or 01:30Z; the builder adds two hours. The shell answered at 00:45Z.
    tiny.file("974000003", 100, "2023-10-29 00:30:00", 10);
    tiny.web("2023-10-29 00:45:00", "GET", "/human2.aspx", "198.51.100.23", "200");
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from clock_ambiguous where kind = 'twice'"), 1);
    assert_eq!(told.number("select from_utc <= 1698539400 from presence where file_id = '974000003'"), 1);
    assert_eq!(told.only_grade("974000003"), "possible");
}

#[test]
fn two_events_against_a_stated_zone_clear_nothing() {
    let with = |events: usize| {
        let mut tiny = Tiny::new();
        for day in ["24", "26", "28"].iter().take(events) {
            // At UTC+1, one hour less than the builder's zone says.
            tiny.fetched(&format!("2023-05-{day} 10:00:00"), "974000001", "10.0.0.5", "200");
            tiny.logged(&format!("2023-05-{day} 09:00:00"), "adminadminadmin1", "974000001", "10.0.0.5", 5000);
        }
        tiny.settings = format!("{}{NETWORKS}", tiny.settings);
        let told = tiny.told();
        (told.text("select checked from clock"), told.grade("974000002"))
    };
    assert_eq!(with(1), ("unchecked".into(), "no_indication/covered_without_access".into()));
    assert_eq!(with(2), ("few_contradict".into(), "not_assessable/clock_not_known".into()));
    assert_eq!(with(3), ("contradicted".into(), "no_indication/covered_without_access".into()));
}
