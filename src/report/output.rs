//! The one place of this module that makes files.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::ReportError;

/// A buffered output file that knows its path, so that errors can name it.
pub(super) struct Output {
    pub(super) path: PathBuf,
    pub(super) writer: BufWriter<File>,
}

/// Makes the folder of the report, if it is missing.
pub(super) fn create_dir(dir: &Path) -> Result<(), ReportError> {
    std::fs::create_dir_all(dir).map_err(|source| ReportError::Write { path: dir.to_owned(), source })
}

/// Makes (or replaces) one file of the report.
#[expect(clippy::disallowed_methods, reason = "the writers stream into a folder that takes its name when it is whole")]
pub(super) fn create(dir: &Path, name: &str) -> Result<Output, ReportError> {
    let path = dir.join(name);
    let file = File::create(&path).map_err(|source| ReportError::Write { path: path.clone(), source })?;
    Ok(Output { path, writer: BufWriter::new(file) })
}

impl Output {
    /// Turns an error of this file into one that names it.
    pub(super) fn failed(&self, source: std::io::Error) -> ReportError {
        ReportError::Write { path: self.path.clone(), source }
    }

    /// Writes what is still buffered. Must be called: a buffer that is only dropped hides a full disk.
    pub(super) fn finish(mut self) -> Result<(), ReportError> {
        use std::io::Write;
        let done = self.writer.flush();
        done.map_err(|source| self.failed(source))
    }
}
