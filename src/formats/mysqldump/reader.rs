//! The statements and comments of a dump, one after the other.

use super::charset::Connection;
use super::create;
use super::output::Output;
use super::session::Session;
use super::source::{Source, Stop};
use super::tables::Tables;
use super::tokens::{Mode, Tokens};
use crate::formats::{FormatError, Note, Summary};
use crate::model::Civil;

/// As much of a statement other than INSERT is read; a longer `CREATE TABLE` is set aside.
const STATEMENT_LIMIT: usize = 8 * 1024 * 1024;

/// Statements that are understood as carrying no row.
const VERBS: [&str; 40] = [
    "alter",
    "analyze",
    "begin",
    "call",
    "change",
    "check",
    "commit",
    "create",
    "deallocate",
    "do",
    "drop",
    "end",
    "execute",
    "flush",
    "grant",
    "help",
    "install",
    "kill",
    "lock",
    "optimize",
    "prepare",
    "purge",
    "release",
    "rename",
    "repair",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "select",
    "set",
    "show",
    "shutdown",
    "source",
    "start",
    "stop",
    "truncate",
    "uninstall",
    "unlock",
    "use",
];

/// Statements whose rows this reader cannot follow.
const DATA_VERBS: [&str; 6] = ["delete", "load", "merge", "table", "update", "with"];

/// One reading of one dump.
pub(super) struct Reader<'r, 'e, 'f> {
    pub(super) tokens: Tokens<'r>,
    pub(super) session: Session,
    pub(super) tables: Tables,
    pub(super) out: Output<'e, 'f>,
    pub(super) scratch: Vec<u8>,
    /// Offset of a header whose closing line has not come yet.
    open: Option<u64>,
    completed: bool,
    dumped_at: Option<i64>,
    cut: Option<Note>,
    encodings: Vec<String>,
}

impl<'r, 'e, 'f> Reader<'r, 'e, 'f> {
    /// A reader at the beginning.
    pub(super) fn new(source: Source<'r>, out: Output<'e, 'f>) -> Self {
        Self {
            tokens: Tokens::new(source, Mode::default()),
            session: Session::new(),
            tables: Tables::default(),
            out,
            scratch: Vec::new(),
            open: None,
            completed: false,
            dumped_at: None,
            cut: None,
            encodings: Vec::new(),
        }
    }

    /// Reads to the end.
    pub(super) fn run(mut self) -> Result<Summary, FormatError> {
        match self.statements() {
            Ok(()) => {}
            Err(Stop::Cut) => {
                let start = self.tokens.source.mark_offset();
                self.cut_off(format!("the file ends inside what begins at byte {start}"));
            }
            Err(Stop::Failed(error)) => return Err(error),
        }
        if let Some(start) = self.open {
            self.cut_off(format!("the dump that begins at byte {start} has no closing line (-- Dump completed)"));
        }
        if self.tokens.delimiter != b";" {
            self.cut_off("the file ends between DELIMITER lines".to_owned());
        }
        match self.out.flush() {
            Err(Stop::Failed(error)) => return Err(error),
            Ok(()) | Err(Stop::Cut) => {}
        }
        let complete = match (&self.cut, self.completed) {
            (Some(_), _) => Some(false),
            (None, true) => Some(true),
            (None, false) => None,
        };
        let mut notes = self.out.notes;
        notes.extend(self.cut);
        let encoding = match self.encodings.is_empty() {
            true => "not declared, utf-8 where valid".to_owned(),
            false => self.encodings.join(" then "),
        };
        Ok(Summary {
            tally: self.out.tally,
            encoding,
            complete,
            dumped_at_local: self.dumped_at,
            notes,
            ..Summary::default()
        })
    }

    fn cut_off(&mut self, detail: String) {
        let offset = self.tokens.source.offset();
        match &mut self.cut {
            Some(note) => note.detail = format!("{}; {detail}", note.detail),
            None => self.cut = Some(Note { offset, kind: "cut_off", detail }),
        }
    }

