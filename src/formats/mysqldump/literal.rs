//! One value of a row as written: which kind of literal, and where its bytes are.

use memchr::memchr2;

use super::charset::Charset;
use super::source::Stop;
use super::tokens::{Tokens, is_word};

/// A single value may be this long; a longer one is passed over without being held.
pub(super) const VALUE_LIMIT: usize = 64 * 1024 * 1024;

/// What the bytes of a literal are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// `NULL`
    Null,
    /// `TRUE`, `FALSE`
    Truth(bool),
    /// Digits with sign, point or exponent.
    Number,
    /// A quoted text in the character set of the connection.
    Quoted,
    /// A text with an introducer (`_latin1'…'`, `N'…'`).
    Introduced(Charset),
    /// `0x…`, `x'…'`: the bytes meant. `_binary '…'` is the same.
    Stored,
    /// `b'…'`, `0b…`: the bytes meant, big-endian, as many as the digits need.
    Bits,
    /// Longer than [`VALUE_LIMIT`].
    TooLarge,
    /// Nothing that states a value: an expression, a function, `DEFAULT`.
    Unreadable,
}

/// Where the bytes of a literal are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In the block, from–to; until the next byte is asked for.
    Block(usize, usize),
    /// In the scratch buffer.
    Scratch,
}

impl Tokens<'_> {
    /// The bytes of the literal read last.
    #[inline]
    pub(super) fn literal_bytes<'s>(&'s self, place: Place, scratch: &'s [u8]) -> &'s [u8] {
        match place {
            Place::Block(from, to) => self.source.passed(from, to),
            Place::Scratch => scratch,
        }
    }

    /// Reads one literal. `scratch` takes its bytes unless they stand in the block word for word.
    #[inline]
    pub(super) fn literal(&mut self, scratch: &mut Vec<u8>) -> Result<(Literal, Place), Stop> {
        match self.source.needed()? {
            quote @ (b'\'' | b'"') => self.quoted_literal(quote, scratch),
            b'0'..=b'9' | b'-' | b'+' | b'.' => self.number_literal(scratch),
            byte if is_word(byte) => self.word_literal(scratch),
            _ => Ok((Literal::Unreadable, Place::Scratch)),
        }
    }

    /// A quoted text; inside a list of values double quotes are quotes of a text, whatever `sql_mode` says.
    fn quoted_literal(&mut self, quote: u8, scratch: &mut Vec<u8>) -> Result<(Literal, Place), Stop> {
        let escapes = !self.mode.no_backslash_escapes;
        let hand = self.source.at_hand();
        let text = &hand[1..];
        let second = if escapes { b'\\' } else { quote };
        if let Some(at) = memchr2(quote, second, text)
            && text[at] == quote
            && text.get(at + 1).is_some_and(|next| *next != quote)
        {
            let from = self.source.index() + 1;
            self.source.advance(at + 2);
            return Ok((Literal::Quoted, Place::Block(from, from + at)));
        }
        scratch.clear();
        let whole = self.quoted(quote, escapes, scratch, VALUE_LIMIT)?;
        Ok((if whole { Literal::Quoted } else { Literal::TooLarge }, Place::Scratch))
    }

    fn number_literal(&mut self, scratch: &mut Vec<u8>) -> Result<(Literal, Place), Stop> {
        let hand = self.source.at_hand();
        let length = number_length(hand);
        if length < hand.len() && !matches!(hand.get(1), Some(b'x' | b'b')) {
            let from = self.source.index();
            let literal = if is_number(&hand[..length]) { Literal::Number } else { Literal::Unreadable };
            self.source.advance(length);
            return Ok((literal, Place::Block(from, from + length)));
        }
        scratch.clear();
        let mut whole = true;
        while let Some(byte) = self.source.peek()? {
            let signed =
                matches!(byte, b'+' | b'-') && (scratch.is_empty() || matches!(scratch.last(), Some(b'e' | b'E')));
            if !(is_word(byte) || byte == b'.' || signed) {
                break;
            }
            if scratch.len() < 2 * VALUE_LIMIT + 2 {
                scratch.push(byte);
            } else {
                whole = false;
            }
            self.source.advance(1);
        }
        let literal = match scratch.get(..2) {
            _ if !whole => Literal::TooLarge,
            Some(b"0x") => digits(scratch, 2, hex_bytes, Literal::Stored),
            Some(b"0b") => digits(scratch, 2, bit_bytes, Literal::Bits),
            _ if is_number(scratch) => Literal::Number,
            _ => Literal::Unreadable,
        };
        Ok((literal, Place::Scratch))
    }

    fn word_literal(&mut self, scratch: &mut Vec<u8>) -> Result<(Literal, Place), Stop> {
        scratch.clear();
        self.word(scratch, 64)?;
        let quote = self.source.peek()?;
        let quoted = quote == Some(b'\'');
        scratch.make_ascii_lowercase();
        let literal = match scratch.as_slice() {
            b"null" => Literal::Null,
            b"true" => Literal::Truth(true),
            b"false" => Literal::Truth(false),
            b"x" if quoted => return self.digits_literal(scratch, hex_bytes, Literal::Stored),
            b"b" if quoted => return self.digits_literal(scratch, bit_bytes, Literal::Bits),
            b"n" if quoted => return self.introduced(Charset::Utf8, scratch),
            b"date" | b"time" | b"timestamp" => {
                self.blank()?;
                if !matches!(self.source.peek()?, Some(b'\'' | b'"')) {
                    return Ok((Literal::Unreadable, Place::Scratch));
                }
                return self.literal(scratch);
            }
            [b'_', set @ ..] => {
                let set = Charset::by_name(&String::from_utf8_lossy(set));
                return self.introduced(set, scratch);
            }
            _ => Literal::Unreadable,
        };
        Ok((literal, Place::Scratch))
    }

    /// The literal after an introducer, in that character set.
    fn introduced(&mut self, set: Charset, scratch: &mut Vec<u8>) -> Result<(Literal, Place), Stop> {
        self.blank()?;
        let (literal, place) = match self.source.needed()? {
            b'\'' | b'"' | b'0' | b'x' | b'X' | b'b' | b'B' => self.literal(scratch)?,
            _ => return Ok((Literal::Unreadable, Place::Scratch)),
        };
        Ok(match literal {
            Literal::Quoted | Literal::Stored | Literal::Bits if set == Charset::Binary => (Literal::Stored, place),
            Literal::Quoted | Literal::Stored | Literal::Bits => (Literal::Introduced(set), place),
            Literal::TooLarge => (literal, place),
            _ => (Literal::Unreadable, place),
        })
    }

    fn digits_literal(
        &mut self,
        scratch: &mut Vec<u8>,
        read: fn(&mut Vec<u8>, usize) -> bool,
        literal: Literal,
    ) -> Result<(Literal, Place), Stop> {
        scratch.clear();
        let whole = self.quoted(b'\'', false, scratch, 2 * VALUE_LIMIT)?;
        Ok((if whole { digits(scratch, 0, read, literal) } else { Literal::TooLarge }, Place::Scratch))
    }
}

