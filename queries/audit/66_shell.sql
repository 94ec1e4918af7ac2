-- Purpose: the calls of a web shell, one by one and per session: how many were answered, which one fetched the list of all
-- files, which can have carried a file.
-- Reasoning: the shell takes its parameters in request headers, so no log names a file. By its published source a call fetches
-- the list of all files (gzip of three tables), or one file (gzip), or makes a session or deletes the shell's account (no
-- body); an exception or a wrong password answers 404. Whoever asks for a file must know its ids, which the list gives.
--   role refused      not answered: nothing left
--   role no_body      HEAD: headers only
--   role small        at most 1,024 bytes, headers included: a session, a clean-up, or a file of a few hundred bytes
--   role inventory    the list: the first answer of this client of more than 1,024 bytes, when its size can be that of the
--                     list (4 to 80 percent of the rows that it must hold, and at most 2,000 bytes of headers); without
--                     sc-bytes the first of its first three answers that took a second or more (a page that is only being
--                     compiled takes as long). Answers of the same size within 60 bytes or half a percent: fetched again
--   role content      all other answers whose size is logged
--   role unknown      all other answers
-- The role inventory is probable, not certain: 68_shell_bound.sql counts such a call as possible content all the same.
-- Inputs: web_access, web_session, session_span, client, file, presence, gap.
-- Columns of shell_session: content_calls answers of role content or unknown; broken_calls connection gone (win32 64, 995,
-- 1236); bytes_total as logged; with_bytes 1 when the size of every answer is logged; files_there files on the server
-- between the first and the last answer; log_complete 0 when the web log has a gap then, or shell calls without a time.
drop table if exists shell_call;
create table shell_call (
    web_id integer primary key,
    session_no integer,
    client_no integer not null,
    at_utc integer,
    method text not null,
    status integer,
    win32 integer,
    bytes_sent integer,
    duration_ms integer,
    answered integer not null,
    broken integer not null,
    role text not null
) strict;
drop table if exists temp.shell_span;
create temp table shell_span as
select min(at_utc) as from_utc, max(at_utc) as to_utc from web_access where kind = 'web_shell' and answered;
insert into shell_call
with listed (row_bytes) as (
    -- Each file is a line: eight columns, the folder's path and its name among them, divided by commas.
    select coalesce(sum(10 + length(f.file_id) + length(coalesce(f.org_id, 0)) + length(coalesce(f.folder_id, 0))
                        + length(coalesce(f.size_bytes, 0)) + length(coalesce(f.file_name, ''))
                        + length(coalesce(f.uploaded_by, '')) + 2 * length(coalesce(f.folder_path, ''))), 0)
    from file as f
    join presence as p on p.file_id = f.file_id
    join shell_span as s
    where coalesce(p.from_utc, s.from_utc) <= s.to_utc and coalesce(p.to_utc, s.to_utc) >= s.from_utc
),
called as (
    select a.*, s.session_no,
           row_number() over (partition by a.client_no, a.answered order by a.at_utc, a.web_id) as place,
           sum(a.answered and a.bytes_sent > 1024) over (partition by a.client_no order by a.at_utc, a.web_id) as large
    from web_access as a
    left join web_session as s on s.web_id = a.web_id
    where a.kind = 'web_shell'
),
slow as (
    select client_no, min(place) as place from called
    where answered and bytes_sent is null and duration_ms >= 1000 and place <= 3
    group by client_no
),
judged as (
    select c.*,
           case
               when not c.answered then 'refused'
               when c.method = 'HEAD' then 'no_body'
               when c.bytes_sent <= 1024 then 'small'
               when c.bytes_sent is not null and c.large = 1
                    and c.bytes_sent between l.row_bytes / 25 and l.row_bytes * 4 / 5 + 2000 then 'inventory'
               when c.bytes_sent is not null then 'content'
               when c.place = w.place then 'inventory'
               else 'unknown'
           end as role
    from called as c
    join listed as l
    left join slow as w on w.client_no = c.client_no
)
select j.web_id, j.session_no, j.client_no, j.at_utc, j.method, j.status, j.win32, j.bytes_sent, j.duration_ms, j.answered,
       coalesce(j.win32 in (64, 995, 1236), 0),
       case when j.role = 'content' and exists (
                select 1 from judged as i
                where i.client_no = j.client_no and i.role = 'inventory' and i.bytes_sent is not null
                  and abs(j.bytes_sent - i.bytes_sent) <= max(60, i.bytes_sent / 200))
            then 'inventory' else j.role end
from judged as j
order by j.web_id;
drop table shell_span;
drop table if exists shell_session;
create table shell_session (
    session_no integer primary key,
    client_no integer not null,
    address text not null,
    first_utc integer not null,
    last_utc integer not null,
    calls integer not null,
    calls_answered integer not null,
    inventory_web_id integer,
    content_calls integer not null,
    small_calls integer not null,
    broken_calls integer not null,
    bytes_total integer,
    with_bytes integer not null,
    files_there integer not null,
    log_complete integer not null
) strict;
insert into shell_session
with per_session as (
    select session_no, client_no, min(case when answered then at_utc end) as first_utc,
           max(case when answered then at_utc end) as last_utc, count(*) as calls, sum(answered) as answered,
           min(case when role = 'inventory' then web_id end) as inventory_web_id,
           sum(role in ('content', 'unknown')) as content, sum(role = 'small') as small, sum(answered and broken) as broken,
           sum(case when answered then min(bytes_sent, 10000000000000) end) as bytes,
           coalesce(min(case when answered then bytes_sent is not null end), 0) as with_bytes
    from shell_call
    where session_no is not null
    group by session_no, client_no
    having sum(answered) > 0
)
select s.session_no, s.client_no, c.address, s.first_utc, s.last_utc, s.calls, s.answered, s.inventory_web_id, s.content,
       s.small, s.broken, s.bytes, s.with_bytes,
       (select count(*) from presence as p
        where coalesce(p.from_utc, s.first_utc) <= s.last_utc and coalesce(p.to_utc, s.last_utc) >= s.first_utc),
       not exists (select 1 from gap as g
                   where g.source = 'iis' and coalesce(g.from_utc, s.first_utc) <= s.last_utc
                     and coalesce(g.to_utc, s.last_utc) >= s.first_utc)
       and not exists (select 1 from shell_call as x where x.answered and x.session_no is null)
from per_session as s
join client as c on c.client_no = s.client_no
order by s.session_no;
