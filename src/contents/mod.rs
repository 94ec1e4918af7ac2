//! Copies of the files themselves, handed in with `--contents`: so far only their hashes, by which SQL pairs them with
//! the inventory. What is inside is for later.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest, Sha256};
use thiserror::Error;
use walkdir::WalkDir;

use crate::case::{Case, CaseError};
use crate::intake::{Progress, stored_path};
use crate::model::hex;

/// What became of the copies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentsReport {
    /// Copies hashed.
    pub copies: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Path and reason of each entry that is no readable file.
    pub not_read: Vec<(String, String)>,
}

/// Why copies could not be hashed.
#[derive(Debug, Error)]
pub enum ContentsError {
    /// An argument is no folder.
    #[error("contents {}: expected a folder: {source}", .path.display())]
    Missing {
        /// The argument.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The case could not take it.
    #[error(transparent)]
    Case(#[from] CaseError),
}

/// Hashes every file below the folders into `content_copy`, replacing what was there. SHA-1 only because the server's
/// inventory holds it.
///
/// # Errors
/// [`ContentsError`]; the table then holds what it held before.
pub fn hash_copies(case: &Case, folders: &[PathBuf], progress: &dyn Progress) -> Result<ContentsReport, ContentsError> {
    let connection = case.connection();
    let transaction = connection.unchecked_transaction().map_err(CaseError::from)?;
    transaction.execute_batch("delete from content_copy").map_err(CaseError::from)?;
    let mut report = ContentsReport::default();
    for folder in folders {
        std::fs::read_dir(folder).map_err(|source| ContentsError::Missing { path: folder.clone(), source })?;
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().and_then(|p| p.strip_prefix(folder).ok()).unwrap_or(Path::new("."));
                    let reason =
                        error.io_error().map_or_else(|| "links back to itself".to_owned(), ToString::to_string);
                    report.not_read.push((stored_path(path), reason));
                    continue;
                }
            };
            if entry.file_type().is_dir() {
                continue;
            }
            let path = stored_path(entry.path().strip_prefix(folder).unwrap_or(entry.path()));
            if !entry.file_type().is_file() {
                report.not_read.push((path, "a link, pipe or device, not a file".to_owned()));
                continue;
            }
            match hash_copy(entry.path(), &path, progress) {
                Ok(copy) => {
                    report.copies += 1;
                    report.bytes += copy.size;
                    store(&transaction, &path, &copy)?;
                }
                Err(error) => report.not_read.push((path, error.to_string())),
            }
        }
    }
    transaction.commit().map_err(CaseError::from)?;
    Ok(report)
}

struct Copy {
    size: u64,
    sha256: String,
    sha1: String,
}

#[expect(clippy::disallowed_methods, reason = "copies are hashed here while they are read")]
fn hash_copy(place: &Path, path: &str, progress: &dyn Progress) -> std::io::Result<Copy> {
    let mut file = File::open(place)?;
    progress.file_started(path, file.metadata()?.len());
    let (mut sha256, mut sha1, mut size) = (Sha256::new(), Sha1::new(), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                sha256.update(&buffer[..n]);
                sha1.update(&buffer[..n]);
                size += n as u64;
                progress.bytes(n as u64);
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    progress.file_done(path);
    Ok(Copy { size, sha256: hex(&sha256.finalize()), sha1: hex(&sha1.finalize()) })
}

fn store(connection: &rusqlite::Connection, path: &str, copy: &Copy) -> Result<(), CaseError> {
    connection
        .prepare_cached(
            "insert into content_copy (path, size_bytes, sha256, sha1, name_file_id) values (?, ?, ?, ?, ?)",
        )?
        .execute((path, i64::try_from(copy.size).unwrap_or(i64::MAX), &copy.sha256, &copy.sha1, name_file_id(path)))?;
    Ok(())
}

/// The server keeps each file under its id (and folder): a name of 7 to 12 digits, with any extension.
fn name_file_id(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    ((7..=12).contains(&stem.len()) && stem.bytes().all(|b| b.is_ascii_digit())).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::NoProgress;

    #[test]
    fn copies_are_hashed_and_their_ids_read_from_names() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("copies");
        std::fs::create_dir_all(folder.join("b")).unwrap();
        std::fs::write(folder.join("b/123456789.dat"), "abc").unwrap();
        std::fs::write(folder.join("a.pdf"), "").unwrap();
        let case = Case::create(&root.path().join("case"), false).unwrap();
        for _ in 0..2 {
            let report = hash_copies(&case, std::slice::from_ref(&folder), &NoProgress).unwrap();
            assert_eq!((report.copies, report.bytes, report.not_read.len()), (2, 3, 0));
        }
        let rows: Vec<(String, i64, String, Option<String>)> = case
            .connection()
            .prepare("select path, size_bytes, sha1, name_file_id from content_copy")
            .unwrap()
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].0, "a.pdf");
        assert_eq!(rows[1].2, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(rows[1].3.as_deref(), Some("123456789"));
        assert!(matches!(
            hash_copies(&case, &[root.path().join("none")], &NoProgress),
            Err(ContentsError::Missing { .. })
        ));
    }

    #[test]
    fn ids_in_names() {
        assert_eq!(name_file_id("x/1234567"), Some("1234567"));
        assert_eq!(name_file_id("123456789012.x.y"), Some("123456789012"));
        for other in ["123456", "1234567890123", "a1234567", ""] {
            assert_eq!(name_file_id(other), None);
        }
    }
}
