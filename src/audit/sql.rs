//! The queries, compiled in. A second expert runs the same files by hand on a copy of case.db.

use super::error::AuditError;

/// A query of `queries/`.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// Path below `queries/`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// What the header of a rule states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleHeader {
    /// Stable id, used in every output.
    pub rule_id: String,
    /// German title.
    pub title_de: String,
    /// English title.
    pub title_en: String,
    /// `hostile`, `attempt` or `note`.
    pub effect: String,
    /// ATT&CK technique, `-` when none fits.
    pub technique: String,
    /// Where the rule is known from.
    pub source: String,
    /// Why it means what it says.
    pub reasoning: String,
}

macro_rules! queries {
    ($($name:literal),* $(,)?) => {
        &[$(Query { name: $name, text: include_str!(concat!("../../queries/", $name)) }),*]
    };
}

/// Vendor tables to the common model, in order.
pub fn model_queries() -> &'static [Query] {
    queries![
        "model/moveit/10_organisation.sql",
        "model/moveit/20_account.sql",
        "model/moveit/30_folder.sql",
        "model/moveit/40_stored_file.sql",
        "model/moveit/50_log_event.sql",
        "model/moveit/60_planted_object.sql",
    ]
}

/// The conclusions, in order. Rules run between `35_mark.sql` and `40_window.sql`.
pub fn audit_queries() -> &'static [Query] {
    queries![
        "audit/05_web_access.sql",
        "audit/10_utc.sql",
        "audit/15_file.sql",
        "audit/17_shared_address.sql",
        "audit/19_hidden_client.sql",
        "audit/20_session_facts.sql",
        "audit/25_source_cover.sql",
        "audit/30_gap.sql",
        "audit/35_mark.sql",
        "audit/40_window.sql",
        "audit/45_known_address.sql",
        "audit/47_session_acting.sql",
        "audit/48_session_class.sql",
        "audit/50_session.sql",
        "audit/55_access.sql",
        "audit/60_presence.sql",
        "audit/65_download.sql",
        "audit/70_coverage.sql",
        "audit/75_possible.sql",
        "audit/80_finding.sql",
        "audit/85_finding_evidence.sql",
        "audit/90_content_pair.sql",
    ]
}

/// The rules, in order: a rule may use the marks of those before it.
pub fn rule_queries() -> &'static [Query] {
    queries![
        "rules/10_webshell_answered.sql",
        "rules/11_webshell_refused.sql",
        "rules/20_chain_succeeded.sql",
        "rules/21_chain_refused.sql",
        "rules/30_injection_residue.sql",
        "rules/40_planted_session.sql",
        "rules/41_planted_account.sql",
        "rules/50_planted_account_used.sql",
        "rules/51_planted_session_used.sql",
        "rules/60_indicator_with_access.sql",
        "rules/61_indicator_address.sql",
        "rules/70_missing_log_ids.sql",
        "rules/71_log_time_backwards.sql",
        "rules/72_file_not_in_inventory.sql",
        "rules/80_host_permit_all.sql",
        "rules/81_external_token.sql",
        "rules/82_unfinished_upload.sql",
        "rules/83_shared_address.sql",
        "rules/84_forwarded_not_believed.sql",
    ]
}

impl Query {
    /// Reads the `-- key: value` lines at the head of a rule; a value goes on in lines that begin with `--   `.
    ///
    /// # Errors
    /// When a key is missing.
    pub fn rule_header(&self) -> Result<RuleHeader, AuditError> {
        let field = |key: &'static str| -> Result<String, AuditError> {
            let mut lines = self.text.lines().take_while(|l| l.starts_with("--"));
            let start = format!("-- {key}: ");
            let mut value = lines
                .find_map(|l| l.strip_prefix(&start).map(str::to_owned))
                .ok_or(AuditError::RuleHeader { name: self.name.to_owned(), key })?;
            for more in lines.map_while(|l| l.strip_prefix("--   ")) {
                value.push(' ');
                value.push_str(more.trim());
            }
            Ok(value)
        };
        Ok(RuleHeader {
            rule_id: field("rule")?,
            title_de: field("title_de")?,
            title_en: field("title_en")?,
            effect: field("effect")?,
            technique: field("technique")?,
            source: field("source")?,
            reasoning: field("reasoning")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_complete_header_and_an_id_of_its_own() {
        let mut ids: Vec<String> = rule_queries().iter().map(|q| q.rule_header().unwrap().rule_id).collect();
        ids.sort();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for query in rule_queries() {
            let header = query.rule_header().unwrap();
            assert!(matches!(header.effect.as_str(), "hostile" | "attempt" | "note"), "{}", query.name);
        }
    }

    #[test]
    fn every_query_file_is_listed() {
        for (folder, listed) in
            [("model/moveit", model_queries()), ("audit", audit_queries()), ("rules", rule_queries())]
        {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries").join(folder);
            let mut found: Vec<String> = std::fs::read_dir(path)
                .unwrap()
                .map(|e| format!("{folder}/{}", e.unwrap().file_name().to_string_lossy()))
                .collect();
            found.sort();
            let listed: Vec<String> = listed.iter().map(|q| q.name.to_owned()).collect();
            assert_eq!(found, listed);
        }
    }
}
