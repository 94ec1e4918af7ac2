-- Purpose: whose session it is: the first class that applies, from the top, with its reasons.
-- Reasoning, class by class:
--   server      loopback addresses and sessions in which only the system's own tasks act (and fetch nothing from outside).
--   hostile     a hostile mark: the attack succeeded here, or what it planted was used here.
--   known       every account that acts does so from an address that is its own (45_known_address.sql), from a configured
--               network, or is itself configured as known. A name that no account has any more is known by its history
--               (known_stranger). A web session without any audit row counts as known when its
--               address belongs to some account. Whether a sign-on was seen stands in the reasons; that none was counts
--               against nobody, uploads and tokens often show none.
--   guest       only packages or links opened with their own token, and no file beside theirs.
--   unverified  every acting account exists and signed on (or fetched a token) here or within a day before from the same
--               address, or did nothing but upload and delete, or the address is hidden (none logged, a proxy that forwards
--               none, an IPv6 address cut so that it fits several), or the audit log does not cover the sign-ons of the day
--               before (it begins later, is silent there, or never shows one): nothing hostile, but nobody vouches for the
--               address. Missing ids alone do not hide a sign-on here: an attacker makes them.
--   refused     probes, steps of the attack and sign-ons that the server refused, and nothing that it granted.
--   visitor     public pages only; being on an indicator list changes nothing about that, the mark stays.
--   unknown     all else: access to data that nothing above explains, also under a name that no account has.
-- A [[decision]] in case.toml overrules; the derived class stays beside it.
-- Inputs: session_span, session_facts, session_account, client, mark, known_address, known_account, decision.
drop table if exists session;
create table session (
    session_no integer primary key,
    session_id text not null unique,
    client_no integer not null,
    address text not null,
    first_utc integer not null,
    last_utc integer not null,
    requests integer not null,
    log_rows integer not null,
    accounts text not null,
    agents text not null,
    derived_class text not null,
    class text not null,
    reasons text not null,
    decided_by text,
    decision_reason text,
    access_from_utc integer,
    access_to_utc integer,
    access_scope text,
    downloads integer not null default 0,
    files integer not null default 0,
    bytes_sent integer not null default 0
) strict;
insert into session
    (session_no, session_id, client_no, address, first_utc, last_utc, requests, log_rows, accounts, agents, derived_class,
     class, reasons, decided_by, decision_reason)