/// Turns the digits from `from` on into bytes, in place.
fn digits(scratch: &mut Vec<u8>, from: usize, read: fn(&mut Vec<u8>, usize) -> bool, literal: Literal) -> Literal {
    if read(scratch, from) { literal } else { Literal::Unreadable }
}

fn hex_bytes(text: &mut Vec<u8>, from: usize) -> bool {
    let odd = (text.len() - from) % 2;
    let mut written = 0;
    let mut at = from;
    // An odd number of digits means a leading zero.
    if odd == 1 {
        let Some(low) = hex_digit(text[at]) else { return false };
        text[written] = low;
        written += 1;
        at += 1;
    }
    while at + 1 < text.len() {
        let (Some(high), Some(low)) = (hex_digit(text[at]), hex_digit(text[at + 1])) else { return false };
        text[written] = high << 4 | low;
        written += 1;
        at += 2;
    }
    text.truncate(written);
    true
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn bit_bytes(text: &mut Vec<u8>, from: usize) -> bool {
    if text[from..].iter().any(|b| !matches!(b, b'0' | b'1')) {
        return false;
    }
    let bytes: Vec<u8> =
        text[from..].rchunks(8).rev().map(|chunk| chunk.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'))).collect();
    *text = bytes;
    true
}

/// Length of what may be a number at the beginning.
fn number_length(text: &[u8]) -> usize {
    let mut previous = b'e';
    for (at, byte) in text.iter().enumerate() {
        let signed = matches!(byte, b'+' | b'-') && matches!(previous, b'e' | b'E');
        if !(is_word(*byte) || *byte == b'.' || signed) {
            return at;
        }
        previous = *byte;
    }
    text.len()
}

/// Whether this is a decimal number: sign, digits with at most one point, exponent.
pub(super) fn is_number(text: &[u8]) -> bool {
    let digits = |from: usize| text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    let mut part = 0;
    if text.get(at) == Some(&b'.') {
        part = digits(at + 1);
        at += 1 + part;
    }
    if whole + part == 0 {
        return false;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_words() {
        for yes in ["0", "-1", "+7", "1.50", ".5", "5.", "1e5", "1E-7", "-1.5e+300"] {
            assert!(is_number(yes.as_bytes()), "{yes}");
        }
        for no in ["", "-", ".", "1e", "1e+", "1.2.3", "12ab", "0x1", "--1", "e5"] {
            assert!(!is_number(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn digits_become_bytes() {
        let read = |text: &str, f: fn(&mut Vec<u8>, usize) -> bool| {
            let mut bytes = text.as_bytes().to_vec();
            f(&mut bytes, 0).then_some(bytes)
        };
        assert_eq!(read("00fFa", hex_bytes), Some(vec![0, 0x0f, 0xfa]));
        assert_eq!(read("", hex_bytes), Some(vec![]));
        assert_eq!(read("0g", hex_bytes), None);
        assert_eq!(read("101", bit_bytes), Some(vec![5]));
        assert_eq!(read("100000001", bit_bytes), Some(vec![1, 1]));
        assert_eq!(read("12", bit_bytes), None);
    }
}
