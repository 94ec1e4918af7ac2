//! Where evidence lies now. The case stores paths relative to the folders handed in; where those were stands in the run
//! record only, and the user may say where they are now.

use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::super::names::stored_path;

/// Folders (or single files) that hold the evidence of a case.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// Where each EVIDENCE argument lay, in the order of their numbers.
    recorded: Vec<PathBuf>,
    /// Where the user says evidence lies now; looked at first.
    given: Vec<PathBuf>,
}

impl Shelf {
    /// `recorded` in the order of the numbers of sources; `given` in the user's order.
    pub fn new(recorded: Vec<PathBuf>, given: Vec<PathBuf>) -> Self {
        Self { recorded, given }
    }

    /// Places at which the file may lie, likeliest first. Whether it is the right one, its hash says.
    pub(super) fn candidates(&self, source: u32, path: &str) -> Vec<PathBuf> {
        let own = usize::try_from(source).unwrap_or_default().checked_sub(1).and_then(|at| self.recorded.get(at));
        let mut found = Vec::new();
        for folder in &self.given {
            below(folder, path, &mut found);
            // The parent of several folders handed in.
            if let Some(name) = own.and_then(|own| own.file_name()) {
                below(&folder.join(name), path, &mut found);
            }
        }
        // An import that failed halfway is in no run record, so the numbers may be off: the others come after.
        for recorded in own.into_iter().chain(&self.recorded) {
            below(recorded, path, &mut found);
        }
        found
    }
}

fn below(root: &Path, path: &str, found: &mut Vec<PathBuf>) {
    let relative = Path::new(path);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
    let mut place = if root.is_file() { root.to_owned() } else { root.join(relative) };
    if !inside {
        return;
    }
    // A name that is no UTF-8 is stored with escapes; only a look at the folder tells which file that is.
    if !place.is_file() && path.contains("\\x") && root.is_dir() {
        let same = |entry: &walkdir::DirEntry| {
            entry.file_type().is_file() && entry.path().strip_prefix(root).is_ok_and(|own| stored_path(own) == path)
        };
        if let Some(entry) = WalkDir::new(root).into_iter().filter_map(Result::ok).find(same) {
            place = entry.into_path();
        }
    }
    if !found.contains(&place) {
        found.push(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_word_comes_first_and_no_path_leaves_its_folder() {
        let shelf = Shelf::new(vec!["/a/one".into(), "/a/two".into()], vec!["/b".into()]);
        let text = |path: &str| -> Vec<String> {
            shelf.candidates(2, path).iter().map(|p| p.to_string_lossy().replace('\\', "/")).collect()
        };
        assert_eq!(text("x/y.log"), ["/b/x/y.log", "/b/two/x/y.log", "/a/two/x/y.log", "/a/one/x/y.log"]);
        assert!(text("../secret").is_empty() && text("/etc/passwd").is_empty());
    }
}
