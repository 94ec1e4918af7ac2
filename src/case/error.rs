//! What can go wrong with a case folder or its database.

use std::path::PathBuf;

use thiserror::Error;

/// See the variants; [`CaseError::is_usage`] separates wrong usage from failures.
#[derive(Debug, Error)]
pub enum CaseError {
    /// `--out` names a case that is already there.
    #[error("{} already holds a case; give --force to replace it, or use `abfluss import` to add evidence", .path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// `--out` names a folder (or file) that holds something else; it is never replaced.
    #[error("{} is not a case folder: it holds {found}; choose another folder", .path.display())]
    NotACase {
        /// The folder.
        path: PathBuf,
        /// Name of the first thing in it that belongs to no case.
        found: String,
    },
    /// There is no case to open.
    #[error("{} is not a case: expected a file case.db in it", .path.display())]
    NoCase {
        /// The folder.
        path: PathBuf,
    },
    /// Another process is building or changing the case.
    #[error("{} is being written by another run; wait for it to end", .path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A killed run left its journal behind.
    #[error(
        "a run on {} was interrupted and left case.db-journal; run `abfluss analyse` on it, which takes back the \
         unfinished transaction", .path.display()
    )]
    Interrupted {
        /// The folder.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("cannot {action} {}: {source}", .path.display())]
    Folder {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("case database {}: {source}", .path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// SQLite refused while rows were stored.
    #[error("case database: {0}")]
    Store(#[from] rusqlite::Error),
    /// Records of a file do not add up: a defect of this program, never of the evidence.
    #[error(
        "internal error: records of {path} do not add up: read {read}, expected stored {stored} + set aside \
         {set_aside} + headers {headers}"
    )]
    Accounting {
        /// The evidence file.
        path: String,
        /// Records read.
        read: u64,
        /// Records stored.
        stored: u64,
        /// Records set aside.
        set_aside: u64,
        /// Header records.
        headers: u64,
    },
    /// A line of `run.jsonl` or `manifest.sha256` is not what was written.
    #[error("{}: line {line}: expected {expected}, found {found}", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
}

impl CaseError {
    /// Whether the user asked for something that cannot be done (exit code 2) rather than something having failed.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Exists { .. } | Self::NotACase { .. } | Self::NoCase { .. })
    }

    /// Whether something recorded is no longer what it was (exit code 4).
    pub fn is_change(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }

    pub(crate) fn folder(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> CaseError {
        let path = path.into();
        move |source| CaseError::Folder { action, path, source }
    }
}
