//! `abfluss audit`: the whole way from evidence to the report.

use std::path::PathBuf;

use super::exit::{CliError, CliResult};
use super::pipeline::{Order, Place, carry_out};
use super::printer::Printer;
use super::settings::{self, Lang};
use super::{evidence, failures, summary};
use crate::audit::read_folders;
use crate::model::Grade;

/// From evidence to the list of possibly leaked files: import, analyse, report
///
/// EVIDENCE are folders or files with a database dump of the transfer server and its web server logs, packed or not. What
/// each file is, is found by its content. Nothing in them is changed. The outputs are written to a new case folder, which
/// appears only when everything is done.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    /// Folders or files with evidence
    #[arg(required = true, value_name = "EVIDENCE")]
    evidence: Vec<PathBuf>,
    /// The case folder to make
    #[arg(long, value_name = "CASE")]
    out: PathBuf,
    /// Settings of the case (docs/reference/case-toml.md)
    #[arg(long, value_name = "FILE")]
    case: Option<PathBuf>,
    /// Folder with copies of the server's files, to be matched with the inventory by hash or id
    #[arg(long, value_name = "DIR")]
    contents: Vec<PathBuf>,
    /// Language of the report; goes before the one in the settings
    #[arg(long, value_name = "LANG")]
    lang: Option<Lang>,
    /// Replace an existing case folder
    #[arg(long)]
    force: bool,
    /// Exit with 1 when files have this grade or a stronger one
    #[arg(long, value_name = "GRADE", value_parser = Grade::ALL.map(Grade::id))]
    fail_on: Option<String>,
    /// Folder with rules of your own, which run after the built-in ones (docs/guide/own-rules.md)
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Encrypt clear identifiers for this recipient (not built in this version)
    #[arg(long, value_name = "RECIPIENT")]
    sealed: Option<String>,
}

pub(super) fn run(args: &AuditArgs, printer: &mut Printer) -> CliResult {
    if args.sealed.is_some() {
        return Err(CliError::not_built("`--sealed RECIPIENT`"));
    }
    let settings = settings::load(args.case.as_deref(), args.lang)?;
    evidence::check(&args.evidence, &args.out)?;
    evidence::check_contents(&args.contents)?;
    let rules = read_folders(&args.rules).map_err(failures::rule)?;
    let order = Order {
        command: "audit",
        place: Place::New { folder: args.out.clone(), force: args.force },
        evidence: args.evidence.clone(),
        contents: args.contents.clone(),
        language: settings.language(),
        settings,
        rules: Some(rules),
        import: true,
        analyse: true,
        report: true,
    };
    let done = carry_out(&order, printer)?;
    let fail_on = args.fail_on.as_deref().and_then(Grade::from_id);
    Ok(summary::close(&done, fail_on, order.language, printer))
}
