//! Finding the files.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::ImportError;
use super::names::stored_path;

/// A directory entry that must be accounted for.
#[derive(Debug)]
pub(super) struct Found {
    /// Number of the EVIDENCE argument.
    pub(super) source: u32,
    /// Where it lies now; never stored.
    pub(super) place: PathBuf,
    /// Its path as stored.
    pub(super) path: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file of this size.
    File(u64),
    /// Not opened: id and what it is. A pipe would block, a link would lead elsewhere.
    Refused(&'static str, String),
    /// The system did not let us look.
    Unreadable(String),
}

/// Lists everything below the arguments, sorted by name within each folder.
pub(super) fn walk(evidence: &[PathBuf], first_source: u32, own: &[&Path]) -> Result<Vec<Found>, ImportError> {
    let own: Vec<PathBuf> = own.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut found = Vec::new();
    for (source, argument) in (first_source..).zip(evidence) {
        let missing = |source| ImportError::Missing { path: argument.clone(), source };
        // The argument itself may be a link: its user named it.
        let metadata = fs::metadata(argument).map_err(missing)?;
        if metadata.is_dir() {
            walk_folder(source, argument, &own, &mut found);
        } else {
            let name = argument.file_name().map_or_else(|| argument.clone(), PathBuf::from);
            let kind = if metadata.is_file() { Kind::File(metadata.len()) } else { special(metadata.file_type()) };
            found.push(Found { source, place: argument.clone(), path: stored_path(&name), kind });
        }
    }
    Ok(found)
}

fn walk_folder(source: u32, folder: &Path, own: &[PathBuf], found: &mut Vec<Found>) {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| {
        own.is_empty() || !entry.file_type().is_dir() || !entry.path().canonicalize().is_ok_and(|p| own.contains(&p))
    });
    for entry in entries {
        let (place, kind) = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) => {
                let kind = if entry.file_type().is_file() {
                    entry.metadata().map_or_else(|e| Kind::Unreadable(reason(&e)), |m| Kind::File(m.len()))
                } else {
                    special(entry.file_type())
                };
                (entry.into_path(), kind)
            }
            Err(error) => {
                let place = error.path().unwrap_or(folder).to_owned();
                (place, Kind::Unreadable(reason(&error)))
            }
        };
        let path = stored_path(place.strip_prefix(folder).unwrap_or(&place));
        found.push(Found { source, place, path: if path.is_empty() { ".".to_owned() } else { path }, kind });
    }
}

fn special(kind: FileType) -> Kind {
    if kind.is_symlink() {
        let detail = "expected a file, found a symbolic link; hand in what it points to, if it is evidence";
        return Kind::Refused("symlink", detail.to_owned());
    }
    Kind::Refused("not_a_file", "expected a file, found a pipe, socket or device".to_owned())
}

/// The system's words alone: walkdir's own text names the folder on this machine.
fn reason(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| "the folder links back to itself".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_sorted_and_the_case_itself_is_no_evidence() {
        let root = tempfile::tempdir().unwrap();
        for path in ["b/2.log", "b/1.log", "a.log", "case.partial/case.db"] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let arguments = [root.path().to_owned(), root.path().join("b/2.log")];
        let found = walk(&arguments, 3, &[&root.path().join("case.partial")]).unwrap();
        let seen: Vec<_> = found.iter().map(|f| (f.source, f.path.as_str())).collect();
        assert_eq!(seen, [(3, "a.log"), (3, "b/1.log"), (3, "b/2.log"), (4, "2.log")]);
        assert!(matches!(walk(&[root.path().join("none")], 1, &[]), Err(ImportError::Missing { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_listed_and_not_followed() {
        use std::os::unix::ffi::OsStrExt;
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc", root.path().join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("dangling")).unwrap();
        fs::write(root.path().join(std::ffi::OsStr::from_bytes(b"\xff.log")), "x").unwrap();
        let found = walk(&[root.path().to_owned()], 1, &[]).unwrap();
        assert_eq!(found.len(), 3);
        assert!(found[..2].iter().all(|f| matches!(f.kind, Kind::Refused("symlink", _))));
        assert_eq!(found[2].path, "\\xFF.log");
    }
}
