//! From generated evidence to findings, against the generator's stated truth. The truth comes from what was planted, never
//! from a run of this program.

#![allow(clippy::unwrap_used, clippy::print_stderr)] // stderr: which scenario a failed check belongs to

use std::collections::BTreeMap;
use std::path::Path;

use abfluss::audit::{analyse, store_settings};
use abfluss::case::settings::Settings;
use abfluss::case::{Case, Stopwatch};
use abfluss::intake::{ImportOptions, import};
use abfluss::model::Grade;
use rusqlite::Connection;
use serde_json::Value;

use crate::generator::cases::{Options, find, generate};

/// A generated case, imported and concluded.
pub(crate) struct Audited {
    _folder: tempfile::TempDir,
    pub(crate) case: Case,
    pub(crate) truth: Value,
}

impl Audited {
    fn db(&self) -> &Connection {
        self.case.connection()
    }

    fn text(&self, sql: &str) -> String {
        self.db().query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
    }

    fn number(&self, sql: &str) -> i64 {
        self.db().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// Concludes from evidence that lies there already.
pub(crate) fn audit_folder(evidence: &Path, settings: &str, case: &Path) -> Case {
    let settings = Settings::parse(settings, "case.toml").unwrap();
    let case = Case::create(case, false).unwrap();
    import(&case, &[evidence.to_owned()], &ImportOptions::default()).unwrap();
    store_settings(case.connection(), &settings).unwrap();
    let watch = Stopwatch::start();
    analyse(case.connection(), |_| (), || watch.elapsed()).unwrap();
    case
}

fn audited_with(scenario: &str, seed: u64, settings: &str, meddle: impl FnOnce(&Path)) -> Audited {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { seed, lines: Some(4_000), log_rows: Some(1_600), ..Options::default() };
    generate(find(scenario).unwrap(), options, &folder.path().join("in")).unwrap();
    let evidence = folder.path().join("in/evidence");
    meddle(&evidence);
    let truth = serde_json::from_str(&std::fs::read_to_string(folder.path().join("in/truth.json")).unwrap()).unwrap();
    let case = audit_folder(&evidence, settings, &folder.path().join("case"));
    Audited { _folder: folder, case, truth }
}

pub(crate) fn audited(scenario: &str) -> Audited {
    audited_with(scenario, 11, INTERNAL, |_| ())
}

const INTERNAL: &str = "[known]\nnetworks = [\"10.0.0.0/8\"]\n";

/// Grade, transfer grade (where stated) and class of each file; every file of the truth has exactly one finding.
fn assert_truth(audited: &Audited) {
    let mut statement = audited
        .db()
        .prepare("select file_id, grade, transfer_grade, session_class, extent, bytes_sent from finding")
        .unwrap();
    let mut found = BTreeMap::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let text = |i| row.get::<_, Option<String>>(i).unwrap().unwrap_or_default();
        let bytes: Option<i64> = row.get(5).unwrap();
        assert!(found.insert(text(0), (text(1), text(2), text(3), text(4), bytes)).is_none());
    }
    let mut wrong = Vec::new();
    for (file, stated) in audited.truth["files"].as_object().unwrap() {
        let Some((grade, transfer, class, extent, bytes)) = found.get(file) else {
            wrong.push(format!("{file}: no finding"));
            continue;
        };
        let same = *grade == stated["grade"].as_str().unwrap()
            && *class == stated["session_class"].as_str().unwrap()
            // Partners fetch the same files: what left is at least what was planted.
            && stated["transfer_grade"].as_str().is_none_or(|t| Grade::from_id(transfer) <= Grade::from_id(t))
            && (!matches!(grade.as_str(), "proven") || (extent == stated["extent"].as_str().unwrap() && *bytes == stated["bytes_sent"].as_i64()));
        if !same {
            wrong.push(format!("{file}: {grade} {transfer} {class} {extent} {bytes:?}, stated {stated}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    // Beyond the stated files only ids that the attacker made up.
    let unlisted: Vec<String> =
        audited.truth["unlisted_file_ids"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let stated = audited.truth["files"].as_object().unwrap();
    for file in found.keys().filter(|f| !stated.contains_key(*f)) {
        assert!(unlisted.iter().any(|u| u.trim_matches('"') == file), "{file} is in no truth");
    }
}

fn matches_pattern(pattern: &str, address: &str) -> bool {
    match pattern.split_once('*') {
        Some((head, tail)) => address.starts_with(head) && address.ends_with(tail),
        None => {
            pattern.len() == address.len() && pattern.bytes().zip(address.bytes()).all(|(p, a)| p == b'?' || p == a)
        }
    }
}

fn assert_classes(audited: &Audited) {
    let mut statement = audited.db().prepare("select distinct address, class from session").unwrap();
    let sessions: Vec<(String, String)> =
        statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
    for stated in audited.truth["sessions_by_address"].as_array().unwrap() {
        let pattern = stated["address"].as_str().unwrap();
        let allowed: Vec<&str> = stated["classes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        for (address, class) in sessions.iter().filter(|(a, _)| matches_pattern(pattern, a)) {
            assert!(allowed.contains(&class.as_str()), "{address} is {class}, stated {allowed:?}");
        }
    }
}

fn assert_clock(audited: &Audited) {
    assert_eq!(audited.number("select offset_s from clock"), audited.truth["offset_s"].as_i64().unwrap());
    assert_eq!(audited.text("select basis from clock"), "paired");
}

#[test]
fn every_scenario_comes_out_as_stated() {
    for scenario in [
        "untouched",
        "refused-scan",
        "planted-session",
        "web-shell",
        "missing-days",
        "new-address",
        "planted-account",
        "sftp-theft",
        "other-offset",
        "shell-and-session",
    ] {
        eprintln!("scenario {scenario}");
        let audited = audited(scenario);
        assert_clock(&audited);
        assert_truth(&audited);
        assert_classes(&audited);
    }
}

#[test]
fn the_committed_demo_comes_out_as_stated() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let read = |name: &str| std::fs::read_to_string(demo.join(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let case = audit_folder(&demo.join("evidence"), &read("case.toml"), &folder.path().join("case"));
    let audited = Audited { _folder: folder, case, truth: serde_json::from_str(&read("truth.json")).unwrap() };
    assert_clock(&audited);
    assert_truth(&audited);
    assert_classes(&audited);
    let left =
        "select count(*) from download where grade is not null and class not in ('hostile', 'unknown', 'unverified')";
    assert_eq!(audited.number(left), 0);
}

#[test]
fn no_partner_is_flagged_whatever_the_seed() {
    for seed in 1..=4 {
        let audited = audited_with("untouched", seed, INTERNAL, |_| ());
        assert_truth(&audited);
        assert_eq!(audited.number("select count(*) from session where class in ('hostile', 'unknown')"), 0);
    }
}

#[test]
fn grades_add_up_to_the_files_and_coverage_to_the_window() {
    let audited = audited("missing-days");
    assert_eq!(audited.number("select count(*) from finding"), audited.number("select count(*) from file"));
    let missing = audited.number(
        "select cast(round((window_hours - covered_hours) * 3600) as integer) from coverage where source = 'iis'",
    );
    let stated = audited.number("select sum(to_utc - from_utc) from gap where source = 'iis' and in_window");
    assert_eq!(missing, stated);
    assert!(missing >= 48 * 3600, "two days are missing");
}

#[test]
fn a_missing_source_is_said_and_nothing_is_cleared() {
    let audited =
        audited_with("untouched", 2, INTERNAL, |evidence| std::fs::remove_dir_all(evidence.join("iis")).unwrap());
    assert_eq!(audited.number("select count(*) from gap where source = 'iis' and rule = 'missing_source'"), 1);
    assert_eq!(audited.number("select count(*) from finding where grade in ('no_indication', 'excluded')"), 0);

    let audited =
        audited_with("untouched", 2, INTERNAL, |evidence| std::fs::remove_dir_all(evidence.join("db")).unwrap());
    assert_eq!(
        audited.number("select count(*) from gap where source = 'moveit_audit_log' and rule = 'missing_source'"),
        1
    );
    assert_eq!(
        audited.number("select count(*) from vendor_missing where table_name = 'files' and note = 'required'"),
        1
    );
    assert_eq!(audited.number("select count(*) from finding where grade in ('no_indication', 'excluded')"), 0);
}

#[test]
fn required_sources_can_be_narrowed() {
    let settings = "[required]\nsources = [\"moveit_audit_log\"]\n[system]\ntimezone = \"+02:00\"\n[known]\nnetworks = [\"10.0.0.0/8\"]\n";
    let audited =
        audited_with("untouched", 2, settings, |evidence| std::fs::remove_dir_all(evidence.join("iis")).unwrap());
    assert_eq!(audited.number("select count(*) from finding where grade <> 'no_indication'"), 0);
}

#[test]
fn a_dump_that_is_cut_off_clears_nothing_after_its_end() {
    let audited = audited_with("untouched", 3, INTERNAL, |evidence| {
        let path = evidence.join("db/moveittransfer.sql");
        let bytes = std::fs::read(&path).unwrap();
        let needle: &[u8] = b"INSERT INTO `log`";
        let log = bytes.windows(needle.len()).position(|w| w == needle).unwrap();
        std::fs::write(&path, &bytes[..log + (bytes.len() - log) / 3]).unwrap();
    });
    assert_eq!(audited.number("select count(*) from gap where rule = 'cut_off'"), 1);
    assert_eq!(audited.number("select count(*) from evidence where complete = 0"), 1);
    assert!(audited.number("select count(*) from finding where grade = 'not_excluded'") > 0);
}

#[test]
fn a_decision_overrules_and_the_derived_class_stays() {
    let first = audited("new-address");
    let id = first.text("select session_id from session where class = 'unverified' order by session_no limit 1");
    let settings = format!(
        "{INTERNAL}[[decision]]\nsession = \"{id}\"\nclass = \"known\"\nreason = \"partner confirmed by telephone\"\nwho = \"Muster\"\n"
    );
    let second = audited_with("new-address", 11, &settings, |_| ());
    let row = second
        .db()
        .query_row("select class, derived_class, decided_by from session where session_id = ?1", [&id], |r| {
            Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?))
        })
        .unwrap();
    assert_eq!(row, ("known".into(), "unverified".into(), "Muster".into()));
    let count = |a: &Audited| a.number("select count(*) from finding where grade = 'possible'");
    assert!(count(&second) < count(&first));
}

#[test]
fn a_configured_window_bounds_the_question_but_not_hostile_findings() {
    let settings = format!("{INTERNAL}[window]\nfrom = \"2023-05-10T00:00:00Z\"\nto = \"2023-05-12T00:00:00Z\"\n");
    let audited = audited_with("planted-session", 11, &settings, |_| ());
    assert_eq!(audited.text("select basis from case_window"), "configured");
    assert_eq!(audited.number("select count(*) from finding where grade = 'proven'"), 7);
    assert_eq!(audited.number("select count(*) from download where grade = 'proven' and not in_window"), 7);
}

#[test]
fn every_statement_leads_back_to_the_bytes() {
    let audited = audited("planted-session");
    let evidence = audited._folder.path().join("in/evidence");
    let mut statement = audited
        .db()
        .prepare(
            "select f.file_id, v.role, e.path, v.offset from finding as f
             join finding_evidence as v on v.file_id = f.file_id join evidence as e on e.evidence_id = v.evidence_id
             where f.grade = 'proven' and v.role in ('log_row', 'web_request', 'inventory')",
        )
        .unwrap();
    let rows: Vec<(String, String, String, usize)> = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get::<_, i64>(3)?.try_into().unwrap())))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(rows.iter().filter(|r| r.1 == "web_request").count(), 7);
    assert_eq!(rows.iter().filter(|r| r.1 == "log_row").count(), 7);
    for (file, role, path, offset) in rows {
        let bytes = std::fs::read(evidence.join(&path)).unwrap();
        let record = String::from_utf8_lossy(&bytes[offset..(offset + 700).min(bytes.len())]).into_owned();
        let end = if role == "web_request" { record.find('\n') } else { record.find("),(").or(record.find(");")) };
        let record = &record[..end.unwrap_or(record.len())];
        assert!(record.contains(&file), "{role} at {path}@{offset} does not name {file}: {record}");
    }
}

#[test]
fn what_is_possible_through_a_session_names_a_row_of_that_session() {
    for scenario in ["sftp-theft", "web-shell"] {
        let audited = audited(scenario);
        assert!(audited.number("select count(*) from finding where grade = 'possible'") > 0);
        let unnamed = "select count(*) from finding as f where f.reason = 'access_while_present' and not exists (
            select 1 from finding_evidence as v where v.file_id = f.file_id and v.role = 'access')";
        assert_eq!(audited.number(unnamed), 0, "{scenario}");
    }
}

#[test]
fn conclusions_drawn_again_are_the_same() {
    let audited = audited("shell-and-session");
    let digest = |a: &Audited| {
        a.text("select group_concat(file_id || grade || sessions || evidence, ';') from (select * from finding order by file_id)")
    };
    let before = digest(&audited);
    let watch = Stopwatch::start();
    analyse(audited.db(), |_| (), || watch.elapsed()).unwrap();
    assert_eq!(before, digest(&audited));
}
