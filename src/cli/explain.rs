//! `abfluss explain`: in the contract, not in this version.

use std::path::PathBuf;

use super::exit::{CliError, CliResult};

/// From a sentence of the report back to the bytes (not built in this version)
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// Case folder
    case: PathBuf,
    /// What to explain
    #[arg(value_parser = ["file", "session", "finding"])]
    kind: String,
    /// Its id
    id: String,
    /// Where the evidence is now
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
}

pub(super) fn run(args: &ExplainArgs) -> CliResult {
    let _ = (&args.case, &args.kind, &args.id, &args.evidence);
    Err(CliError::not_built("`abfluss explain`").hint(
        "`abfluss query CASE finding_evidence` lists the rows behind every finding, with evidence file and offset",
    ))
}
