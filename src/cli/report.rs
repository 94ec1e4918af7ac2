//! `abfluss report`: the outputs anew.

use std::path::PathBuf;

use clap::ValueEnum;

use super::exit::{CliError, CliResult};
use super::pipeline::{self, Order, Place, carry_out};
use super::printer::Printer;
use super::settings::{self, Lang};
use super::summary;

/// Write the outputs of a case anew
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// Case folder
    case: PathBuf,
    /// Which part to write; this version knows `all` only
    #[arg(long, value_name = "PART", default_value = "all")]
    part: Part,
    /// Language; without it the one in the settings of the case
    #[arg(long, value_name = "LANG")]
    lang: Option<Lang>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// report.html, findings.json and the CSV files
    All,
    /// report.pdf (not built in this version)
    Pdf,
    /// Without personal data, for the BSI (not built in this version)
    Bsi,
    /// Counts and categories, for the data protection officer (not built in this version)
    Dpo,
    /// Clear identifiers, encrypted (not built in this version)
    Sealed,
}

pub(super) fn run(args: &ReportArgs, printer: &mut Printer) -> CliResult {
    let part = match args.part {
        Part::All => None,
        Part::Pdf => Some("pdf"),
        Part::Bsi => Some("bsi"),
        Part::Dpo => Some("dpo"),
        Part::Sealed => Some("sealed"),
    };
    if let Some(part) = part {
        return Err(CliError::not_built(&format!("`--part {part}`")).hint("`--part all` writes what there is"));
    }
    let recorded = pipeline::recorded_settings(&args.case);
    let settings = settings::load(recorded.as_deref(), None)?;
    let language = args.lang.map_or_else(|| settings.language(), Into::into);
    let order = Order {
        command: "report",
        place: Place::Existing(args.case.clone()),
        evidence: Vec::new(),
        contents: Vec::new(),
        language,
        settings,
        rules: None,
        import: false,
        analyse: false,
        report: true,
    };
    let done = carry_out(&order, printer)?;
    Ok(summary::close(&done, None, order.language, printer))
}
