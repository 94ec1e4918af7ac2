//! The only way to the terminal: data goes to standard output, talk to standard error.

use std::io::{IsTerminal, Write};

use super::exit::CliError;
use crate::report::plain::visible;

/// Where a command writes.
pub(super) struct Printer {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    quiet: bool,
    color: bool,
    out_terminal: bool,
    err_terminal: bool,
}

/// How a piece of talk is coloured; every text makes sense without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Error,
    Warning,
    Hint,
}

impl Printer {
    /// The process's own streams. Colour only on a terminal and without `NO_COLOR`.
    pub(super) fn new(quiet: bool) -> Self {
        let err_terminal = std::io::stderr().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            out: Box::new(std::io::BufWriter::new(std::io::stdout())),
            err: Box::new(std::io::stderr()),
            quiet,
            color: err_terminal && !no_color,
            out_terminal: std::io::stdout().is_terminal(),
            err_terminal,
        }
    }

    /// Standard output, for data only. Finish with [`Printer::finish`].
    pub(super) fn data(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Whether a person reads standard output.
    pub(super) fn data_is_read_by_a_person(&self) -> bool {
        self.out_terminal
    }

    /// Whether progress bars make sense.
    pub(super) fn shows_progress(&self) -> bool {
        self.err_terminal && !self.quiet
    }

    /// A line of talk; nothing with `--quiet`.
    pub(super) fn say(&mut self, line: &str) {
        if !self.quiet {
            self.talk(&visible_lines(line));
        }
    }

    /// A warning; printed with `--quiet` too.
    pub(super) fn warn(&mut self, text: &str) {
        let label = self.paint("warning:", Tone::Warning);
        self.talk(&format!("{label} {}", visible_lines(text)));
    }

    /// An error with its hints after a blank line.
    pub(super) fn error(&mut self, error: &CliError) {
        let label = self.paint("error:", Tone::Error);
        self.talk(&format!("{label} {}", visible_lines(&error.message)));
        if !error.hints.is_empty() {
            self.talk("");
        }
        for hint in &error.hints {
            let label = self.paint("hint:", Tone::Hint);
            self.talk(&format!("{label} {}", visible_lines(hint)));
        }
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    ///
    /// Standard output cannot be written; a reader that went away (`abfluss query … | head`) is no error.
    pub(super) fn finish(&mut self) -> Result<(), CliError> {
        written(self.out.flush())
    }

    fn talk(&mut self, line: &str) {
        // Nobody is left to be told when standard error itself fails.
        let _ = writeln!(self.err, "{line}");
    }

    fn paint(&self, text: &str, tone: Tone) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Error => "1;31",
            Tone::Warning => "1;33",
            Tone::Hint => "1;36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Turns a failed write to standard output into an error, except that a closed pipe ends the output quietly.
pub(super) fn written(result: std::io::Result<()>) -> Result<(), CliError> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CliError::failed(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Line breaks are ours; everything else in a message may come from a name in the evidence.
fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_their_lines_and_show_what_a_terminal_would_obey() {
        assert_eq!(visible_lines("a\nb\u{7}"), "a\nb⟨U+0007⟩");
    }
}
