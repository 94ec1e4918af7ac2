-- rule: log-hash
-- title_de: Prüfwerte des Audit-Logs fehlen oder wiederholen sich
-- title_en: Hashes of the audit log are missing or occur twice
-- effect: note
-- technique: T1070
-- source: vendor's documentation of the tamper detection: one chain of keyed hashes for each organisation
-- reasoning: The application writes a hash into each row, made of the row and the hash before it. Without the key nobody can
--   recalculate them. But a row without one among rows that have one was not written by the application in the usual way,
--   and two rows with the same hash cannot both have been. One mark for each organisation and for each hash.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with hashed as (
    select cast(id as integer) as log_id, cast(instid as integer) as org_id, nullif(trim(cast(hash as text)), '') as hash,
           evidence_id, offset
    from src_log
    where id is not null
),
lacking as (
    select org_id, min(case when hash is null then log_id end) as log_id, count(distinct case when hash is null then log_id end) as n
    from hashed
    group by org_id
    having count(hash) > 0 and count(hash) < count(*)
),
twice as (
    select hash, min(log_id) as log_id, max(log_id) as other_id
    from hashed
    where hash is not null
    group by hash
    having min(log_id) < max(log_id)
),
told as (
    select log_id, n || ' row(s) of organisation ' || coalesce(org_id, '-') || ' without a hash, the first: id ' || log_id as detail
    from lacking
    union all
    select log_id, 'ids ' || log_id || ' and ' || other_id || ' have the same hash' from twice
)
select 'log-hash', 'note', null, 'log_row', e.event_no, e.at_utc, e.at_utc is not null, e.evidence_id, e.offset, t.detail
from told as t
join log_event as e on e.log_id = t.log_id
order by e.event_no, t.detail;
