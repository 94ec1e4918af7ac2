//! What an import tells while it runs.

/// Takes news of the import. Called from several threads; order between files is not defined.
pub trait Progress: Sync {
    /// How many files were found and how many bytes they hold, once, before the first.
    fn found(&self, files: usize, bytes: u64) {
        let _ = (files, bytes);
    }
    /// A file handed in is opened; its path as stored and its size on disk.
    fn file_started(&self, path: &str, size: u64);
    /// So many further bytes of files handed in were read.
    fn bytes(&self, count: u64);
    /// The file was read to its end (its rows may still wait for the writer).
    fn file_done(&self, path: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn file_started(&self, _path: &str, _size: u64) {}
    fn bytes(&self, _count: u64) {}
    fn file_done(&self, _path: &str) {}
}
