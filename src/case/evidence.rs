//! The row of an evidence file: what it was, what became of it, and the account of its records.

use rusqlite::Connection;

use super::CaseError;
use super::writer::whole;
use crate::formats::{Note, Tally};

/// What became of an evidence file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceStatus {
    /// Its rows are stored.
    Imported,
    /// Its members stand as evidence of their own.
    Container,
    /// The same bytes were imported before.
    Duplicate,
    /// No reader took it, or the reader gave up; the reason says why.
    Refused,
    /// The system or the archive did not give its bytes.
    Unreadable,
}

impl EvidenceStatus {
    /// The id in `evidence.status`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Container => "container",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A row of `evidence` with its notes; the columns are explained in `schema.sql`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of table evidence, explained in schema.sql")]
pub struct EvidenceRecord {
    pub id: i64,
    pub parent: Option<i64>,
    pub source: u32,
    pub path: String,
    pub sha256: Option<String>,
    pub size: Option<u64>,
    pub format: Option<&'static str>,
    pub status: EvidenceStatus,
    pub reason: Option<&'static str>,
    pub detail: Option<String>,
    pub encoding: Option<String>,
    pub first_utc: Option<i64>,
    pub last_utc: Option<i64>,
    pub rollover_day: Option<String>,
    pub complete: Option<bool>,
    pub dumped_at_local: Option<i64>,
    pub tally: Tally,
    pub notes: Vec<Note>,
}

/// Writes the row and its notes.
pub(super) fn store(connection: &Connection, evidence: &EvidenceRecord) -> Result<(), CaseError> {
    let tally = evidence.tally;
    connection
        .prepare_cached(
            "insert into evidence (evidence_id, parent_id, source, path, sha256, size_bytes, format, status, reason, \
         detail, encoding, first_utc, last_utc, rollover_day, complete, dumped_at_local, records_read, \
         records_stored, records_set_aside, records_header) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
         ?, ?, ?, ?, ?)",
        )?
        .execute(rusqlite::params![
            evidence.id,
            evidence.parent,
            evidence.source,
            evidence.path,
            evidence.sha256,
            evidence.size.map(whole),
            evidence.format,
            evidence.status.id(),
            evidence.reason,
            evidence.detail,
            evidence.encoding,
            evidence.first_utc,
            evidence.last_utc,
            evidence.rollover_day,
            evidence.complete,
            evidence.dumped_at_local,
            whole(tally.read),
            whole(tally.stored),
            whole(tally.set_aside),
            whole(tally.headers),
        ])?;
    let mut note = connection
        .prepare_cached("insert into evidence_note (evidence_id, offset, kind, detail) values (?, ?, ?, ?)")?;
    for n in &evidence.notes {
        note.execute((evidence.id, whole(n.offset), n.kind, &n.detail))?;
    }
    Ok(())
}
