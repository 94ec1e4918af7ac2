-- rule: chain-succeeded
-- title_de: Angriffskette CVE-2023-34362 erfolgreich
-- title_en: Exploit chain of CVE-2023-34362 succeeded
-- effect: hostile
-- technique: T1190
-- source: public exploit code and a lab case with the server's own logs, 2023
-- reasoning: Probes alone prove nothing, so steps are taken together, of one client within one session: the m2 call
--   answered, then the guest page posted and answered, and either the server's own loopback call of machine2
--   within three seconds of the m2 call, or afterwards an API token granted, or the resumable upload that ends
--   the chain. Each step of such a session is marked.
create temporary table if not exists chain_step (session_no integer, web_id integer, kind text, at_utc integer,
                                                evidence_id integer, offset integer, status integer);
delete from chain_step;
insert into chain_step
select s.session_no, a.web_id, a.kind, a.at_utc, a.evidence_id, a.offset, a.status
from web_access as a
join web_session as s on s.web_id = a.web_id
where a.kind in ('exploit_m2', 'guest_post', 'token', 'resumable_upload', 'upload_start') and a.answered;
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with m2 as (
    select session_no, min(at_utc) as first_at,
           max(exists (
               select 1 from web_access as b
               where b.kind = 'loopback_machine2' and b.answered and b.at_utc between c.at_utc - 3 and c.at_utc + 3)) as echoed
    from chain_step as c
    where kind = 'exploit_m2'
    group by session_no
),
succeeded as (
    select m.session_no, m.first_at
    from m2 as m
    where exists (select 1 from chain_step as g
                  where g.session_no = m.session_no and g.kind = 'guest_post' and g.at_utc >= m.first_at)
      and (m.echoed or exists (
          select 1 from chain_step as t
          where t.session_no = m.session_no and t.kind in ('token', 'resumable_upload') and t.at_utc >= m.first_at))
)
select 'chain-succeeded', 'hostile', c.session_no, 'request', c.web_id, c.at_utc, 1, c.evidence_id, c.offset,
       c.kind || ' answered ' || c.status
from chain_step as c
join succeeded as s on s.session_no = c.session_no
where c.at_utc >= s.first_at
order by c.web_id;
drop table chain_step;
