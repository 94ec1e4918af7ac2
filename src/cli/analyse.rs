//! `abfluss analyse`: the conclusions anew.

use std::path::PathBuf;

use super::exit::CliResult;
use super::pipeline::{self, Order, Place, carry_out};
use super::printer::Printer;
use super::{settings, summary};

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
}

pub(super) fn run(args: &AnalyseArgs, printer: &mut Printer) -> CliResult {
    let recorded = pipeline::recorded_settings(&args.case);
    let settings = settings::load(args.settings.as_deref().or(recorded.as_deref()), None)?;
    let order = Order {
        command: "analyse",
        place: Place::Existing(args.case.clone()),
        evidence: Vec::new(),
        contents: Vec::new(),
        language: settings.language(),
        settings,
        import: false,
        analyse: true,
        report: false,
    };
    let done = carry_out(&order, printer)?;
    Ok(summary::close(&done, None, order.language, printer))
}
