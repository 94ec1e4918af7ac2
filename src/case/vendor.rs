//! Vendor tables: the dump's own tables under `PLATFORM_name`, mapped by name, never by position.
//!
//! Every dumped column is of type ANY: a STRICT table then keeps each value exactly as the reader gave it (an unsigned
//! bigint above 2^63, a zero date, a decimal digit for digit), and no row can fail for its type.
//!
//! A table that comes again with further columns gets them added; rows of earlier dumps hold null there. Beyond
//! [`MOST_COLUMNS`] the rest of a row goes into `_more` as a JSON object (binary as `{"hex": …}`), because SQLite stops
//! at 2,000 columns.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Statement, types::Null};
use serde_json::{Map, json};

use super::CaseError;
use super::writer::whole;
use crate::formats::mysqldump::{DumpRow, TableDef, Value};
use crate::model::hex;

/// Columns of a vendor table besides our own.
const MOST_COLUMNS: usize = 1_900;

const MORE: &str = "_more";

/// Names that stand for us in every vendor table.
const RESERVED: [&str; 3] = ["_evidence_id", "_offset", MORE];

/// The vendor tables of a case, and those of the dump being stored.
pub(super) struct VendorTables<'c> {
    connection: &'c Connection,
    platform: String,
    /// Stored table name → its columns, both as stored.
    stored: BTreeMap<String, Vec<String>>,
    /// Vendor name, exactly → stored table name, over all evidence.
    names: BTreeMap<String, String>,
    /// Of the dump being stored: by [`TableDef::number`].
    current: BTreeMap<u32, Current<'c>>,
}

struct Current<'c> {
    evidence: i64,
    table: String,
    vendor: String,
    columns: String,
    /// Of the statement that declared it.
    offset: u64,
    next_id: Option<i64>,
    /// Stored column per value; those beyond the limit have none.
    placed: usize,
    rest: Vec<String>,
    insert: Statement<'c>,
    records: u64,
}

impl<'c> VendorTables<'c> {
    pub(super) fn new(connection: &'c Connection, platform: &str) -> Result<Self, CaseError> {
        let mut tables = Self {
            connection,
            platform: platform.to_owned(),
            stored: BTreeMap::new(),
            names: BTreeMap::new(),
            current: BTreeMap::new(),
        };
        tables.reload()?;
        Ok(tables)
    }

    /// Reads names and columns from the database, as at the beginning and after a roll-back.
    pub(super) fn reload(&mut self) -> Result<(), CaseError> {
        self.stored.clear();
        self.names.clear();
        let mut pairs = self.connection.prepare_cached("select distinct vendor_name, table_name from vendor_table")?;
        for pair in pairs.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (vendor, table): (String, String) = pair?;
            self.names.insert(vendor, table);
        }
        let mut columns = self.connection.prepare_cached("select name from pragma_table_info(?) order by cid")?;
        for table in self.names.values() {
            let found: Result<Vec<String>, _> = columns.query_map([table], |row| row.get(0))?.collect();
            self.stored.insert(table.clone(), found?);
        }
        Ok(())
    }

    /// Lets go of the dump being stored (a statement in use would block the roll-back).
    pub(super) fn forget(&mut self) {
        self.current.clear();
    }

    /// Makes room for a table's rows.
    pub(super) fn declare(&mut self, evidence: i64, def: &TableDef) -> Result<(), CaseError> {
        let table = self.table_name(&def.name);
        let names = column_names(def);
        let placed = names.len().min(MOST_COLUMNS);
        self.make_columns(&table, &names, placed)?;
        let mut listed: Vec<String> = ["_evidence_id", "_offset"].map(quoted).to_vec();
        // Only columns that are there: an earlier dump may have filled the table up to the limit.
        let there = &self.stored[&table];
        let (direct, rest): (Vec<_>, Vec<_>) = names.iter().partition(|name| has(there, name));
        let overflow = !rest.is_empty();
        listed.extend(direct.iter().map(|name| quoted(name)));
        if overflow {
            listed.push(quoted(MORE));
        }
        let marks = vec!["?"; listed.len()].join(", ");
        let sql = format!("insert into {} ({}) values ({marks})", quoted(&table), listed.join(", "));
        let columns: Vec<_> = def.columns.iter().map(|c| json!([c.name, c.declared])).collect();
        let current = Current {
            evidence,
            table,
            vendor: def.name.clone(),
            columns: serde_json::Value::Array(columns).to_string(),
            offset: def.offset,
            next_id: def.next_id,
            placed: direct.len(),
            rest: if overflow { names } else { Vec::new() },
            insert: self.connection.prepare(&sql)?,
            records: 0,
        };
        // A number used twice would lose the first table's count.
        if let Some(earlier) = self.current.insert(def.number, current) {
            self.note(&earlier)?;
        }
        Ok(())
    }

    /// Stores a row.
    pub(super) fn store(&mut self, row: &DumpRow) -> Result<(), CaseError> {
        let there = self.current.get_mut(&row.table).ok_or_else(|| undeclared(row.table))?;
        there.insert.raw_bind_parameter(1, there.evidence)?;
        there.insert.raw_bind_parameter(2, whole(row.offset))?;
        if there.rest.is_empty() {
            let values = row.values.iter().map(Some).chain(std::iter::repeat(None));
            for (index, value) in values.take(there.placed).enumerate() {
                bind(&mut there.insert, index + 3, value.unwrap_or(&Value::Null))?;
            }
        } else {
            store_with_rest(there, &self.stored, row)?;
        }
        there.insert.raw_execute()?;
        there.records += 1;
        Ok(())
    }

    /// Writes which tables the dump filled.
    pub(super) fn finish(&mut self, evidence: i64) -> Result<(), CaseError> {
        for current in std::mem::take(&mut self.current).into_values() {
            debug_assert_eq!(current.evidence, evidence);
            self.note(&current)?;
        }
        Ok(())
    }

    fn note(&self, current: &Current<'_>) -> Result<(), CaseError> {
        self.connection
            .prepare_cached(
                "insert into vendor_table (evidence_id, table_name, vendor_name, columns, records, offset, next_id) \
                 values (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute((
                current.evidence,
                &current.table,
                &current.vendor,
                &current.columns,
                whole(current.records),
                whole(current.offset),
                current.next_id,
            ))?;
        Ok(())
    }

    /// The stored name of a vendor table. Names that differ only in case are one table when they come from different
    /// dumps (Windows servers lower-case them), and two when one dump has both.
    fn table_name(&mut self, vendor: &str) -> String {
        if let Some(known) = self.names.get(vendor) {
            return known.clone();
        }
        let plain = format!("{}_{}", self.platform, clean(vendor).to_lowercase());
        let in_this_dump: BTreeSet<&str> = self.current.values().map(|c| c.table.as_str()).collect();
        let name = free_name(&plain, |name| in_this_dump.contains(name));
        self.names.insert(vendor.to_owned(), name.clone());
        name
    }

    fn make_columns(&mut self, table: &str, names: &[String], placed: usize) -> Result<(), CaseError> {
        let columns = self.stored.entry(table.to_owned()).or_default();
        if columns.is_empty() {
            let mut declared = vec!["_evidence_id integer not null".to_owned(), "_offset integer not null".to_owned()];
            declared.extend(names[..placed].iter().map(|name| format!("{} any", quoted(name))));
            let sql = format!("create table {} ({}) strict", quoted(table), declared.join(", "));
            self.connection.execute_batch(&sql)?;
            columns.extend(["_evidence_id", "_offset"].map(str::to_owned));
            columns.extend(names[..placed].iter().cloned());
        }
        let mut missing: Vec<&str> = names.iter().map(String::as_str).filter(|name| !has(columns, name)).collect();
        let room = (MOST_COLUMNS + 2).saturating_sub(columns.len());
        if missing.len() > room {
            missing.truncate(room);
            if !has(columns, MORE) {
                missing.push(MORE);
            }
        }
        for name in missing {
            self.connection.execute_batch(&format!("alter table {} add column {} any", quoted(table), quoted(name)))?;
            columns.push(name.to_owned());
        }
        Ok(())
    }
}

