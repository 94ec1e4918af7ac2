//! What can be wrong with `case.toml`, each with its line, and a hint where one is known.

use thiserror::Error;

use crate::model::NetworkError;

/// Line and column in the file, both counted from 1; columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// One mistake. `key` is the full key, e.g. `window.from` or `decision.2.class` (entries counted from 1).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mistake {
    /// The text is no TOML.
    #[error("not valid TOML: {0}")]
    Syntax(String),
    /// A key that does not exist.
    #[error("unknown key {key:?}; the nearest valid one is {nearest:?}")]
    UnknownKey {
        /// The key as found.
        key: String,
        /// The valid key that looks most like it.
        nearest: &'static str,
    },
    /// A value of the wrong kind.
    #[error("{key} must be {expected}, found {found}")]
    WrongType {
        /// The key.
        key: String,
        /// What it must be.
        expected: &'static str,
        /// TOML's name of what stands there.
        found: &'static str,
    },
    /// A required key of an entry is missing or empty.
    #[error("{key} is missing or empty")]
    Missing {
        /// The key.
        key: String,
    },
    /// A time that cannot be read.
    #[error("{key}: {value:?} is no point in time; expected {expected}")]
    WrongTime {
        /// The key.
        key: String,
        /// The value as found.
        value: String,
        /// The expected form.
        expected: &'static str,
    },
    /// The window ends before it begins.
    #[error("window.from ({from}) must be before window.to ({to})")]
    EmptyWindow {
        /// Begin as read, UTC.
        from: String,
        /// End as read, UTC.
        to: String,
    },
    /// Neither a zone name nor a fixed offset.
    #[error(
        "{key}: {value:?} is no time zone; expected an IANA name such as \"Europe/Berlin\" or an offset such as \"+02:00\""
    )]
    WrongZone {
        /// The key.
        key: String,
        /// The value as found.
        value: String,
        /// The zone that looks most like it.
        nearest: String,
    },
    /// No network.
    #[error("{key}: {error}")]
    WrongNetwork {
        /// The key.
        key: String,
        /// What is wrong with it.
        error: NetworkError,
    },
    /// A value outside a closed list.
    #[error("{key}: {value:?} is unknown; expected one of {}", valid.join(", "))]
    UnknownValue {
        /// The key.
        key: String,
        /// The value as found.
        value: String,
        /// What is possible.
        valid: Vec<&'static str>,
    },
    /// A value that fits its type but not its meaning.
    #[error("{key}: {value:?} {problem}")]
    WrongValue {
        /// The key.
        key: String,
        /// The value as found.
        value: String,
        /// What is wrong, a sentence part.
        problem: &'static str,
    },
}

impl Mistake {
    /// What to do, where that is not already in the sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Mistake::UnknownKey { nearest, .. } => Some(format!("write {nearest}, or take the line out")),
            Mistake::WrongZone { nearest, .. } => Some(format!("did you mean {nearest:?}?")),
            Mistake::UnknownValue { value, valid, .. } => {
                let nearest = super::keys::nearest(value, valid.iter().copied())?;
                Some(format!("did you mean {nearest:?}?"))
            }
            Mistake::WrongTime { .. } => {
                Some("a time without an offset is refused: guessing one would move it by hours".into())
            }
            Mistake::EmptyWindow { .. } => Some("both times are shown in UTC".into()),
            _ => None,
        }
    }
}

/// All mistakes of one settings file, in the order of their lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The file as the user named it.
    pub origin: String,
    /// What is wrong and where.
    pub mistakes: Vec<(Place, Mistake)>,
}

impl SettingsError {
    /// Hints for all mistakes, each once.
    pub fn hints(&self) -> Vec<String> {
        let mut hints: Vec<String> = Vec::new();
        for hint in self.mistakes.iter().filter_map(|(_, mistake)| mistake.hint()) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        hints
    }
}

impl std::error::Error for SettingsError {}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, (place, mistake)) in self.mistakes.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:{}:{}: {mistake}", self.origin, place.line, place.column)?;
        }
        Ok(())
    }
}
