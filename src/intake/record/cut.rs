//! Keeping the beginning of each wanted record while a stream passes by, and finding where the record ends.

use std::io::{self, Read};

use memchr::memchr2;
use sha2::{Digest, Sha256};

use super::SHOWN;
use crate::formats::{FormatError, mysqldump};

const BLOCK: usize = 256 * 1024;

/// How a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Before the line feed (a carriage return before it belongs to the end), or before a NUL.
    Line,
    /// With the closing parenthesis of a row of an INSERT.
    Row,
    /// Before a line end outside quotes (RFC 4180).
    Columns {
        /// Two bytes a character (UTF-16, little endian).
        wide: bool,
    },
    /// After a known number of bytes.
    Length(u64),
}

impl Kind {
    /// Length of the record at the beginning of `input`. None when its end is not there and `whole` says that the input may
    /// go on; of a whole input the end is the record's end.
    pub(super) fn length(self, input: &mut dyn Read, whole: bool) -> io::Result<Option<u64>> {
        match self {
            Kind::Length(length) => Ok(Some(length)),
            Kind::Line => line_length(input, whole),
            Kind::Row => row_length(input, whole),
            Kind::Columns { wide } => columns_length(input, wide, whole),
        }
    }
}

fn line_length(input: &mut dyn Read, whole: bool) -> io::Result<Option<u64>> {
    let mut buffer = vec![0; BLOCK];
    let (mut length, mut last) = (0_u64, 0_u8);
    loop {
        let n = fill(input, &mut buffer)?;
        let found = memchr2(b'\n', 0, &buffer[..n]);
        let end = found.unwrap_or(n);
        if let Some(byte) = buffer[..end].last() {
            last = *byte;
        }
        length += end as u64;
        if found.is_some() || n == 0 {
            let carriage_return = u64::from(last == b'\r' && length > 0);
            return Ok((found.is_some() || whole).then(|| length - carriage_return));
        }
    }
}

/// A quote opens at the beginning of a field only; inside, two of them are one that belongs to the text.
fn columns_length(input: &mut dyn Read, wide: bool, whole: bool) -> io::Result<Option<u64>> {
    let width: usize = if wide { 2 } else { 1 };
    let mut head = Vec::new();
    // The reader of these files takes no longer record.
    input.take(1024 * 1024).read_to_end(&mut head)?;
    let unit = |at: usize| match head.get(at * width..(at + 1) * width) {
        Some([byte] | [byte, 0]) => Some(char::from(*byte)),
        Some(_) => Some('\u{fffd}'),
        None => None,
    };
    let (mut at, mut quoted, mut begins) = (0, false, true);
    while let Some(c) = unit(at) {
        match c {
            '"' if quoted && unit(at + 1) == Some('"') => at += 1,
            '"' if quoted => quoted = false,
            '"' if begins => quoted = true,
            '\n' if !quoted => {
                let carriage_return = usize::from(at > 0 && unit(at - 1) == Some('\r'));
                return Ok(Some(((at - carriage_return) * width) as u64));
            }
            _ => {}
        }
        begins = !quoted && matches!(c, ',' | ';' | '\t' | '|');
        at += 1;
    }
    Ok(whole.then_some(head.len() as u64))
}

/// A slice can be read twice: first with backslashes that escape, then without. A stream is read once, the usual way.
fn row_length(input: &mut dyn Read, whole: bool) -> io::Result<Option<u64>> {
    let mut head = Vec::new();
    (&mut *input).take(SHOWN as u64).read_to_end(&mut head)?;
    for no_backslash_escapes in [false, true] {
        let length = mysqldump::row_length(&mut head.as_slice(), no_backslash_escapes).map_err(plain)?;
        // One that ends with the last byte at hand may end there by chance.
        if length.is_some_and(|length| whole || length < head.len() as u64) {
            return Ok(length);
        }
    }
    if !whole || head.len() < SHOWN {
        return Ok(whole.then_some(head.len() as u64));
    }
    mysqldump::row_length(&mut head.as_slice().chain(input), false).map_err(plain)
}

fn plain(error: FormatError) -> io::Error {
    match error {
        FormatError::Io { source, .. } => source,
        other => io::Error::other(other.to_string()),
    }
}

