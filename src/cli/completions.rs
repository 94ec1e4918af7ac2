//! `abfluss completions`.

use clap::CommandFactory;

use super::exit::CliResult;
use super::printer::{Printer, written};
use super::{Cli, Exit};

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &CompletionsArgs, printer: &mut Printer) -> CliResult {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "abfluss", &mut script);
    written(printer.data().write_all(&script))?;
    Ok(Exit::Done)
}
