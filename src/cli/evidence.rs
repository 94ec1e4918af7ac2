//! What the EVIDENCE arguments mean, checked before anything is read or written.

use std::path::{Path, PathBuf};

use super::exit::{CliError, CliResult};

/// Checks evidence folders or files against each other and against the case folder.
///
/// # Errors
///
/// A path that does not exist, holds no file, or lies inside another one (its records would count twice), and a case folder
/// inside the evidence or around it (evidence is never written to).
pub(super) fn check(evidence: &[PathBuf], out: &Path) -> CliResult<()> {
    let mut seen: Vec<(&PathBuf, PathBuf)> = Vec::new();
    for path in evidence {
        let real = real(path)?;
        if let Some((other, _)) = seen.iter().find(|(_, known)| real.starts_with(known) || known.starts_with(&real)) {
            return Err(CliError::usage(format!(
                "{} and {} overlap: their records would count twice",
                other.display(),
                path.display()
            ))
            .hint("name the outer folder only"));
        }
        if !holds_a_file(&real) {
            return Err(CliError::usage(format!("{} is an empty folder: there is no evidence in it", path.display()))
                .hint("name the folder that holds the database dump and the web server's logs"));
        }
        seen.push((path, real));
    }
    let out = future_place(out)?;
    for (path, real) in &seen {
        if out.starts_with(real) || real.starts_with(&out) {
            return Err(CliError::usage(format!(
                "the case folder {} and the evidence {} must not lie inside each other",
                out.display(),
                path.display()
            ))
            .hint("evidence is never changed: choose a case folder elsewhere with --out"));
        }
    }
    Ok(())
}

/// Checks folders of file copies (`--contents`).
///
/// # Errors
///
/// A path that is no folder.
pub(super) fn check_contents(folders: &[PathBuf]) -> CliResult<()> {
    for folder in folders {
        if !real(folder)?.is_dir() {
            return Err(CliError::usage(format!("--contents {} is no folder", folder.display())));
        }
    }
    Ok(())
}

fn real(path: &Path) -> CliResult<PathBuf> {
    path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => CliError::usage(format!("{} does not exist", path.display()))
            .hint("check the path; relative paths count from the current folder"),
        _ => CliError::failed(format!("{} cannot be read: {error}", path.display())),
    })
}

/// The absolute place of a folder that may not exist yet.
fn future_place(path: &Path) -> CliResult<PathBuf> {
    let absolute =
        std::path::absolute(path).map_err(|error| CliError::usage(format!("--out {}: {error}", path.display())))?;
    let mut missing = Vec::new();
    for ancestor in absolute.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            return Ok(missing.iter().rev().fold(real, |place, name| place.join(name)));
        }
        missing.extend(ancestor.file_name());
    }
    Ok(absolute)
}

fn holds_a_file(path: &Path) -> bool {
    // What cannot be looked into counts as there: the intake names it with the system's reason.
    walkdir::WalkDir::new(path).into_iter().any(|entry| entry.map_or(true, |entry| !entry.file_type().is_dir()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_never_lies_inside_the_evidence_or_around_it() {
        let root = tempfile::tempdir().unwrap();
        let evidence = root.path().join("evidence");
        std::fs::create_dir(&evidence).unwrap();
        std::fs::write(evidence.join("a.log"), "x").unwrap();
        let paths = [evidence.clone()];
        for out in [evidence.join("case"), evidence.clone(), root.path().to_owned(), evidence.join("x/../case")] {
            let error = check(&paths, &out).unwrap_err();
            assert!(error.message.contains("must not lie inside each other"), "{}", error.message);
        }
        check(&paths, &root.path().join("case")).unwrap();
        // A sibling whose name begins alike is no folder inside.
        check(&paths, &root.path().join("evidence-case")).unwrap();
    }

    #[test]
    fn missing_empty_and_overlapping_evidence_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let out = tempfile::tempdir().unwrap();
        let message = |paths: &[PathBuf]| check(paths, &out.path().join("case")).unwrap_err().message;
        std::fs::create_dir_all(root.path().join("a/b")).unwrap();
        assert!(message(&[root.path().join("nope")]).contains("does not exist"));
        assert!(message(&[root.path().join("a")]).contains("is an empty folder"));
        std::fs::write(root.path().join("a/b/c.log"), "x").unwrap();
        assert!(message(&[root.path().join("a"), root.path().join("a/b/c.log")]).contains("overlap"));
    }
}
