//! What no compiler checks: which module may use which, and how long a file may get.

use std::path::{Path, PathBuf};

/// A file needs to be split before it has more lines.
const MOST_LINES: usize = 400;

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    found.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_owned(), text)
    };
    found.into_iter().map(read).collect()
}

/// The modules in the order of the table in src/lib.rs: each may use those before it.
fn order() -> Vec<String> {
    let text = include_str!("../../src/lib.rs");
    let name = |line: &str| Some(line.strip_prefix("//! | [`")?.split_once('`')?.0.to_owned());
    text.lines().filter_map(name).collect()
}

/// The top modules that a line names after `crate::`, also in braces.
fn used(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{').and_then(|list| list.split_once('}')) {
            Some((list, _)) => names.extend(list.split(',').map(|name| name.trim().to_owned())),
            None => names.push(rest.to_owned()),
        }
    }
    let ident = |name: String| name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    names.into_iter().map(ident).collect()
}

#[test]
fn a_module_uses_only_those_above_it_in_the_list_of_the_library() {
    let order = order();
    let declared = include_str!("../../src/lib.rs").matches("\npub mod ").count();
    assert_eq!(order.len(), declared, "the list in src/lib.rs names every module");
    let place = |name: &str| order.iter().position(|known| known == name);
    let (mut upward, mut downward) = (Vec::new(), 0);
    for (path, text) in sources() {
        let top = path.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        let Some(own) = place(&top) else { continue };
        for (number, line) in text.lines().enumerate() {
            for name in used(line) {
                match place(&name) {
                    Some(other) if other > own => {
                        upward.push(format!("src/{}:{}: {top} uses {name}", path.display(), number + 1));
                    }
                    Some(_) => downward += 1,
                    None => panic!("src/{}:{}: what is {name:?}?", path.display(), number + 1),
                }
            }
        }
    }
    assert!(upward.is_empty(), "imports against the order of src/lib.rs:\n{}", upward.join("\n"));
    assert!(downward > 50, "imports are found: {downward}");
}

#[test]
fn every_way_to_write_an_import_is_seen() {
    assert_eq!(used("use crate::model::{Grade, Language};"), ["model"]);
    assert_eq!(used("use crate::{audit, report as r};"), ["audit", "report"]);
    assert_eq!(used("    let x = crate::cli::run(crate::case::open());"), ["cli", "case"]);
    assert!(used("//! See crate::cli").is_empty());
}

#[test]
fn no_source_file_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(path, lines)| format!("src/{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "more than {MOST_LINES} lines:\n{}", long.join("\n"));
}
