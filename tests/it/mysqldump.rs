//! The dump reader against dumps that real servers wrote: ../shared/corpus/mysqldump, where it is there.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use abfluss::formats::Summary;
use abfluss::formats::mysqldump::{self, DumpItem, TableDef, Value};

use crate::corpus::corpus;

struct Dump {
    summary: Summary,
    tables: Vec<TableDef>,
    /// Rows by table name.
    rows: BTreeMap<String, Vec<Vec<Value>>>,
}

fn read(path: &Path) -> Dump {
    let bytes = fs::read(path).unwrap();
    assert!(mysqldump::recognises(&bytes[..bytes.len().min(65536)]), "{} is a dump", path.display());
    let mut tables: Vec<TableDef> = Vec::new();
    let mut rows: BTreeMap<String, Vec<Vec<Value>>> = BTreeMap::new();
    let summary = mysqldump::read(&mut bytes.as_slice(), &mut |batch| {
        for item in batch {
            match item {
                DumpItem::Table(table) => tables.push(table),
                DumpItem::Row(row) => {
                    assert_eq!(bytes[usize::try_from(row.offset).unwrap()], b'(', "{}", path.display());
                    let table = &tables[row.table as usize];
                    assert_eq!(table.columns.len(), row.values.len());
                    rows.entry(table.name.clone()).or_default().push(row.values);
                }
                DumpItem::SetAside(aside) => panic!("{}: {aside:?}", path.display()),
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(summary.tally.adds_up());
    Dump { summary, tables, rows }
}

/// The value as the server's HEX() shows it.
fn hex(value: &Value, declared: &str) -> String {
    let digits = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02X}")).collect::<String>();
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => digits(number.to_string().as_bytes()),
        Value::Real(number) => digits(number.to_string().as_bytes()),
        Value::Number(number) => digits(number.as_bytes()),
        // The server holds a uuid as its 16 bytes.
        Value::Text(text) if declared == "uuid" => text.replace('-', "").to_uppercase(),
        Value::Text(text) => digits(text.as_bytes()),
        Value::Bytes(bytes) => digits(bytes),
    }
}

fn listing(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

#[test]
fn fifteen_option_sets_of_four_databases_have_the_servers_own_values() {
    let Some(corpus) = corpus("mysqldump") else { return };
    let (mut variants, mut values) = (0, 0);
    for database in ["mnx_bit", "mnx_enum", "myanon_issue29", "myanon_issue55"] {
        let folder = corpus.join("server-variants").join(database);
        let truths = listing(&folder.join("truth"), "tsv");
        assert!(!truths.is_empty());
        for path in listing(&folder, "sql") {
            let dump = read(&path);
            variants += 1;
            assert!(dump.summary.notes.is_empty(), "{}: {:?}", path.display(), dump.summary.notes);
            for truth in &truths {
                let name = truth.file_name().unwrap().to_str().unwrap().strip_suffix(".hex.tsv").unwrap();
                let text = fs::read_to_string(truth).unwrap();
                let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
                let names = lines.next().unwrap();
                let table = dump.tables.iter().find(|t| t.name == name).expect("the table is created in every variant");
                assert_eq!(table.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>(), names);
                let mut found: Vec<Vec<String>> = dump.rows.get(name).map_or_else(Vec::new, |rows| {
                    let row = |row: &Vec<Value>| {
                        row.iter().zip(&table.columns).map(|(value, column)| hex(value, &column.declared)).collect()
                    };
                    rows.iter().map(row).collect()
                });
                if path.ends_with("no-data.sql") {
                    assert!(found.is_empty(), "{}", path.display());
                    continue;
                }
                // The order of rows is the dump's own business.
                let mut expected: Vec<Vec<String>> = lines.collect();
                assert!(!expected.is_empty());
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "{}", path.display());
                values += found.iter().map(Vec::len).sum::<usize>();
            }
        }
    }
    assert_eq!(variants, 60);
    // 15 + 7 × 2 + 4 × 2 + 2 × 3 values, in the fourteen sets with data.
    assert_eq!(values, 14 * (15 + 14 + 8 + 6));
}

#[test]
fn what_mysqldump_writes_beside_sql_is_not_taken_for_a_dump() {
    let Some(corpus) = corpus("mysqldump") else { return };
    let mut seen = 0;
    for database in ["mnx_bit", "mnx_enum", "myanon_issue29", "myanon_issue55"] {
        let folder = corpus.join("server-variants").join(database);
        let mut files = listing(&folder, "xml");
        files.extend(listing(&folder.join("tab"), "txt"));
        files.extend(listing(&folder.join("truth"), "tsv"));
        for path in files {
            seen += 1;
            assert!(!mysqldump::recognises(&fs::read(&path).unwrap()), "{}", path.display());
        }
    }
    assert_eq!(seen, 12);
}

#[test]
fn dumps_of_other_programs_and_versions_have_all_their_rows() {
    let Some(corpus) = corpus("mysqldump") else { return };
    type Expected = (&'static str, &'static [(&'static str, usize)], Option<bool>);
    let expected: [Expected; 9] = [
        ("binary_bit.sql", &[("bit_test", 15)], Some(true)),
        ("data_only.sql", &[("quoted_identifiers", 1)], None),
        ("enum_set.sql", &[("enum_set_test", 7)], Some(true)),
        ("issue29.sql", &[("anontest", 4)], Some(true)),
        ("issue52.sql", &[("user", 1)], None),
        ("issue55.sql", &[("user_test", 2)], Some(true)),
        ("issue_semicolon_truncate.sql", &[("truncate_semicolon_case", 1)], None),
        ("simple.sql", &[("quoted_identifiers", 1)], None),
        ("tables.sql", &[("binary_test", 2), ("blob_test", 2), ("indexes", 3)], None),
    ];
    assert_eq!(listing(&corpus, "sql").len(), expected.len());
    for (file, rows, complete) in expected {
        let dump = read(&corpus.join(file));
        let found: Vec<(&str, usize)> = dump.rows.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect();
        assert_eq!(found, rows, "{file}");
        assert_eq!(dump.summary.complete, complete, "{file}");
        assert_eq!(dump.summary.dumped_at_local.is_some(), complete == Some(true), "{file}");
    }
    let semicolon = read(&corpus.join("issue_semicolon_truncate.sql"));
    assert_eq!(semicolon.rows["truncate_semicolon_case"], [[Value::Integer(1), Value::Text("alpha;beta".into())]]);
    let tables = read(&corpus.join("tables.sql"));
    assert_eq!(tables.tables.len(), 9);
    assert_eq!(tables.rows["binary_test"], [[Value::Bytes([0].into())], [Value::Bytes([1].into())]]);
    assert_eq!(tables.rows["blob_test"][1], [Value::Integer(2), Value::Bytes([].into())]);
}
