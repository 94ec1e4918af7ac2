//! Records and fields with their byte offsets (RFC 4180), in one or two bytes a character.

use std::io::Read;

use encoding_rs::WINDOWS_1252;

use crate::formats::{FormatError, SET_ASIDE_LIMIT};
use crate::model::escape_invalid;

/// A record is at most this long; the fields of the table allow a tenth of it.
const LONGEST: usize = 1024 * 1024;

/// A field without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    bytes: Vec<u8>,
    wide: bool,
    /// It stood in quotes.
    pub(super) quoted: bool,
}

impl Field {
    /// Its text.
    pub(super) fn text(&self) -> String {
        decode(&self.bytes, self.wide)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// Of its first byte.
    pub(super) offset: u64,
    /// Line end included.
    pub(super) length: u64,
    /// Its bytes.
    pub(super) raw: Vec<u8>,
    /// Its fields.
    pub(super) fields: Vec<Field>,
    wide: bool,
}

impl Record {
    pub(super) fn is_blank(&self) -> bool {
        self.fields.iter().all(|f| !f.quoted && f.text().trim().is_empty())
    }

    /// The record word for word, without its line end.
    pub(super) fn text(&self) -> String {
        decode(&self.raw, self.wide).trim_end_matches(['\r', '\n']).to_owned()
    }
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Found {
    Record(Record),
    /// Bytes that are no record.
    Spoilt {
        offset: u64,
        length: u64,
        raw: Vec<u8>,
        reason: &'static str,
    },
}

enum Scan {
    /// Its length and fields.
    Record(usize, Vec<Field>),
    /// The end is not in the buffer yet.
    More,
    /// The file ends inside quotes.
    Unclosed,
}

/// Cuts a stream into records.
pub(super) struct Splitter<'i> {
    input: &'i mut dyn Read,
    block: usize,
    buffer: Vec<u8>,
    /// Bytes of `buffer` that are done with.
    done: usize,
    /// Offset of `buffer[0]`.
    offset: u64,
    ended: bool,
    wide: bool,
    not_utf8: bool,
    pub(super) delimiter: u8,
}

impl<'i> Splitter<'i> {
    /// Looks at the mark of the encoding.
    pub(super) fn open(input: &'i mut dyn Read, block: usize) -> Result<Self, FormatError> {
        let mut splitter = Self {
            input,
            block: block.max(2),
            buffer: Vec::new(),
            done: 0,
            offset: 0,
            ended: false,
            wide: false,
            not_utf8: false,
            delimiter: b',',
        };
        while splitter.buffer.len() < 3 && !splitter.ended {
            splitter.fill()?;
        }
        if splitter.buffer.starts_with(b"\xef\xbb\xbf") {
            splitter.done = 3;
        } else if splitter.buffer.starts_with(b"\xff\xfe") {
            (splitter.done, splitter.wide) = (2, true);
        }
        Ok(splitter)
    }

    pub(super) fn encoding(&self) -> String {
        match (self.wide, self.not_utf8) {
            (true, _) => "utf-16le",
            (false, false) => "utf-8",
            (false, true) => "utf-8 with windows-1252 bytes",
        }
        .to_owned()
    }

    /// The next record, left where it is; none at the end or where no record is.
    pub(super) fn peek(&mut self) -> Result<Option<Record>, FormatError> {
        self.record_at(0)
    }

    /// The record that begins that many bytes behind the next one's beginning, as far as it lies in the buffer.
    pub(super) fn peek_in_buffer(&mut self, ahead: usize) -> Option<Record> {
        match self.scan(ahead) {
            Scan::Record(length, fields) if length > 0 => Some(self.record(ahead, length, fields)),
            _ => None,
        }
    }

    /// Reads on until that many bytes wait, or the end.
    pub(super) fn look_ahead(&mut self, bytes: usize) -> Result<(), FormatError> {
        while self.buffer.len() - self.done < bytes && !self.ended {
            self.fill()?;
        }
        Ok(())
    }

    fn record_at(&mut self, ahead: usize) -> Result<Option<Record>, FormatError> {
        loop {
            match self.scan(ahead) {
                Scan::Record(0, _) => return Ok(None),
                Scan::Record(length, fields) => return Ok(Some(self.record(ahead, length, fields))),
                Scan::More if self.buffer.len() - self.done < LONGEST => self.fill()?,
                Scan::More | Scan::Unclosed => return Ok(None),
            }
        }
    }

    fn record(&self, ahead: usize, length: usize, fields: Vec<Field>) -> Record {
        let from = self.done + ahead;
        let raw = self.buffer[from..from + length].to_vec();
        Record { offset: self.offset + from as u64, length: length as u64, raw, fields, wide: self.wide }
    }

