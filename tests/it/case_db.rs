//! docs/reference/case-db.md names what is in the database, no more and no less.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

/// Tables and views of a case after all conclusions, each with its columns. The views on vendor tables depend on the dump.
fn database() -> BTreeMap<String, BTreeSet<String>> {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(include_str!("../../src/case/schema.sql")).unwrap();
    abfluss::audit::analyse(&db, |_| {}, || std::time::Duration::ZERO).unwrap();
    let mut names =
        db.prepare("select name from sqlite_schema where type in ('table', 'view') and name not glob 'src_*'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let columns = |name: &String| -> BTreeSet<String> {
        let mut columns = db.prepare("select name from pragma_table_info(?1)").unwrap();
        columns.query_map([name], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    names.iter().map(|name| (name.clone(), columns(name))).collect()
}

/// Headings of the page, each with the words in backticks below it.
fn page() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../docs/reference/case-db.md");
    let sections = text.split("\n### `").skip(1);
    sections
        .map(|section| {
            let (name, rest) = section.split_once('`').unwrap();
            let body = rest.split("\n## ").next().unwrap();
            (name.to_owned(), body.split('`').skip(1).step_by(2).map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn the_page_names_every_table_and_every_column() {
    let (database, page) = (database(), page());
    let names = |from: &BTreeMap<String, BTreeSet<String>>| from.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&page), names(&database), "tables");
    for (table, columns) in &database {
        let missing: Vec<_> = columns.difference(&page[table]).collect();
        assert!(missing.is_empty(), "columns of {table} that the page lacks: {missing:?}");
    }
}
