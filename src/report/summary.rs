//! The numbers of the report, computed once by the query `summary` and used by every writer.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::ReportError;
use super::table::{self, Table};
use crate::model::Grade;

/// A range of certainty over files or bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Grade *proven*.
    pub at_least: i64,
    /// Grade *likely* and better.
    pub probably: i64,
    /// Every grade but *no indication* and *excluded*.
    pub at_most: i64,
    /// The part of `at_most` with grade *cannot be excluded*.
    pub not_excluded: i64,
    /// The part of `at_most` with grade *cannot be assessed*.
    pub not_assessable: i64,
}

/// How many files have a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradeCount {
    /// The grade.
    pub grade: Grade,
    /// Files with it.
    pub files: i64,
    /// Sizes the server states for them, added up; files without a stated size count 0.
    pub size_bytes: i64,
    /// Bytes shown as sent, added up.
    pub bytes_sent: i64,
}

/// What the closing summary, the sentences and every writer need.
#[derive(Debug, Clone)]
pub struct ReportSummary {
    /// `[case] id`, if given.
    pub case_id: Option<String>,
    /// `[case] title`, if given.
    pub title: Option<String>,
    /// Files by grade, strongest first; each grade stands once.
    pub grades: Vec<GradeCount>,
    /// Begin of the window, RFC 3339; none when no window could be found.
    pub window_from: Option<String>,
    /// End of the window, RFC 3339.
    pub window_to: Option<String>,
    /// Where the window comes from: configured, first_hostile_mark, coverage, none.
    pub window_basis: String,
    /// One row per source (query `coverage`).
    pub coverage: Table,
    /// One row per source (query `clock`).
    pub clock: Table,
    /// What the statement about missing findings rests on (query `negative`).
    pub negative: Table,
    /// One row per dump (query `dump_age`).
    pub dump_age: Table,
    numbers: BTreeMap<String, i64>,
}

/// Tables without which a report would say nothing; the first one missing is named in the error.
const NEEDED: [&str; 6] = ["finding", "range", "session", "coverage", "gap", "case_window"];

/// Refuses a case that holds evidence but no conclusions.
pub(super) fn expect_conclusions(conn: &Connection) -> Result<(), ReportError> {
    for name in NEEDED {
        let found = conn
            .query_row("select count(*) from sqlite_schema where name = ?1", [name], |r| r.get::<_, i64>(0))
            .map_err(|source| ReportError::Query { name: "summary", source })?;
        if found == 0 {
            return Err(ReportError::NotAnalysed { table: name });
        }
    }
    Ok(())
}

impl ReportSummary {
    /// Reads the numbers from a case database with conclusions.
    ///
    /// # Errors
    /// [`ReportError::NotAnalysed`] without conclusions, [`ReportError::Query`] when a query fails.
    pub fn load(conn: &Connection) -> Result<Self, ReportError> {
        expect_conclusions(conn)?;
        let mut numbers = BTreeMap::new();
        table::for_each(conn, "summary", |row| {
            numbers.insert(row.text("name"), row.int("value").unwrap_or(0));
            Ok(())
        })?;
        let grades = Table::load(conn, "grades", usize::MAX)?
            .iter()
            .filter_map(|row| {
                Some(GradeCount {
                    grade: Grade::from_id(&row.text("grade"))?,
                    files: row.int("files").unwrap_or(0),
                    size_bytes: row.int("size_bytes").unwrap_or(0),
                    bytes_sent: row.int("bytes_sent").unwrap_or(0),
                })
            })
            .collect();
        let (mut case_id, mut title) = (None, None);
        table::for_each(conn, "settings", |row| {
            match row.text("key").as_str() {
                "case.id" => case_id = Some(row.text("value")),
                "case.title" => title = Some(row.text("value")),
                _ => {}
            }
            Ok(())
        })?;
        let window = Table::load(conn, "window", 1)?;
        let part = |column: &str| window.iter().next().map(|row| row.text(column)).filter(|t| !t.is_empty());
        Ok(Self {
            case_id: case_id.filter(|t| !t.is_empty()),
            title: title.filter(|t| !t.is_empty()),
            grades,
            window_from: part("from"),
            window_to: part("to"),
            window_basis: part("basis").unwrap_or_else(|| "none".to_owned()),
            coverage: Table::load(conn, "coverage", usize::MAX)?,
            clock: Table::load(conn, "clock", usize::MAX)?,
            negative: Table::load(conn, "negative", usize::MAX)?,
            dump_age: Table::load(conn, "dump_age", usize::MAX)?,
            numbers,
        })
    }

    /// A number by its name in the query `summary`; 0 for a name it does not have.
    pub fn number(&self, name: &str) -> i64 {
        debug_assert!(self.numbers.contains_key(name), "no number named {name}");
        self.numbers.get(name).copied().unwrap_or(0)
    }

    /// All numbers, by name.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, i64)> {
        self.numbers.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// The range over files.
    pub fn files(&self) -> Range {
        self.range("files")
    }

    /// The range over bytes. What is counted stands in the header of queries/audit/86_range.sql.
    pub fn bytes(&self) -> Range {
        self.range("bytes")
    }

    fn range(&self, unit: &str) -> Range {
        let part = |name: &str| self.number(&format!("{unit}_{name}"));
        Range {
            at_least: part("at_least"),
            probably: part("probably"),
            at_most: part("at_most"),
            not_excluded: part("not_excluded"),
            not_assessable: part("not_assessable"),
        }
    }

    /// True when a negative statement cannot be made: a required source is missing or has a gap inside the window, or
    /// there is no window.
    pub fn has_required_gap(&self) -> bool {
        self.number("gaps_required_in_window") > 0
            || self.number("sources_required_missing") > 0
            || self.number("sources_required") == 0
            || self.window_from.is_none()
            || self.window_to.is_none()
    }

    /// Files shown to be within reach of a session that belongs to nobody or of an unverified one: grades *proven* to
    /// *possible*. Without any, the report makes (or refuses) a negative statement.
    pub fn found_access(&self) -> bool {
        self.number("files_accessible") > 0
    }

    /// True when every record read is stored, set aside, or a header.
    pub fn records_add_up(&self) -> bool {
        self.number("records_read")
            == self.number("records_stored") + self.number("records_set_aside") + self.number("records_header")
    }

    /// The strongest grade that any file has.
    pub fn strongest(&self) -> Option<Grade> {
        self.grades.iter().find(|g| g.files > 0).map(|g| g.grade)
    }
}