fn store_with_rest(
    there: &mut Current<'_>,
    stored: &BTreeMap<String, Vec<String>>,
    row: &DumpRow,
) -> Result<(), CaseError> {
    let columns = &stored[&there.table];
    let mut rest = Map::new();
    let mut parameter = 3;
    for (index, name) in there.rest.iter().enumerate() {
        let value = row.values.get(index).unwrap_or(&Value::Null);
        if has(columns, name) {
            bind(&mut there.insert, parameter, value)?;
            parameter += 1;
        } else {
            let value = match value {
                Value::Null => serde_json::Value::Null,
                Value::Integer(n) => json!(n),
                Value::Real(n) => json!(n),
                Value::Number(t) | Value::Text(t) => json!(t),
                Value::Bytes(b) => json!({ "hex": hex(b) }),
            };
            rest.insert(name.clone(), value);
        }
    }
    Ok(there.insert.raw_bind_parameter(parameter, serde_json::Value::Object(rest).to_string())?)
}

fn bind(statement: &mut Statement<'_>, parameter: usize, value: &Value) -> Result<(), CaseError> {
    Ok(match value {
        Value::Null => statement.raw_bind_parameter(parameter, Null),
        Value::Integer(n) => statement.raw_bind_parameter(parameter, n),
        Value::Real(n) => statement.raw_bind_parameter(parameter, n),
        Value::Number(text) | Value::Text(text) => statement.raw_bind_parameter(parameter, &**text),
        Value::Bytes(bytes) => statement.raw_bind_parameter(parameter, &**bytes),
    }?)
}

/// Stored names of a table's columns: as declared, except where SQLite (which ignores case) or we have that name.
fn column_names(def: &TableDef) -> Vec<String> {
    let mut taken: Vec<String> = RESERVED.map(str::to_owned).to_vec();
    for column in &def.columns {
        let name = free_name(&clean(&column.name), |name| has(&taken, name));
        taken.push(name);
    }
    taken.split_off(RESERVED.len())
}

/// `name`, or `name_2`, `name_3`, … when it is taken.
fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2_u32..).map(|n| format!("{name}_{n}")).find(|n| !taken(n)).expect("the numbers do not end before a free one")
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Control characters (NUL would end an SQL text) become `_`.
fn clean(name: &str) -> String {
    if name.is_empty() {
        return "_".to_owned();
    }
    name.chars().map(|c| if c.is_control() { '_' } else { c }).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn undeclared(number: u32) -> CaseError {
    CaseError::Store(rusqlite::Error::InvalidParameterName(format!("row of table number {number} before its table")))
}
