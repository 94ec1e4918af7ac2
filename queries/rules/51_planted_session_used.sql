-- rule: planted-session-used
-- title_de: Untergeschobene Sitzung benutzt
-- title_en: Planted session used
-- effect: hostile
-- technique: T1550
-- source: follows from planted-session
-- reasoning: The planted session acts as an existing account and never signs on. So: actions of that account, from the
--   first dated mark on (without one, within the 9999 minutes before the last use), from an address that it had
--   not used before, without a sign-on from that address in the same session.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with since as (
    select o.account, o.object_no,
           coalesce((select min(at_utc) from mark where effect = 'hostile' and exact),
                    o.at_local - k.offset_s - 9999 * 60) as at_utc
    from planted_object as o
    join local_clock as k
    join mark as m on m.rule_id = 'planted-session' and m.subject = cast(o.object_no as text)
),
planted as (
    select distinct a.account_id, s.at_utc
    from since as s
    join account as a on a.account_id = s.account or a.login = s.account collate nocase
),
acted as (
    select e.*, c.client_no, s.session_no, p.at_utc as since_utc
    from planted as p
    join log_event as e on e.account_id = p.account_id and e.success and e.at_utc >= p.at_utc
    join log_client as c on c.address = e.address
    join client as k on k.client_no = c.client_no and k.kind <> 'server' and not k.network_known
    join log_session as s on s.event_no = e.event_no
)
select 'planted-session-used', 'hostile', a.session_no, 'log_row', a.event_no, a.at_utc, 1, a.evidence_id, a.offset,
       coalesce(a.action, '-') || ' as ' || coalesce(a.login, a.account_id)
from acted as a
where not exists (
        select 1 from log_event as b join log_client as d on d.address = b.address
        where b.account_id = a.account_id and b.success and b.at_utc < a.since_utc and d.client_no = a.client_no)
  and not exists (
        select 1 from session_account as x
        where x.session_no = a.session_no and x.account_id = a.account_id and x.signed_on > 0)
order by a.event_no;
