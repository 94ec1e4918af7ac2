//! From an order to a finished case folder: import, copies, conclusions, report, settings, manifest, run record.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::exit::{CliError, CliResult};
use super::printer::Printer;
use crate::case::settings::Settings;
use crate::model::Language;

/// What a command wants done; built when all its arguments have been checked.
pub(super) struct Order {
    pub(super) command: &'static str,
    pub(super) place: Place,
    pub(super) evidence: Vec<PathBuf>,
    pub(super) contents: Vec<PathBuf>,
    pub(super) settings: Settings,
    /// Language of the report and of the sentences of the closing summary.
    pub(super) language: Language,
    pub(super) import: bool,
    pub(super) analyse: bool,
    pub(super) report: bool,
}

/// The case folder to work on.
pub(super) enum Place {
    New { folder: PathBuf, force: bool },
    Existing(PathBuf),
}

/// What was done.
pub(super) struct Done {}

/// Whether a folder is a case.
pub(super) fn is_case(folder: &Path) -> bool {
    folder.join("case.db").is_file()
}

/// The settings a case was made with.
pub(super) fn recorded_settings(folder: &Path) -> Option<PathBuf> {
    Some(folder.join("case.toml")).filter(|path| path.is_file())
}

/// The seam: everything an order asks for.
pub(super) fn carry_out(order: &Order, _printer: &mut Printer) -> CliResult<Done> {
    let _ = (&order.evidence, &order.contents, &order.settings, order.import, order.analyse, order.report);
    match &order.place {
        Place::New { folder, force } => {
            if is_case(folder) && !force {
                return Err(CliError::usage(format!("{} already holds a case", folder.display())));
            }
        }
        Place::Existing(_) => {}
    }
    Err(CliError::not_built(order.command))
}

/// A case opened for reading.
pub(super) struct ReadCase(Connection);

impl ReadCase {
    pub(super) fn connection(&self) -> &Connection {
        &self.0
    }
}

pub(super) fn open_read(folder: &Path) -> CliResult<ReadCase> {
    if !is_case(folder) {
        return Err(CliError::usage(format!("{} is not a case: expected a file case.db in it", folder.display())));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join("case.db"), flags)
        .map_err(|error| CliError::from_chain(super::Exit::Failed, &error))?;
    Ok(ReadCase(connection))
}

/// The rules with id, titles and technique.
pub(super) fn rules() -> Vec<[String; 4]> {
    Vec::new()
}
