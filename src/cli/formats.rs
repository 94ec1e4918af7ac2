//! `abfluss formats`.

use super::Exit;
use super::exit::CliResult;
use super::printer::{Printer, written};
use super::table::{Cell, FormatArg, write_rows};

/// List what evidence can be read, and what is recognised and refused
#[derive(Debug, clap::Args)]
pub(super) struct FormatsArgs {
    #[command(flatten)]
    format: FormatArg,
}

/// Identified by content, never by name.
const FORMATS: [[&str; 4]; 6] = [
    [
        "iis_w3c",
        "log",
        "read",
        "W3C extended log of IIS: any fields in any order; header-less ones need [[logs.fields]]",
    ],
    ["mysqldump", "dump", "read", "mysqldump and mariadb-dump, plain SQL, any character set option; cut-off dumps too"],
    ["audit_csv", "log", "read", "audit log exported or archived as CSV, semicolons or tabs, with a header row"],
    ["gzip", "container", "read", "gzip, read in place"],
    ["zip", "container", "read", "zip, members read in place"],
    ["httperr", "log", "refused", "HTTP.sys error log: listed as evidence with its hash, not read in this version"],
];

pub(super) fn run(args: &FormatsArgs, printer: &mut Printer) -> CliResult {
    let columns = ["format", "kind", "support", "note"].map(str::to_owned);
    let rows: Vec<Vec<Cell>> =
        FORMATS.iter().map(|row| row.iter().map(|text| Cell::Text((*text).to_owned())).collect()).collect();
    let format = args.format.or_default(printer);
    written(write_rows(printer.data(), format, &columns, &rows))?;
    Ok(Exit::Done)
}
