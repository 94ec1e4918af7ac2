//! `abfluss man`.

use clap::CommandFactory;

use super::exit::CliResult;
use super::printer::{Printer, written};
use super::{Cli, CliError, Exit};

/// Print the manual page (troff) of abfluss or of one of its commands
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The command; without it, the page of abfluss itself
    command: Option<String>,
}

pub(super) fn run(args: &ManArgs, printer: &mut Printer) -> CliResult {
    let mut root = Cli::command();
    root.build();
    let command = match &args.command {
        None => root,
        Some(name) => {
            let names: Vec<&str> = root.get_subcommands().map(clap::Command::get_name).collect();
            let unknown = || {
                CliError::usage(format!("there is no command {name:?}")).hint(format!("commands: {}", names.join(", ")))
            };
            root.find_subcommand(name).cloned().ok_or_else(unknown)?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| CliError::failed(format!("the page cannot be rendered: {error}")))?;
    written(printer.data().write_all(&page))?;
    Ok(Exit::Done)
}
