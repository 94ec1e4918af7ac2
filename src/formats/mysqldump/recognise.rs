//! Telling a dump from other files by its first bytes.
//!
//! Comments alone decide only when they are a dump program's own; `#` begins comments of many other formats. Otherwise
//! the first statement that only a dump would begin with decides.

use super::source::{Source, Stop};
use super::tokens::{Mode, Token, Tokens, condition};

/// First lines of programs that write such dumps.
const PROGRAMS: [&str; 6] = [
    "-- MySQL dump",
    "-- MariaDB dump",
    "-- phpMyAdmin SQL Dump",
    "-- mysqldump",
    "-- Dump created by MySQL",
    "-- Adminer",
];

/// See [`super::recognises`].
pub(super) fn recognises(head: &[u8]) -> bool {
    if is_utf16(head) {
        let big = head[0] == 0xfe || head[0] == 0;
        let encoding = if big { encoding_rs::UTF_16BE } else { encoding_rs::UTF_16LE };
        return is_dump(encoding.decode_without_bom_handling(head).0.trim_start_matches('\u{feff}').as_bytes());
    }
    is_dump(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head))
}

/// Whether this is UTF-16: its byte order mark, or an SQL comment's first character beside a NUL.
pub(super) fn is_utf16(head: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 6] = [b"-\0-\0", b"/\0*\0", b"#\0", b"\0-\0-", b"\0/\0*", b"\0#"];
    head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || BEGINNINGS.iter().any(|b| head.starts_with(b))
}

fn is_dump(head: &[u8]) -> bool {
    let mut input = head;
    let mut tokens = Tokens::new(Source::new(&mut input, head.len()), Mode::default());
    // Only so many statements: a head full of neutral ones is no dump.
    (0..64).find_map(|_| statement(&mut tokens).unwrap_or(Some(false))).unwrap_or(false)
}

/// Looks at one comment or statement; none when it decides nothing.
fn statement(tokens: &mut Tokens<'_>) -> Result<Option<bool>, Stop> {
    while tokens.source.needed()?.is_ascii_whitespace() {
        tokens.source.advance(1);
    }
    if condition(tokens.source.ensure(12)?).is_some_and(|(_, version)| version > 0) {
        return Ok(Some(true));
    }
    let mut text = Vec::new();
    if tokens.comment(&mut text, 64)? {
        let text = String::from_utf8_lossy(&text);
        if text.contains("PostgreSQL database dump") || text.contains("SQLite") {
            return Ok(Some(false));
        }
        return Ok(PROGRAMS.iter().any(|program| text.starts_with(program)).then_some(true));
    }
    if tokens.end()? {
        return Ok(None);
    }
    let Token::Word(verb) = tokens.next()? else { return Ok(Some(false)) };
    let second = tokens.next()?;
    let decided = match verb.to_ascii_lowercase().as_str() {
        "create" | "drop" => ["table", "database", "schema", "view"].iter().any(|word| second.is(word)),
        "insert" | "replace" => into(tokens, second)?,
        "lock" => second.is("tables") || second.is("table"),
        "set" => second.is("names") || second == Token::Sign(b'@') || is_setting(&second, &tokens.next()?),
        "use" | "start" | "begin" | "commit" | "delimiter" | "alter" | "unlock" => {
            if second != Token::End {
                tokens.skip_statement()?;
            }
            return Ok(None);
        }
        _ => false,
    };
    Ok(Some(decided))
}

/// `INSERT [IGNORE …] INTO name (…` or `VALUES`: a sentence of prose has neither.
fn into(tokens: &mut Tokens<'_>, second: Token) -> Result<bool, Stop> {
    let mut token = second;
    while ["low_priority", "delayed", "high_priority", "ignore"].iter().any(|word| token.is(word)) {
        token = tokens.next()?;
    }
    if !token.is("into") || tokens.name()?.is_none() {
        return Ok(false);
    }
    loop {
        let token = tokens.next()?;
        if token == Token::Sign(b'.') {
            tokens.name()?;
            continue;
        }
        return Ok(token == Token::Sign(b'(') || token.is("values") || token.is("value"));
    }
}

fn is_setting(name: &Token, next: &Token) -> bool {
    const SETTINGS: [&str; 8] = [
        "sql_mode",
        "time_zone",
        "foreign_key_checks",
        "unique_checks",
        "autocommit",
        "character_set_client",
        "sql_notes",
        "sql_log_bin",
    ];
    const SCOPES: [&str; 2] = ["session", "global"];
    let scoped = SCOPES.iter().any(|scope| name.is(scope));
    let name = if scoped { next } else { name };
    SETTINGS.iter().any(|setting| name.is(setting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps_are_known_by_their_first_statement() {
        for yes in [
            "-- MySQL dump 10.13  Distrib 8.0.39, for Linux (x86_64)\n--\n",
            "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19",
            "-- phpMyAdmin SQL Dump\n-- version 5.2.3\n",
            "\u{feff}\r\n-- a comment\r\nDROP TABLE IF EXISTS `log`;\r\n",
            "\nINSERT INTO `quoted_identifiers` VALUES (1, 'foo');\n",
            "INSERT IGNORE INTO db.log (a) VALUES (1);",
            "REPLACE INTO \"log\" VALUES (1);",
            "/*!40101 SET NAMES utf8 */;",
            "USE `moveit`;\nCREATE TABLE log (a int);",
            "SET NAMES utf8;\n",
            "SET SESSION sql_mode = 'ANSI';\n",
            "/* a comment\n over lines */ LOCK TABLES `log` WRITE;",
        ] {
            assert!(recognises(yes.as_bytes()), "{yes}");
        }
    }

    #[test]
    fn other_files_are_not_taken() {
        for no in [
            "",
            "\n\n",
            "<?xml version=\"1.0\"?>\n<mysqldump>",
            "1\tfoo\t\\N\n2\tbar\tbaz\n",
            "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time\n2023-05-28 00:00:01 ::1 GET\n",
            "#!/usr/bin/perl\nuse strict;\nprint 'x';\n",
            "/*! jQuery v3.6.0 | (c) OpenJS Foundation */\n!function(){}",
            "-- PostgreSQL database dump\nSET statement_timeout = 0;\n",
            "Insert into the slot a coin (one euro).",
            "set -e\nrm -r x\n",
            "id,name\n1,foo\n",
        ] {
            assert!(!recognises(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn a_utf16_dump_is_recognised_so_that_it_can_be_refused_by_name() {
        let utf16: Vec<u8> = "\u{feff}-- MySQL dump 10.13\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(recognises(&utf16));
        assert!(recognises(&utf16[2..]));
        let other: Vec<u8> = "\u{feff}#Fields: date\r\n2023 x".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!recognises(&other));
    }
}
