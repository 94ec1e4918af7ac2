-- Purpose: the exploit chain of CVE-2023-34362 as an ordered sequence within one client, step by step and as a whole told
-- apart into refused, attempted, succeeded. The rules chain-succeeded, chain-attempted and chain-refused mark from it.
-- Reasoning:
--   Order    m2 (session variables set through moveitisapi.dll?action=m2, GET or POST in any case), the guest page posted (the
--            SQL injection travels in its form), then what the injection was for: a token, folders, the start of a resumable
--            upload, its PUT (500 when the hidden object is unpacked), the web shell. A chain begins with an m2 call and goes
--            on while the next step of the same client follows within half an hour. At an address that several clients share
--            (17_shared_address.sql) the steps of one party are taken together, as the sessions there are cut. A guest page
--            or a token before any m2 call is ordinary use.
--   Loopback The m2 handler passes the call on to machine2.aspx of the server itself, which is logged just before it, in the
--            same second or up to three before. Each loopback call belongs to one m2 call at most: they are matched like
--            brackets within one folder of logs, what is left then also where the loopback call was logged after.
--   Refused  a step that was not answered 2xx (404, 401, 403, 302 to the sign-on).
--   Answers alone are no success. A server with the fix still passes m2 on to machine2.aspx and still answers the guest page
--   with 200, so m2, its loopback call and the guest page together are what a scan of a safe server looks like too: attempted.
--   Succeeded needs them in order (m2 answered, after it the guest page answered) and an effect that only a working injection
--   has, column effects:
--     token            afterwards an API token was granted
--     upload           afterwards a resumable upload was begun, or its PUT answered 500
--     residue          the audit log has the failed guest message (error 4400) of the same client: the injection ran
--     shell            the web shell answered, to whomever, within a day
--     planted_account  an account with a published name was made meanwhile
--     planted_session  a planted session was last used after the chain began (both signs: 9999 minutes and loopback)
--     missing_ids      the m2 call was passed on (or this web log shows no call of the server to itself at all), and ids of the
--                      audit log are missing over that time: the exploit deletes its rows
--     server_open      complete and passed on while the server was open: between the first and the last chain that succeeded
--                      by one of the above, or by the same client within a day after its own (it cleans up)
--   Nothing is lost by calling the rest attempted: each run of the injection leaves its row 4400 or, deleted, a gap in the ids.
--   Where the audit log is missing or silent at that time neither can be seen, and the grade not_excluded says so.
-- Inputs: web_access, web_session, session_span, client, evidence, log_event, log_client, gap, account, indicator, planted_object, local_clock.
-- Columns: chain.verdict and chain_step.outcome refused | attempted | succeeded; loopback_web_id of an m2 call.
drop table if exists m2_loopback;
create table m2_loopback (web_id integer primary key, loopback_web_id integer not null unique) strict;
-- A loopback call opens a bracket, an m2 call closes it: level is the depth at which it does.
insert into m2_loopback
with event as (
    select a.web_id, a.at_utc, a.kind = 'loopback_machine2' as opens, rtrim(e.path, replace(e.path, '/', '')) as folder
    from web_access as a
    join client as c on c.client_no = a.client_no
    join evidence as e on e.evidence_id = a.evidence_id
    where a.answered and a.at_utc is not null
      and (a.kind = 'exploit_m2' or (a.kind = 'loopback_machine2' and c.kind = 'server'))
),
levelled as (
    select *, sum(2 * opens - 1) over (partition by folder order by at_utc, web_id rows unbounded preceding) + 1 - opens as level
    from event
),
followed as (
    select web_id, at_utc, opens, lead(web_id) over same as next_id, lead(at_utc) over same as next_at, lead(opens) over same as next_opens
    from levelled
    window same as (partition by folder, level order by at_utc, web_id)
)
select next_id, web_id
from followed
where opens and not next_opens and next_at - at_utc <= 3
order by next_id;
-- The same the other way round, for calls logged after.
insert into m2_loopback
with event as (
    select a.web_id, a.at_utc, a.kind = 'exploit_m2' as opens, rtrim(e.path, replace(e.path, '/', '')) as folder
    from web_access as a
    join client as c on c.client_no = a.client_no
    join evidence as e on e.evidence_id = a.evidence_id
    where a.answered and a.at_utc is not null
      and (a.kind = 'exploit_m2' or (a.kind = 'loopback_machine2' and c.kind = 'server'))
      and a.web_id not in (select web_id from m2_loopback union all select loopback_web_id from m2_loopback)
),
levelled as (
    select *, sum(2 * opens - 1) over (partition by folder order by at_utc, web_id rows unbounded preceding) + 1 - opens as level
    from event
),
followed as (
    select web_id, at_utc, opens, lead(web_id) over same as next_id, lead(at_utc) over same as next_at, lead(opens) over same as next_opens
    from levelled
    window same as (partition by folder, level order by at_utc, web_id)
)
select web_id, next_id
from followed
where opens and not next_opens and next_at - at_utc <= 3
order by web_id;

