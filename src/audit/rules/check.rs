//! Running the cases of rules: each is imported and analysed in a folder of its own, the whole way, as real evidence would be.

use std::fs;
use std::path::{Path, PathBuf};

use super::cases::{Expected, RuleCase};
use super::{Rule, store_own_rules};
use crate::audit::{analyse, store_settings};
use crate::case::settings::Settings;
use crate::case::{Case, Stopwatch};
use crate::intake::{self, ImportOptions};

/// A case that came out otherwise than it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckFailure {
    /// The rule.
    pub rule_id: String,
    /// Name of the file of the case.
    pub case: String,
    /// What was expected and what was found, or what failed.
    pub message: String,
    /// Whether the rule is the user's own.
    pub own: bool,
}

/// Runs all cases of the rules given, the user's own together with all of them. Work is done in a new folder of the system's
/// folder for temporary files, which is removed.
///
/// # Errors
/// The temporary folder cannot be made; everything else is a failure of its case.
pub fn check(rules: &[Rule]) -> std::io::Result<Vec<CheckFailure>> {
    let desk = Desk::new()?;
    let own: Vec<Rule> = rules.iter().filter(|rule| rule.own).cloned().collect();
    let mut failures = Vec::new();
    for rule in rules {
        for (number, case) in rule.cases.iter().enumerate() {
            let folder = desk.0.join(format!("{}-{number}", rule.header.rule_id));
            let beside: &[Rule] = if rule.own { &own } else { &[] };
            let told = match marks(case, beside, &folder) {
                Ok(count) => verdict(case.expected, count),
                Err(message) => Some(message),
            };
            let _ = fs::remove_dir_all(&folder);
            failures.extend(told.map(|message| CheckFailure {
                rule_id: rule.header.rule_id.clone(),
                case: case.file.clone(),
                message,
                own: rule.own,
            }));
        }
    }
    Ok(failures)
}

fn verdict(expected: Expected, marks: i64) -> Option<String> {
    match expected {
        Expected::Fires if marks == 0 => Some("expected at least one mark, found none".to_owned()),
        Expected::Quiet if marks > 0 => Some(format!("expected no mark, found {marks}")),
        _ => None,
    }
}

/// The number of marks that the rule puts on the evidence of a case.
fn marks(case: &RuleCase, own: &[Rule], folder: &Path) -> Result<i64, String> {
    let told = |error: &dyn std::error::Error| error.to_string();
    let evidence = folder.join("evidence");
    for member in &case.evidence {
        let path = evidence.join(&member.path);
        let parent = path.parent().unwrap_or(&evidence);
        fs::create_dir_all(parent).and_then(|()| fs::write(&path, &member.text)).map_err(|e| told(&e))?;
    }
    let settings = Settings::parse(&case.settings, "case.toml").map_err(|e| told(&e))?;
    let database = Case::create(&folder.join("case"), false).map_err(|e| told(&e))?;
    let options = ImportOptions { platform: settings.platform(), ..ImportOptions::default() };
    let imported = intake::import(&database, &[evidence], &options).map_err(|e| told(&e))?;
    if let Some(file) = imported.not_imported.first() {
        return Err(format!("{} is no evidence that can be read: {} ({})", file.path, file.reason, file.detail));
    }
    if imported.records.set_aside > 0 {
        return Err(format!("{} records of it were not understood", imported.records.set_aside));
    }
    let db = database.connection();
    store_settings(db, &settings).map_err(|e| told(&e))?;
    store_own_rules(db, own).map_err(|e| told(&e))?;
    let watch = Stopwatch::start();
    analyse(db, |_| (), || watch.elapsed()).map_err(|e| told(&e))?;
    db.query_row("select count(*) from mark where rule_id = ?1", [&case.rule_id], |row| row.get(0))
        .map_err(|e| told(&e))
}

/// A folder that nobody else has, removed at the end.
struct Desk(PathBuf);

impl Desk {
    fn new() -> std::io::Result<Self> {
        let place = std::env::temp_dir();
        let mut number = 0_u32;
        loop {
            let path = place.join(format!("abfluss-rules-{}-{number}", std::process::id()));
            // Fails where something lies there already, also a link that somebody else put there.
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 10_000 => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Best effort: what stays is small and in the folder for such things.
        let _ = fs::remove_dir_all(&self.0);
    }
}
