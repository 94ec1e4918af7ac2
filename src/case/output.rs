//! The only way by which outputs reach the case folder.

use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use super::CaseError;

/// Writes files of a case whole or not at all, and nowhere but inside its folder.
#[derive(Debug, Clone)]
pub struct OutputGuard {
    folder: PathBuf,
}

impl OutputGuard {
    /// Guards `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Writes `bytes` to `relative` (slashes on every system). Readers see the old content or the new one, never a part.
    ///
    /// # Errors
    /// [`CaseError::Folder`]; a path that leads out of the folder is refused the same way.
    #[expect(clippy::disallowed_methods, reason = "this is the output guard")]
    pub fn write_atomically(&self, relative: &str, bytes: &[u8]) -> Result<PathBuf, CaseError> {
        let path = self.path(relative)?;
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent).map_err(CaseError::folder("create", parent))?;
        let mut unfinished = path.clone().into_os_string();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let written = fs::File::create(&unfinished).and_then(|mut file| {
            file.write_all(bytes)?;
            file.flush()
        });
        if let Err(source) = written.and_then(|()| fs::rename(&unfinished, &path)) {
            let _ = fs::remove_file(&unfinished);
            return Err(CaseError::Folder { action: "write", path, source });
        }
        Ok(path)
    }

    /// Removes a folder of outputs before it is written anew, so that no file of an earlier run stays in it.
    ///
    /// # Errors
    /// [`CaseError::Folder`]
    pub fn clear(&self, relative: &str) -> Result<(), CaseError> {
        let path = self.path(relative)?;
        match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(CaseError::Folder { action: "remove", path, source })
            }
            _ => Ok(()),
        }
    }

    fn path(&self, relative: &str) -> Result<PathBuf, CaseError> {
        let inside = Path::new(relative).components().all(|c| matches!(c, Component::Normal(_)));
        if !inside || relative.is_empty() {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, "outputs stay inside the case folder");
            return Err(CaseError::Folder { action: "write", path: PathBuf::from(relative), source });
        }
        Ok(self.folder.join(relative))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_replaced_whole_and_stay_inside() {
        let root = tempfile::tempdir().unwrap();
        let guard = OutputGuard::new(root.path());
        guard.write_atomically("report/a.csv", b"one").unwrap();
        let path = guard.write_atomically("report/a.csv", b"two").unwrap();
        assert_eq!(fs::read(path).unwrap(), b"two");
        assert_eq!(fs::read_dir(root.path().join("report")).unwrap().count(), 1);
        for outside in ["../a", "/tmp/a", "report/../../a", ""] {
            assert!(guard.write_atomically(outside, b"").is_err(), "{outside}");
        }
        guard.clear("report").unwrap();
        guard.clear("report").unwrap();
        assert!(!root.path().join("report").exists());
    }
}
