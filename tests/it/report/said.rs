//! The sentences.

use abfluss::model::Language;
use abfluss::report::{ReportSummary, negative_finding, sentences, warnings};

use super::case;

#[test]
fn the_result_stands_in_three_sentences() {
    let summary = ReportSummary::load(&case::hostile()).unwrap();
    let de = sentences(&summary, Language::De);
    assert_eq!(de[0], "Mindestens: Bei 1 von 9 Dateien ist ein Abfluss belegt (4,2⟨⟩MB).".replace("⟨⟩", "\u{a0}"));
    assert!(de[1].starts_with("Wahrscheinlich: Bei 3 Dateien ist"), "{}", de[1]);
    assert!(
        de[2].contains("Bei 7 Dateien schließen") && de[2].contains("nicht auszuschließen: 1, nicht beurteilbar: 1"),
        "{}",
        de[2]
    );
    assert!(sentences(&summary, Language::En)[0].starts_with("At least: for 1 of 9 files"));
}

#[test]
fn found_access_leaves_no_room_for_a_negative_statement() {
    let summary = ReportSummary::load(&case::hostile()).unwrap();
    assert_eq!(negative_finding(&summary, Language::De), None);
}

#[test]
fn a_negative_statement_names_sources_window_and_limits() {
    let summary = ReportSummary::load(&case::quiet(false)).unwrap();
    let remark = negative_finding(&summary, Language::De).unwrap();
    assert_eq!(remark.id, "negative");
    for part in [
        "IIS-Web-Protokoll: 27.05.2023 00:00:00 UTC",
        "24,00 von 24,00 Stunden",
        "Lücken: keine",
        "SQL-Injection",
        "auf 1 Datei aus Bestand",
        "Datenbank",
    ] {
        assert!(remark.text.contains(part), "{part}: {}", remark.text);
    }
    assert!(!remark.text.contains('⟦'), "{}", remark.text);
}

#[test]
fn a_gap_in_a_required_source_refuses_the_negative_statement() {
    let summary = ReportSummary::load(&case::quiet(true)).unwrap();
    let remark = negative_finding(&summary, Language::De).unwrap();
    assert_eq!(remark.id, "negative_refused");
    assert!(remark.text.contains("IIS-Web-Protokoll hat im untersuchten Zeitraum 1 Lücke"), "{}", remark.text);
}

#[test]
fn a_missing_source_an_empty_inventory_or_no_window_refuse_it_too() {
    for spoil in [
        "update coverage set records = 0 where source = 'iis'",
        "delete from finding",
        "update case_window set to_utc = null",
    ] {
        let conn = case::quiet(false);
        conn.execute(spoil, []).unwrap();
        let remark = negative_finding(&ReportSummary::load(&conn).unwrap(), Language::En).unwrap();
        assert_eq!(remark.id, "negative_refused", "{spoil}");
    }
}

#[test]
fn what_must_be_known_is_said() {
    let ids =
        |conn| warnings(&ReportSummary::load(&conn).unwrap(), Language::De).iter().map(|r| r.id).collect::<Vec<_>>();
    assert_eq!(
        ids(case::hostile()),
        [
            "outside_window",
            "required_gap",
            "planted_accounts",
            "disk_not_examined",
            "not_read",
            "set_aside",
            "decided",
            "clock_contradicted",
            "clock_open_rows"
        ]
    );
    let conn = case::hostile();
    conn.execute("update clock set offset_s = null, basis = 'none' where source = 'moveit_audit_log'", []).unwrap();
    conn.execute("update evidence set records_stored = records_stored - 1 where evidence_id = 1", []).unwrap();
    let said = ids(conn);
    assert_eq!(said[0], "records_do_not_add_up");
    assert!(said.contains(&"clock_unknown"));
}
