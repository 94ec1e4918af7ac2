//! W3C Extended Log File Format as written by IIS and others.

use std::io::Read;

use super::{Emit, FormatError, SetAside, Summary};

/// A text of a row: its number in the reader's dictionary. 0 is "absent" (`-`). Numbers are never used twice within a
/// file; the same text may get a second number when the dictionary was emptied to bound memory.
pub type TextId = u32;

/// One line of a web log. Times are UTC seconds; offsets count in the unpacked stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebRow {
    /// Byte offset of the line.
    pub offset: u64,
    /// UTC seconds; empty when the log has no time of day.
    pub at: Option<i64>,
    /// `cs-method`
    pub method: TextId,
    /// `cs-uri-stem`, as logged
    pub path: TextId,
    /// `cs-uri-query`, as logged
    pub query: TextId,
    /// `cs-username`
    pub user: TextId,
    /// `c-ip`
    pub client: TextId,
    /// `cs(User-Agent)` with `+` read as blank
    pub agent: TextId,
    /// `cs(Referer)`
    pub referer: TextId,
    /// `cs-host`
    pub host: TextId,
    /// `X-Forwarded-For` (any case)
    pub forwarded: TextId,
    /// `s-ip`
    pub server: TextId,
    /// `s-port`
    pub port: Option<i64>,
    /// `sc-status`
    pub status: Option<i64>,
    /// `sc-substatus`
    pub substatus: Option<i64>,
    /// `sc-win32-status`
    pub win32: Option<i64>,
    /// `sc-bytes`
    pub bytes_sent: Option<i64>,
    /// `cs-bytes`
    pub bytes_received: Option<i64>,
    /// `time-taken`, milliseconds
    pub duration_ms: Option<i64>,
    /// All other columns as a JSON object, keys as in `#Fields`, in their order.
    pub extra: Option<String>,
    /// Whether raw blanks in the query had shifted the values and were put back.
    pub repaired: bool,
}

/// What the reader hands out at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebBatch {
    /// Texts first used in this batch, with ascending numbers.
    pub texts: Vec<(TextId, Box<str>)>,
    /// Rows in the order of the file.
    pub rows: Vec<WebRow>,
    /// Lines set aside in the order of the file.
    pub set_aside: Vec<SetAside>,
}

/// Reads one log. `declared` are the fields from case.toml for a log without `#Fields`; without either the log is
/// refused.
///
/// # Errors
/// [`FormatError::Refused`] for a log without fields, [`FormatError::Io`] when the bytes cannot be read.
pub fn read(
    input: &mut dyn Read,
    declared: Option<&[String]>,
    emit: &mut Emit<'_, WebBatch>,
) -> Result<Summary, FormatError> {
    let _ = (input, declared, emit);
    Ok(Summary::default())
}

/// Whether the head of a file (its first 64 KiB or less) looks like a W3C log.
pub fn recognises(head: &[u8]) -> bool {
    let _ = head;
    false
}
