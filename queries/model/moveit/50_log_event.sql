-- Purpose: the application's audit log in the common form, one row for each log.ID (the same id from several dumps and
-- archived logs is one event). event_no counts in the order of the id.
-- Merging: of several copies the one written down first counts: nothing changes a row of the audit log lawfully, so a later
-- difference is the suspect one (55_log_merge.sql lists it). Dumps go before dumps without a closing line (their time is
-- not known), both before exported logs (an export may shorten values). A row of an exported log without ids is the event
-- of the same second and meaning whose values do not contradict it in any column that the export fills; equal rows
-- of one export are as many events. The other copies stand in log_copy.
-- Inputs: src_log, evidence, account, account_name, ref_action (queries/reference/moveit_actions.csv; the most specific pattern wins).
-- Reasoning: Username holds the internal account id for actions of the web interface, the login name for the REST
-- interface and failed sign-ons, 'Guest:<e-mail>' for packages, 'Automation' or nothing for the system's own tasks. A row
-- without a name that came from an address other than the server's own is nobody's we know (none), not the system's.
-- A login is looked for in the row's own organisation, former logins too; elsewhere only where one account alone has it (an
-- administrator of the system who acts in another organisation). A login that two other organisations have is nobody's.
-- An action counts as done when Error is 0.
-- Times: at_local is the server's wall clock; at_utc stays empty until the clock is known (queries/audit/10_utc.sql).
-- actor: account | guest | system | none (a login that no account has).
drop table if exists log_copy;
create table log_copy (
    copy_no integer primary key,
    event_no integer not null,
    log_id integer,
    evidence_id integer not null,
    offset integer not null
) strict;
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
left join evidence as v on v.evidence_id = l.evidence_id
left join kind_of_action as k on k.action is cast(l.action as text)
left join logins as n on n.username is cast(l.username as text) and n.instid is cast(l.instid as integer)
left join account as a on a.account_id = n.account_id
order by cast(l.id as integer), v.format is not 'mysqldump', v.dumped_at_local is null, v.dumped_at_local, l.evidence_id, l.offset;
-- Copies of an id follow the row that counts.
insert into log_copy
select b.event_no, 0, b.log_id, b.evidence_id, b.offset
from log_event as b
join log_event as a on a.event_no = b.event_no - 1 and a.log_id = b.log_id;
-- Rows without an id: first equal rows of two exports, then those that a row with an id holds.
insert into log_copy
with ranked as (
    select *, row_number() over (partition by evidence_id, at_local, kind, action, org_id, account_id, login, address, folder_id,
                                              file_id, error, message, bytes, duration_s, file_name, folder_path, agent,
                                              interface_code, target order by offset) as n
    from log_event
    where log_id is null
),
placed as (
    select *, row_number() over (partition by n, at_local, kind, action, org_id, account_id, login, address, folder_id,
                                              file_id, error, message, bytes, duration_s, file_name, folder_path, agent,
                                              interface_code, target order by evidence_id) as copy,
           min(event_no) over (partition by n, at_local, kind, action, org_id, account_id, login, address, folder_id,
                                            file_id, error, message, bytes, duration_s, file_name, folder_path, agent,
                                            interface_code, target) as event
    from ranked
)
select event_no, event, null, evidence_id, offset
from placed
where copy > 1
order by event_no;
insert into log_copy
with loose as (
    select *, row_number() over (partition by evidence_id, at_local, kind, action, org_id, account_id, login, address, folder_id,
                                              file_id, error, message, bytes, duration_s, file_name, folder_path, agent,
                                              interface_code, target order by offset) as n
    from log_event
    where log_id is null and at_local is not null and event_no not in (select copy_no from log_copy)
),
candidate as (
    select l.event_no, l.n, l.evidence_id, l.offset, e.event_no as event,
           row_number() over (partition by l.event_no order by e.event_no) as place
    from loose as l
    join log_event as e on e.at_local = l.at_local and e.log_id is not null
         and e.kind = l.kind
         and (l.org_id is null or l.org_id = e.org_id)
         and (l.login is null or l.login = '' or l.login = e.login collate nocase)
         and (l.address = '' or l.address = e.address)
         and (l.folder_id is null or l.folder_id = e.folder_id)
         and (l.file_id is null or l.file_id = e.file_id)
         and (l.error is null or l.error = e.error or (l.error < 0 and e.error <> 0))
         and (l.bytes is null or l.bytes = e.bytes)
         and (l.file_name is null or l.file_name = e.file_name)
         and (l.folder_path is null or l.folder_path = e.folder_path)
         and (l.interface_code is null or l.interface_code = e.interface_code)
    where e.event_no not in (select copy_no from log_copy)
)
select event_no, event, null, evidence_id, offset
from candidate
where place = n
order by event_no;
-- What differs between copies is read before they go (55_log_merge.sql).
drop table if exists log_difference;
create table log_difference (
    log_id integer not null,
    column_name text not null,
    evidence_a integer not null,
    offset_a integer not null,
    value_a text,
    evidence_b integer not null,
    offset_b integer not null,
    value_b text
) strict;
insert into log_difference
with pair as materialized (
    select b.event_no
    from log_copy as c
    join log_event as b on b.event_no = c.copy_no
    where c.log_id is not null
),
named (column_name) as (
    values ('LogTime'), ('Action'), ('InstID'), ('Username'), ('FolderID'), ('FileID'), ('IPAddress'), ('Error'), ('Message'),
           ('XferSize'), ('Duration'), ('FileName'), ('FolderPath'), ('AgentBrand'), ('InterfaceType'), ('TargetID')
),
value_of as (
    select p.event_no, n.column_name, a.log_id, a.evidence_id as evidence_a, a.offset as offset_a, b.evidence_id as evidence_b,
           b.offset as offset_b,
           case n.column_name
               when 'LogTime' then datetime(a.at_local, 'unixepoch') when 'Action' then a.action when 'InstID' then a.org_id
               when 'Username' then a.login when 'FolderID' then a.folder_id when 'FileID' then a.file_id
               when 'IPAddress' then a.address when 'Error' then a.error when 'Message' then a.message
               when 'XferSize' then a.bytes when 'Duration' then a.duration_s when 'FileName' then a.file_name
               when 'FolderPath' then a.folder_path when 'AgentBrand' then a.agent when 'InterfaceType' then a.interface_code
               else a.target end as value_a,
           case n.column_name
               when 'LogTime' then datetime(b.at_local, 'unixepoch') when 'Action' then b.action when 'InstID' then b.org_id
               when 'Username' then b.login when 'FolderID' then b.folder_id when 'FileID' then b.file_id
               when 'IPAddress' then b.address when 'Error' then b.error when 'Message' then b.message
               when 'XferSize' then b.bytes when 'Duration' then b.duration_s when 'FileName' then b.file_name
               when 'FolderPath' then b.folder_path when 'AgentBrand' then b.agent when 'InterfaceType' then b.interface_code
               else b.target end as value_b
    from pair as p
    join log_event as b on b.event_no = p.event_no
    join log_event as a on a.event_no = p.event_no - 1
    join named as n
)
select log_id, column_name, evidence_a, offset_a, cast(value_a as text), evidence_b, offset_b, cast(value_b as text)
from value_of
where coalesce(value_a, '') <> coalesce(value_b, '')
order by log_id, event_no, column_name;
delete from log_event where event_no in (select copy_no from log_copy);
update log_copy
set event_no = (select max(e.event_no) from log_event as e where e.event_no < log_copy.copy_no)
where log_id is not null;
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
