//! What can go wrong between stored rows and findings.

use thiserror::Error;

use super::rules::RuleError;
use crate::platforms::ReferenceError;

/// An error of one step. None of them is the evidence's fault: bad evidence is set aside or reported as missing.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The database refused a statement of a Rust step.
    #[error("case database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A query of `queries/` failed.
    #[error("query {name}: {source}")]
    Query {
        /// Its file name.
        name: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A frame could not be computed.
    #[error("frames: {0}")]
    Frames(#[from] polars::error::PolarsError),
    /// A reference table is damaged.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A time zone that the bundled data does not know.
    #[error("time zone {name:?} is not known; expected a name such as Europe/Berlin or an offset such as +02:00")]
    Zone {
        /// As stated.
        name: String,
    },
    /// A rule that cannot be used, nearly always the user's own.
    #[error(transparent)]
    Rule(#[from] RuleError),
}
