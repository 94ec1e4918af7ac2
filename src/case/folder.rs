//! The life of a case folder: built beside its place, published whole, replaced only when it really is a case.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{CaseError, DATABASE, MANIFEST, REPORT, RUNS, SETTINGS};

/// Everything that a case folder may hold. Anything else is somebody's file, and `--force` stops there.
const OURS: [&str; 8] =
    [DATABASE, "case.db-journal", SETTINGS, RUNS, MANIFEST, "custody.jsonl", REPORT, ".abfluss-partial"];

/// Marks a folder as an unfinished case of ours, so that the next run may remove it.
const MARKER: &str = ".abfluss-partial";

/// A case folder that has not got its name yet. Dropped unpublished, it is removed.
#[derive(Debug)]
pub(super) struct Building {
    target: PathBuf,
    partial: PathBuf,
    published: bool,
}

impl Building {
    pub(super) fn begin(dir: &Path, force: bool) -> Result<Self, CaseError> {
        if occupied(dir)? && !force {
            return Err(CaseError::Exists { path: dir.to_owned() });
        }
        let partial = beside(dir, ".partial");
        if fs::symlink_metadata(&partial).is_ok() {
            remove_leftover(&partial)?;
        }
        fs::create_dir_all(&partial).map_err(CaseError::folder("create", &partial))?;
        fs::write(partial.join(MARKER), b"").map_err(CaseError::folder("write into", &partial))?;
        Ok(Self { target: dir.to_owned(), partial, published: false })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.partial
    }

    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    pub(super) fn publish(mut self) -> Result<PathBuf, CaseError> {
        // Checked again: the folder may have filled while the case was built.
        let replaced = beside(&self.target, ".replaced");
        let old = occupied(&self.target)?;
        let marker = self.partial.join(MARKER);
        fs::remove_file(&marker).map_err(CaseError::folder("remove", &marker))?;
        if old {
            fs::rename(&self.target, &replaced).map_err(CaseError::folder("move aside", &self.target))?;
        } else if self.target.exists() {
            fs::remove_dir(&self.target).map_err(CaseError::folder("replace", &self.target))?;
        }
        fs::rename(&self.partial, &self.target).map_err(CaseError::folder("name", &self.target))?;
        self.published = true;
        if old {
            fs::remove_dir_all(&replaced).map_err(CaseError::folder("remove", &replaced))?;
        }
        Ok(self.target.clone())
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if !self.published {
            // Best effort: a folder that stays carries the marker and is removed by the next run.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// Whether a case lies there. An absent or empty folder is free; anything else is refused.
fn occupied(dir: &Path) -> Result<bool, CaseError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(CaseError::NotACase { path: dir.to_owned(), found: "a file of that name".to_owned() });
        }
        Err(source) => return Err(CaseError::Folder { action: "look into", path: dir.to_owned(), source }),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(CaseError::folder("look into", dir))?.file_name());
    }
    names.sort();
    if let Some(foreign) = names.iter().find(|name| !OURS.iter().any(|ours| name.as_os_str() == *ours)) {
        return Err(CaseError::NotACase { path: dir.to_owned(), found: foreign.to_string_lossy().into_owned() });
    }
    let is_case = names.iter().any(|name| name == DATABASE || name == MANIFEST);
    match names.first() {
        Some(first) if !is_case => {
            Err(CaseError::NotACase { path: dir.to_owned(), found: first.to_string_lossy().into_owned() })
        }
        first => Ok(first.is_some()),
    }
}

fn remove_leftover(partial: &Path) -> Result<(), CaseError> {
    if !partial.join(MARKER).is_file() {
        return Err(CaseError::NotACase { path: partial.to_owned(), found: "files of unknown origin".to_owned() });
    }
    if in_use(&partial.join(DATABASE)) {
        return Err(CaseError::Busy { path: partial.to_owned() });
    }
    fs::remove_dir_all(partial).map_err(CaseError::folder("remove the interrupted", partial))
}

/// Whether a living process holds the database: ours are opened with an exclusive lock, which dies with its process.
fn in_use(database: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(database, flags) else { return false };
    let outcome = connection
        .busy_timeout(std::time::Duration::ZERO)
        .and_then(|()| connection.execute_batch("begin exclusive; rollback;"));
    matches!(outcome, Err(rusqlite::Error::SqliteFailure(error, _))
        if matches!(error.code, rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
}

fn beside(dir: &Path, suffix: &str) -> PathBuf {
    // Components drop a trailing slash, so `case/` and `case` have the same neighbour.
    let clean: PathBuf = dir.components().collect();
    let mut name = clean.file_name().map_or_else(|| OsString::from("case"), OsString::from);
    name.push(suffix);
    clean.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::super::Case;
    use super::*;

    fn finished(dir: &Path) {
        Case::create(dir, false).unwrap().close().unwrap().publish().unwrap();
    }

    #[test]
    fn an_existing_case_is_kept_without_force_and_replaced_with_it() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("case");
        finished(&dir);
        fs::write(dir.join(RUNS), "old").unwrap();
        assert!(matches!(Case::create(&dir, false), Err(CaseError::Exists { .. })));
        Case::create(&dir, true).unwrap().close().unwrap().publish().unwrap();
        assert!(dir.join(DATABASE).exists() && !dir.join(RUNS).exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_replacement_keeps_the_old_case() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("case");
        finished(&dir);
        fs::write(dir.join(RUNS), "old").unwrap();
        drop(Case::create(&dir, true).unwrap());
        assert_eq!(fs::read_to_string(dir.join(RUNS)).unwrap(), "old");
    }

    #[test]
    fn a_folder_with_other_files_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("letters");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("letter.txt"), "dear").unwrap();
        for force in [false, true] {
            assert!(matches!(Case::create(&dir, force), Err(CaseError::NotACase { .. })));
        }
        // Not even when a case lies between them.
        fs::write(dir.join(DATABASE), "").unwrap();
        assert!(matches!(Case::create(&dir, true), Err(CaseError::NotACase { .. })));
        let file = dir.join("letter.txt");
        assert!(matches!(Case::create(&file, true), Err(CaseError::NotACase { .. })));
    }

    #[test]
    fn the_leftover_of_a_killed_run_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("case");
        std::mem::forget(Building::begin(&dir, false).unwrap());
        finished(&dir);
        fs::create_dir(root.path().join("other.partial")).unwrap();
        assert!(matches!(Case::create(&root.path().join("other"), true), Err(CaseError::NotACase { .. })));
    }

    #[test]
    fn an_empty_folder_and_a_trailing_slash_are_fine() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("case")).unwrap();
        finished(&root.path().join("case/"));
        assert!(root.path().join("case").join(DATABASE).exists());
    }
}
