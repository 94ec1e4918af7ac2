//! One reader per file format: bytes in, typed rows with byte offsets out. No database, no path, no clock.
//!
//! Shared rules:
//!
//! - a reader takes any [`std::io::Read`] and hands out batches through a callback; the callback may end it;
//! - memory does not depend on the size of the input or the length of a line;
//! - one bad record is set aside with its offset and reason, it is not the end of the file;
//! - every record read is counted once: stored, set aside, or header ([`Tally`]).

pub mod csvlog;
pub mod mysqldump;
pub mod w3c;

use std::ops::ControlFlow;

use thiserror::Error;

/// A record that could not be understood, kept word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Byte offset of its first byte in the unpacked stream.
    pub offset: u64,
    /// Length in bytes of the whole record, also where `raw` is cut.
    pub length: u64,
    /// A stable English id such as `too_few_values`; the texts of the report explain it.
    pub reason: &'static str,
    /// What was expected and what was found, in English, for the expert.
    pub detail: String,
    /// The record's bytes, at most [`SET_ASIDE_LIMIT`] of them.
    pub raw: Vec<u8>,
}

/// As much of a set-aside record is kept; the rest is found through offset and length.
pub const SET_ASIDE_LIMIT: usize = 64 * 1024;

/// Something about the whole file that its user must know; never a lost record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Byte offset it refers to.
    pub offset: u64,
    /// A stable English id such as `cut_off` or `bytes_not_utf8`.
    pub kind: &'static str,
    /// Plain English sentence.
    pub detail: String,
}

/// Account of the records of one file: `read == stored + set_aside + headers`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records found (lines of a log; for a dump, statements that are no INSERT count one each, rows of INSERT one each).
    pub read: u64,
    /// Records handed out as rows.
    pub stored: u64,
    /// Records set aside.
    pub set_aside: u64,
    /// Comments, directives, blank lines and statements that carry no row.
    pub headers: u64,
}

impl Tally {
    /// Whether nothing was lost.
    pub fn adds_up(&self) -> bool {
        self.read == self.stored + self.set_aside + self.headers
    }
}

/// What a reader knows at the end of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The account of records.
    pub tally: Tally,
    /// Character encoding as used (`utf-8`, `windows-1252`, `utf-8 with windows-1252 bytes`, …).
    pub encoding: String,
    /// First and last time found, seconds; UTC for W3C logs, empty for dumps.
    pub first_at: Option<i64>,
    /// See `first_at`.
    pub last_at: Option<i64>,
    /// For formats with a closing line: whether it was there.
    pub complete: Option<bool>,
    /// For dumps: the time in the closing line, a reading of the dumping machine's wall clock.
    pub dumped_at_local: Option<i64>,
    /// What its user must know.
    pub notes: Vec<Note>,
}

/// Why a reader gave up on a file. Rows handed out before are to be rolled back by the caller.
#[derive(Debug, Error)]
pub enum FormatError {
    /// The bytes could not be read.
    #[error("cannot be read at byte {offset}: {source}")]
    Io {
        /// Offset in the unpacked stream.
        offset: u64,
        /// The system's error.
        source: std::io::Error,
    },
    /// The format needs something that is not there.
    #[error("at byte {offset}: expected {expected}, found {found}")]
    Refused {
        /// Offset in the unpacked stream.
        offset: u64,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The callback ended the reading.
    #[error("stopped")]
    Stopped,
}

/// A callback that takes batches and may end the reading.
pub type Emit<'a, B> = dyn FnMut(B) -> ControlFlow<()> + 'a;
