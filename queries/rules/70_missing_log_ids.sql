-- rule: missing-log-ids
-- title_de: Fehlende Nummern im Audit-Log
-- title_en: Missing ids in the audit log
-- effect: note
-- technique: T1070
-- source: a lab case with the server's own database, 2023
-- reasoning: The exploit deletes its rows and leaves gaps in the numbering. Rollbacks and restarts leave gaps too, so a
--   gap is reported with the times of the rows on both sides, and proves nothing by itself; beside a chain whose steps were
--   answered it shows that the chain worked (audit/36_chain.sql).
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'missing-log-ids', 'note', null, 'log_row', null, g.from_utc, g.from_utc is not null, g.evidence_id, g.offset,
       g.missing_ids || ' missing between ' || coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', g.from_utc, 'unixepoch'), '-') || ' and '
       || coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', g.to_utc, 'unixepoch'), '-') || ': ' || g.detail
from gap as g
where g.rule = 'missing_ids'
order by g.gap_no;
