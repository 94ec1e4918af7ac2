//! From a sentence back to the bytes: what a file, a session, a mark or a gap rests on, why its grade or class is not the
//! next one, and each row of evidence behind it.
//!
//! Nothing is concluded here. What is said comes from the queries of the report (`finding_why`, `session_why`,
//! `finding_evidence`, …), each of which can be run by hand with a `where` on the id; this module puts it into words and
//! in order. [`Explanation`] holds no raw bytes: [`Explanation::wanted`] says which rows of evidence are needed, the caller
//! reads them (`intake::record`), and [`text`] or [`json`] print both together.

mod facts;
mod file;
mod json;
mod nearest;
mod point;
mod rows;
mod session;
mod text;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde::Serialize;

pub use self::json::json;
pub use self::nearest::nearest;
pub use self::text::text;

use self::rows::Gatherer;
use super::html::Names;
use super::{ReportError, Texts};
use crate::model::Language;

/// What is to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A file by its id on the server.
    File(String),
    /// A session by its id.
    Session(String),
    /// A finding: `file:ID`, `mark:RULE:…` or `gap:SOURCE:RULE:…`.
    Finding(String),
}

/// Something known about the subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// English id, the same in every language.
    pub id: &'static str,
    /// Its name in the language.
    pub label: String,
    /// Its value in words.
    pub text: String,
}

/// A sentence with the rows it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// English id of the reason.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// Numbers of rows of evidence, from 1.
    pub rows: Vec<usize>,
}

/// Sentences that answer one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// English id, the same in every language.
    pub id: &'static str,
    /// The question.
    pub heading: String,
    /// The answers.
    pub statements: Vec<Statement>,
}

/// A row of evidence behind a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// English id of what the row shows.
    pub role: String,
    /// The same in words, with what is known of the row.
    pub role_text: String,
    /// UTC, RFC 3339.
    pub at: Option<String>,
    /// The row's own time on the server's clock.
    pub at_local: Option<String>,
    /// Number of the evidence file in the case; none where nothing was handed in.
    pub evidence_id: Option<i64>,
    /// Path below the folder handed in.
    pub path: String,
    /// Recorded SHA-256 of the unpacked bytes.
    pub sha256: String,
    /// Byte offset in them; none where the file as a whole is meant.
    pub offset: Option<u64>,
}

/// An explanation, without the raw bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// `file`, `session`, `mark` or `gap`.
    pub kind: &'static str,
    /// The id under which it is explained.
    pub id: String,
    /// First line.
    pub title: String,
    /// What is known.
    pub facts: Vec<Fact>,
    /// What follows and why.
    pub parts: Vec<Part>,
    /// Rows of evidence, numbered from 1 by the statements.
    pub rows: Vec<EvidenceRow>,
    /// Where the rows that are not shown are to be found, if there are any.
    pub more: Option<String>,
    /// Language of the texts.
    pub language: Language,
}

impl Explanation {
    /// The rows whose raw bytes are needed: offsets by number of the evidence file.
    pub fn wanted(&self) -> BTreeMap<i64, BTreeSet<u64>> {
        let mut wanted: BTreeMap<i64, BTreeSet<u64>> = BTreeMap::new();
        for row in &self.rows {
            if let Some(id) = row.evidence_id {
                wanted.entry(id).or_default().extend(row.offset);
            }
        }
        wanted
    }
}

/// Explains it; none when the case knows no such id.
///
/// # Errors
/// [`ReportError::NotAnalysed`] before the first analysis, [`ReportError::Query`] when a query fails.
pub fn explain(conn: &Connection, subject: &Subject, language: Language) -> Result<Option<Explanation>, ReportError> {
    super::summary::expect_conclusions(conn)?;
    let texts = Texts::load(language);
    let names = Names::load(conn, &texts)?;
    let desk = Desk { conn, t: &texts, names: &names };
    match subject {
        Subject::File(id) => file::explain(&desk, id),
        Subject::Session(id) => session::explain(&desk, &session::current_id(conn, id)?),
        Subject::Finding(id) => match id.strip_prefix("file:") {
            Some(file) => file::explain(&desk, file),
            None if id.starts_with("mark:") => point::mark(&desk, id),
            None => point::gap(&desk, id),
        },
    }
}

/// What every explanation needs at hand.
struct Desk<'d> {
    conn: &'d Connection,
    t: &'d Texts,
    names: &'d Names<'d>,
}

impl Desk<'_> {
    fn part(&self, id: &'static str, values: &[(&str, String)], statements: Vec<Statement>) -> Part {
        Part { id, heading: self.t.fill(&format!("explain.{id}"), values), statements }
    }

    fn gatherer(&self) -> Gatherer {
        Gatherer::default()
    }
}