drop table if exists chain_step;
create table chain_step (
    web_id integer primary key,
    chain_no integer not null,
    step_no integer not null,
    client_no integer not null,
    session_no integer,
    kind text not null,
    at_utc integer not null,
    status integer,
    answered integer not null,
    outcome text not null,
    loopback_web_id integer,
    evidence_id integer not null,
    offset integer not null
) strict;
insert into chain_step
with attacker as (
    select distinct a.client_no
    from web_access as a
    join client as c on c.client_no = a.client_no and c.kind <> 'server'
    where a.kind = 'exploit_m2'
),
step as (
    select a.*, s.session_no, coalesce(n.party, '') as party,
           lag(a.at_utc) over (partition by a.client_no, coalesce(n.party, '') order by a.at_utc, a.web_id) as before_utc
    from web_access as a
    join attacker as k on k.client_no = a.client_no
    left join web_session as s on s.web_id = a.web_id
    left join session_span as n on n.session_no = s.session_no
    where a.at_utc is not null
      and a.kind in ('exploit_m2', 'guest_post', 'token', 'folder_list', 'file_metadata', 'upload_start', 'resumable_upload',
                     'web_shell')
),
run as (
    select *, sum(before_utc is null or at_utc - before_utc > 1800)
                  over (order by client_no, party, at_utc, web_id rows unbounded preceding) as run_no
    from step
),
begun as (
    select *, sum(kind = 'exploit_m2') over (partition by run_no order by at_utc, web_id rows unbounded preceding) as m2_so_far
    from run
),
numbered as (
    select *, row_number() over (partition by run_no order by at_utc, web_id) as step_no, dense_rank() over (order by run_no) as chain_no
    from begun
    where m2_so_far > 0
)
select n.web_id, n.chain_no, n.step_no, n.client_no, n.session_no, n.kind, n.at_utc, n.status, n.answered,
       case when not n.answered then 'refused'
            when n.kind = 'exploit_m2' and l.web_id is not null then 'succeeded'
            when n.kind in ('token', 'folder_list', 'file_metadata', 'upload_start', 'web_shell') then 'succeeded'
            else 'attempted' end,
       l.loopback_web_id, n.evidence_id, n.offset
from numbered as n
left join m2_loopback as l on l.web_id = n.web_id
order by n.web_id;
drop index if exists chain_step_chain;
create index chain_step_chain on chain_step (chain_no, step_no);
drop table m2_loopback;