    /// The next record or what is none; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Found>, FormatError> {
        if let Some(record) = self.record_at(0)? {
            self.done += record.raw.len();
            self.not_utf8 |= !self.wide && std::str::from_utf8(&record.raw).is_err();
            return Ok(Some(Found::Record(record)));
        }
        let waiting = self.buffer.len() - self.done;
        if waiting == 0 {
            return Ok(None);
        }
        // A quote that never closes would swallow what follows: only its own line is given up.
        let line = self.line_end(0);
        let quoted = !matches!(self.scan(0), Scan::More) || line.is_some();
        let offset = self.offset + self.done as u64;
        let mut raw = Vec::new();
        let mut length = 0;
        let mut end = line;
        loop {
            let take = end.unwrap_or(self.buffer.len() - self.done);
            let room = SET_ASIDE_LIMIT.saturating_sub(raw.len()).min(take);
            raw.extend_from_slice(&self.buffer[self.done..self.done + room]);
            length += take as u64;
            self.done += take;
            if end.is_some() || self.ended {
                break;
            }
            self.fill()?;
            end = self.line_end(0);
        }
        let reason = if quoted { "unclosed_quote" } else { "line_too_long" };
        Ok(Some(Found::Spoilt { offset, length, raw, reason }))
    }

    /// Bytes up to and with the next line feed.
    fn line_end(&self, ahead: usize) -> Option<usize> {
        let text = &self.buffer[self.done + ahead..];
        if self.wide {
            return text.chunks_exact(2).position(|c| c == b"\n\0").map(|at| at * 2 + 2);
        }
        memchr::memchr(b'\n', text).map(|at| at + 1)
    }

    fn scan(&self, ahead: usize) -> Scan {
        let text = self.buffer.get(self.done + ahead..).unwrap_or_default();
        scan(text, self.wide, self.delimiter, self.ended)
    }

    fn fill(&mut self) -> Result<(), FormatError> {
        if self.done > 0 {
            self.buffer.drain(..self.done);
            self.offset += self.done as u64;
            self.done = 0;
        }
        let old = self.buffer.len();
        // Twice as much each time, so that a long record is not looked through too often.
        self.buffer.resize(old + self.block.max(old.min(LONGEST)), 0);
        let read = loop {
            match self.input.read(&mut self.buffer[old..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let read = read.map_err(|source| FormatError::Io { offset: self.offset + old as u64, source })?;
        self.buffer.truncate(old + read);
        self.ended = read == 0;
        Ok(())
    }
}

/// Cuts the first record off; a record of length 0 is the end.
fn scan(text: &[u8], wide: bool, delimiter: u8, ended: bool) -> Scan {
    let width = if wide { 2 } else { 1 };
    // An odd byte at the end of two-byte text belongs to its last character.
    let unit = |at: usize| -> Option<u8> {
        let low = *text.get(at)?;
        if !wide {
            return Some(low);
        }
        let high = *text.get(at + 1)?;
        Some(if high == 0 { low } else { 0xff })
    };
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let mut field = Field { bytes: Vec::new(), wide, quoted: false };
        if unit(at) == Some(b'"') {
            field.quoted = true;
            at += width;
            loop {
                match unit(at) {
                    None if ended => return Scan::Unclosed,
                    None => return Scan::More,
                    Some(b'"') => match unit(at + width) {
                        None if !ended => return Scan::More,
                        Some(b'"') => {
                            field.bytes.extend_from_slice(&text[at..at + width]);
                            at += 2 * width;
                        }
                        _ => {
                            at += width;
                            break;
                        }
                    },
                    Some(_) => {
                        field.bytes.extend_from_slice(&text[at..at + width]);
                        at += width;
                    }
                }
            }
        }
        loop {
            let Some(c) = unit(at) else {
                if !ended {
                    return Scan::More;
                }
                field.bytes.extend_from_slice(&text[at.min(text.len())..]);
                fields.push(field);
                return Scan::Record(text.len(), fields);
            };
            if c == delimiter {
                break;
            }
            let line_end = match c {
                b'\n' => width,
                b'\r' => match unit(at + width) {
                    None if !ended => return Scan::More,
                    Some(b'\n') => 2 * width,
                    _ => 0,
                },
                _ => 0,
            };
            if line_end > 0 {
                fields.push(field);
                return Scan::Record(at + line_end, fields);
            }
            field.bytes.extend_from_slice(&text[at..at + width]);
            at += width;
        }
        fields.push(field);
        at += width;
    }
}

fn decode(bytes: &[u8], wide: bool) -> String {
    if wide {
        let units = bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]]));
        let text = char::decode_utf16(units).map(|c| match c {
            Ok(c) => c.to_string(),
            // Half a pair: its number, so that nothing is made up.
            Err(half) => format!("\\u{{{:x}}}", half.unpaired_surrogate()),
        });
        return text.collect();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => match WINDOWS_1252.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => text.into_owned(),
            None => escape_invalid(bytes),
        },
    }
}
