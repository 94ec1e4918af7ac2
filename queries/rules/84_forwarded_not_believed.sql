-- rule: forwarded-not-believed
-- title_de: Weitergereichte Adressen, aber kein Proxy festgelegt
-- title_en: Forwarded addresses, but no proxy configured
-- effect: note
-- technique: -
-- source: design of this program
-- reasoning: The web log carries at least three values of X-Forwarded-For from one address, and case.toml names no proxy.
--   Anybody can write that header, so it is not believed and all these clients count as one. If the address is a balancer
--   of the operator, state it under [known] proxies: then each client is told apart.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with forwarding as (
    select w.client_no, count(distinct f.text) as addresses, count(distinct l.address) as logged
    from web_client as w
    join web_text as f on f.text_id = w.forwarded
    left join log_client as l on l.address = f.text
    group by w.client_no
    having count(distinct f.text) >= 3
)
select 'forwarded-not-believed', 'note', n.session_no, 'session', n.session_id, n.first_utc, 1, null, null,
       k.address || ': ' || g.addresses || ' forwarded values, ' || g.logged || ' of them addresses of the audit log'
from forwarding as g
join client as k on k.client_no = g.client_no and k.kind in ('client', 'front')
join session_span as n on n.session_no = (select min(s.session_no) from session_span as s where s.client_no = g.client_no)
where not exists (select 1 from known_proxy)
order by g.client_no;