drop table if exists chain;
create table chain (
    chain_no integer primary key,
    client_no integer not null,
    first_utc integer not null,
    last_utc integer not null,
    steps integer not null,
    m2_answered integer not null,
    m2_passed_on integer not null,
    guest_step integer,
    verdict text not null,
    effects text not null
) strict;
insert into chain
with counted as (
    select chain_no, client_no, min(at_utc) as first_utc, max(at_utc) as last_utc, count(*) as steps,
           sum(kind = 'exploit_m2' and answered) as m2_answered,
           count(loopback_web_id) as m2_passed_on,
           min(case when kind = 'exploit_m2' and answered then step_no end) as m2_step
    from chain_step
    group by chain_no, client_no
),
placed as (
    select c.*, (select min(g.step_no) from chain_step as g
                 where g.chain_no = c.chain_no and g.kind = 'guest_post' and g.answered and g.step_no > c.m2_step) as guest_step
    from counted as c
),
complete as materialized (
    select p.*, (select at_utc from chain_step as m where m.chain_no = p.chain_no and m.step_no = p.m2_step) as m2_utc
    from placed as p
    where p.guest_step is not null
),
-- Each of these is small; the join with all chains then is too.
residue as materialized (
    select l.client_no, e.at_utc
    from log_event as e
    join log_client as l on l.address = e.address
    where e.kind = 'message' and e.error = 4400 and e.actor = 'guest'
),
shell_call as materialized (
    select at_utc from web_access where kind = 'web_shell' and answered and at_utc is not null
),
published as materialized (
    select a.created_local - k.offset_s as made_utc
    from account as a
    join local_clock as k
    where a.login in (select value from indicator where kind = 'account_name')
       or a.real_name in (select value from indicator where kind = 'account_name')
),
effect as materialized (
    select c.chain_no, case t.kind when 'token' then 'token' else 'upload' end as effect
    from complete as c
    join chain_step as t on t.chain_no = c.chain_no and t.step_no > c.guest_step and t.answered
    where t.kind in ('token', 'upload_start') or (t.kind = 'resumable_upload' and t.status = 500)
    union
    select c.chain_no, 'residue'
    from complete as c
    join residue as r on r.client_no = c.client_no and r.at_utc between c.m2_utc - 300 and c.last_utc + 300
    union
    select c.chain_no, 'shell'
    from complete as c
    where exists (select 1 from shell_call as w where w.at_utc between c.m2_utc and c.m2_utc + 86400)
    union
    select c.chain_no, 'planted_account'
    from complete as c
    join published as a on a.made_utc between c.m2_utc - 300 and c.last_utc + 3600
    union
    select c.chain_no, 'planted_session'
    from complete as c
    join local_clock as k
    join planted_object as o on o.kind = 'session' and o.timeout >= 9999 and o.address in ('127.0.0.1', '::1')
                                and o.at_local - k.offset_s >= c.m2_utc
    union
    select c.chain_no, 'missing_ids'
    from complete as c
    join local_clock as k on k.uncertain_s = 0
    join gap as g on g.rule = 'missing_ids' and g.from_utc <= c.last_utc + 60 and g.to_utc >= c.m2_utc - 60
    where c.m2_passed_on > 0
       or not exists (select 1 from web_access where kind in ('loopback_machine2', 'loopback_machine'))
),
open_span as (
    select min(c.m2_utc) as from_utc, max(c.last_utc) as to_utc
    from complete as c
    where c.chain_no in (select chain_no from effect)
),
all_effects as (
    select chain_no, effect from effect
    union
    select c.chain_no, 'server_open'
    from complete as c
    join open_span as o
    where c.m2_passed_on > 0 and c.chain_no not in (select chain_no from effect)
      and (c.m2_utc between o.from_utc and o.to_utc
           or exists (select 1 from complete as b
                      where b.client_no = c.client_no and b.chain_no in (select chain_no from effect)
                        and c.m2_utc between b.m2_utc and b.last_utc + 86400))
),
listed as (
    select chain_no, group_concat(effect, '|') as effects
    from (select chain_no, effect from all_effects order by chain_no, effect)
    group by chain_no
)
select p.chain_no, p.client_no, p.first_utc, p.last_utc, p.steps, p.m2_answered, p.m2_passed_on, p.guest_step,
       case when l.effects is not null then 'succeeded' when p.m2_answered > 0 then 'attempted' else 'refused' end,
       coalesce(l.effects, '')
from placed as p
left join listed as l on l.chain_no = p.chain_no
order by p.chain_no;
-- Of a chain that succeeded, the answered steps of the injection did so too.
update chain_step
set outcome = 'succeeded'
where outcome = 'attempted' and chain_no in (select chain_no from chain where verdict = 'succeeded');
