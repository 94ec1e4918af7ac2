-- Purpose: whose session it is: the first class that applies, from the top, with its reasons.
-- Reasoning, class by class:
--   server      loopback addresses, unless files are fetched there as an account that a planted session acts as; and
--               sessions in which only the system's own tasks act (and fetch nothing from outside).
--   hostile     a hostile mark: the attack succeeded here, or what it planted was used here.
--   known       every account that acts is vouched for (47_session_acting.sql): from an address that is its own, from a
--               configured network, or itself configured as known. A name that no account has any more is known by its history
--               (known_stranger). A web session without any audit row counts as known when its address belongs to some account
--               or lies in a network of some organisation. Whether a sign-on was seen stands in the reasons; that none was
--               counts against nobody, uploads and tokens often show none.
--   guest       only packages or links opened with their own token, and no file beside theirs.
--   unverified  every acting account exists and signed on (or fetched a token) here or within a day before from the same
--               address, or did nothing but upload and delete, or the address is hidden (none logged, a proxy that forwards
--               none, an IPv6 address cut so that it fits several), or the audit log does not cover the sign-ons of the day
--               before (it begins later, is silent there, or never shows one): nothing hostile, but nobody vouches for the
--               address. Missing ids alone do not hide a sign-on here: an attacker makes them.
--   refused     probes, steps of the attack and sign-ons that the server refused, and nothing that it granted.
--   visitor     public pages only; being on an indicator list changes nothing about that, the mark stays.
--   unknown     all else: access to data that nothing above explains, also under a name that no account has, and the system's
--               name used from outside.
-- At a shared address (17_shared_address.sql) a session is what one party did there, and is judged by that. Where such an
-- address carries a hostile mark, the address and its network vouch for nobody:
--   an account that is expected there but not vouched for is unverified, with or without a sign-on: its owner may have done
--               it, or the attack under its name. At most possible, never cleared.
--   requests for data that no account, guest or program explains are unknown when a file was fetched and the audit log, which
--               records every regular download, covers the time and does not show it. Where it does not cover the time, or
--               only names were read, they are unverified: a partner's work looks exactly like it.
-- The same two lines hold for requests through a hidden address, whoever it hides.
-- Inputs: session_span, session_facts, session_acting, client, shared_address, doubtful_address, organisation_address,
-- known_address, known_stranger, mark, log_event, log_session, source_cover, gap, clock.
drop table if exists session_class;
create table session_class (
    session_no integer primary key,
    class text not null,
    reasons text not null,
    logins text not null
) strict;
insert into session_class
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
accounts as (
    select session_no, count(*) as n,
           min(vouched) as all_vouched,
           max(basis is not null) as by_address,
           max(by_network) as by_network,
           max(by_organisation) as by_organisation,
           max(by_account) as by_account,
           min(signed_on) as all_signed_on,
           min(doubtful and (basis is not null or by_network or by_organisation)) as all_expected_in_doubt,
           max(planted) as planted,
           group_concat(login, '|') as logins
    from (select * from session_acting order by session_no, login)
    group by session_no
),
address_known as (
    select client_no from known_address
    union
    select client_no from organisation_address
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
spoken as (
    select exists (select 1 from log_event where kind = 'sign_on' and success) as sign_ons_logged,
           coalesce((select basis from clock) <> 'none', 0) as clock_known
),
judged as (
    select n.session_no, n.requests, n.party, k.kind as client_kind, f.*, p.rules as hostile_rules,
           t.rules as attempt_rules, coalesce(x.basis = 'hidden', 0) as hidden, d.client_no is not null as doubtful,
           k.network_known and d.client_no is null as network_known,
           q.client_no is not null and d.client_no is null and n.party <> 'attack' and n.party not like 'guest %' as address_known,
           c.n as account_count, c.all_vouched, coalesce(c.by_address, 0) as by_address, coalesce(c.by_network, 0) as by_network,
           coalesce(c.by_organisation, 0) as by_organisation, coalesce(c.by_account, 0) as by_account, c.all_signed_on,
           c.all_expected_in_doubt, coalesce(c.planted, 0) as planted, c.logins, coalesce(r.unknown_rows, 0) as strange,
           o.sign_ons_logged
           and exists (select 1 from source_cover as v
                       where v.source = 'moveit_audit_log' and (v.whole_start or v.from_utc <= n.first_utc - 86400))
           and not exists (select 1 from gap as g
                           where g.source = 'moveit_audit_log' and g.rule not in ('missing_ids', 'no_time')
                             and g.from_utc <= n.first_utc and g.to_utc >= n.first_utc - 86400) as sign_on_covered,
           o.clock_known
           and exists (select 1 from source_cover as v
                       where v.source = 'moveit_audit_log' and v.from_utc <= n.first_utc and v.to_utc >= n.last_utc)
           and not exists (select 1 from gap as g
                           where g.source = 'moveit_audit_log' and g.rule not in ('missing_ids', 'no_time')
                             and g.from_utc <= n.last_utc and g.to_utc >= n.first_utc) as log_covered
    from session_span as n
    join spoken as o
    join client as k on k.client_no = n.client_no
    join session_facts as f on f.session_no = n.session_no
    left join hostile as p on p.session_no = n.session_no
    left join attempts as t on t.session_no = n.session_no
    left join accounts as c on c.session_no = n.session_no
    left join address_known as q on q.client_no = n.client_no
    left join strangers as r on r.session_no = n.session_no
    left join shared_address as x on x.client_no = n.client_no
    left join doubtful_address as d on d.client_no = n.client_no and n.last_utc >= d.from_utc
),
classed as (
    select j.*,
           case
               when client_kind = 'server' and not (planted and account_reads > 0) then 'server'
               when hostile_rules is not null then 'hostile'
               when system_rows > 0 and requests = 0 and account_count is null and guest_rows = 0
                    and stranger_rows = 0 and (system_reads = 0 or client_kind = 'none' or network_known) then 'server'
               when account_count > 0 and all_vouched and (strange = 0 or network_known) then 'known'
               when account_count is null and guest_rows = 0 and (data_answered > 0 or stranger_rows > 0)
                    and (network_known or (strange = 0 and (address_known or stranger_rows > 0))) then 'known'
               when strange > 0 then 'unknown'
               when account_count is null and guest_rows > 0 and data_answered <= guest_rows and guest_foreign = 0
                   then 'guest'
               when account_count is null and guest_rows > 0 and (network_known or address_known) then 'known'
               when account_count > 0
                    and (all_signed_on or (account_reads = 0 and downloads_answered = 0) or client_kind <> 'client'
                         or all_expected_in_doubt or not sign_on_covered)
                   then 'unverified'
               when account_count is null and guest_rows = 0 and data_answered > 0 and (doubtful or hidden)
                    and (downloads_answered = 0 or not log_covered)
                   then 'unverified'
               when account_count is null and data_answered = 0 and guest_rows = 0 and system_reads = 0
                    and (refused > 0 or failed_sign_ons > 0 or attempt_rules is not null) then 'refused'
               when account_count is null and data_answered = 0 and guest_rows = 0 and system_reads = 0 then 'visitor'
               else 'unknown'
           end as class
    from judged as j
)
select session_no, class,
       case class
           when 'server' then case client_kind when 'server' then 'loopback' else 'system-task' end
           when 'hostile' then hostile_rules
           when 'known' then
               trim(case when by_address or (stranger_rows > 0 and not network_known)
                              or (account_count is null and address_known) then 'known-address|' else '' end
                    || case when by_network or (account_count is null and network_known) then 'known-network|' else '' end
                    || case when by_organisation then 'known-organisation-network|' else '' end
                    || case when by_account then 'known-account|' else '' end
                    || case when signed_on > 0 or token_answered > 0 then 'signed-on' else 'no-sign-on-seen' end
                    || case when account_count is null then '|account-not-logged' else '' end
                    || case when doubtful then '|address-shared' else '' end, '|')
           when 'guest' then 'guest-token'
           when 'unverified' then
               case when planted then 'planted-session-possible'
                    when client_kind = 'none' then 'no-address-logged'
                    when client_kind <> 'client' then 'address-hidden'
                    when doubtful or all_expected_in_doubt then 'address-shared'
                    when all_signed_on then 'sign-on-from-new-address'
                    when account_reads = 0 and downloads_answered = 0 then 'upload-only-from-new-address'
                    else 'sign-on-not-covered' end
           when 'refused' then coalesce(attempt_rules, 'refused-probe')
           when 'visitor' then 'public-pages-only'
           else 'unexplained-access'
       end,
       coalesce(logins, '')
from classed
order by session_no;
