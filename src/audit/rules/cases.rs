//! The small cases of a rule: evidence as it would be handed in, in one text of several files (see [`super::txtar`]).
//!
//! `RULE.fires.txtar` is evidence on which the rule puts at least one mark, `RULE.quiet.txtar` a near miss: the same evidence
//! but for the one thing that the rule is about. `RULE.fires.NAME.txtar` and `RULE.quiet.NAME.txtar` are further ones. A
//! member `case.toml` is the settings of the case, everything else is evidence.

use super::error::RuleError;
use super::txtar::{Member, members};

/// What the rule must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// At least one mark.
    Fires,
    /// No mark.
    Quiet,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCase {
    /// Name of its file.
    pub file: String,
    /// The rule it is about.
    pub rule_id: String,
    /// What the rule must do.
    pub expected: Expected,
    /// What it shows, in the words before the first file.
    pub comment: String,
    /// The files of evidence.
    pub evidence: Vec<Member>,
    /// The settings; empty when the case has none.
    pub settings: String,
}

impl RuleCase {
    /// Reads a case.
    ///
    /// # Errors
    /// [`RuleError::Case`] when the name says no rule or not what to expect, or there is no evidence in it.
    pub fn read(file: &str, text: &str) -> Result<Self, RuleError> {
        let wrong = |message: String| RuleError::Case { file: file.to_owned(), message };
        let mut words = file.split('.');
        let rule_id = words.next().unwrap_or_default().to_owned();
        let expected = match words.next() {
            Some("fires") => Expected::Fires,
            Some("quiet") => Expected::Quiet,
            _ => return Err(wrong("expected a name such as RULE.fires.txtar or RULE.quiet.txtar".to_owned())),
        };
        let (comment, mut evidence) = members(text).map_err(wrong)?;
        let settings = match evidence.iter().position(|member| member.path == "case.toml") {
            Some(at) => evidence.remove(at).text,
            None => String::new(),
        };
        if evidence.is_empty() {
            return Err(wrong("no evidence in it, only settings".to_owned()));
        }
        Ok(Self { file: file.to_owned(), rule_id, expected, comment, evidence, settings })
    }
}

macro_rules! cases {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../queries/rules/cases/", $name, ".txtar")))),*]
    };
}

/// All cases of the built-in rules; a test compares the list with the folder.
const BUILT_IN: &[(&str, &str)] = cases![
    "account-without-record.fires",
    "account-without-record.quiet",
    "account-without-record.quiet.before",
    "chain-attempted.fires",
    "chain-attempted.quiet",
    "chain-refused.fires",
    "chain-refused.quiet",
    "chain-succeeded.fires",
    "chain-succeeded.fires.get",
    "chain-succeeded.quiet",
    "chain-succeeded.quiet.order",
    "chain-succeeded.quiet.two-clients",
    "external-token.fires",
    "external-token.quiet",
    "file-not-in-inventory.fires",
    "file-not-in-inventory.quiet",
    "forwarded-not-believed.fires",
    "forwarded-not-believed.quiet",
    "host-permit-all.fires",
    "host-permit-all.quiet",
    "indicator-address.fires",
    "indicator-address.quiet",
    "indicator-with-access.fires",
    "indicator-with-access.quiet",
    "injection-residue.fires",
    "injection-residue.quiet",
    "log-copies-differ.fires",
    "log-copies-differ.quiet",
    "log-hash.fires",
    "log-hash.fires.twice",
    "log-hash.quiet",
    "log-row-gone.fires",
    "log-row-gone.quiet",
    "log-time-backwards.fires",
    "log-time-backwards.fires.weekday",
    "log-time-backwards.quiet",
    "log-time-backwards.quiet.summer-time",
    "missing-log-ids.fires",
    "missing-log-ids.quiet",
    "odd-session.fires",
    "odd-session.quiet",
    "planted-account-used.fires",
    "planted-account-used.fires.removed",
    "planted-account-used.quiet",
    "planted-account.fires",
    "planted-account.quiet",
    "planted-session-used.fires",
    "planted-session-used.quiet",
    "planted-session-used.quiet.signed-on",
    "planted-session.fires",
    "planted-session.fires.one-sign",
    "planted-session.quiet",
    "planted-session.quiet.setting",
    "serialised-upload-state.fires",
    "serialised-upload-state.quiet",
    "shared-address.fires",
    "shared-address.quiet",
    "stated-zone-contradicted.fires",
    "stated-zone-contradicted.quiet",
    "system-permission.fires",
    "system-permission.quiet",
    "unknown-organisation.fires",
    "unknown-organisation.quiet",
    "upload-agent.fires",
    "upload-agent.quiet",
    "webshell-answered.fires",
    "webshell-answered.quiet",
    "webshell-answered.quiet.other-page",
    "webshell-refused.fires",
    "webshell-refused.quiet",
];

/// The cases of a built-in rule. One that cannot be read is left out: a test excludes it.
pub(super) fn built_in(rule_id: &str) -> Vec<RuleCase> {
    let own = BUILT_IN.iter().filter(|(name, _)| name.split('.').next() == Some(rule_id));
    own.filter_map(|(name, text)| RuleCase::read(&format!("{name}.txtar"), text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::audit::rules::built_in_rules;

    #[test]
    fn every_case_file_is_listed_and_belongs_to_a_rule() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/rules/cases");
        let found: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        let listed: BTreeSet<String> = BUILT_IN.iter().map(|(name, _)| format!("{name}.txtar")).collect();
        assert_eq!(found, listed);
        let of_rules: usize = built_in_rules().unwrap().iter().map(|rule| rule.cases.len()).sum();
        assert_eq!(of_rules, listed.len());
    }

    #[test]
    fn every_rule_has_a_pair() {
        for rule in built_in_rules().unwrap() {
            for expected in [Expected::Fires, Expected::Quiet] {
                assert!(rule.cases.iter().any(|c| c.expected == expected), "{}: {expected:?}", rule.header.rule_id);
            }
        }
    }

    /// A quiet case in which nothing happens would stay quiet with any rule: it has to be a near miss.
    #[test]
    fn a_quiet_case_differs_in_one_thing_only() {
        for rule in built_in_rules().unwrap() {
            let lines = |case: &RuleCase| -> BTreeSet<String> {
                let all = case.evidence.iter().flat_map(|m| m.text.lines());
                all.chain(case.settings.lines()).map(str::to_owned).collect()
            };
            for quiet in rule.cases.iter().filter(|c| c.expected == Expected::Quiet) {
                let quiet_lines = lines(quiet);
                let nearest = rule
                    .cases
                    .iter()
                    .filter(|c| c.expected == Expected::Fires)
                    .map(|fires| lines(fires).symmetric_difference(&quiet_lines).count());
                let nearest = nearest.min().unwrap();
                assert!((1..=4).contains(&nearest), "{}: {nearest} lines differ", quiet.file);
            }
        }
    }
}
