//! Exit codes and the errors that lead to them.

use std::process::ExitCode;

use crate::case::settings::SettingsError;

/// Why the program ends as it does; the number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// `--fail-on GRADE` was given and there are files of this grade or a stronger one.
    Findings = 1,
    /// Wrong arguments or settings.
    Usage = 2,
    /// Done, but records were set aside or a required source has a gap.
    Incomplete = 3,
    /// Evidence or outputs are not what was recorded.
    Changed = 4,
    /// Input or output failed, or something inside did.
    Failed = 5,
}

impl Exit {
    /// The more serious one first: what makes the result unusable before what qualifies it.
    const PRECEDENCE: [Exit; 6] =
        [Exit::Failed, Exit::Changed, Exit::Usage, Exit::Incomplete, Exit::Findings, Exit::Done];

    /// The one that counts where two apply.
    pub fn and(self, other: Exit) -> Exit {
        let first = Self::PRECEDENCE.into_iter().find(|exit| *exit == self || *exit == other);
        first.unwrap_or(Exit::Failed)
    }

    /// Half a sentence for the closing summary.
    pub fn reason(self) -> &'static str {
        match self {
            Exit::Done => "done",
            Exit::Findings => "files of the grade named with --fail-on, or of a stronger one, are present",
            Exit::Usage => "wrong arguments or settings",
            Exit::Incomplete => "done, but records were set aside or a required source has a gap",
            Exit::Changed => "evidence or outputs changed since they were recorded",
            Exit::Failed => "input, output or the program itself failed",
        }
    }

    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// An error as the user sees it: sentences, then hints after a blank line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// The exit code it leads to.
    pub exit: Exit,
    /// One or more lines.
    pub message: String,
    /// What to do.
    pub hints: Vec<String>,
}

/// Result of a command.
pub type CliResult<T = Exit> = Result<T, CliError>;

impl CliError {
    /// Wrong arguments or settings.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), hints: Vec::new() }
    }

    /// Input, output or the program itself failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { exit: Exit::Failed, message: message.into(), hints: Vec::new() }
    }

    /// An error of the library with the whole chain of its causes.
    pub fn from_chain(exit: Exit, error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            // Many errors already print their cause.
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            cause = inner.source();
        }
        Self { exit, message, hints: Vec::new() }
    }

    /// A part of the contract that this version does not have.
    pub fn not_built(what: &str) -> Self {
        Self::usage(format!("{what} is not built in this version of abfluss"))
    }

    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> Self {
        Self { exit: Exit::Usage, message: error.to_string(), hints: error.hints() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_serious_exit_code_wins() {
        let order = [Exit::Failed, Exit::Changed, Exit::Usage, Exit::Incomplete, Exit::Findings, Exit::Done];
        for (index, strong) in order.into_iter().enumerate() {
            for weak in order.into_iter().skip(index) {
                assert_eq!(strong.and(weak), strong);
                assert_eq!(weak.and(strong), strong);
            }
        }
        assert_eq!(order.map(Exit::code), [5, 4, 2, 3, 1, 0]);
    }

    #[test]
    fn a_cause_that_is_already_printed_is_not_printed_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer: {0}")]
        struct Outer(#[source] std::io::Error);
        let error = CliError::from_chain(Exit::Failed, &Outer(std::io::Error::other("inner")));
        assert_eq!(error.message, "outer: inner");
    }
}
