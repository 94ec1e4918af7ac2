//! Reference data and what the evidence lacks, as tables, so that every query runs in a plain SQLite shell.

use rusqlite::{Connection, params};

use super::error::AuditError;
use super::rules;
use crate::case::settings::SOURCES;
use crate::platforms::{MissingColumn, Platform, indicators, make_source_views};

/// Makes `ref_action`, `indicator`, `rule`, `required_source`, `vendor_missing` and the `src_*` views.
pub(super) fn prepare(db: &Connection, platform: Platform) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists ref_action;
         create table ref_action (priority integer, pattern text, kind text, confidence text, note text) strict;
         delete from indicator;
         drop table if exists vendor_missing;
         create table vendor_missing (table_name text not null, column_name text, note text not null) strict;
         drop table if exists required_source;
         create table required_source (source text primary key) strict;",
    )?;
    for action in platform.actions()? {
        db.prepare_cached("insert into ref_action values (?1, ?2, ?3, ?4, ?5)")?.execute(params![
            action.priority,
            action.pattern,
            action.kind,
            action.confidence,
            action.note
        ])?;
    }
    for indicator in indicators()? {
        db.prepare_cached("insert into indicator (kind, value, source, note) values (?1, ?2, ?3, ?4)")?
            .execute(params![indicator.kind, indicator.value, indicator.source, indicator.note])?;
    }
    rules::list(db)?;
    require_sources(db)?;
    let missing = make_source_views(db, "moveit", &platform.expected_columns()?)?;
    store_missing(db, &missing)
}

/// Required are the sources that the settings name; all of the platform when they name none.
fn require_sources(db: &Connection) -> Result<(), AuditError> {
    let stated: Option<String> =
        db.query_row("select max(value) from setting where key = 'required.sources'", [], |row| row.get(0))?;
    let names: Vec<String> = match stated {
        Some(list) => list.split('|').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect(),
        None => SOURCES.iter().map(|s| (*s).to_owned()).collect(),
    };
    for name in names {
        db.execute("insert or ignore into required_source values (?1)", [name])?;
    }
    Ok(())
}

fn store_missing(db: &Connection, missing: &[MissingColumn]) -> Result<(), AuditError> {
    for item in missing {
        let note = if item.required { "required" } else { "optional" };
        db.execute("insert into vendor_missing values (?1, ?2, ?3)", params![item.table, item.column, note])?;
    }
    Ok(())
}