    fn statements(&mut self) -> Result<(), Stop> {
        refuse_utf16(self.tokens.source.ensure(4)?)?;
        if self.tokens.source.ensure(3)?.starts_with(b"\xef\xbb\xbf") {
            self.tokens.source.advance(3);
        }
        while let Some(byte) = self.tokens.source.peek()? {
            // NUL: padding that a crash leaves.
            if byte.is_ascii_whitespace() || matches!(byte, 0 | 0x0b) {
                self.tokens.source.advance(1);
                continue;
            }
            self.tokens.begin_statement();
            self.tokens.source.set_mark(STATEMENT_LIMIT);
            if self.tokens.end()? || self.comment()? {
                continue;
            }
            self.statement()?;
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<bool, Stop> {
        let mut text = Vec::new();
        match self.tokens.comment(&mut text, 256) {
            Ok(false) => return Ok(false),
            Ok(true) => self.out.header(),
            Err(stop) => {
                self.out.header();
                return Err(stop);
            }
        }
        let text = String::from_utf8_lossy(&text);
        if text.starts_with("-- MySQL dump ") || text.starts_with("-- MariaDB dump ") {
            let start = self.tokens.source.mark_offset();
            if let Some(before) = self.open.replace(start) {
                self.cut_off(format!("the dump that begins at byte {before} has no closing line before the next one"));
            }
        } else if let Some(rest) = text.strip_prefix("-- Dump completed") {
            self.open = None;
            self.completed = true;
            self.dumped_at = closing_time(rest);
        }
        Ok(true)
    }

    fn statement(&mut self) -> Result<(), Stop> {
        self.scratch.clear();
        let first = self.tokens.blank().and_then(|()| self.tokens.word(&mut self.scratch, 64));
        let word = String::from_utf8_lossy(&self.scratch).to_ascii_lowercase();
        if first.is_ok() && (word == "insert" || word == "replace") {
            return self.insert();
        }
        if first.is_ok() && word == "delimiter" {
            return self.delimiter();
        }
        let skipped = first.and_then(|_| self.tokens.skip_statement());
        if let Err(Stop::Failed(_)) = skipped {
            return skipped;
        }
        let statement = self.tokens.source.marked();
        match word.as_str() {
            "set" | "use" if skipped.is_ok() => self.follow(&statement),
            "create" if skipped.is_ok() && self.is_table(&statement) => return self.create(&statement),
            verb if VERBS.contains(&verb) => {}
            verb if DATA_VERBS.contains(&verb) || looks_like_data(&statement) => {
                self.aside_statement(format!("expected a statement of a dump, found {word:?}"))?;
                return skipped;
            }
            _ => {}
        }
        self.out.header();
        skipped
    }

    fn delimiter(&mut self) -> Result<(), Stop> {
        let mut line = Vec::new();
        self.tokens.line(&mut line, 256)?;
        let delimiter = line.split(u8::is_ascii_whitespace).find(|part| !part.is_empty());
        if let Some(delimiter) = delimiter {
            self.tokens.delimiter = delimiter.to_vec();
        }
        self.out.header();
        Ok(())
    }

    fn follow(&mut self, statement: &[u8]) {
        let before = self.session.connection;
        self.session.follow(statement);
        self.tokens.mode = self.session.mode;
        let Connection::Declared(set) = self.session.connection else { return };
        let label = set.label();
        if self.encodings.last() != Some(&label) {
            self.encodings.push(label);
        }
        if before != self.session.connection && set.hides_backslashes() {
            let offset = self.tokens.source.mark_offset();
            self.out.note("escapes_uncertain", 0, offset, || {
                "in this character set a backslash may be half a character; texts may be read wrongly".to_owned()
            });
        }
    }

    /// Whether a statement that begins with `CREATE` makes a table. Version 50001 marks stand-ins for views.
    fn is_table(&self, statement: &[u8]) -> bool {
        self.tokens.version() != Some(50001) && create::is_table(statement, self.session.mode)
    }

    fn create(&mut self, statement: &[u8]) -> Result<(), Stop> {
        let offset = self.tokens.source.mark_offset();
        let parsed = match statement.len() < STATEMENT_LIMIT {
            true => create::parse(statement, self.session.mode),
            false => Err(format!("at most {STATEMENT_LIMIT} bytes")),
        };
        match parsed {
            Err(expected) => return self.aside_statement(format!("expected {expected} in CREATE TABLE")),
            Ok(None) => {}
            Ok(Some(created)) => {
                let name = created.name.clone();
                let (fresh, elsewhere) = self.tables.create(created, &self.session.database, offset);
                if elsewhere {
                    self.out.note("table_in_several_databases", 0, offset, || {
                        format!("table {name:?} is dumped from more than one database; their rows are not told apart")
                    });
                }
                if let Some(def) = fresh {
                    self.out.table(def)?;
                }
            }
        }
        self.out.header();
        Ok(())
    }

    /// Sets aside what was read since the mark.
    pub(super) fn aside(&mut self, reason: &'static str, detail: String) -> Result<(), Stop> {
        let source = &self.tokens.source;
        self.out.aside((source.mark_offset(), source.marked_length()), source.marked(), reason, detail)
    }

    /// Sets aside the statement read since the mark.
    pub(super) fn aside_statement(&mut self, detail: String) -> Result<(), Stop> {
        self.aside("unknown_statement", detail)
    }
}

/// PowerShell writes redirected output as UTF-16, which destroys binary values beyond repair.
fn refuse_utf16(head: &[u8]) -> Result<(), Stop> {
    if !super::recognise::is_utf16(head) {
        return Ok(());
    }
    Err(Stop::Failed(FormatError::Refused {
        offset: 0,
        expected: "a dump as the server wrote it, in UTF-8, Latin-1 or binary".to_owned(),
        found: "UTF-16, as PowerShell's > writes it; dump again with --result-file, or convert it to UTF-8 \
                (binary columns are then unreliable)"
            .to_owned(),
    }))
}

/// The time in `-- Dump completed on 2026-11-22  6:50:25`.
fn closing_time(rest: &str) -> Option<i64> {
    let mut words = rest.trim_start().strip_prefix("on ")?.split_whitespace();
    let (date, time) = (words.next()?, words.next()?);
    Civil::parse(&format!("{date} {time:0>8}")).ok().map(|at| at.0)
}

fn looks_like_data(statement: &[u8]) -> bool {
    statement.iter().any(|b| matches!(b, b'(' | b'\'' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_pads_the_hour_with_a_blank() {
        let at = Civil::parse("2026-11-22 06:50:25").unwrap().0;
        assert_eq!(closing_time(" on 2026-11-22  6:50:25"), Some(at));
        assert_eq!(closing_time(""), None);
        assert_eq!(closing_time(" on 2026-11-22  6:50:2"), None);
    }
}
