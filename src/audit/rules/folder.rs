//! The user's own rules: `*.sql` of the folders given, and their cases in `cases/` beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::cases::RuleCase;
use super::error::RuleError;
use super::{Rule, built_in_rules, header};

/// Reads the rules of folders, in the order given, in each by file name. Nothing is run yet.
///
/// # Errors
/// A folder that cannot be read or holds no rule, a file without a proper head, an id that is taken, a case that belongs to
/// no rule.
pub fn read_folders(folders: &[PathBuf]) -> Result<Vec<Rule>, RuleError> {
    let mut owners: BTreeMap<String, String> =
        built_in_rules()?.into_iter().map(|rule| (rule.header.rule_id, "a built-in rule".to_owned())).collect();
    let mut rules: Vec<Rule> = Vec::new();
    for folder in folders {
        let files = listed(folder, "sql")?;
        if files.is_empty() {
            return Err(RuleError::Empty { path: folder.clone() });
        }
        let first = rules.len();
        for path in files {
            let file = name(&path);
            let text = text(&path)?;
            let header = header::read(&file, &text)?;
            if let Some(other) = owners.insert(header.rule_id.clone(), file.clone()) {
                return Err(RuleError::Taken { file, rule_id: header.rule_id, other });
            }
            rules.push(Rule { file, text, header, own: true, cases: Vec::new() });
        }
        let cases = folder.join("cases");
        if cases.is_dir() {
            for path in listed(&cases, "txtar")? {
                let case = RuleCase::read(&name(&path), &text(&path)?)?;
                let owner = rules[first..].iter_mut().find(|rule| rule.header.rule_id == case.rule_id);
                let Some(rule) = owner else {
                    let message = format!("no rule beside it has the id {:?}", case.rule_id);
                    return Err(RuleError::Case { file: case.file, message });
                };
                rule.cases.push(case);
            }
        }
    }
    Ok(rules)
}

/// The files of a folder with this extension, by name.
fn listed(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, RuleError> {
    let failed = |source| RuleError::Folder { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let fits = path.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension));
        // Editors leave hidden files beside the one they edit.
        if fits && path.is_file() && !name(&path).starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn text(path: &Path) -> Result<String, RuleError> {
    let bytes = fs::read(path).map_err(|source| RuleError::Folder { path: path.to_owned(), source })?;
    String::from_utf8(bytes)
        .map_err(|error| RuleError::NotText { file: name(path), offset: error.utf8_error().valid_up_to() })
}
