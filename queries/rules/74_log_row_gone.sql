-- rule: log-row-gone
-- title_de: Zeilen des Audit-Logs fehlen im jüngeren Datenbankauszug
-- title_en: Rows of the audit log are missing from the younger dump
-- effect: note
-- technique: T1070
-- source: archiving moves the oldest rows away, nothing else removes one
-- reasoning: An older dump has rows that a younger one lacks, though the younger one still has older rows of the same
--   organisation. They were deleted between the two dumps. The older dump's rows count as they are; who deleted
--   them is not said by this.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'log-row-gone', 'note', null, 'log_row', g.event_no, e.at_utc, 1, g.evidence_id, g.offset,
       'ids ' || g.first_id || ' to ' || g.last_id || ': ' || g.records || ' row(s) are not in the younger dump'
from log_gone as g
left join log_event as e on e.event_no = g.event_no
order by g.first_id, g.gone_evidence_id;
