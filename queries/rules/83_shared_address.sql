-- rule: shared-address
-- title_de: Adresse auch von bekannten Konten benutzt
-- title_en: Address also used by known accounts
-- effect: note
-- technique: -
-- source: design of this program
-- reasoning: An address with hostile marks from which at least two accounts had acted before the first of them: most
--   likely a proxy or balancer that hides its clients. Where at least three accounts take turns there on two days the
--   sessions are cut by who acts (17_shared_address.sql); otherwise regular work through it counts as hostile. State it
--   under [known] proxies in case.toml and log the forwarded address, or read these grades with that in mind.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with tainted as (
    select n.client_no, min(m.at_utc) as first_at, min(m.session_no) as session_no
    from mark as m
    join session_span as n on n.session_no = m.session_no
    where m.effect = 'hostile' and m.exact
    group by n.client_no
),
regulars as (
    select t.client_no, t.session_no, t.first_at, count(distinct e.account_id) as accounts
    from tainted as t
    join log_client as c on c.client_no = t.client_no
    join log_event as e on e.address = c.address and e.actor = 'account' and e.success and e.at_utc < t.first_at - 86400
    group by t.client_no
)
select 'shared-address', 'note', r.session_no, 'session', n.session_id, r.first_at, 1, null, null,
       k.address || ': ' || r.accounts || ' accounts acted from it before'
from regulars as r
join session_span as n on n.session_no = r.session_no
join client as k on k.client_no = r.client_no and k.kind = 'client'
where r.accounts >= 2
union all
select 'shared-address', 'note', n.session_no, 'session', n.session_id, n.first_utc, 1, null, null,
       k.address || ': a balancer, by the audit log, which has its clients'
from client as k
join session_span as n on n.session_no = (select min(s.session_no) from session_span as s where s.client_no = k.client_no)
where k.kind = 'front'
order by 5, 10;
