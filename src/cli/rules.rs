//! `abfluss rules`.

use super::exit::CliResult;
use super::printer::{Printer, written};
use super::table::{Cell, FormatArg, write_rows};
use super::{Exit, failures};
use crate::audit::rule_queries;

/// List the rules that put marks on sessions, requests and files
#[derive(Debug, clap::Args)]
pub(super) struct RulesArgs {
    #[command(flatten)]
    format: FormatArg,
}

pub(super) fn run(args: &RulesArgs, printer: &mut Printer) -> CliResult {
    let columns = ["rule_id", "effect", "title_en", "title_de", "technique", "source"].map(str::to_owned);
    let mut rows = Vec::new();
    for query in rule_queries() {
        let rule = query.rule_header().map_err(failures::audit)?;
        let texts = [rule.rule_id, rule.effect, rule.title_en, rule.title_de, rule.technique, rule.source];
        rows.push(texts.map(Cell::Text).to_vec());
    }
    let format = args.format.or_default(printer);
    written(write_rows(printer.data(), format, &columns, &rows))?;
    Ok(Exit::Done)
}
