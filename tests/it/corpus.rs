//! Real logs and dumps that lie beside the project for some of its developers, and nowhere else.

use std::path::{Path, PathBuf};

/// A folder of `../shared/corpus`; without it the test says that it is skipped.
pub(crate) fn corpus(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: ../shared/corpus/{folder} is not there");
    None
}
