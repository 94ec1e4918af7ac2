//! Views that give vendor tables the columns the common model expects, whatever the dump had.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::tables::ExpectedColumn;

/// A table or column that the model expects and the evidence lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingColumn {
    /// Vendor table.
    pub table: String,
    /// Vendor column; none when the whole table is missing.
    pub column: Option<String>,
    /// Whether conclusions suffer.
    pub required: bool,
}

/// Makes a view `src_<table>` for each expected table: `evidence_id`, `offset`, then the expected columns in lower case.
/// Columns are found by name in any case; one that the dump lacks is NULL. A missing table gives an empty view. Returns
/// what is missing, in the order of the reference table.
///
/// # Errors
/// When the database refuses.
pub fn make_source_views(
    db: &Connection,
    prefix: &str,
    expected: &[ExpectedColumn],
) -> rusqlite::Result<Vec<MissingColumn>> {
    let mut tables: BTreeMap<&str, Vec<&ExpectedColumn>> = BTreeMap::new();
    for column in expected {
        tables.entry(&column.table).or_default().push(column);
    }
    let mut missing = Vec::new();
    for (table, columns) in tables {
        let stored = format!("{prefix}_{table}");
        let present = present_columns(db, &stored)?;
        if present.is_empty() {
            let required = columns.iter().any(|c| c.need == "required");
            missing.push(MissingColumn { table: table.to_owned(), column: None, required });
        }
        let mut select = Vec::new();
        for column in &columns {
            let alias = column.column.to_lowercase();
            if present.contains(&alias) {
                select.push(format!("\"{}\" as {alias}", column.column));
            } else {
                select.push(format!("null as {alias}"));
                if !present.is_empty() {
                    let required = column.need == "required";
                    missing.push(MissingColumn {
                        table: table.to_owned(),
                        column: Some(column.column.clone()),
                        required,
                    });
                }
            }
        }
        let list = select.join(", ");
        let body = if present.is_empty() {
            format!("select 0 as evidence_id, 0 as offset, {list} where 0")
        } else {
            format!("select _evidence_id as evidence_id, _offset as offset, {list} from \"{stored}\"")
        };
        db.execute_batch(&format!("drop view if exists src_{table}; create view src_{table} as {body};"))?;
    }
    Ok(missing)
}

/// Column names in lower case; empty when there is no such table.
fn present_columns(db: &Connection, table: &str) -> rusqlite::Result<BTreeSet<String>> {
    let mut statement = db.prepare("select lower(name) from pragma_table_info(?1)")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(table: &str, column: &str, need: &str) -> ExpectedColumn {
        ExpectedColumn { table: table.into(), column: column.into(), need: need.into(), used_for: String::new() }
    }

    #[test]
    fn columns_are_found_by_name_and_missing_ones_are_named() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "create table moveit_files (_evidence_id integer, _offset integer, name any, ID any) strict;
             insert into moveit_files values (1, 17, 'a.txt', 5);",
        )
        .unwrap();
        let expected = [
            column("files", "ID", "required"),
            column("files", "Name", "required"),
            column("files", "Hash", "optional"),
            column("log", "ID", "required"),
        ];
        let missing = make_source_views(&db, "moveit", &expected).unwrap();
        assert_eq!(
            missing,
            [
                MissingColumn { table: "files".into(), column: Some("Hash".into()), required: false },
                MissingColumn { table: "log".into(), column: None, required: true },
            ]
        );
        let row: (i64, i64, String, Option<String>) = db
            .query_row("select offset, id, name, hash from src_files", [], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
            })
            .unwrap();
        assert_eq!(row, (17, 5, "a.txt".into(), None));
        let none: i64 = db.query_row("select count(*) from src_log", [], |r| r.get(0)).unwrap();
        assert_eq!(none, 0);
    }
}