/// Hashes a stream and keeps what follows each wanted offset.
pub(super) struct Tap {
    hasher: Sha256,
    passed: u64,
    kept: Vec<(u64, Vec<u8>)>,
    /// All before this one are full.
    first: usize,
}

impl Tap {
    /// `offsets` in rising order.
    pub(super) fn new(offsets: impl IntoIterator<Item = u64>) -> Self {
        let kept = offsets.into_iter().map(|offset| (offset, Vec::new())).collect();
        Self { hasher: Sha256::new(), passed: 0, kept, first: 0 }
    }

    /// Reads a stream to its end.
    pub(super) fn drain(&mut self, stream: &mut dyn Read) -> io::Result<()> {
        let mut buffer = vec![0; BLOCK];
        loop {
            let n = fill(stream, &mut buffer)?;
            if n == 0 {
                return Ok(());
            }
            self.take(&buffer[..n]);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        let (from, to) = (self.passed, self.passed + bytes.len() as u64);
        for (offset, kept) in &mut self.kept[self.first..] {
            if *offset >= to {
                break;
            }
            let room = SHOWN - kept.len();
            // Within one block, so it fits a usize.
            let start = usize::try_from((*offset + kept.len() as u64).saturating_sub(from)).unwrap_or(bytes.len());
            let rest = bytes.get(start..).unwrap_or_default();
            kept.extend_from_slice(&rest[..rest.len().min(room)]);
        }
        while self.kept.get(self.first).is_some_and(|(_, kept)| kept.len() == SHOWN) {
            self.first += 1;
        }
        self.passed = to;
    }

    /// Each wanted offset with the bytes from there on, and whether these reach to the end of the stream.
    pub(super) fn captures(&self) -> impl Iterator<Item = (u64, Vec<u8>, bool)> {
        self.kept.iter().map(|(offset, kept)| (*offset, kept.clone(), offset + kept.len() as u64 == self.passed))
    }

    /// SHA-256 of what has passed, in hexadecimal digits.
    pub(super) fn sha256(&self) -> String {
        super::finished(&self.hasher)
    }
}

fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_each_offset_is_kept_whatever_the_blocks() {
        let text: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        let mut tap = Tap::new([0, 5, 70_000, 299_999, 400_000]);
        for chunk in text.chunks(7_001) {
            tap.take(chunk);
        }
        let kept: Vec<_> = tap.captures().collect();
        assert_eq!(kept[1].1, text[5..5 + SHOWN]);
        assert_eq!(kept[2].1, text[70_000..70_000 + SHOWN]);
        assert_eq!((kept[3].1.as_slice(), kept[3].2), (&text[299_999..], true));
        assert_eq!((kept[4].1.len(), kept[4].2), (0, false));
    }

    #[test]
    fn lines_end_before_their_line_end() {
        let length = |text: &str, whole| Kind::Line.length(&mut text.as_bytes(), whole).unwrap();
        assert_eq!(length("a b\r\nc", false), Some(3));
        assert_eq!(length("a b\nc", false), Some(3));
        assert_eq!(length("a b", false), None);
        assert_eq!(length("a b", true), Some(3));
        assert_eq!(length("a\0b", true), Some(1));
    }

    #[test]
    fn records_in_columns_end_outside_quotes() {
        let text = "1,\"a\"\"\nb\",c\"d\r\n2,x";
        let length = |bytes: &[u8], wide| Kind::Columns { wide }.length(&mut &bytes[..], false).unwrap();
        assert_eq!(length(text.as_bytes(), false), Some(13));
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(length(&wide, true), Some(26));
        assert_eq!(length(b"1,\"open\n", false), None);
    }

    #[test]
    fn rows_end_with_their_parenthesis_and_long_ones_are_measured() {
        let length = |text: &str, whole| Kind::Row.length(&mut text.as_bytes(), whole).unwrap();
        assert_eq!(length("(1,'a')\n,(2)", true), Some(7));
        assert_eq!(length("(1,'a", false), None);
        let long = format!("(1,'{}'),(2);", "x".repeat(SHOWN * 3));
        assert_eq!(length(&long, true), Some(SHOWN as u64 * 3 + 6));
        assert_eq!(length(&long[..SHOWN], false), None);
    }
}