with hostile as (
    select session_no, group_concat(rule_id, '|') as rules
    from (select distinct session_no, rule_id from mark where effect = 'hostile' and session_no is not null order by 1, 2)
    group by session_no
),
attempts as (
    select session_no, group_concat(rule_id, '|') as rules
    from (select distinct session_no, rule_id from mark where effect = 'attempt' and session_no is not null
          and rule_id <> 'indicator-address' order by 1, 2)
    group by session_no
),
acting as (
    select s.session_no, s.account_id, s.reads, s.signed_on, n.client_no, n.first_utc, k.network_known, k.kind as client_kind,
           a.login, h.basis,
           exists (select 1 from known_account as q
                   where q.account = s.account_id or q.account = a.login collate nocase) as account_known,
           exists (select 1 from session_account as b
                   join session_span as m on m.session_no = b.session_no
                   where b.account_id = s.account_id and b.signed_on > 0 and m.client_no = n.client_no
                     and m.first_utc between n.first_utc - 86400 and n.first_utc) as signed_on_before
    from session_account as s
    join session_span as n on n.session_no = s.session_no
    join client as k on k.client_no = n.client_no
    join account as a on a.account_id = s.account_id
    left join known_address as h on h.account_id = s.account_id and h.client_no = n.client_no
),
accounts as (
    select session_no, count(*) as n,
           sum(basis is not null or network_known or account_known) = count(*) as all_known,
           sum(basis is not null) > 0 as by_address,
           sum(network_known) > 0 as by_network,
           sum(account_known) > 0 as by_account,
           sum(signed_on > 0 or signed_on_before) = count(*) as all_signed_on,
           sum(reads) as reads,
           group_concat(login, '|') as logins
    from (select * from acting order by session_no, login)
    group by session_no
),
address_known as (
    select client_no from known_address group by client_no
),
strangers as (
    select s.session_no, sum(q.login is null) as unknown_rows
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    join session_span as n on n.session_no = s.session_no
    left join known_stranger as q on q.login = e.login and q.client_no = n.client_no
    where e.actor = 'none' and e.success
    group by s.session_no
),
judged as (
    select n.*, k.address, k.kind as client_kind, k.network_known, f.*, p.rules as hostile_rules, t.rules as attempt_rules,
           c.n as account_count, c.all_known, c.by_address, c.by_network, c.by_account, c.all_signed_on, c.logins,
           q.client_no is not null as address_known, coalesce(r.unknown_rows, 0) as strange,
           exists (select 1 from log_event where kind = 'sign_on' and success)
           and exists (select 1 from source_cover as v
                       where v.source = 'moveit_audit_log' and (v.whole_start or v.from_utc <= n.first_utc - 86400))
           and not exists (select 1 from gap as g
                           where g.source = 'moveit_audit_log' and g.rule not in ('missing_ids', 'no_time')
                             and g.from_utc <= n.first_utc and g.to_utc >= n.first_utc - 86400) as sign_on_covered
    from session_span as n
    join client as k on k.client_no = n.client_no
    join session_facts as f on f.session_no = n.session_no
    left join hostile as p on p.session_no = n.session_no
    left join attempts as t on t.session_no = n.session_no
    left join accounts as c on c.session_no = n.session_no
    left join address_known as q on q.client_no = n.client_no
    left join strangers as r on r.session_no = n.session_no
),
classed as (
    select j.*,
           case
               when j.client_kind = 'server' then 'server'
               when j.hostile_rules is not null then 'hostile'
               when j.system_rows > 0 and j.requests = 0 and j.account_count is null and j.guest_rows = 0
                    and j.stranger_rows = 0 and (j.system_reads = 0 or j.client_kind = 'none' or j.network_known) then 'server'
               when j.account_count > 0 and j.all_known and (j.strange = 0 or j.network_known) then 'known'
               when j.account_count is null and j.guest_rows = 0 and (j.data_answered > 0 or j.stranger_rows > 0)
                    and (j.network_known or (j.strange = 0 and (j.address_known or j.stranger_rows > 0))) then 'known'
               when j.strange > 0 then 'unknown'
               when j.account_count is null and j.guest_rows > 0 and j.data_answered <= j.guest_rows and j.guest_foreign = 0
                   then 'guest'
               when j.account_count is null and j.guest_rows > 0 and (j.network_known or j.address_known) then 'known'
               when j.account_count > 0
                    and (j.all_signed_on or j.token_answered > 0 or (j.account_reads = 0 and j.downloads_answered = 0)
                         or j.client_kind <> 'client' or not j.sign_on_covered)
                   then 'unverified'
               when j.account_count is null and j.data_answered = 0 and j.guest_rows = 0
                    and (j.refused > 0 or j.failed_sign_ons > 0 or j.attempt_rules is not null) then 'refused'
               when j.account_count is null and j.data_answered = 0 and j.guest_rows = 0 then 'visitor'
               else 'unknown'
           end as derived
    from judged as j
)
select j.session_no, j.session_id, j.client_no, j.address, j.first_utc, j.last_utc, j.requests, j.log_rows,
       coalesce(j.logins, ''), '', j.derived, coalesce(d.class, j.derived),
       case j.derived
           when 'server' then case j.client_kind when 'server' then 'loopback' else 'system-task' end
           when 'hostile' then j.hostile_rules
           when 'known' then
               trim(case when j.by_address or (j.stranger_rows > 0 and not j.network_known) or (j.account_count is null and j.address_known) then 'known-address|' else '' end
                    || case when coalesce(j.by_network, 0) or (j.account_count is null and j.network_known)
                            then 'known-network|' else '' end
                    || case when j.by_account then 'known-account|' else '' end
                    || case when j.signed_on > 0 or j.token_answered > 0 then 'signed-on' else 'no-sign-on-seen' end
                    || case when j.account_count is null then '|account-not-logged' else '' end, '|')
           when 'guest' then 'guest-token'
           when 'unverified' then
               case when j.client_kind = 'none' then 'no-address-logged'
                    when j.client_kind <> 'client' then 'address-hidden'
                    when j.all_signed_on or j.token_answered > 0 then 'sign-on-from-new-address'
                    when j.account_reads = 0 and j.downloads_answered = 0 then 'upload-only-from-new-address'
                    else 'sign-on-not-covered' end
           when 'refused' then coalesce(j.attempt_rules, 'refused-probe')
           when 'visitor' then 'public-pages-only'
           else 'unexplained-access'
       end,
       d.who, d.reason
from classed as j
left join decision as d on d.session_id = j.session_id
order by j.session_no;

-- Programs the client named, as evidence of who it was, never as proof.
update session
set agents = named.agents
from (
    select session_no, group_concat(agent, '|') as agents
    from (
        select distinct s.session_no, t.text as agent
        from web_session as s
        join web_line as l on l.web_id = s.web_id
        join web_text as t on t.text_id = l.agent
        where s.session_no in (select session_no from session where class in ('hostile', 'unknown', 'unverified'))
        order by 1, 2
    )
    group by session_no
) as named
where named.session_no = session.session_no;
