//! Cuts a stream into records: lines, runs of NUL bytes, lines too long to hold.
//!
//! IIS reserves its log in blocks; after a crash the rest of a block is NUL and the next start of the service goes on
//! behind it, on the same "line". So a NUL ends a line like a line feed does, and the run of NULs is a record of its own.

use std::io::{ErrorKind, Read};

use memchr::memchr2;

use crate::formats::{FormatError, SET_ASIDE_LIMIT};

/// Longest line that is read as one; IIS itself ends at 64 KiB.
pub(super) const MAX_LINE: usize = 1 << 20;
const BLOCK: usize = 256 << 10;

/// What ended a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    LineFeed,
    Nul,
    Input,
}

/// One record; offsets in the stream. A line's bytes lack its line feed but keep a carriage return.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record<'a> {
    Line { offset: u64, bytes: &'a [u8], ended: Ended },
    TooLong { offset: u64, length: u64, head: Vec<u8> },
    Nuls { offset: u64, length: u64 },
}

/// The stream with a buffer that holds at most one longest line and one block.
pub(super) struct Blocks<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    /// Offset in the stream of the buffer's first byte.
    base: u64,
    ended: bool,
}

impl<'r> Blocks<'r> {
    pub(super) fn new(input: &'r mut dyn Read) -> Self {
        Self { input, buffer: vec![0; BLOCK], start: 0, filled: 0, base: 0, ended: false }
    }

    /// Takes a byte order mark away; the first bytes are returned without taking them when they are none.
    pub(super) fn first_bytes(&mut self) -> Result<&[u8], FormatError> {
        while self.filled < 3 && !self.ended {
            self.fill()?;
        }
        if self.buffer[..self.filled].starts_with(b"\xEF\xBB\xBF") {
            self.start = 3;
        }
        Ok(&self.buffer[self.start..self.filled])
    }

    /// The next record, `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, FormatError> {
        if self.start == self.filled && !self.ended {
            self.fill()?;
        }
        if self.start < self.filled && self.buffer[self.start] == 0 {
            return self.nuls().map(Some);
        }
        let mut scanned = 0;
        let end = loop {
            if let Some(at) = memchr2(b'\n', 0, &self.buffer[self.start + scanned..self.filled]) {
                break self.start + scanned + at;
            }
            scanned = self.filled - self.start;
            if self.ended {
                break self.filled;
            }
            if scanned > MAX_LINE {
                return self.too_long().map(Some);
            }
            self.fill()?;
        };
        let (start, offset) = (self.start, self.base + self.start as u64);
        let ended = match self.buffer[..self.filled].get(end) {
            Some(b'\n') => Ended::LineFeed,
            Some(_) => Ended::Nul,
            None if start == end => return Ok(None),
            None => Ended::Input,
        };
        self.start = end + usize::from(ended == Ended::LineFeed);
        let bytes = &self.buffer[start..end];
        Ok(Some(if bytes.len() > MAX_LINE {
            Record::TooLong { offset, length: bytes.len() as u64, head: bytes[..SET_ASIDE_LIMIT].to_vec() }
        } else {
            Record::Line { offset, bytes, ended }
        }))
    }

    fn nuls(&mut self) -> Result<Record<'static>, FormatError> {
        let offset = self.base + self.start as u64;
        loop {
            let rest = &self.buffer[self.start..self.filled];
            match rest.iter().position(|&byte| byte != 0) {
                Some(at) => self.start += at,
                None => self.start = self.filled,
            }
            if self.start < self.filled || self.ended {
                return Ok(Record::Nuls { offset, length: self.base + self.start as u64 - offset });
            }
            self.fill()?;
        }
    }

    /// Reads past a line whose beginning fills the buffer.
    fn too_long(&mut self) -> Result<Record<'static>, FormatError> {
        let offset = self.base + self.start as u64;
        let head = self.buffer[self.start..self.start + SET_ASIDE_LIMIT].to_vec();
        self.start = self.filled;
        loop {
            self.fill()?;
            let rest = &self.buffer[self.start..self.filled];
            let end = memchr2(b'\n', 0, rest);
            self.start += end.unwrap_or(rest.len());
            if end.is_some() || self.ended {
                let length = self.base + self.start as u64 - offset;
                if end.is_some() && self.buffer[self.start] == b'\n' {
                    self.start += 1;
                }
                return Ok(Record::TooLong { offset, length, head });
            }
        }
    }

    /// Reads once; what is not yet taken moves to the front when room is short.
    fn fill(&mut self) -> Result<(), FormatError> {
        if self.start == self.filled || self.buffer.len() - self.filled < BLOCK / 2 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.base += self.start as u64;
            self.filled -= self.start;
            self.start = 0;
            if self.buffer.len() - self.filled < BLOCK / 2 {
                self.buffer.resize(self.buffer.len() + BLOCK, 0);
            }
        }
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count,
                Err(source) if source.kind() == ErrorKind::Interrupted => continue,
                Err(source) => return Err(FormatError::Io { offset: self.base + self.filled as u64, source }),
            }
            return Ok(());
        }
    }
}
