//! The outputs of a case, one writer per medium.
//!
//! What a report says comes from `queries/reports`, and from nowhere else: each table of the report is one of these
//! queries ([`queries`]), and each number of the summary is computed once, by the query `summary`, so that HTML, JSON
//! and CSV cannot disagree. The writers only render. They use no clock, no machine name and no hash order: the same case
//! database gives the same bytes.
//!
//! File names, user agents and queries in these tables were chosen by an attacker. Each writer escapes for its medium:
//! [`csv`] against formulas, [`html`] against markup, both and the terminal ([`plain`]) against control characters and
//! marks that turn the direction of writing. The unchanged originals stand in `findings.json`.

mod csv;
mod error;
pub mod explain;
mod html;
mod json;
mod negative;
mod output;
pub mod plain;
pub mod queries;
mod sentences;
mod summary;
mod table;
mod text;
mod why;

use std::path::Path;

pub use error::ReportError;
pub use negative::negative_finding;
pub use sentences::{Remark, sentences, warnings};
pub use summary::{GradeCount, Range, ReportSummary};
pub use table::{Cell, Row, Table};
pub use text::Texts;

use crate::model::Language;

/// Writes `report.html`, `findings.json` and the CSV tables into `report_dir`, which is made if it is missing.
///
/// Files are written one after the other; a caller who must never show half a report gives a fresh folder and renames it
/// when this returns. `leaked_records.csv` and `persons.csv` are not written as long as contents are not examined, and
/// the report says so.
///
/// # Errors
/// [`ReportError::NotAnalysed`] when the conclusions' tables are missing, [`ReportError::Query`] when a query of
/// `queries/reports` fails, [`ReportError::Write`] when a file cannot be written.
pub fn write(conn: &rusqlite::Connection, language: Language, report_dir: &Path) -> Result<ReportSummary, ReportError> {
    let summary = ReportSummary::load(conn)?;
    output::create_dir(report_dir)?;
    let originals = csv::write_all(conn, report_dir)?;
    json::write(conn, &summary, language, &originals, report_dir)?;
    html::write(conn, &summary, language, report_dir)?;
    Ok(summary)
}
