//! The queries, compiled in. A second expert runs the same files by hand on a copy of case.db.

/// A query of `queries/`.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// Path below `queries/`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
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
        "model/moveit/55_log_merge.sql",
        "model/moveit/60_planted_object.sql",
    ]
}

/// The conclusions, in order. Rules run between `35_mark.sql` and `40_window.sql`.
pub fn audit_queries() -> &'static [Query] {
    queries![
        "audit/05_web_access.sql",
        "audit/10_utc.sql",
        "audit/15_file.sql",
        "audit/16_front.sql",
        "audit/16_inventory_seen.sql",
        "audit/17_shared_address.sql",
        "audit/19_hidden_client.sql",
        "audit/20_session_facts.sql",
        "audit/25_source_cover.sql",
        "audit/30_gap.sql",
        "audit/35_mark.sql",
        "audit/36_chain.sql",
        "audit/40_window.sql",
        "audit/45_known_address.sql",
        "audit/47_session_acting.sql",
        "audit/48_session_class.sql",
        "audit/50_session.sql",
        "audit/55_access.sql",
        "audit/58_content_pair.sql",
        "audit/60_presence.sql",
        "audit/65_download.sql",
        "audit/66_shell.sql",
        "audit/67_size_download.sql",
        "audit/68_shell_bound.sql",
        "audit/70_coverage.sql",
        "audit/72_dump_age.sql",
        "audit/75_possible.sql",
        "audit/80_finding.sql",
        "audit/84_bounding_row.sql",
        "audit/85_finding_evidence.sql",
        "audit/86_range.sql",
        "audit/87_finding_why.sql",
        "audit/88_named_finding.sql",
        "audit/89_decision_effect.sql",
    ]
}

/// The rules, in order: a rule may use the marks of those before it.
pub fn rule_queries() -> &'static [Query] {
    queries![
        "rules/10_webshell_answered.sql",
        "rules/11_webshell_refused.sql",
        "rules/20_chain_succeeded.sql",
        "rules/21_chain_attempted.sql",
        "rules/22_chain_refused.sql",
        "rules/30_injection_residue.sql",
        "rules/31_unknown_organisation.sql",
        "rules/40_planted_session.sql",
        "rules/41_planted_account.sql",
        "rules/42_account_without_record.sql",
        "rules/43_system_permission.sql",
        "rules/44_odd_session.sql",
        "rules/50_planted_account_used.sql",
        "rules/51_planted_session_used.sql",
        "rules/60_indicator_with_access.sql",
        "rules/61_indicator_address.sql",
        "rules/70_missing_log_ids.sql",
        "rules/71_log_time_backwards.sql",
        "rules/72_file_not_in_inventory.sql",
        "rules/73_log_copies_differ.sql",
        "rules/74_log_row_gone.sql",
        "rules/75_log_hash.sql",
        "rules/80_host_permit_all.sql",
        "rules/81_external_token.sql",
        "rules/82_unfinished_upload.sql",
        "rules/83_shared_address.sql",
        "rules/84_forwarded_not_believed.sql",
        "rules/85_upload_agent.sql",
        "rules/86_stated_zone_contradicted.sql",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_file_is_listed() {
        for (folder, listed) in
            [("model/moveit", model_queries()), ("audit", audit_queries()), ("rules", rule_queries())]
        {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries").join(folder);
            let mut found: Vec<String> = std::fs::read_dir(path)
                .unwrap()
                .map(|e| format!("{folder}/{}", e.unwrap().file_name().to_string_lossy()))
                .filter(|name| name != "rules/cases")
                .collect();
            found.sort();
            let listed: Vec<String> = listed.iter().map(|q| q.name.to_owned()).collect();
            assert_eq!(found, listed);
        }
    }
}
