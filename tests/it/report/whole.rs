//! The report of generated cases, from evidence to page.

use abfluss::model::{Grade, Language};

use super::case;
use crate::audit::audited;

#[test]
fn the_report_of_a_whole_case_says_what_its_findings_say() {
    for scenario in ["web-shell", "planted-session", "missing-days"] {
        let audited = audited(scenario);
        let conn = audited.case.connection();
        let dir = tempfile::tempdir().unwrap();
        let summary = case::report(conn, Language::De, dir.path());
        assert!(summary.records_add_up(), "{scenario}");
        for count in &summary.grades {
            let found: i64 = conn
                .query_row("select count(*) from finding where grade = ?1", [count.grade.id()], |row| row.get(0))
                .unwrap();
            assert_eq!(count.files, found, "{scenario} {:?}", count.grade);
        }
        let proven = summary.grades.iter().find(|g| g.grade == Grade::Proven).unwrap();
        assert_eq!(summary.files().at_least, proven.files, "{scenario}");
        let html = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
        assert!(!html.contains('⟦'), "{scenario}: a text is missing");
    }
}
