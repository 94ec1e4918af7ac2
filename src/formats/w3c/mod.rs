//! W3C Extended Log File Format as written by IIS and others.
//!
//! The `#Fields` line is the law for all lines up to the next one; nothing is guessed. A line that does not fit is put
//! right only where that is unambiguous (and says so), else set aside with its bytes, offset and reason:
//!
//! | reason | the line |
//! | --- | --- |
//! | `no_fields` | stands before any usable `#Fields` |
//! | `too_few_values` | has fewer values than columns |
//! | `too_many_values` | has more, and there is not exactly one way to lay them over the columns |
//! | `bad_date`, `bad_time`, `bad_status`, `bad_number` | holds such a value that cannot be read |
//! | `cut_off_line` | ends in the middle: at the end of the file or where NUL padding begins |
//! | `nul_padding` | is a run of NUL bytes, as a crash leaves them |
//! | `line_too_long` | is longer than a mebibyte (IIS ends at 64 KiB) |
//!
//! Notes on the file: `cut_off`, `no_final_newline`, `bytes_not_utf8`, `day_rollover`, `no_date`, `bad_date_directive`,
//! `bad_fields_directive`, `fields_declared`, `before_fields`. A record is a line without its line feed, or a run of NULs.
//!
//! Format: W3C Working Draft WD-logfile-960323; IIS: Microsoft, "W3C Extended Log File Format (IIS 6.0)" and "W3C
//! Logging".

mod blocks;
mod clock;
mod fields;
mod head;
mod line;
mod reader;
mod repair;
mod texts;
mod values;

#[cfg(test)]
mod tests;

use std::io::Read;

use super::{Emit, FormatError, SetAside, Summary};

pub use head::{recognises, refusal};

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

/// Reads one log. `declared` are the fields from case.toml for a log without `#Fields`; they hold until a `#Fields`
/// appears. A log with neither is refused at its end; its lines were handed out as set aside by then, to be rolled back.
///
/// # Errors
/// [`FormatError::Refused`] for a log without fields or in UTF-16, [`FormatError::Io`] when the bytes cannot be read,
/// [`FormatError::Stopped`] when the callback ended the reading.
pub fn read(
    input: &mut dyn Read,
    declared: Option<&[String]>,
    emit: &mut Emit<'_, WebBatch>,
) -> Result<Summary, FormatError> {
    reader::read(input, declared, emit)
}
