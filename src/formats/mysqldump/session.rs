//! What `SET` and `USE` change for the statements after them: `sql_mode`, the connection's character set, the database.

use std::collections::BTreeMap;

use super::charset::{Charset, Connection, identifier};
use super::source::Source;
use super::tokens::{Mode, Token, Tokens};

/// State of the session that the dump restores into.
#[derive(Debug)]
pub(super) struct Session {
    /// How to read quotes.
    pub(super) mode: Mode,
    /// How to read texts.
    pub(super) connection: Connection,
    /// Database in use, empty when none was named.
    pub(super) database: String,
    /// `sql_mode` put away in user variables.
    saved: BTreeMap<String, Mode>,
}

impl Session {
    /// The state a dump begins with.
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::default(),
            connection: Connection::Undeclared,
            database: String::new(),
            saved: BTreeMap::new(),
        }
    }

    /// Follows one statement.
    pub(super) fn follow(&mut self, statement: &[u8]) {
        let tokens = tokens_of(statement, self.mode);
        let Some((first, rest)) = tokens.split_first() else { return };
        if first.is("use") {
            if let Some(Token::Word(name) | Token::Name(name)) = rest.first() {
                self.database = name.clone();
            }
        } else if first.is("set") {
            let named = match rest {
                [a, set, ..] if a.is("names") || a.is("charset") => Some(set),
                [a, b, set, ..] if a.is("character") && b.is("set") => Some(set),
                _ => None,
            };
            match named.and_then(literal) {
                Some(name) => self.connection = Connection::Declared(Charset::by_name(&name)),
                None => assignments(rest).for_each(|(left, right)| self.assign(left, right)),
            }
        }
    }

    fn assign(&mut self, left: &[Token], right: &[Token]) {
        let variable = flat(left);
        let value = flat(right);
        if variable.starts_with('@') && !variable.starts_with("@@") {
            if value.starts_with("@@") && value.ends_with("sql_mode") {
                self.saved.insert(variable, self.mode);
            }
        } else if variable.ends_with("sql_mode") && !variable.contains("global") {
            if let Some(mode) = self.saved.get(&value) {
                self.mode = *mode;
                return;
            }
            let texts: Vec<String> = right.iter().filter_map(literal).collect();
            let before = if value.contains("@@sql_mode") { self.mode } else { Mode::default() };
            let mode = mode_of(&texts.join(","));
            self.mode = Mode {
                ansi_quotes: before.ansi_quotes || mode.ansi_quotes,
                no_backslash_escapes: before.no_backslash_escapes || mode.no_backslash_escapes,
            };
        }
    }
}

fn tokens_of(statement: &[u8], mode: Mode) -> Vec<Token> {
    let mut input = statement;
    let mut tokens = Tokens::new(Source::new(&mut input, statement.len()), mode);
    let mut all = Vec::new();
    while let Ok(token) = tokens.next() {
        if token == Token::End {
            break;
        }
        all.push(token);
    }
    all
}

/// The parts left and right of each `=`.
fn assignments(tokens: &[Token]) -> impl Iterator<Item = (&[Token], &[Token])> {
    let mut depth = 0_usize;
    tokens
        .split(move |token| {
            match token {
                Token::Sign(b'(') => depth += 1,
                Token::Sign(b')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *token == Token::Sign(b',')
        })
        .filter_map(|part| {
            let equals = part.iter().position(|t| *t == Token::Sign(b'='))?;
            Some((&part[..equals], &part[equals + 1..]))
        })
}

/// Words and signs in lower case without blanks: `@@session.sql_mode`.
fn flat(tokens: &[Token]) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Word(word) | Token::Name(word) => text.push_str(&word.to_ascii_lowercase()),
            Token::Sign(b':') | Token::End => {}
            Token::Sign(sign) => text.push(*sign as char),
            Token::Text(bytes) => text.push_str(&identifier(bytes)),
        }
    }
    text
}

fn literal(token: &Token) -> Option<String> {
    match token {
        Token::Word(text) | Token::Name(text) => Some(text.clone()),
        Token::Text(bytes) => Some(identifier(bytes)),
        _ => None,
    }
}

/// The two things in a list of modes that matter here. The names of other products imply ANSI quotes (MySQL 5.7
/// Reference Manual, "Combination SQL Modes").
fn mode_of(list: &str) -> Mode {
    let has = |names: &[&str]| list.split(',').any(|m| names.iter().any(|n| m.trim().eq_ignore_ascii_case(n)));
    Mode {
        ansi_quotes: has(&["ANSI_QUOTES", "ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL"]),
        no_backslash_escapes: has(&["NO_BACKSLASH_ESCAPES"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(statements: &[&str]) -> Session {
        let mut session = Session::new();
        statements.iter().for_each(|s| session.follow(s.as_bytes()));
        session
    }

    #[test]
    fn names_by_any_way_of_setting_them() {
        let latin1 = Connection::Declared(Charset::by_name("latin1"));
        for statement in
            ["SET NAMES latin1", "/*!40101 SET NAMES 'latin1' */;", "set character set latin1;", "SET CHARSET latin1"]
        {
            assert_eq!(after(&[statement]).connection, latin1, "{statement}");
        }
        assert_eq!(after(&["/*!40101 SET character_set_client = utf8mb4 */;"]).connection, Connection::Undeclared);
    }

    #[test]
    fn sql_mode_is_followed_put_away_and_restored() {
        let set = "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ANSI' */;";
        assert!(after(&[set]).mode.ansi_quotes);
        assert!(!after(&[set, "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;"]).mode.ansi_quotes);
        assert!(after(&["SET SESSION sql_mode = \"NO_BACKSLASH_ESCAPES\""]).mode.no_backslash_escapes);
        let concat = "SET sql_mode=CONCAT(@@sql_mode,',NO_BACKSLASH_ESCAPES')";
        let mode = after(&[set, concat]).mode;
        assert!(mode.ansi_quotes && mode.no_backslash_escapes);
        assert_eq!(after(&["SET GLOBAL sql_mode='ANSI'"]).mode, Mode::default());
    }

    #[test]
    fn use_names_the_database() {
        assert_eq!(after(&["USE `moveit``x`;"]).database, "moveit`x");
    }
}
