//! Evidence as handed in: found, hashed, unpacked, identified, read, stored.
//!
//! Workers take the files in order, read each once while hashing it, and hand batches through bounded queues to the one
//! writer, which takes them file by file in the order of evidence. Readers therefore run ahead, memory stays bounded,
//! and the database does not depend on how many workers there were.
//!
//! Every file found becomes a row of `evidence`: imported, a container, a duplicate, or refused with the reason. What
//! cannot be read is said, never skipped.

mod archive;
mod hash;
mod identify;
mod limits;
mod names;
mod progress;
mod queue;
pub mod record;
mod report;
mod store;
mod walk;
mod worker;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::case::{Case, CaseError, Stopwatch, Writer};

pub use limits::Limits;
pub use names::rollover_day;
pub(crate) use names::stored_path;
pub use progress::{NoProgress, Progress};
pub use report::{ImportReport, NotImported, Stage};

/// What an import needs to know besides the evidence.
pub struct ImportOptions<'a> {
    /// Prefix of vendor tables: the platform's id.
    pub platform: &'a str,
    /// Fields of a web log without `#Fields`, by its path as stored (`logs/u_ex230528.log`).
    pub declared_fields: &'a (dyn Fn(&str) -> Option<Vec<String>> + Sync),
    /// Told what happens, from several threads.
    pub progress: &'a dyn Progress,
    /// Files read at a time; 0: as many as there are processors.
    pub workers: usize,
    /// Limits against archives made to exhaust the machine.
    pub limits: Limits,
}

impl Default for ImportOptions<'_> {
    fn default() -> Self {
        Self {
            platform: "moveit",
            declared_fields: &|_| None,
            progress: &NoProgress,
            workers: 0,
            limits: Limits::default(),
        }
    }
}

/// Why an import ended without storing everything it found.
#[derive(Debug, Error)]
pub enum ImportError {
    /// An argument names nothing.
    #[error("evidence {}: {source}", .path.display())]
    Missing {
        /// The argument.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The arguments hold no file at all.
    #[error("no file found in {}; expected a folder with server dumps and web logs, or the files themselves", list(.paths))]
    NoFiles {
        /// The arguments.
        paths: Vec<PathBuf>,
    },
    /// A defect of this program.
    #[error("internal error: {0}")]
    Internal(&'static str),
    /// The case could not take it.
    #[error(transparent)]
    Case(#[from] CaseError),
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Imports files and folders into a case that is open for writing. Sources are numbered on from those it has.
///
/// # Errors
/// [`ImportError`]. Files stored before the failure stay in the case whole; the failing one leaves nothing.
pub fn import(case: &Case, evidence: &[PathBuf], options: &ImportOptions<'_>) -> Result<ImportReport, ImportError> {
    let watch = Stopwatch::start();
    let connection = case.connection();
    let first_source: u32 = connection
        .query_row("select coalesce(max(source), 0) + 1 from evidence", [], |row| row.get(0))
        .map_err(CaseError::from)?;
    // Where the case is built inside the folder of evidence, it is no evidence.
    let own: Vec<&Path> = vec![case.folder(), case.final_folder()];
    let found = walk::walk(evidence, first_source, &own)?;
    if found.is_empty() {
        return Err(ImportError::NoFiles { paths: evidence.to_vec() });
    }
    let mut store = store::Store::new(Writer::new(connection, options.platform)?);
    queue::run(&found, options, &mut store)?;
    Ok(store.into_report(watch.elapsed()))
}
