-- rule: upload-agent
-- title_de: Datei trägt einen Schlüssel statt eines Programmnamens
-- title_en: File with a key instead of a program's name
-- effect: note
-- technique: T1190
-- source: public exploit code, June 2023
-- reasoning: One public exploit hides sixteen bytes, in hexadecimal, where the uploading program's name belongs. No program is
--   called so.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with named as (
    select cast(id as text) as file_id, replace(replace(trim(cast(uploadagentbrand as text)), '-', ''), ' ', '') as agent, evidence_id, offset
    from src_files
    where id is not null
)
select distinct 'upload-agent', 'note', null, 'file', n.file_id, null, 0, n.evidence_id, n.offset, 'uploaded with ' || n.agent
from named as n
where length(n.agent) = 32 and n.agent not glob '*[^0-9A-Fa-f]*'
order by n.file_id;
