-- Purpose: what each session shows, counted; classes are drawn from it in 50_session.sql.
-- Inputs: session_span, web_session, log_session (audit::frames::sessions), web_access, log_event.
-- Columns: data_answered requests for data answered 2xx; refused requests for data or steps of the attack that were not;
-- acting rows of an account, a guest, the system, or of a stranger (a name that no account has: the account may have been
-- removed since, as the web shell's clean-up does); system_reads downloads by the system's own tasks; guest_foreign
-- answered requests for data other than the files that guest rows of this session name (a package's token opens that
-- package only); first_ok_utc and last_ok_utc bound the successful activity.
drop table if exists session_facts;
create table session_facts (
    session_no integer primary key,
    data_answered integer not null,
    downloads_answered integer not null,
    token_answered integer not null,
    attack_answered integer not null,
    refused integer not null,
    attack_requests integer not null,
    account_rows integer not null,
    account_reads integer not null,
    guest_rows integer not null,
    stranger_rows integer not null,
    system_rows integer not null,
    system_reads integer not null,
    guest_foreign integer not null,
    signed_on integer not null,
    failed_sign_ons integer not null,
    first_ok_utc integer,
    last_ok_utc integer
) strict;
insert into session_facts
with web as (
    select s.session_no,
           sum(a.access = 'data' and a.answered) as data_answered,
           sum(a.kind = 'file_download' and a.answered) as downloads_answered,
           sum(a.kind = 'token' and a.answered) as token_answered,
           sum(a.access = 'attack' and a.answered) as attack_answered,
           sum(a.access in ('data', 'attack', 'sign_on') and not a.answered) as refused,
           sum(a.access = 'attack') as attack_requests,
           min(case when a.answered and a.access in ('data', 'attack') then a.at_utc end) as first_ok,
           max(case when a.answered and a.access in ('data', 'attack') then a.at_utc end) as last_ok
    from web_access as a
    join web_session as s on s.web_id = a.web_id
    where a.access <> 'internal'
    group by s.session_no
),
guest_file as (
    select distinct s.session_no, e.file_id
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    where e.actor = 'guest' and e.success and e.file_id is not null
),
beside_the_package as (
    select s.session_no, count(*) as n
    from web_access as a
    join web_session as s on s.web_id = a.web_id
    where a.access = 'data' and a.answered and a.file_id is not null
      and (s.session_no, a.file_id) not in (select session_no, file_id from guest_file)
    group by s.session_no
),
log as (
    select s.session_no,
           sum(e.actor = 'account' and e.success and e.kind <> 'sign_on') as account_rows,
           sum(e.actor = 'account' and e.success and e.kind = 'download') as account_reads,
           sum(e.actor = 'guest' and e.success) as guest_rows,
           sum(e.actor = 'none' and e.success) as stranger_rows,
           sum(e.actor = 'system') as system_rows,
           sum(e.actor = 'system' and e.success and e.kind = 'download') as system_reads,
           sum(e.kind = 'sign_on' and e.success and e.actor = 'account') as signed_on,
           sum(e.kind = 'sign_on' and not e.success) as failed_sign_ons,
           min(case when e.success then e.at_utc end) as first_ok,
           max(case when e.success then e.at_utc end) as last_ok
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    group by s.session_no
)
select n.session_no, coalesce(w.data_answered, 0), coalesce(w.downloads_answered, 0), coalesce(w.token_answered, 0),
       coalesce(w.attack_answered, 0), coalesce(w.refused, 0), coalesce(w.attack_requests, 0),
       coalesce(l.account_rows, 0), coalesce(l.account_reads, 0), coalesce(l.guest_rows, 0),
       coalesce(l.stranger_rows, 0), coalesce(l.system_rows, 0), coalesce(l.system_reads, 0), coalesce(b.n, 0),
       coalesce(l.signed_on, 0), coalesce(l.failed_sign_ons, 0),
       min(coalesce(w.first_ok, l.first_ok), coalesce(l.first_ok, w.first_ok)),
       max(coalesce(w.last_ok, l.last_ok), coalesce(l.last_ok, w.last_ok))
from session_span as n
left join web as w on w.session_no = n.session_no
left join beside_the_package as b on b.session_no = n.session_no
left join log as l on l.session_no = n.session_no;

-- Accounts seen in each session.
drop table if exists session_account;
create table session_account (
    session_no integer not null,
    account_id text not null,
    rows integer not null,
    reads integer not null,
    signed_on integer not null,
    primary key (session_no, account_id)
) strict, without rowid;
insert into session_account
select s.session_no, e.account_id, count(*), sum(e.kind = 'download'), sum(e.kind = 'sign_on')
from log_event as e
join log_session as s on s.event_no = e.event_no
where e.actor = 'account' and e.success
group by s.session_no, e.account_id;
