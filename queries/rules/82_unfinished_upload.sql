-- rule: serialised-upload-state
-- title_de: Unvollendeter Upload mit fremdem Inhalt
-- title_en: Unfinished upload with foreign state
-- effect: note
-- technique: T1190
-- source: public exploit code, 2023
-- reasoning: The chain ends with an object hidden in the state of an unfinished upload; the row may be left behind.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'serialised-upload-state', 'note', null, 'file', o.name, null, 0, o.evidence_id, o.offset, o.detail
from planted_object as o
where o.kind = 'unfinished_upload' and o.detail is not null
order by o.object_no;
