-- rule: log-copies-differ
-- title_de: Abweichende Fassungen derselben Zeile des Audit-Logs
-- title_en: Copies of one row of the audit log differ
-- effect: note
-- technique: T1070
-- source: the audit log only grows; rows are neither changed nor renumbered
-- reasoning: The same id reads differently in two copies of the audit log. It was changed in one of them, or one copy is
--   no faithful export (another time zone, shortened values). The copy written down first counts. One mark for
--   each pair of copies and column; log_conflict has each row.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'log-copies-differ', 'note', null, 'log_row', min(e.event_no), min(e.at_utc), 1, c.evidence_b, min(c.offset_b),
       c.column_name || ' differs in ' || count(*) || ' row(s), ids ' || min(c.log_id) || ' to ' || max(c.log_id)
from log_conflict as c
join log_event as e on e.log_id = c.log_id
group by c.evidence_a, c.evidence_b, c.column_name
order by min(c.log_id), c.evidence_a, c.evidence_b, c.column_name;
