//! The case: one folder, one SQLite file in it, and what proves that nobody changed either.
//!
//! A new case is built beside its final place, in `NAME.partial`, and takes its name only when the command has done
//! everything: whoever finds a case folder finds a whole one. Evidence is stored in one transaction per file handed in
//! (with everything unpacked from it), so that a killed import leaves that file's rows completely or not at all.

mod error;
mod evidence;
mod folder;
mod manifest;
mod output;
mod overlap;
mod run_record;
pub mod settings;
mod vendor;
mod writer;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

pub use error::CaseError;
pub use evidence::{EvidenceRecord, EvidenceStatus};
pub use manifest::{ManifestLine, sha256_of_file, verify_manifest, write_manifest};
pub use output::OutputGuard;
pub use overlap::Beginning;
pub use run_record::{RunRecord, Stopwatch, append_run, recorded_sources, verify_runs};
pub use writer::Writer;

use folder::Building;

/// The case database inside a case folder.
pub const DATABASE: &str = "case.db";
/// The effective settings inside a case folder.
pub const SETTINGS: &str = "case.toml";
/// What ran, with its own hash chain.
pub const RUNS: &str = "run.jsonl";
/// Hashes of the outputs, for `sha256sum -c`.
pub const MANIFEST: &str = "manifest.sha256";
/// The folder of the outputs.
pub const REPORT: &str = "report";

const SCHEMA: &str = include_str!("schema.sql");

/// Pages of 16 KiB load as fast as smaller ones and keep the tree of a large log one level flatter.
const PAGE_SIZE: u32 = 16_384;

/// An open case.
#[derive(Debug)]
pub struct Case {
    // Order matters: the connection is closed before an unfinished folder is removed.
    connection: Connection,
    folder: PathBuf,
    building: Option<Building>,
    writable: bool,
}

impl Case {
    /// Begins a new case that will be called `dir` after [`Case::close`]. Dropped before, it leaves nothing behind.
    ///
    /// # Errors
    /// [`CaseError::Exists`] when there is a case and `force` is not given, [`CaseError::NotACase`] when the folder
    /// holds anything else (also with `force`), [`CaseError::Busy`] when another run is building it.
    pub fn create(dir: &Path, force: bool) -> Result<Self, CaseError> {
        let building = Building::begin(dir, force)?;
        let folder = building.folder().to_owned();
        let connection = open(&folder, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let case = Self { connection, folder, building: Some(building), writable: true };
        case.pragma(&format!("pragma page_size = {PAGE_SIZE}"))?;
        case.for_loading()?;
        case.pragma(&format!("begin; {SCHEMA} commit;"))?;
        Ok(case)
    }

    /// Opens a case for queries; nothing can be written through it.
    ///
    /// # Errors
    /// [`CaseError::NoCase`] when there is none, [`CaseError::Interrupted`] when a killed run left a journal behind.
    pub fn open_read(dir: &Path) -> Result<Self, CaseError> {
        expect_case(dir)?;
        // With the journal of a killed run beside it the database is half of a transaction; only a writer may heal it.
        if dir.join("case.db-journal").metadata().is_ok_and(|m| m.len() > 0) {
            return Err(CaseError::Interrupted { path: dir.to_owned() });
        }
        let connection = open(dir, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let case = Self { connection, folder: dir.to_owned(), building: None, writable: false };
        case.pragma("pragma query_only = on; pragma cache_size = -65536;")?;
        Ok(case)
    }

    /// Opens a finished case for further evidence or new conclusions. A transaction that a killed run left open is
    /// rolled back.
    ///
    /// # Errors
    /// [`CaseError::NoCase`] when there is none.
    pub fn open_write(dir: &Path) -> Result<Self, CaseError> {
        expect_case(dir)?;
        let connection = open(dir, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let case = Self { connection, folder: dir.to_owned(), building: None, writable: true };
        case.for_loading()?;
        Ok(case)
    }

    /// The database.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The folder to write outputs into: while a case is being created, this is not yet its final place.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder under which the case is found after [`Case::close`].
    pub fn final_folder(&self) -> &Path {
        self.building.as_ref().map_or(&self.folder, Building::target)
    }

    /// Guards the outputs of this case.
    pub fn outputs(&self) -> OutputGuard {
        OutputGuard::new(&self.folder)
    }

    /// Closes the database so that no journal stays beside it. To be called before the manifest is written; the case
    /// takes its final place with [`ClosedCase::publish`].
    ///
    /// # Errors
    /// [`CaseError::Database`] when the last pages cannot be written.
    pub fn close(self) -> Result<ClosedCase, CaseError> {
        if self.writable {
            self.pragma("pragma journal_mode = delete")?;
        }
        let path = self.folder.join(DATABASE);
        self.connection.close().map_err(|(_, source)| CaseError::Database { path, source })?;
        Ok(ClosedCase { folder: self.folder, building: self.building })
    }

    // Loading appends: the rollback journal holds only the few old pages that are touched, so it costs little, and a
    // killed process is rolled back at the next opening. Without fsync a power cut may spoil the file; evidence is
    // still there then, and the case is built anew.
    fn for_loading(&self) -> Result<(), CaseError> {
        self.pragma(
            "pragma locking_mode = exclusive; pragma journal_mode = truncate; pragma synchronous = off; \
             pragma cache_size = -65536; pragma foreign_keys = off;",
        )
    }

    fn pragma(&self, sql: &str) -> Result<(), CaseError> {
        let path = || self.folder.join(DATABASE);
        self.connection.execute_batch(sql).map_err(|source| CaseError::Database { path: path(), source })
    }
}

/// A case whose database is closed: what is left to do is hashing it and giving it its name.
#[derive(Debug)]
pub struct ClosedCase {
    folder: PathBuf,
    building: Option<Building>,
}

impl ClosedCase {
    /// Where its files lie now.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives a new case its final name (replacing the case that `force` allowed to replace).
    ///
    /// # Errors
    /// [`CaseError::Folder`] when the folder cannot be renamed.
    pub fn publish(self) -> Result<PathBuf, CaseError> {
        match self.building {
            Some(building) => building.publish(),
            None => Ok(self.folder),
        }
    }
}

fn open(folder: &Path, flags: OpenFlags) -> Result<Connection, CaseError> {
    let path = folder.join(DATABASE);
    Connection::open_with_flags(&path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|source| CaseError::Database { path, source })
}

fn expect_case(dir: &Path) -> Result<(), CaseError> {
    if dir.join(DATABASE).is_file() { Ok(()) } else { Err(CaseError::NoCase { path: dir.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_appears_only_when_it_is_published() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("case");
        let case = Case::create(&dir, false).unwrap();
        assert!(!dir.exists());
        assert_eq!(case.final_folder(), dir);
        case.close().unwrap().publish().unwrap();
        let names: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["case.db"]);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_dropped_case_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        drop(Case::create(&root.path().join("case"), false).unwrap());
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_case_opened_for_reading_cannot_be_changed() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("case");
        Case::create(&dir, false).unwrap().close().unwrap().publish().unwrap();
        let case = Case::open_read(&dir).unwrap();
        assert!(case.connection().execute_batch("create table x (a)").is_err());
        assert!(case.connection().execute_batch("pragma query_only = off; create table x (a)").is_err());
        assert!(matches!(Case::open_read(root.path()), Err(CaseError::NoCase { .. })));
    }

    #[test]
    fn two_runs_cannot_build_the_same_case() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("case");
        let _first = Case::create(&dir, false).unwrap();
        assert!(matches!(Case::create(&dir, true), Err(CaseError::Busy { .. })));
    }
}
