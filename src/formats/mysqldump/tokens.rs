//! The tokenizer: blanks, comments, conditional comments, quotes and words over a [`Source`].
//!
//! `/*!40101 … */` and `/*M!100100 … */` are text that servers from that version on execute: their brackets count as
//! blanks and what is between them is read. Version 999999 is used for what no server executes.

use memchr::{memchr, memchr2};

use super::charset::identifier;
use super::source::{Source, Stop};

/// How quotes are to be read; part of the dump's `sql_mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mode {
    /// `"name"` is an identifier.
    pub(super) ansi_quotes: bool,
    /// A backslash in a text is a backslash.
    pub(super) no_backslash_escapes: bool,
}

/// A token outside the values of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word or number.
    Word(String),
    /// A name in backticks, or in double quotes where they mean names.
    Name(String),
    /// A quoted text.
    Text(Vec<u8>),
    /// Any other single byte.
    Sign(u8),
    /// The delimiter.
    End,
}

impl Token {
    /// Whether it is this word, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(w) if w.eq_ignore_ascii_case(word))
    }
}

/// No name or word of interest is longer; the rest of a longer one is dropped.
const NAME_LIMIT: usize = 64 * 1024;

/// A version that no server has.
const NEVER: u32 = 999_999;

/// The tokenizer's state.
pub(super) struct Tokens<'r> {
    /// The bytes.
    pub(super) source: Source<'r>,
    /// How to read quotes.
    pub(super) mode: Mode,
    /// What ends a statement; never empty.
    pub(super) delimiter: Vec<u8>,
    /// Conditional comments open.
    depth: u32,
    /// Version of the first conditional comment of the statement.
    version: Option<u32>,
}

impl<'r> Tokens<'r> {
    /// A tokenizer at the beginning of a dump or statement.
    pub(super) fn new(source: Source<'r>, mode: Mode) -> Self {
        Self { source, mode, delimiter: b";".to_vec(), depth: 0, version: None }
    }

    /// Forgets conditional comments: a statement begins.
    pub(super) fn begin_statement(&mut self) {
        self.depth = 0;
        self.version = None;
    }

    /// Version of the first conditional comment of the statement so far.
    pub(super) fn version(&self) -> Option<u32> {
        self.version
    }

    /// Skips blanks, comments and the brackets of conditional comments.
    #[inline]
    pub(super) fn blank(&mut self) -> Result<(), Stop> {
        // Nearly always there is nothing to skip.
        match self.source.at_hand() {
            [b'\'' | b'(' | b')' | b',' | b'0'..=b'9' | b'A'..=b'Z', ..] => Ok(()),
            _ => self.skip_blank(),
        }
    }

