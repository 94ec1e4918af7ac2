//! `INSERT` and `REPLACE`: the head of the statement and its rows, one at a time.

use memchr::memchr;

use super::Value;
use super::charset::{Charset, Connection, identifier};
use super::convert::{Rule, convert};
use super::create::COLUMN_LIMIT;
use super::literal::{Literal, VALUE_LIMIT};
use super::reader::Reader;
use super::source::Stop;
use super::tables::Target;
use super::tokens::Token;
use crate::formats::SET_ASIDE_LIMIT;

/// All values of a row together may be this long.
const ROW_LIMIT: usize = 4 * VALUE_LIMIT;

/// Rows of one statement.
struct Into {
    database: String,
    table: String,
    /// None until the first row when nothing is known of the table.
    target: Option<Target>,
    /// Whether `?` in a text may be a lost character.
    lossy: bool,
    offset: u64,
    rows: u64,
}

/// Why a row is set aside.
struct Problem {
    reason: &'static str,
    detail: String,
}

/// A row as read.
struct Row {
    values: Vec<Value>,
    count: usize,
    bytes: usize,
    problem: Option<Problem>,
    not_in_charset: Option<usize>,
    lost: Option<usize>,
}

impl Reader<'_, '_, '_> {
    /// The statement after its first word.
    pub(super) fn insert(&mut self) -> Result<(), Stop> {
        let offset = self.tokens.source.mark_offset();
        let into = match self.insert_head(offset) {
            Ok(into) => into,
            Err(stop) => {
                // Cut before its first row: no row is lost.
                self.out.header();
                return Err(stop);
            }
        };
        match into {
            Ok(mut into) => {
                let result = self.rows(&mut into);
                if into.rows == 0 {
                    self.out.header();
                }
                result
            }
            Err(expected) => {
                let skipped = self.tokens.skip_statement();
                self.aside_statement(format!("expected {expected} in INSERT"))?;
                skipped
            }
        }
    }

    /// Table and columns up to `VALUES`; the inner error is what was expected.
    fn insert_head(&mut self, offset: u64) -> Result<Result<Into, String>, Stop> {
        const MODIFIERS: [&str; 5] = ["low_priority", "delayed", "high_priority", "ignore", "into"];
        let mut token = self.tokens.next()?;
        while MODIFIERS.iter().any(|word| token.is(word)) {
            token = self.tokens.next()?;
        }
        let mut table = match token {
            Token::Word(name) | Token::Name(name) => name,
            Token::Text(bytes) => identifier(&bytes),
            _ => return Ok(Err("a table name".to_owned())),
        };
        let mut database = self.session.database.clone();
        self.tokens.blank()?;
        while self.tokens.source.needed()? == b'.' {
            self.tokens.source.advance(1);
            let Some(name) = self.tokens.name()? else { return Ok(Err("a table name after the point".to_owned())) };
            database = std::mem::replace(&mut table, name);
            self.tokens.blank()?;
        }
        let mut list = None;
        loop {
            self.tokens.blank()?;
            if self.tokens.source.needed()? == b'(' {
                match self.column_list()? {
                    Ok(columns) => list = Some(columns),
                    Err(expected) => return Ok(Err(expected)),
                }
                continue;
            }
            // Look before reading: what is not understood belongs to the part that is skipped.
            if self.tokens.source.peek()? == self.tokens.delimiter.first().copied() {
                return Ok(Err("VALUES".to_owned()));
            }
            let word = self.tokens.next()?;
            if word.is("values") || word.is("value") {
                break;
            }
            if word.is("partition") {
                self.tokens.blank()?;
                if self.tokens.source.needed()? == b'(' {
                    let _ = self.column_list()?;
                    continue;
                }
            }
            return Ok(Err("VALUES".to_owned()));
        }
        let target = match &list {
            Some(list) => {
                let (target, fresh) = self.tables.listed(&database, &table, list, offset);
                if let Some(def) = fresh {
                    self.out.table(def)?;
                }
                Some(target)
            }
            None => self.tables.plain(&database, &table),
        };
        let latin1 = self.session.connection == Connection::Declared(Charset::Other(encoding_rs::WINDOWS_1252));
        let lossy = latin1 && target.as_ref().is_some_and(|t| t.rules.iter().any(Rule::latin1_may_lose));
        Ok(Ok(Into { database, table, target, lossy, offset, rows: 0 }))
    }

    fn column_list(&mut self) -> Result<Result<Vec<String>, String>, Stop> {
        self.tokens.source.advance(1);
        let mut columns: Vec<String> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        loop {
            self.tokens.blank()?;
            if columns.is_empty() && self.tokens.source.needed()? == b')' {
                self.tokens.source.advance(1);
                return Ok(Ok(columns));
            }
            let Some(mut name) = self.tokens.name()? else { return Ok(Err("a column name".to_owned())) };
            self.tokens.blank()?;
            while self.tokens.source.needed()? == b'.' {
                self.tokens.source.advance(1);
                name = self.tokens.name()?.unwrap_or_default();
                self.tokens.blank()?;
            }
            if !seen.insert(name.to_lowercase()) {
                return Ok(Err(format!("each column once, found {name:?} twice")));
            }
            columns.push(name);
            let byte = self.tokens.source.needed()?;
            if !matches!(byte, b',' | b')') || columns.len() > COLUMN_LIMIT {
                return Ok(Err(format!("a list of at most {COLUMN_LIMIT} columns")));
            }
            self.tokens.source.advance(1);
            if byte == b')' {
                return Ok(Ok(columns));
            }
        }
    }

    fn rows(&mut self, into: &mut Into) -> Result<(), Stop> {
        loop {
            self.tokens.blank()?;
            if self.tokens.end()? {
                return Ok(());
            }
            match self.tokens.source.needed()? {
                b'(' => self.row(into)?,
                b',' => self.tokens.source.advance(1),
                _ => {
                    self.tokens.source.set_mark(SET_ASIDE_LIMIT);
                    let word = self.tokens.next()?;
                    if word.is("row") {
                        continue;
                    }
                    let skipped = self.tokens.skip_statement();
                    if !(word.is("on") || word.is("as")) {
                        into.rows += 1;
                        self.aside_statement("expected a row in parentheses".to_owned())?;
                    }
                    return skipped;
                }
            }
        }
    }

    fn row(&mut self, into: &mut Into) -> Result<(), Stop> {
        self.tokens.source.set_mark(SET_ASIDE_LIMIT);
        into.rows += 1;
        let mut row = match self.read_row(into) {
            Ok(row) => row,
            Err(Stop::Cut) => {
                self.aside("cut_off_row", "expected the rest of the row, found the end of the file".to_owned())?;
                return Err(Stop::Cut);
            }
            Err(failed) => return Err(failed),
        };
        if row.problem.is_none() {
            row.problem = self.check_count(into, row.count)?;
        }
        if let Some(problem) = row.problem {
            return self.aside(problem.reason, problem.detail);
        }
        let target = into.target.as_ref().expect("check_count sets the target of a row without problem");
        let offset = self.tokens.source.mark_offset();
        if let Some(at) = row.not_in_charset {
            self.note_column("text_not_in_charset", target, at, "a text is not valid in its character set");
        }
        if let Some(at) = row.lost {
            self.note_column(
                "latin1_may_lose_characters",
                target,
                at,
                "the dump was written through latin1, a question mark may be a lost character",
            );
        }
        let values = match &target.places {
            None => row.values,
            Some(places) => {
                let mut values = vec![Value::Null; target.width];
                for (value, place) in row.values.into_iter().zip(places) {
                    values[*place] = value;
                }
                values
            }
        };
        self.out.row(target.number, offset, values, row.bytes)
    }

    /// Checks the number of values; the first row of a table of which nothing is known decides it.
    fn check_count(&mut self, into: &mut Into, count: usize) -> Result<Option<Problem>, Stop> {
        let expected = match &into.target {
            Some(target) => target.rules.len(),
            None if count == 0 || count > COLUMN_LIMIT => COLUMN_LIMIT,
            None => {
                let (target, fresh) = self.tables.counted(&into.database, &into.table, count, into.offset);
                into.target = Some(target);
                if let Some(def) = fresh {
                    self.out.table(def)?;
                }
                count
            }
        };
        Ok((count != expected || into.target.is_none()).then(|| Problem {
            reason: "wrong_value_count",
            detail: format!("expected {expected} values for table {:?}, found {count}", into.table),
        }))
    }

    fn read_row(&mut self, into: &Into) -> Result<Row, Stop> {
        let rules = into.target.as_ref().map_or(&[][..], |t| &*t.rules);
        let limit = into.target.as_ref().map_or(COLUMN_LIMIT, |t| t.rules.len());
        let mut row = Row {
            values: Vec::with_capacity(rules.len()),
            count: 0,
            bytes: 0,
            problem: None,
            not_in_charset: None,
            lost: None,
        };
        self.tokens.source.advance(1);
        self.tokens.blank()?;
        if self.tokens.source.needed()? == b')' {
            self.tokens.source.advance(1);
            return Ok(row);
        }
        loop {
            self.tokens.blank()?;
            let at = self.tokens.source.offset();
            let (literal, place) = self.tokens.literal(&mut self.scratch)?;
            if row.problem.is_none() && row.count < limit {
                let rule = rules.get(row.count).unwrap_or(&Rule::UNKNOWN);
                let bytes = self.tokens.literal_bytes(place, &self.scratch);
                row.bytes += bytes.len() + size_of::<Value>();
                match convert(literal, bytes, rule, self.session.connection) {
                    _ if row.bytes > ROW_LIMIT => row.spoil(Literal::TooLarge, at),
                    None => row.spoil(literal, at),
                    Some(converted) => {
                        if converted.not_in_charset {
                            row.not_in_charset.get_or_insert(row.count);
                        }
                        if into.lossy && rule.latin1_may_lose() && memchr(b'?', bytes).is_some() {
                            row.lost.get_or_insert(row.count);
                        }
                        row.values.push(converted.value);
                    }
                }
            }
            row.count += 1;
            self.tokens.blank()?;
            match self.tokens.source.needed()? {
                b',' => self.tokens.source.advance(1),
                b')' => {
                    self.tokens.source.advance(1);
                    break;
                }
                _ => {
                    row.spoil(Literal::Unreadable, at);
                    self.skip_row()?;
                    break;
                }
            }
        }
        // A very long value leaves a very long buffer: one row at a time in memory, not the longest row for ever.
        if self.scratch.capacity() > SET_ASIDE_LIMIT * 16 {
            self.scratch = Vec::new();
        }
        Ok(row)
    }

    /// Passes over the rest of a row; a delimiter outside quotes ends it too.
    fn skip_row(&mut self) -> Result<(), Stop> {
        let mut depth = 1_usize;
        loop {
            self.tokens.blank()?;
            let byte = self.tokens.source.needed()?;
            let length = self.tokens.delimiter.len();
            if self.tokens.source.ensure(length)?.starts_with(&self.tokens.delimiter) {
                return Ok(());
            }
            match byte {
                b'\'' | b'"' => {
                    let escapes = !self.tokens.mode.no_backslash_escapes;
                    self.tokens.quoted(byte, escapes, &mut self.scratch, 0)?;
                    continue;
                }
                b'`' => {
                    self.tokens.skip_quoted(byte)?;
                    continue;
                }
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            self.tokens.source.advance(1);
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn note_column(&mut self, kind: &'static str, target: &Target, at: usize, what: &str) {
        let column = target.places.as_ref().map_or(at, |places| places[at]);
        let offset = self.tokens.source.mark_offset();
        let (tables, number) = (&self.tables, target.number);
        self.out.note(kind, number, offset, || {
            let (table, column) = tables.describe(number, column);
            format!("table {table:?}, column {column:?}: {what} (first such row; there may be more)")
        });
    }
}

impl Row {
    /// Keeps the first problem and lets go of the values.
    fn spoil(&mut self, literal: Literal, at: u64) {
        self.values = Vec::new();
        let value = self.count.min(COLUMN_LIMIT) + 1;
        self.problem.get_or_insert_with(|| match literal {
            Literal::TooLarge => Problem {
                reason: "value_too_large",
                detail: format!("expected a value of at most {VALUE_LIMIT} bytes, found a longer one at byte {at}"),
            },
            _ => Problem {
                reason: "unreadable_value",
                detail: format!("expected a literal as value {value}, found something else at byte {at}"),
            },
        });
    }
}
