//! `abfluss sessions`.

use std::path::PathBuf;

use super::exit::CliResult;
use super::printer::Printer;
use super::query::run_sql;
use super::table::FormatArg;

/// List the sessions with class, reasons, and the ids that a [[decision]] in case.toml needs
///
/// The sessions that matter most come first. All columns are in `abfluss query CASE sessions`.
#[derive(Debug, clap::Args)]
pub(super) struct SessionsArgs {
    /// Case folder
    case: PathBuf,
    /// Only sessions of this class
    #[arg(long, value_parser = crate::model::SessionClass::ALL.map(crate::model::SessionClass::id))]
    class: Option<String>,
    #[command(flatten)]
    format: FormatArg,
}

/// The columns a decision needs. Class ids come from a closed list, so they can stand in the text.
fn sql(class: Option<&str>) -> String {
    let only = class.map_or(String::new(), |class| format!("where s.class = '{class}'\n"));
    format!(
        "with weight(class, place) as (\n\
         values ('hostile', 1), ('unknown', 2), ('unverified', 3), ('guest', 4), ('known', 5), ('refused', 6),\n\
         ('visitor', 7), ('server', 8)\n\
         )\n\
         select s.session_id, s.class, s.reasons, s.address,\n\
         strftime('%Y-%m-%dT%H:%M:%SZ', s.first_utc, 'unixepoch') as first_request,\n\
         strftime('%Y-%m-%dT%H:%M:%SZ', s.last_utc, 'unixepoch') as last_request,\n\
         s.requests, s.log_rows, s.accounts, s.downloads, s.bytes_sent, s.derived_class, s.decided_by\n\
         from session as s left join weight as w on w.class = s.class\n\
         {only}order by w.place is null, w.place, s.first_utc, s.session_id"
    )
}

pub(super) fn run(args: &SessionsArgs, printer: &mut Printer) -> CliResult {
    run_sql(&args.case, &sql(args.class.as_deref()), &args.format, printer)
}
