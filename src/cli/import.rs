//! `abfluss import`: evidence into a case, without conclusions.

use std::path::PathBuf;

use super::exit::CliResult;
use super::pipeline::{self, Order, Place, carry_out};
use super::printer::Printer;
use super::{evidence, settings, summary};

/// First or further evidence into a case; conclusions follow with `abfluss analyse`
///
/// When the case exists the evidence is added to it. Its conclusions and its report no longer fit then and are removed.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// Folders or files with evidence
    #[arg(required = true, value_name = "EVIDENCE")]
    evidence: Vec<PathBuf>,
    /// The case folder, new or existing
    #[arg(long, value_name = "CASE")]
    out: PathBuf,
    /// Settings of the case; without it those of an existing case stay
    #[arg(long, value_name = "FILE")]
    case: Option<PathBuf>,
    /// Replace an existing case folder instead of adding to it
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &ImportArgs, printer: &mut Printer) -> CliResult {
    let exists = pipeline::is_case(&args.out);
    let recorded = pipeline::recorded_settings(&args.out).filter(|_| !args.force);
    let settings = settings::load(args.case.as_deref().or(recorded.as_deref()), None)?;
    evidence::check(&args.evidence, &args.out)?;
    let place = if exists && !args.force {
        Place::Existing(args.out.clone())
    } else {
        Place::New { folder: args.out.clone(), force: args.force }
    };
    let order = Order {
        command: "import",
        place,
        evidence: args.evidence.clone(),
        contents: Vec::new(),
        language: settings.language(),
        settings,
        rules: None,
        import: true,
        analyse: false,
        report: false,
    };
    let done = carry_out(&order, printer)?;
    Ok(summary::close(&done, None, order.language, printer))
}
