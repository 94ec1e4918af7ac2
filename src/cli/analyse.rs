//! `abfluss analyse`: the conclusions anew.

use std::path::PathBuf;

use super::exit::CliResult;
use super::pipeline::{self, Order, Place, carry_out};
use super::printer::Printer;
use super::{failures, settings, summary};
use crate::audit::read_folders;

/// Draw the conclusions of a case anew, for instance after a [[decision]] was added to its case.toml
///
/// The report of the case no longer fits then and is removed; `abfluss report` writes it anew.
#[derive(Debug, clap::Args)]
pub(super) struct AnalyseArgs {
    /// Case folder
    case: PathBuf,
    /// Other settings; without it CASE/case.toml as it stands
    #[arg(long = "case", value_name = "FILE", id = "settings")]
    settings: Option<PathBuf>,
    /// Folder with rules of your own, in place of those that the case keeps; without it they are repeated
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Drop the rules of your own that the case keeps
    #[arg(long, conflicts_with = "rules")]
    built_in_rules: bool,
}

pub(super) fn run(args: &AnalyseArgs, printer: &mut Printer) -> CliResult {
    let recorded = pipeline::recorded_settings(&args.case);
    let settings = settings::load(args.settings.as_deref().or(recorded.as_deref()), None)?;
    let given = !args.rules.is_empty() || args.built_in_rules;
    let rules = if given { Some(read_folders(&args.rules).map_err(failures::rule)?) } else { None };
    let order = Order {
        command: "analyse",
        place: Place::Existing(args.case.clone()),
        evidence: Vec::new(),
        contents: Vec::new(),
        language: settings.language(),
        settings,
        rules,
        import: false,
        analyse: true,
        report: false,
    };
    let done = carry_out(&order, printer)?;
    Ok(summary::close(&done, None, order.language, printer))
}
