//! The account of an import, for the closing summary.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::case::EvidenceStatus;
use crate::formats::Tally;

/// What an import did.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// Evidence files by what became of them, members of archives included.
    pub files: BTreeMap<EvidenceStatus, u64>,
    /// Bytes of the files handed in, as on disk.
    pub bytes: u64,
    /// Records of all imported files.
    pub records: Tally,
    /// By format id (`iis_w3c`, `mysqldump`): rows and the wall time in which the writer was on files of that format.
    pub stages: BTreeMap<&'static str, Stage>,
    /// Files whose rows are not in the case, in the order of evidence.
    pub not_imported: Vec<NotImported>,
    /// Imported files whose end is missing.
    pub cut_off: Vec<String>,
    /// Wall time of the whole import.
    pub elapsed: Duration,
}

/// Rows of one format and how long they took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stage {
    /// Rows stored.
    pub rows: u64,
    /// Wall time.
    pub elapsed: Duration,
}

/// A file that was found and whose rows are not in the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotImported {
    /// Path as stored.
    pub path: String,
    /// Duplicate, refused or unreadable.
    pub status: EvidenceStatus,
    /// English id.
    pub reason: &'static str,
    /// Expected and found.
    pub detail: String,
}

impl ImportReport {
    /// Number of files with that fate.
    pub fn count(&self, status: EvidenceStatus) -> u64 {
        self.files.get(&status).copied().unwrap_or(0)
    }

    /// Whether no file was of use: neither imported now nor the same as one imported before.
    pub fn nothing_known(&self) -> bool {
        self.count(EvidenceStatus::Imported) + self.count(EvidenceStatus::Duplicate) == 0
    }
}
