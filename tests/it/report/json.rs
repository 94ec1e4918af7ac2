use abfluss::model::{Grade, Language};
use serde_json::Value;

use super::case;

fn findings(language: Language) -> Value {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), language, dir.path());
    serde_json::from_str(&std::fs::read_to_string(dir.path().join("findings.json")).unwrap()).unwrap()
}

#[test]
fn hostile_names_stand_unchanged() {
    let json = findings(Language::De);
    let names: Vec<_> = json["findings"].as_array().unwrap().iter().map(|f| f["file_name"].as_str().unwrap()).collect();
    for name in case::HOSTILE_NAMES {
        assert!(names.contains(&name), "{name:?} in {names:?}");
    }
}

#[test]
fn each_finding_has_its_own_rows_of_evidence() {
    let json = findings(Language::De);
    for finding in json["findings"].as_array().unwrap() {
        let id: u32 = finding["file_id"].as_str().unwrap().parse().unwrap();
        let rows = finding["evidence_rows"].as_array().unwrap();
        let expected = match id {
            1 => 31,
            2..=6 => 1,
            _ => 0,
        };
        assert_eq!(rows.len(), expected, "file {id}");
        if let Some(row) = rows.iter().find(|r| r["role"] == "inventory") {
            assert_eq!((&row["path"], &row["offset"]), (&Value::from("moveit.sql"), &Value::from(200 + id)));
            assert_eq!(row["sha256"].as_str().unwrap().len(), 64);
        }
    }
}

#[test]
fn counts_of_grades_add_up_to_the_inventory() {
    let json = findings(Language::De);
    let grades = json["grades"].as_array().unwrap();
    assert_eq!(grades.len(), Grade::ALL.len());
    let sum: i64 = grades.iter().map(|g| g["files"].as_i64().unwrap()).sum();
    assert_eq!(sum, json["summary"]["files"].as_i64().unwrap());
    assert_eq!(sum, json["findings"].as_array().unwrap().len() as i64);
}

#[test]
fn the_range_and_its_bytes_are_those_of_the_grades() {
    let json = findings(Language::De);
    let number = |name: &str| json["summary"][name].as_i64().unwrap();
    assert_eq!((number("files_at_least"), number("files_probably"), number("files_at_most")), (1, 3, 7));
    assert_eq!((number("files_not_excluded"), number("files_not_assessable")), (1, 1));
    assert_eq!((number("bytes_at_least"), number("bytes_probably")), (4_200_000, 12_600_000));
    assert_eq!(number("bytes_at_most"), 6 * 4_200_000 + 900);
    assert_eq!(number("files_sent_to_unverified"), 1);
    assert_eq!(number("marks_outside_window"), 1);
}

#[test]
fn only_the_sentences_depend_on_the_language() {
    let (mut de, mut en) = (findings(Language::De), findings(Language::En));
    for json in [&mut de, &mut en] {
        let object = json.as_object_mut().unwrap();
        assert_eq!(object.remove("sentences").unwrap().as_array().unwrap().len(), 3);
        assert!(object.remove("remarks").is_some() && object.remove("language").is_some());
    }
    assert_eq!(de, en);
}
