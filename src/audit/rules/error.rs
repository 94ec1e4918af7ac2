//! What can be wrong with a rule, in the words of whoever wrote it.

use std::path::PathBuf;

use thiserror::Error;

/// A rule that cannot be used. Nearly always one of the user's own; a built-in one would be a defect, which a test excludes.
#[derive(Debug, Error)]
pub enum RuleError {
    /// The folder, or a file in it, cannot be read.
    #[error("--rules {}: {source}", .path.display())]
    Folder {
        /// What could not be read.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Nothing in the folder is a rule.
    #[error("--rules {}: expected files named *.sql, found none", .path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// A file that is no text.
    #[error("rule {file}: not UTF-8 at byte {offset}")]
    NotText {
        /// Its name.
        file: String,
        /// First byte that does not fit, from 0.
        offset: usize,
    },
    /// A line of the head is missing.
    #[error("rule {file}: the header lacks `-- {key}: …`")]
    Header {
        /// Its name.
        file: String,
        /// The missing key.
        key: &'static str,
    },
    /// A line of the head that says something else than it may.
    #[error("rule {file}: `{key}` is {found:?}; expected {expected}")]
    Value {
        /// Its name.
        file: String,
        /// The key.
        key: &'static str,
        /// As stated.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Two rules of one id.
    #[error("rule {file}: the id {rule_id:?} belongs to {other} already")]
    Taken {
        /// Its name.
        file: String,
        /// The id.
        rule_id: String,
        /// Whose id it is.
        other: String,
    },
    /// SQLite does not understand it, or fails while running it.
    #[error("rule {file}, line {line}: {message}")]
    Sql {
        /// Its name.
        file: String,
        /// Line of the mistake, or of the statement that failed, from 1.
        line: usize,
        /// SQLite's words.
        message: String,
    },
    /// A statement of another kind than a rule may have.
    #[error("rule {file}, line {line}: a statement that begins with {found:?}; expected `insert into mark …`")]
    Statement {
        /// Its name.
        file: String,
        /// Line of the statement, from 1.
        line: usize,
        /// Its first word.
        found: String,
    },
    /// A statement that did something else than add marks.
    #[error("rule {file}, line {line}: the statement changed rows other than by adding marks")]
    Changed {
        /// Its name.
        file: String,
        /// Line of the statement, from 1.
        line: usize,
    },
    /// A mark that says something else than it may.
    #[error("rule {file}: a mark of its with {column} {found:?}; expected {expected}")]
    Mark {
        /// Its name.
        file: String,
        /// Column of `mark`.
        column: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: String,
    },
    /// A case that cannot be run.
    #[error("case {file}: {message}")]
    Case {
        /// Its name.
        file: String,
        /// What is wrong, and what was expected.
        message: String,
    },
}

impl RuleError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Folder { .. } | Self::Empty { .. } => "--rules takes a folder with files of SQL, one rule each",
            Self::Header { .. } | Self::Value { .. } | Self::NotText { .. } => {
                "docs/guide/own-rules.md has the head that a rule needs, and an example"
            }
            Self::Taken { .. } => "`abfluss rules` lists the ids that are taken",
            Self::Sql { .. } => {
                "try the statement with `abfluss query CASE --sql '…'`; docs/reference/case-db.md has tables and columns"
            }
            Self::Statement { .. } | Self::Changed { .. } => {
                "a rule may read every table and add rows to mark, nothing else: no tables of its own, no updates, no pragmas"
            }
            Self::Mark { .. } => "docs/guide/own-rules.md says what each column of mark may hold",
            Self::Case { .. } => "docs/guide/own-rules.md shows a case",
        }
    }
}