    fn skip_blank(&mut self) -> Result<(), Stop> {
        while let Some(byte) = self.source.peek()? {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.source.advance(1),
                b'-' | b'#' | b'/' | b'*' => {
                    if !self.comment_or_bracket(byte)? {
                        return Ok(());
                    }
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn comment_or_bracket(&mut self, byte: u8) -> Result<bool, Stop> {
        if self.enter_condition()? {
            return Ok(true);
        }
        if byte == b'*' {
            let closes = self.depth > 0 && self.source.ensure(2)?.starts_with(b"*/");
            if closes {
                self.source.advance(2);
                self.depth -= 1;
            }
            return Ok(closes);
        }
        self.comment(&mut Vec::new(), 0)
    }

    fn enter_condition(&mut self) -> Result<bool, Stop> {
        let Some((length, version)) = condition(self.source.ensure(12)?) else { return Ok(false) };
        if version >= NEVER {
            return Ok(false);
        }
        self.source.advance(length);
        self.depth += 1;
        self.version.get_or_insert(version);
        Ok(true)
    }

    /// Skips one comment if there is one; keeps up to `limit` bytes of it.
    pub(super) fn comment(&mut self, kept: &mut Vec<u8>, limit: usize) -> Result<bool, Stop> {
        let ahead = self.source.ensure(12)?;
        let line = ahead.first() == Some(&b'#')
            || (ahead.starts_with(b"--") && ahead.get(2).is_none_or(|b| *b <= b' ' || *b == 0x7f));
        if line {
            self.line(kept, limit)?;
            return Ok(true);
        }
        if !ahead.starts_with(b"/*") || condition(ahead).is_some_and(|(_, version)| version < NEVER) {
            return Ok(false);
        }
        self.source.advance(2);
        loop {
            self.source.needed()?;
            let hand = self.source.at_hand();
            match memchr(b'*', hand) {
                None => {
                    let length = hand.len();
                    self.source.advance(length);
                }
                Some(at) => {
                    self.source.advance(at + 1);
                    if self.source.needed()? == b'/' {
                        self.source.advance(1);
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// Consumes the rest of the line with its end; keeps up to `limit` bytes.
    pub(super) fn line(&mut self, kept: &mut Vec<u8>, limit: usize) -> Result<(), Stop> {
        while self.source.peek()?.is_some() {
            let hand = self.source.at_hand();
            let found = memchr(b'\n', hand);
            let length = found.unwrap_or(hand.len());
            let room = limit.saturating_sub(kept.len());
            kept.extend_from_slice(&hand[..length.min(room)]);
            self.source.advance(length + usize::from(found.is_some()));
            if found.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Consumes the delimiter if it is next and no conditional comment is open.
    pub(super) fn end(&mut self) -> Result<bool, Stop> {
        if self.depth > 0 {
            return Ok(false);
        }
        let length = self.delimiter.len();
        if self.source.peek()? == self.delimiter.first().copied()
            && self.source.ensure(length)?.starts_with(&self.delimiter)
        {
            self.source.advance(length);
            return Ok(true);
        }
        Ok(false)
    }

    /// Skips to the end of the statement and consumes its delimiter.
    pub(super) fn skip_statement(&mut self) -> Result<(), Stop> {
        loop {
            if self.end()? {
                return Ok(());
            }
            self.blank()?;
            if self.end()? {
                return Ok(());
            }
            match self.source.needed()? {
                quote @ (b'\'' | b'"' | b'`') => self.skip_quoted(quote)?,
                _ => self.source.advance(1),
            }
        }
    }

    /// Skips a quoted text or name.
    pub(super) fn skip_quoted(&mut self, quote: u8) -> Result<(), Stop> {
        self.quoted(quote, self.escapes(quote), &mut Vec::new(), 0).map(|_| ())
    }

    /// Whether backslashes escape between these quotes.
    #[inline]
    pub(super) fn escapes(&self, quote: u8) -> bool {
        match quote {
            b'\'' => !self.mode.no_backslash_escapes,
            b'"' => !self.mode.no_backslash_escapes && !self.mode.ansi_quotes,
            _ => false,
        }
    }

    /// Reads what is between quotes, the opening one being next, into `out`, at most `limit` bytes. Tells whether
    /// everything fitted.
    pub(super) fn quoted(&mut self, quote: u8, escapes: bool, out: &mut Vec<u8>, limit: usize) -> Result<bool, Stop> {
        self.source.advance(1);
        let mut whole = true;
        loop {
            self.source.needed()?;
            let hand = self.source.at_hand();
            let found = if escapes { memchr2(quote, b'\\', hand) } else { memchr(quote, hand) };
            let length = found.unwrap_or(hand.len());
            whole &= keep(out, &hand[..length], limit);
            let stop = found.map(|at| hand[at]);
            self.source.advance(length + usize::from(stop.is_some()));
            match stop {
                None => {}
                Some(b'\\') if escapes => {
                    let byte = self.source.needed()?;
                    self.source.advance(1);
                    whole &= match unescape(byte) {
                        Some(byte) => keep(out, &[byte], limit),
                        None => keep(out, &[b'\\', byte], limit),
                    };
                }
                Some(_) => {
                    if self.source.peek()? != Some(quote) {
                        return Ok(whole);
                    }
                    self.source.advance(1);
                    whole &= keep(out, &[quote], limit);
                }
            }
        }
    }

    /// Reads a bare word or number into `out`.
    pub(super) fn word(&mut self, out: &mut Vec<u8>, limit: usize) -> Result<bool, Stop> {
        let mut whole = true;
        while self.source.peek()?.is_some() {
            let hand = self.source.at_hand();
            let length = hand.iter().position(|b| !is_word(*b)).unwrap_or(hand.len());
            whole &= keep(out, &hand[..length], limit);
            let ended = length < hand.len();
            self.source.advance(length);
            if ended {
                break;
            }
        }
        Ok(whole)
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token, Stop> {
        self.blank()?;
        if self.end()? {
            return Ok(Token::End);
        }
        let byte = self.source.needed()?;
        let mut bytes = Vec::new();
        match byte {
            b'`' => self.quoted(byte, false, &mut bytes, NAME_LIMIT)?,
            b'"' if self.mode.ansi_quotes => self.quoted(byte, false, &mut bytes, NAME_LIMIT)?,
            b'\'' | b'"' => {
                self.quoted(byte, self.escapes(byte), &mut bytes, NAME_LIMIT)?;
                return Ok(Token::Text(bytes));
            }
            _ if is_word(byte) => {
                self.word(&mut bytes, NAME_LIMIT)?;
                return Ok(Token::Word(identifier(&bytes)));
            }
            _ => {
                self.source.advance(1);
                return Ok(Token::Sign(byte));
            }
        };
        Ok(Token::Name(identifier(&bytes)))
    }

    /// The next name: bare, in backticks or, by its position, in double quotes.
    pub(super) fn name(&mut self) -> Result<Option<String>, Stop> {
        self.blank()?;
        if self.source.peek()? == Some(b'"') {
            let mut bytes = Vec::new();
            self.quoted(b'"', false, &mut bytes, NAME_LIMIT)?;
            return Ok(Some(identifier(&bytes)));
        }
        Ok(match self.next()? {
            Token::Word(name) | Token::Name(name) => Some(name),
            _ => None,
        })
    }
}

/// Bytes of bare words: names, keywords, numbers without point and sign.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The byte an escape stands for; `\%` and `\_` stand for themselves, backslash included.
fn unescape(byte: u8) -> Option<u8> {
    Some(match byte {
        b'0' => 0,
        b'b' => 0x08,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'Z' => 0x1a,
        b'%' | b'_' => return None,
        other => other,
    })
}

#[inline]
fn keep(out: &mut Vec<u8>, bytes: &[u8], limit: usize) -> bool {
    let room = limit.saturating_sub(out.len());
    out.extend_from_slice(&bytes[..bytes.len().min(room)]);
    bytes.len() <= room
}

/// Length and version of the opening bracket of a conditional comment; version 0 where none is given.
pub(super) fn condition(ahead: &[u8]) -> Option<(usize, u32)> {
    let opening = [b"/*!".as_slice(), b"/*M!"].into_iter().find(|opening| ahead.starts_with(opening))?;
    let digits = ahead[opening.len()..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let version = ahead[opening.len()..opening.len() + digits].iter().fold(0, |v, b| v * 10 + u32::from(b - b'0'));
    Some((opening.len() + digits, version))
}
