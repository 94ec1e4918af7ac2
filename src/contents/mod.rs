//! Copies of the files themselves, handed in with `--contents`: their hashes, by which SQL pairs them with the inventory,
//! and their size as gzip, by which answers of a web shell are matched. What is inside is for later.
//!
//! Compressing takes much longer than hashing, so files are spread over threads, and it is left out where no web log of
//! the case states the size of its answers (`sc-bytes`): then there is nothing to compare. Whether a web shell answered at
//! all is known only after the audit. Evidence with sizes that is added later needs the copies handed in again.

mod copy;

use std::path::{Path, PathBuf};

use thiserror::Error;
use walkdir::WalkDir;

use crate::case::{Case, CaseError};
use crate::intake::{Progress, stored_path};

use copy::{Copy, measure};

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

/// Hashes every file below the folders, and compresses it where it may matter, into `content_copy`, replacing what was there. SHA-1 only because the server's
/// inventory holds it.
///
/// # Errors
/// [`ContentsError`]; the table then holds what it held before.
pub fn hash_copies(case: &Case, folders: &[PathBuf], progress: &dyn Progress) -> Result<ContentsReport, ContentsError> {
    let mut report = ContentsReport::default();
    let mut found: Vec<(PathBuf, String)> = Vec::new();
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
            if entry.file_type().is_file() {
                found.push((entry.into_path(), path));
            } else {
                report.not_read.push((path, "a link, pipe or device, not a file".to_owned()));
            }
        }
    }
    let connection = case.connection();
    let with_sizes = connection
        .query_row("select exists (select 1 from web_line where bytes_sent is not null)", [], |row| row.get(0))
        .map_err(CaseError::from)?;
    let measured = measure(&found, with_sizes, progress);
    let transaction = connection.unchecked_transaction().map_err(CaseError::from)?;
    transaction.execute_batch("delete from content_copy").map_err(CaseError::from)?;
    for ((_, path), copy) in found.into_iter().zip(measured) {
        match copy {
            Ok(copy) => {
                report.copies += 1;
                report.bytes += copy.size;
                store(&transaction, &path, &copy)?;
            }
            Err(error) => report.not_read.push((path, error.to_string())),
        }
    }
    transaction.commit().map_err(CaseError::from)?;
    Ok(report)
}

fn store(connection: &rusqlite::Connection, path: &str, copy: &Copy) -> Result<(), CaseError> {
    connection
        .prepare_cached(
            "insert into content_copy (path, size_bytes, sha256, sha1, name_file_id, gzip_bytes, gzip9_bytes)
             values (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute((
            path,
            whole(copy.size),
            &copy.sha256,
            &copy.sha1,
            name_file_id(path),
            copy.gzip.map(|sizes| whole(sizes[0])),
            copy.gzip.map(|sizes| whole(sizes[1])),
        ))?;
    Ok(())
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
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
        let gzip = "select group_concat(coalesce(gzip_bytes, '-'), ' ') from (select gzip_bytes from content_copy order by path)";
        let sizes = || case.connection().query_row(gzip, [], |row| row.get::<_, String>(0)).unwrap();
        for round in 0..2 {
            let report = hash_copies(&case, std::slice::from_ref(&folder), &NoProgress).unwrap();
            assert_eq!((report.copies, report.bytes, report.not_read.len()), (2, 3, 0));
            // Ten bytes of header, eight of trailer, two for nothing and five for three letters.
            assert_eq!(sizes(), if round == 0 { "- -" } else { "20 23" });
            let line = "insert into web_line (evidence_id, offset, bytes_sent, repaired) values (1, 0, 500, 0)";
            case.connection().execute(line, []).unwrap();
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
