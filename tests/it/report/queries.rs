use abfluss::report::queries;

use super::case;

#[test]
fn every_query_runs_on_a_case_and_gives_the_columns_it_states() {
    let conn = case::hostile();
    for name in queries::names() {
        let statement = conn.prepare(queries::sql(name).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let stated: Vec<_> = queries::columns(name).unwrap().iter().map(|c| c.name).collect();
        assert_eq!(statement.column_names().collect::<Vec<_>>(), stated, "{name}");
        assert!(statement.readonly(), "{name}");
    }
}

#[test]
fn a_case_without_conclusions_is_refused_with_a_hint() {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("report");
    let error = abfluss::report::write(&conn, abfluss::model::Language::De, &out).unwrap_err();
    assert!(error.to_string().contains("finding"), "{error}");
    assert!(error.hint().unwrap().contains("analyse"));
    assert!(!out.exists(), "nothing is left behind");
}

#[test]
fn the_conclusions_have_every_table_and_column_that_the_report_reads() {
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    conn.execute_batch(include_str!("../../../src/case/schema.sql")).unwrap();
    abfluss::audit::analyse(&conn, |_| {}, || std::time::Duration::ZERO).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let summary = abfluss::report::write(&conn, abfluss::model::Language::De, dir.path()).unwrap();
    assert!(summary.has_required_gap(), "without any source nothing can be said");
    assert_eq!(summary.strongest(), None);
}
