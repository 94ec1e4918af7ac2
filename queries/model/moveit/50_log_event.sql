-- Purpose: the application's audit log in the common form, one row for each log.ID (the same id from several dumps is
-- one event). event_no counts in the order of the id.
-- Inputs: src_log, account, account_name, ref_action (queries/reference/moveit_actions.csv; the most specific pattern wins).
-- Reasoning: Username holds the internal account id for actions of the web interface, the login name for the REST
-- interface and failed sign-ons, 'Guest:<e-mail>' for packages, 'Automation' or nothing for the system's own tasks. A row
-- without a name that came from an address other than the server's own is nobody's we know (none), not the system's.
-- A login is looked for in the row's own organisation, former logins too; elsewhere only where one account alone has it (an
-- administrator of the system who acts in another organisation). A login that two other organisations have is nobody's.
-- An action counts as done when Error is 0.
-- Times: at_local is the server's wall clock; at_utc stays empty until the clock is known (queries/audit/10_utc.sql).
-- actor: account | guest | system | none (a login that no account has).
drop table if exists log_event;
create table log_event (
    event_no integer primary key,
    log_id integer,
    evidence_id integer not null,
    offset integer not null,
    at_local integer,
    at_utc integer,
    action text,
    kind text not null,
    org_id integer,
    actor text not null,
    account_id text,
    login text,
    address text not null,
    folder_id integer,
    file_id text,
    success integer not null,
    error integer,
    message text,
    bytes integer,
    duration_s real,
    file_name text,
    folder_path text,
    agent text,
    interface_code integer,
    target text
) strict;
insert into log_event
with kind_of_action as (
    select action,
           (select r.kind from ref_action as r
            where lower(d.action) like r.pattern escape '\' order by r.priority, length(r.pattern) desc limit 1) as kind
    from (select distinct cast(action as text) as action from src_log) as d
),
logins as (
    select username, instid,
           coalesce(
               (select a.account_id from account as a where a.account_id = n.username),
               (select a.account_id from account_name as a
                where a.login = n.username and a.org_id = n.instid
                order by a.current desc, a.deleted, a.account_id limit 1),
               (select case when count(distinct a.account_id) = 1 then min(a.account_id) end from account_name as a
                where a.login = n.username and not a.deleted),
               (select case when count(distinct a.account_id) = 1 then min(a.account_id) end from account_name as a
                where a.login = n.username)) as account_id
    from (select distinct cast(username as text) as username, cast(instid as integer) as instid from src_log) as n
)
select null, cast(l.id as integer), l.evidence_id, l.offset,
       cast(strftime('%s', l.logtime) as integer), null,
       cast(l.action as text), coalesce(k.kind, 'other'), cast(l.instid as integer),
       case
           when n.account_id is not null then 'account'
           when l.username like 'Guest:%' then 'guest'
           when l.username in ('Automation', 'SCRIPT', 'System') then 'system'
           when coalesce(trim(l.username), '') = ''
                and trim(coalesce(cast(l.ipaddress as text), '')) in ('', 'SCRIPT', '127.0.0.1', '::1')
                and coalesce(k.kind, '') <> 'download' then 'system'
           else 'none'
       end,
       n.account_id, coalesce(a.login, cast(l.username as text)), trim(coalesce(cast(l.ipaddress as text), '')),
       cast(l.folderid as integer),
       nullif(nullif(trim(coalesce(cast(l.fileid as text), '')), ''), '0'),
       coalesce(cast(l.error as integer), 0) = 0, cast(l.error as integer), cast(l.message as text),
       cast(max(min(round(l.xfersize), 1e13), -1) as integer), cast(l.duration as real), nullif(cast(l.filename as text), ''),
       nullif(cast(l.folderpath as text), ''),
       nullif(trim(coalesce(cast(l.agentbrand as text), '') || ' ' || coalesce(cast(l.agentversion as text), '')), ''),
       cast(l.interfacetype as integer), nullif(coalesce(nullif(cast(l.targetid as text), ''), cast(l.targetname as text)), '')
from src_log as l
left join kind_of_action as k on k.action is cast(l.action as text)
left join logins as n on n.username is cast(l.username as text) and n.instid is cast(l.instid as integer)
left join account as a on a.account_id = n.account_id
order by cast(l.id as integer), l.newest desc, l.offset desc;
-- The same id from several dumps is one event, the one of the newest dump: its copies stand behind it now.
delete from log_event
where log_id is not null
  and exists (select 1 from log_event as before
              where before.event_no = log_event.event_no - 1 and before.log_id = log_event.log_id);
drop index if exists log_event_file;
create index log_event_file on log_event (file_id) where file_id is not null;

-- The common model's views on it.
drop view if exists transfer;
create view transfer as
select event_no, log_id, evidence_id, offset, at_local, at_utc, kind as direction, org_id, actor, account_id, login,
       address, folder_id, file_id, file_name, folder_path, bytes, duration_s, success, error, interface_code, agent
from log_event
where kind in ('download', 'upload');
drop view if exists sign_on;
create view sign_on as
select event_no, log_id, evidence_id, offset, at_local, at_utc, kind, org_id, actor, account_id, login, address, success,
       error, message, interface_code, agent
from log_event
where kind in ('sign_on', 'sign_off');
drop view if exists admin_action;
create view admin_action as
select event_no, log_id, evidence_id, offset, at_local, at_utc, action, org_id, actor, account_id, login, address, success,
       error, target, message
from log_event
where kind in ('admin', 'account_add');
