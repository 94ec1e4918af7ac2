//! `abfluss verify`: in the contract, not in this version.

use std::path::PathBuf;

use super::exit::{CliError, CliResult};

/// Hash evidence and outputs again and check the custody chain (not built in this version)
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// Case folder
    case: PathBuf,
    /// Where the evidence is now
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
}

pub(super) fn run(args: &VerifyArgs) -> CliResult {
    let _ = (&args.case, &args.evidence);
    Err(CliError::not_built("`abfluss verify`")
        .hint("inside the case folder, `sha256sum -c manifest.sha256` checks the outputs"))
}
