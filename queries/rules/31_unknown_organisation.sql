-- rule: unknown-organisation
-- title_de: Audit-Log nennt eine Organisation, die es nicht gibt
-- title_en: The audit log names an organisation that does not exist
-- effect: note
-- technique: T1190
-- source: a lab case with the server's own database, 2023
-- reasoning: The public exploit makes up the organisation of its guest messages (1234 by default). The failed message with
--   error 4400 is a rule of its own (injection-residue); here any other row, one mark for each organisation. An
--   organisation that was removed in the ordinary way leaves such rows too.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with odd as (
    select e.*, row_number() over (partition by e.org_id order by e.event_no) as place,
           count(*) over (partition by e.org_id) as rows_of_it
    from log_event as e
    where e.org_id <> 0 and e.org_id not in (select org_id from organisation)
      and exists (select 1 from organisation where org_id <> 0)
      and not (e.kind = 'message' and e.error = 4400 and e.actor = 'guest')
)
select 'unknown-organisation', 'note', s.session_no, 'log_row', o.event_no, o.at_utc, o.at_utc is not null, o.evidence_id, o.offset,
       'organisation ' || o.org_id || ' in ' || o.rows_of_it || ' row(s), the first: ' || coalesce(o.action, '-')
from odd as o
left join log_session as s on s.event_no = o.event_no
where o.place = 1
order by o.event_no;
