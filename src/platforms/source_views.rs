//! Views that give vendor tables the columns the common model expects, whatever the dump had.
//!
//! A text that is none in its character set lies in the vendor table byte for byte, as a blob. A plain cast would make it
//! a text that is no UTF-8, which no later step could read: table `vendor_text` holds, for each such value, the text with
//! `\xNN` for every invalid byte, and the views show that.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::model::escape_invalid;

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

/// Makes a view `src_<table>` for each expected table: `evidence_id`, `offset`, `newest` (the dump's place by its own time;
/// the greatest is the newest dump, one without a closing line counts as the oldest), then the expected columns in lower
/// case.
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
    db.execute_batch(
        "drop table if exists vendor_text;
         create table vendor_text (raw blob primary key, text text not null) strict, without rowid;
         drop table if exists dump_order;
         create table dump_order (evidence_id integer primary key, newest integer not null) strict;
         insert into dump_order
         select evidence_id, row_number() over (order by dumped_at_local nulls first, evidence_id)
         from evidence where format = 'mysqldump' and status = 'imported';",
    )?;
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
                let value = format!("\"{}\"", column.column);
                if keep_texts_of_blobs(db, &stored, &value)? {
                    select.push(format!(
                        "case typeof({value}) when 'blob' then (select v.text from vendor_text as v where v.raw = {value}) \
                         else {value} end as {alias}"
                    ));
                } else {
                    select.push(format!("{value} as {alias}"));
                }
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
            format!("select 0 as evidence_id, 0 as offset, 0 as newest, {list} where 0")
        } else {
            format!(
                "select _evidence_id as evidence_id, _offset as offset, (select d.newest from dump_order as d \
                 where d.evidence_id = _evidence_id) as newest, {list} from \"{stored}\""
            )
        };
        db.execute_batch(&format!("drop view if exists src_{table}; create view src_{table} as {body};"))?;
    }
    Ok(missing)
}

/// Enters the blobs of a column into `vendor_text`; whether there are any.
fn keep_texts_of_blobs(db: &Connection, table: &str, column: &str) -> rusqlite::Result<bool> {
    let mut blobs =
        db.prepare(&format!("select distinct {column} from \"{table}\" where typeof({column}) = 'blob' order by 1"))?;
    let mut insert = db.prepare_cached("insert or ignore into vendor_text (raw, text) values (?1, ?2)")?;
    let mut rows = blobs.query([])?;
    let mut any = false;
    while let Some(row) = rows.next()? {
        let raw = row.get_ref(0)?.as_bytes()?;
        insert.execute((raw, escape_invalid(raw)))?;
        any = true;
    }
    Ok(any)
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

    fn database(tables: &str) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "create table evidence (evidence_id integer, format text, status text, dumped_at_local integer)",
        )
        .unwrap();
        db.execute_batch(tables).unwrap();
        db
    }

    #[test]
    fn columns_are_found_by_name_and_missing_ones_are_named() {
        let db = database(
            "create table moveit_files (_evidence_id integer, _offset integer, name any, ID any) strict;
             insert into moveit_files values (1, 17, 'a.txt', 5);",
        );
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

    #[test]
    fn a_text_that_is_no_utf8_is_shown_with_its_bytes_escaped() {
        let db = database(
            "create table moveit_files (_evidence_id integer, _offset integer, ID any, Name any) strict;
             insert into moveit_files values (1, 17, x'3132FF', 'a.txt'), (1, 30, '13', x'5C'), (1, 40, 14, null);",
        );
        let expected = [column("files", "ID", "required"), column("files", "Name", "required")];
        make_source_views(&db, "moveit", &expected).unwrap();
        let mut rows = db.prepare("select cast(id as text), name from src_files order by offset").unwrap();
        let rows: Vec<(String, Option<String>)> =
            rows.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(
            rows,
            [("12\\xFF".into(), Some("a.txt".into())), ("13".into(), Some("\\".into())), ("14".into(), None)]
        );
    }
}
