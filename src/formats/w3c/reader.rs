//! The loop over records: directives, encoding, batches, and the account of what became of each record.

use std::borrow::Cow;
use std::io::Read;
use std::ops::ControlFlow;

use encoding_rs::WINDOWS_1252;

use super::blocks::{Blocks, Ended, Record};
use super::clock::Clock;
use super::fields::Layout;
use super::line::{self, Fault, Scratch};
use super::texts::Texts;
use super::{WebBatch, head};
use crate::formats::{Emit, FormatError, Note, SET_ASIDE_LIMIT, SetAside, Summary};

/// A batch is handed out at this many records, or earlier when its texts grow large.
const BATCH_RECORDS: usize = 4096;
const BATCH_BYTES: usize = 4 << 20;

/// See [`super::read`].
pub(super) fn read(
    input: &mut dyn Read,
    declared: Option<&[String]>,
    emit: &mut Emit<'_, WebBatch>,
) -> Result<Summary, FormatError> {
    let mut blocks = Blocks::new(input);
    if let Some(found) = head::utf16(blocks.first_bytes()?) {
        return Err(FormatError::Refused {
            offset: 0,
            expected: "a log in UTF-8 or an 8-bit character set (convert it, and keep the original as evidence)".into(),
            found: found.into(),
        });
    }
    let mut reader = Reader::new(declared);
    while let Some(record) = blocks.next()? {
        reader.record(record);
        if reader.is_batch_full() {
            reader.hand_out(emit)?;
        }
    }
    if !reader.batch.rows.is_empty() || !reader.batch.set_aside.is_empty() {
        reader.hand_out(emit)?;
    }
    reader.finish()
}

struct Reader {
    layout: Option<Layout>,
    /// Lines read by fields from case.toml.
    by_declared: u64,
    is_declared: bool,
    /// A `#Fields` was found, or fields were stated.
    has_law: bool,
    clock: Clock,
    texts: Texts,
    scratch: Scratch,
    batch: WebBatch,
    batch_bytes: usize,
    summary: Summary,
    /// Lines before any law, with the offset of the first.
    lawless: Option<(u64, u64)>,
    has_utf8: bool,
    has_1252: bool,
    undated: bool,
}

impl Reader {
    fn new(declared: Option<&[String]>) -> Self {
        let layout = declared.and_then(Layout::declared);
        Self {
            is_declared: layout.is_some(),
            has_law: layout.is_some(),
            layout,
            by_declared: 0,
            clock: Clock::default(),
            texts: Texts::new(),
            scratch: Scratch::default(),
            batch: WebBatch::default(),
            batch_bytes: 0,
            summary: Summary::default(),
            lawless: None,
            has_utf8: false,
            has_1252: false,
            undated: false,
        }
    }

    fn record(&mut self, record: Record<'_>) {
        self.summary.tally.read += 1;
        match record {
            Record::Line { offset, bytes, ended } => self.line(offset, bytes, ended),
            Record::TooLong { offset, length, head } => {
                let detail = format!("expected a line of at most {} bytes, found {length}", super::blocks::MAX_LINE);
                self.keep(SetAside { offset, length, reason: "line_too_long", detail, raw: head });
            }
            Record::Nuls { offset, length } => {
                let detail = format!("expected text, found {length} NUL bytes, as an unclean stop leaves them");
                // No longer than the limit, so it fits.
                let raw = vec![0; length.min(SET_ASIDE_LIMIT as u64) as usize];
                self.keep(SetAside { offset, length, reason: "nul_padding", detail, raw });
            }
        }
    }

    fn line(&mut self, offset: u64, raw: &[u8], ended: Ended) {
        // Files put together keep the byte order mark of each.
        let bytes = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let text = self.decode(offset, bytes);
        if text.first() == Some(&b'#') {
            self.summary.tally.headers += 1;
            self.directive(offset, &String::from_utf8_lossy(&text));
            return;
        }
        if text.trim_ascii().is_empty() {
            self.summary.tally.headers += 1;
            return;
        }
        let Some(layout) = &mut self.layout else {
            let lawless = self.lawless.get_or_insert((offset, 0));
            lawless.1 += 1;
            return self.set_aside(offset, raw, Fault::new("no_fields", "expected a #Fields line before, found none"));
        };
        match line::row(&text, offset, layout, &mut self.clock, &mut self.texts, &mut self.scratch) {
            Ok(row) => {
                if let Some(at) = row.at {
                    let summary = &mut self.summary;
                    summary.first_at = Some(summary.first_at.map_or(at, |first| first.min(at)));
                    summary.last_at = Some(summary.last_at.map_or(at, |last| last.max(at)));
                } else if layout.time.is_some() && layout.date.is_none() && !self.undated {
                    self.undated = true;
                    let detail = "Lines have no date and no readable #Date stands before them: they have no time.";
                    self.summary.notes.push(Note { offset, kind: "no_date", detail: detail.into() });
                }
                if ended == Ended::Input {
                    let detail = "The last line has all its values but no line end: its last value may be cut.";
                    self.summary.notes.push(Note { offset, kind: "no_final_newline", detail: detail.into() });
                }
                self.by_declared += u64::from(self.is_declared);
                self.summary.tally.stored += 1;
                self.batch_bytes += row.extra.as_ref().map_or(0, String::len);
                self.batch.rows.push(row);
            }
            Err(fault) => {
                let is_cut = fault.reason == "too_few_values" && ended != Ended::LineFeed;
                if is_cut && ended == Ended::Input {
                    let detail = format!("The file ends in the middle of a line: {}.", fault.detail);
                    self.summary.notes.push(Note { offset, kind: "cut_off", detail });
                }
                let reason = if is_cut { "cut_off_line" } else { fault.reason };
                self.set_aside(offset, raw, Fault { reason, ..fault });
            }
        }
    }

