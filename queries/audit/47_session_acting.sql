-- Purpose: for each account that acts in a session, whether something vouches for it, and whether it signed on.
-- Reasoning: an account is expected at an address that is its own (known_address), in a configured network, or in a network
-- bound to its organisation. That vouches for it, with two exceptions at addresses that many share, where the address alone
-- does not say who acted:
--   doubtful addresses (doubtful_address: the attack came through the same address). There the account must also have signed
--   on, here or within a day before, with no program (agent of the audit log) that it had not used before the attack. And no
--   planted session may act as it: not the account that a planted session in the dump names, and after a successful chain or
--   web shell no administrator at all, for the planted row may be gone.
--   planted sessions whose way in is not seen. The account that one names must, at any shared address, have signed on with a
--   program of its own; where no hostile request was seen at any address, the planted session may have been used through this
--   very one, and nothing vouches for the account there.
-- A planted session never signs on, and it acts as an account whose owner works through the same balancer; what it fetched is in
-- that account's sessions, and nothing in the evidence parts the two. So these sessions are unverified: never proven against the
-- owner, never cleared for the attacker. At an address of his own the owner stays known, and an account that case.toml calls
-- known is vouched for everywhere.
-- A sign-on whose IPv6 address the audit log cut counts for every full address that begins so: it says that the account
-- was in use, not from where, and so makes a session unverified at best.
-- Inputs: session_account, session_span, session_facts, client, account, known_address, known_account, organisation_address,
-- shared_address, doubtful_address, planted_object, local_clock, mark, log_event, log_session, case_window.
-- A planted session is bound to the loopback address, and which address the product logs for what it does is not documented.
-- So the account that one names is not vouched for on the loopback address either, where a planted session may act as it.
-- Columns: basis of known_address; by_network, by_organisation, by_account 1 when case.toml says so; signed_on here or within a
-- day before, a token counts; doubtful 1 where the address does not vouch; planted 1 when a planted session may act as it;
-- familiar 0 when a program was new; vouched the result.
drop table if exists session_acting;
create table session_acting (
    session_no integer not null,
    account_id text not null,
    login text,
    reads integer not null,
    basis text,
    by_network integer not null,
    by_organisation integer not null,
    by_account integer not null,
    signed_on integer not null,
    doubtful integer not null,
    planted integer not null,
    familiar integer not null,
    vouched integer not null,
    primary key (session_no, account_id)
) strict, without rowid;
insert into session_acting
with signed as (
    select x.session_no, x.account_id, n.first_utc,
           max(case when x.signed_on > 0 then n.first_utc end) over before as last_sign_on_utc
    from session_account as x
    join session_span as n on n.session_no = x.session_no
    window before as (partition by x.account_id, n.client_no order by n.first_utc, n.session_no)
),
planted as (
    select a.account_id, min(coalesce(o.at_local - c.offset_s - 9999 * 60, w.from_utc)) as since_utc
    from planted_object as o
    join local_clock as c
    join case_window as w
    join account as a on a.account_id = o.account or a.login = o.account collate nocase
    where o.kind = 'session' and o.timeout >= 9999
    group by a.account_id
),
attack as (
    select exists (select 1 from mark where effect = 'hostile' and session_no is not null) as seen,
           exists (select 1 from mark
                   where effect = 'hostile' and rule_id in ('chain-succeeded', 'webshell-answered', 'injection-residue'))
               as could_plant
),
cut_sign_on as materialized (
    select y.account_id, c.address, m.first_utc
    from client as c
    join session_span as m on m.client_no = c.client_no
    join session_account as y on y.session_no = m.session_no and y.signed_on > 0
    where c.kind = 'cut'
),
acting as (
    select x.session_no, x.account_id, x.reads, k.network_known, a.login, h.basis, o.org_id is not null as by_organisation,
           d.client_no is not null as doubtful, t.seen,
           p.account_id is not null and (z.client_no is not null or k.kind = 'server') and n.last_utc >= p.since_utc
               as named_by_planted,
           k.kind = 'server' as loopback,
           d.client_no is not null and a.permission >= 30 and t.could_plant as may_be_planted,
           coalesce(d.before_utc, p.since_utc) as before_utc,
           exists (select 1 from known_account as q
                   where q.account = x.account_id or q.account = a.login collate nocase) as by_account,
           coalesce(g.last_sign_on_utc >= n.first_utc - 86400, 0) or f.token_answered > 0
           or exists (select 1 from cut_sign_on as y
                      where y.account_id = x.account_id and y.address = substr(k.address, 1, 16)
                        and y.first_utc between n.first_utc - 86400 and n.last_utc) as signed_on
    from session_account as x
    join session_span as n on n.session_no = x.session_no
    join session_facts as f on f.session_no = x.session_no
    join client as k on k.client_no = n.client_no
    join account as a on a.account_id = x.account_id
    join signed as g on g.session_no = x.session_no and g.account_id = x.account_id
    join attack as t
    left join known_address as h on h.account_id = x.account_id and h.client_no = n.client_no
    left join organisation_address as o on o.org_id = a.org_id and o.client_no = n.client_no
    left join shared_address as z on z.client_no = n.client_no and z.basis = 'many_accounts'
    left join doubtful_address as d on d.client_no = n.client_no and n.last_utc >= d.from_utc
    left join planted as p on p.account_id = x.account_id
),
-- When an account first used a program; looked at only where an address is in doubt.
program as (
    select e.account_id, e.agent, min(e.at_utc) as first_utc
    from log_event as e
    where e.actor = 'account' and e.success and e.agent is not null
      and e.account_id in (select account_id from acting where doubtful or named_by_planted)
    group by e.account_id, e.agent
),
strange_program as (
    select distinct s.session_no, e.account_id
    from acting as c
    join log_session as s on s.session_no = c.session_no
    join log_event as e on e.event_no = s.event_no and e.account_id = c.account_id and e.success
    join program as p on p.account_id = e.account_id and p.agent = e.agent and p.first_utc >= c.before_utc
    where c.doubtful or c.named_by_planted
),
judged as (
    select c.*, p.session_no is null as familiar,
           c.basis is not null or c.network_known or c.by_organisation as expected,
           c.doubtful and (c.named_by_planted or coalesce(c.may_be_planted, 0))
           or (c.named_by_planted and (c.loopback or not c.seen)) as planted
    from acting as c
    left join strange_program as p on p.session_no = c.session_no and p.account_id = c.account_id
)
select session_no, account_id, login, reads, basis, network_known, by_organisation, by_account, signed_on,
       doubtful or named_by_planted, planted, familiar,
       by_account or (expected and (not (doubtful or named_by_planted) or (signed_on and familiar and not planted)))
from judged
order by session_no, account_id;
