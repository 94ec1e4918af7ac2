//! Rules: each a file of SQL that puts marks on sessions, requests, files and rows, with a head that says what a mark means.
//!
//! The built-in ones are compiled in (`queries/rules`). The user's own (`--rules DIR`) are kept in the case, in table
//! `own_rule`, so that every later analysis repeats them and `case.db` alone shows them; they run after the built-in ones and
//! may do nothing but add marks (see [`own`]). Each rule has small cases: evidence on which it must fire, and evidence that
//! differs in the one thing the rule is about, on which it must stay quiet ([`cases`]).

mod cases;
mod check;
mod error;
mod folder;
mod header;
mod own;
mod statements;
mod txtar;

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::error::AuditError;
use super::sql;
use crate::model::hex;

pub use cases::{Expected, RuleCase};
pub use check::{CheckFailure, check};
pub use error::RuleError;
pub use folder::read_folders;
pub use header::RuleHeader;
pub use txtar::{Member, members};

pub(super) use own::run_own;

/// A rule with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Name of its file, without folders for the user's own.
    pub file: String,
    /// The whole file.
    pub text: String,
    /// What its head states.
    pub header: RuleHeader,
    /// Whether it is the user's own.
    pub own: bool,
    /// Its cases; those of the user's own are read from the folder and not kept in the case.
    pub cases: Vec<RuleCase>,
}

impl Rule {
    /// SHA-256 of the file, in hexadecimal.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.text.as_bytes()))
    }
}

/// The rules that are built in, in the order in which they run.
///
/// # Errors
/// [`RuleError`] when one of them lacks a part of its head: a defect of this program.
pub fn built_in_rules() -> Result<Vec<Rule>, RuleError> {
    let mut rules = Vec::new();
    for query in sql::rule_queries() {
        let header = header::read(query.name, query.text)?;
        let cases = cases::built_in(&header.rule_id);
        rules.push(Rule { file: query.name.to_owned(), text: query.text.to_owned(), header, own: false, cases });
    }
    Ok(rules)
}

/// Keeps the user's own rules in the case, in the order given, in place of those that an earlier run kept.
///
/// # Errors
/// When the database refuses.
pub fn store_own_rules(db: &Connection, rules: &[Rule]) -> Result<(), AuditError> {
    db.execute_batch(OWN_RULE)?;
    db.execute("delete from own_rule", [])?;
    let mut insert = db.prepare("insert into own_rule (file, sha256, text) values (?1, ?2, ?3)")?;
    for rule in rules.iter().filter(|rule| rule.own) {
        insert.execute(params![rule.file, rule.sha256(), rule.text])?;
    }
    Ok(())
}

/// The user's own rules that the case keeps, without their cases.
///
/// # Errors
/// When the database refuses, or a text in it is no rule any more.
pub fn own_rules(db: &Connection) -> Result<Vec<Rule>, AuditError> {
    // A case of an earlier version has no such table.
    let there: bool =
        db.query_row("select exists (select 1 from sqlite_schema where name = 'own_rule')", [], |row| row.get(0))?;
    if !there {
        return Ok(Vec::new());
    }
    let mut statement = db.prepare("select file, text from own_rule order by place")?;
    let mut rows = statement.query([])?;
    let mut rules = Vec::new();
    while let Some(row) = rows.next()? {
        let (file, text): (String, String) = (row.get(0)?, row.get(1)?);
        let header = header::read(&file, &text)?;
        rules.push(Rule { file, text, header, own: true, cases: Vec::new() });
    }
    Ok(rules)
}

/// What `abfluss rules` and the report show of the rules; run by hand the queries need no such table.
pub(super) fn list(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(OWN_RULE)?;
    db.execute_batch(
        "drop table if exists rule;
         create table rule (rule_id text primary key, file text not null, title_de text not null, title_en text not null,
                            effect text not null, technique text not null, source text not null, reasoning text not null,
                            own integer not null, sha256 text not null, text text not null) strict;",
    )?;
    let mut insert = db.prepare("insert into rule values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    for rule in built_in_rules()?.into_iter().chain(own_rules(db)?) {
        let head = &rule.header;
        insert.execute(params![
            head.rule_id,
            rule.file,
            head.title_de,
            head.title_en,
            head.effect,
            head.technique,
            head.source,
            head.reasoning,
            rule.own,
            rule.sha256(),
            rule.text
        ])?;
    }
    Ok(())
}

const OWN_RULE: &str = "create table if not exists own_rule (place integer primary key, file text not null,
                        sha256 text not null, text text not null) strict;";
