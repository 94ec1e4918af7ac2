//! What can go wrong while a report is written.

use std::path::PathBuf;

use thiserror::Error;

/// A report that could not be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The case holds evidence but no conclusions.
    #[error("the case has no conclusions yet: table {table:?} is missing")]
    NotAnalysed {
        /// First table that is missing.
        table: &'static str,
    },
    /// A query of `queries/reports` failed on this case database.
    #[error("report query {name:?}: {source}")]
    Query {
        /// Name of the query.
        name: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A query gave other columns than its header states.
    #[error("report query {name:?}: expected the columns {expected}, found {found}")]
    Columns {
        /// Name of the query.
        name: &'static str,
        /// Columns of the header.
        expected: String,
        /// Columns of the result.
        found: String,
    },
    /// An output file or the report folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The page could not be rendered.
    #[error("cannot render report.html: {0}")]
    Render(#[from] askama::Error),
}

impl ReportError {
    /// What the user can do about it, if anything.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            ReportError::NotAnalysed { .. } => Some("run `abfluss analyse CASE` first"),
            ReportError::Query { .. } | ReportError::Columns { .. } => {
                Some("the case may come from another version: run `abfluss analyse CASE` again")
            }
            ReportError::Write { .. } | ReportError::Render(_) => None,
        }
    }
}
