//! `abfluss rules`.

use super::exit::CliResult;
use super::printer::{Printer, written};
use super::table::{Cell, FormatArg, write_rows};
use super::{Exit, pipeline};

/// List the rules that put marks on sessions, requests and files
#[derive(Debug, clap::Args)]
pub(super) struct RulesArgs {
    #[command(flatten)]
    format: FormatArg,
}

pub(super) fn run(args: &RulesArgs, printer: &mut Printer) -> CliResult {
    let columns = ["rule_id", "title_en", "title_de", "technique"].map(str::to_owned);
    let rows: Vec<Vec<Cell>> =
        pipeline::rules().into_iter().map(|rule| rule.into_iter().map(Cell::Text).collect()).collect();
    let format = args.format.or_default(printer);
    written(write_rows(printer.data(), format, &columns, &rows))?;
    Ok(Exit::Done)
}
