-- summary: the numbers of the report, each by its name. Every writer takes them from here, so they cannot disagree.
--
-- The range comes from table range; what is counted stands in the header of queries/audit/86_range.sql.
--
-- Reads range, finding, session, download, mark, case_window, coverage, gap, evidence, content_copy,
-- content_pair.
--
-- Columns:
--   name   text
--   value  int
with file as (
    select f.grade, f.transfer_grade, f.recipient_unverified, f.metadata_exposed, f.in_inventory
    from finding as f
),
total as (
    select unit, at_least, probably, at_most, not_excluded, not_assessable, files_without_size
    from range
    where scope = 'total'
),
outside as (
    select count(*) as marks
    from mark as m, case_window as w
    where m.effect = 'hostile' and w.basis = 'configured' and (m.at_utc < w.from_utc or m.at_utc > w.to_utc)
),
required_gap as (
    select count(*) as gaps
    from gap as g
    where g.in_window = 1 and g.source in (select c.source from coverage as c where c.required = 1)
)
select 'files' as name, (select count(*) from file) as value
union all select 'files_at_least', (select at_least from total where unit = 'files')
union all select 'files_probably', (select probably from total where unit = 'files')
union all select 'files_at_most', (select at_most from total where unit = 'files')
union all select 'files_not_excluded', (select not_excluded from total where unit = 'files')
union all select 'files_not_assessable', (select not_assessable from total where unit = 'files')
union all select 'files_accessible', (select count(*) from file where grade in ('proven', 'very_likely', 'likely', 'possible'))
union all select 'bytes_at_least', (select at_least from total where unit = 'bytes')
union all select 'bytes_probably', (select probably from total where unit = 'bytes')
union all select 'bytes_at_most', (select at_most from total where unit = 'bytes')
union all select 'bytes_not_excluded', (select not_excluded from total where unit = 'bytes')
union all select 'bytes_not_assessable', (select not_assessable from total where unit = 'bytes')
union all select 'files_without_size', (select files_without_size from total where unit = 'files')
union all select 'files_sent_to_unverified', (select count(*) from file where transfer_grade = 'proven'
                                                     and recipient_unverified = 1)
union all select 'files_likely_sent_to_unverified', (select count(*) from file where recipient_unverified = 1
                                                            and transfer_grade in ('very_likely', 'likely'))
union all select 'files_metadata_exposed', (select count(*) from file where metadata_exposed = 1)
union all select 'files_in_inventory', (select count(*) from file where in_inventory = 1)
union all select 'files_only_in_logs', (select count(*) from file where in_inventory = 0)
union all select 'sessions', (select count(*) from session)
union all select 'sessions_hostile', (select count(*) from session where class = 'hostile')
union all select 'sessions_unknown', (select count(*) from session where class = 'unknown')
union all select 'sessions_unverified', (select count(*) from session where class = 'unverified')
union all select 'sessions_refused', (select count(*) from session where class = 'refused')
union all select 'files_regraded', (select count(*) from decision_effect)
union all select 'sessions_decided', (select count(*) from session where decided_by is not null)
union all select 'downloads', (select count(*) from download)
union all select 'marks_hostile', (select count(*) from mark where effect = 'hostile')
union all select 'attack_calls_attempted', (select count(*) from mark where rule_id = 'chain-attempted')
union all select 'attack_calls_refused', (select count(*) from mark where rule_id in ('chain-refused', 'webshell-refused'))
union all select 'webshell_calls', (select count(*) from mark where rule_id = 'webshell-answered')
union all select 'planted_sessions', (select count(*) from mark where rule_id = 'planted-session')
union all select 'planted_sessions_used', (select count(*) from mark where rule_id = 'planted-session-used')
union all select 'planted_accounts', (select count(*) from mark where rule_id = 'planted-account')
union all select 'planted_accounts_used', (select count(*) from mark where rule_id = 'planted-account-used')
union all select 'marks_outside_window', (select marks from outside)
union all select 'sources_required', (select count(*) from coverage where required = 1)
union all select 'sources_required_missing', (select count(*) from coverage where required = 1 and records = 0)
union all select 'gaps', (select count(*) from gap)
union all select 'log_rows_differ', (select count(distinct log_id) from log_conflict)
union all select 'log_rows_gone', (select coalesce(sum(records), 0) from log_gone)
union all select 'web_lines_in_copies', (select coalesce(sum(lines), 0) from web_copy_range)
union all select 'gaps_required_in_window', (select gaps from required_gap)
union all select 'content_copies', (select count(*) from content_copy)
union all select 'content_copies_paired', (select count(distinct path) from content_pair where file_id is not null)
union all select 'evidence_files', (select count(*) from evidence)
union all select 'evidence_not_read', (select count(*) from evidence where status in ('refused', 'unreadable'))
union all select 'evidence_cut_off', (select count(*) from evidence where complete = 0)
union all select 'records_read', (select coalesce(sum(records_read), 0) from evidence)
union all select 'records_stored', (select coalesce(sum(records_stored), 0) from evidence)
union all select 'records_set_aside', (select coalesce(sum(records_set_aside), 0) from evidence)
union all select 'records_header', (select coalesce(sum(records_header), 0) from evidence);