    /// A line that is not UTF-8 is taken as windows-1252, in which every byte means something.
    fn decode<'a>(&mut self, offset: u64, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if bytes.is_ascii() {
            return Cow::Borrowed(bytes);
        }
        if std::str::from_utf8(bytes).is_ok() {
            self.has_utf8 = true;
            return Cow::Borrowed(bytes);
        }
        if !self.has_1252 {
            self.has_1252 = true;
            let detail = "Bytes are not UTF-8 here; lines like this one were read as windows-1252.";
            self.summary.notes.push(Note { offset, kind: "bytes_not_utf8", detail: detail.into() });
        }
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        Cow::Owned(text.into_owned().into_bytes())
    }

    /// `#Fields` and `#Date` count; all else is kept nowhere but accounted for.
    fn directive(&mut self, offset: u64, text: &str) {
        if let Some(names) = head::directive(text, "fields") {
            self.has_law = true;
            self.is_declared = false;
            self.layout = Layout::parse(names);
            if self.layout.is_none() {
                let detail = format!("This #Fields line cannot be used: {:.200}", text.trim_end());
                self.summary.notes.push(Note { offset, kind: "bad_fields_directive", detail });
            }
        } else if let Some(date) = head::directive(text, "date")
            && !self.clock.directive(date)
        {
            let detail = format!("This #Date line cannot be read: {:.200}", text.trim_end());
            self.summary.notes.push(Note { offset, kind: "bad_date_directive", detail });
        }
    }

    fn set_aside(&mut self, offset: u64, raw: &[u8], fault: Fault) {
        let kept = raw[..raw.len().min(SET_ASIDE_LIMIT)].to_vec();
        let Fault { reason, detail } = fault;
        self.keep(SetAside { offset, length: raw.len() as u64, reason, detail, raw: kept });
    }

    fn keep(&mut self, record: SetAside) {
        self.summary.tally.set_aside += 1;
        self.batch_bytes += record.raw.len() + record.detail.len();
        self.batch.set_aside.push(record);
    }

    fn is_batch_full(&self) -> bool {
        self.batch.rows.len() + self.batch.set_aside.len() >= BATCH_RECORDS
            || self.batch_bytes + self.texts.fresh_bytes() >= BATCH_BYTES
    }

    fn hand_out(&mut self, emit: &mut Emit<'_, WebBatch>) -> Result<(), FormatError> {
        let rows = Vec::with_capacity(self.batch.rows.len());
        let mut batch = std::mem::replace(&mut self.batch, WebBatch { rows, ..WebBatch::default() });
        batch.texts = self.texts.take_fresh();
        self.batch_bytes = 0;
        if self.texts.exhausted() {
            return Err(FormatError::Refused {
                offset: batch.rows.last().map_or(0, |row| row.offset),
                expected: "at most four billion different texts in a file".into(),
                found: "more".into(),
            });
        }
        match emit(batch) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(FormatError::Stopped),
        }
    }

    fn finish(mut self) -> Result<Summary, FormatError> {
        if let Some((offset, count)) = self.lawless {
            if !self.has_law {
                return Err(FormatError::Refused {
                    offset,
                    expected: "a #Fields line that names the columns, or the columns stated in case.toml: \
                               [[logs.fields]] files = \"<file name>\", fields = \"date time s-ip cs-method ...\""
                        .into(),
                    found: format!("{count} lines and no #Fields line"),
                });
            }
            let detail = format!("{count} lines stand before any usable #Fields line and were set aside.");
            self.summary.notes.push(Note { offset, kind: "before_fields", detail });
        }
        if self.by_declared > 0 {
            let detail = format!("{} lines were read by the columns stated in case.toml.", self.by_declared);
            self.summary.notes.push(Note { offset: 0, kind: "fields_declared", detail });
        }
        if self.clock.rolled() {
            let detail = "Lines have no date: days were counted on from #Date where the time of day ran back.";
            self.summary.notes.push(Note { offset: 0, kind: "day_rollover", detail: detail.into() });
        }
        self.summary.encoding = match (self.has_utf8, self.has_1252) {
            (_, false) => "utf-8",
            (false, true) => "windows-1252",
            (true, true) => "utf-8 with windows-1252 bytes",
        }
        .into();
        Ok(self.summary)
    }
}
