//! `manifest.sha256`: the hash of every output, in the form that `sha256sum -c` reads.

use std::fs;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::{CaseError, DATABASE, MANIFEST, OutputGuard, REPORT, SETTINGS};
use crate::model::hex;

/// One file of the manifest as found now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestLine {
    /// Path relative to the case folder, with slashes.
    pub path: String,
    /// SHA-256 as recorded, lower-case hex.
    pub recorded: String,
    /// SHA-256 as found, empty when the file is missing.
    pub found: Option<String>,
}

impl ManifestLine {
    /// Whether the file is what it was.
    pub fn unchanged(&self) -> bool {
        self.found.as_ref() == Some(&self.recorded)
    }
}

/// Writes the manifest of a case whose database is closed: `case.db`, `case.toml` and everything under `report/`,
/// sorted by path.
///
/// # Errors
/// [`CaseError::Folder`]
pub fn write_manifest(folder: &Path) -> Result<(), CaseError> {
    let mut paths: Vec<String> =
        [DATABASE, SETTINGS].into_iter().filter(|name| folder.join(name).is_file()).map(str::to_owned).collect();
    let report = folder.join(REPORT);
    if report.is_dir() {
        for entry in WalkDir::new(&report) {
            let entry = entry.map_err(|e| CaseError::folder("look into", &report)(e.into()))?;
            if entry.file_type().is_file() {
                let inside = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                let parts: Vec<_> = inside.components().map(|c| c.as_os_str().to_string_lossy()).collect();
                paths.push(parts.join("/"));
            }
        }
    }
    paths.sort();
    let mut text = String::new();
    for path in paths {
        text.push_str(&format!("{}  {path}\n", sha256_of_file(&folder.join(&path))?));
    }
    OutputGuard::new(folder).write_atomically(MANIFEST, text.as_bytes()).map(drop)
}

/// Hashes every file of the manifest again.
///
/// # Errors
/// [`CaseError::Folder`] when the manifest or a file cannot be read, [`CaseError::Changed`] when a line is none.
pub fn verify_manifest(folder: &Path) -> Result<Vec<ManifestLine>, CaseError> {
    let manifest = folder.join(MANIFEST);
    let text = fs::read_to_string(&manifest).map_err(CaseError::folder("read", &manifest))?;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (recorded, path) = line.split_once("  ").ok_or_else(|| CaseError::Changed {
            path: manifest.clone(),
            line: index + 1,
            expected: "64 hex digits, two blanks, a path".to_owned(),
            found: line.to_owned(),
        })?;
        let file = folder.join(path);
        let found = if file.is_file() { Some(sha256_of_file(&file)?) } else { None };
        lines.push(ManifestLine { path: path.to_owned(), recorded: recorded.to_owned(), found });
    }
    Ok(lines)
}

/// SHA-256 of an output file, lower-case hex.
///
/// # Errors
/// [`CaseError::Folder`]
#[expect(clippy::disallowed_methods, reason = "hashes outputs, not evidence")]
pub fn sha256_of_file(path: &Path) -> Result<String, CaseError> {
    let read = |action| CaseError::folder(action, path);
    let mut file = fs::File::open(path).map_err(read("open"))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hasher.finalize())),
            Ok(n) => hasher.update(&buffer[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(read("read")(e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_sorted_and_notices_changes() {
        let root = tempfile::tempdir().unwrap();
        let guard = OutputGuard::new(root.path());
        for name in ["report/b/x.csv", "report/a.csv", "case.toml", "case.db", "run.jsonl"] {
            guard.write_atomically(name, b"abc").unwrap();
        }
        write_manifest(root.path()).unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let expected: Vec<String> = ["case.db", "case.toml", "report/a.csv", "report/b/x.csv"]
            .iter()
            .map(|name| format!("{abc}  {name}\n"))
            .collect();
        assert_eq!(fs::read_to_string(root.path().join(MANIFEST)).unwrap(), expected.concat());
        assert!(verify_manifest(root.path()).unwrap().iter().all(ManifestLine::unchanged));
        fs::write(root.path().join("report/a.csv"), "abd").unwrap();
        fs::remove_file(root.path().join("case.toml")).unwrap();
        let changed: Vec<_> =
            verify_manifest(root.path()).unwrap().into_iter().filter(|l| !l.unchanged()).map(|l| l.path).collect();
        assert_eq!(changed, ["case.toml", "report/a.csv"]);
    }
}
