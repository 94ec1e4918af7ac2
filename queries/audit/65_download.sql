-- Purpose: every attempt to get one file: the web request, the audit row, or both when they are one download; what it shows
-- about content leaving the server, how much of the file, and which attempts are parts of one transfer.
-- Reasoning (design of the grades, docs/concepts/grades.md):
--   transfer_grade looks at the transfer alone, whoever took it:
--     proven       audit row with at least one byte, and a web request of the same file, client and time answered 200/206
--     very_likely  one of them shows at least one content byte, and the other source could not have seen it, has a gap
--                  there, or is not at hand; or the audit row has bytes and the web log confirms a download of that client
--                  at that time without naming the file (one file, or an archive of several)
--     likely       the other source covers that time and is silent, or contradicts (one step less), or the request or row
--                  shows success without any sign of bytes
--     possible     success without any sign of bytes, and the other source covers that time and is silent (one step less)
--   Non-HTTP transfers never reach the web log, so its silence contradicts only web transfers (interface code 10, or no
--   code in a session that also shows web requests). An unknown clock contradicts nothing. A source is not silent about an
--   attempt when it shows another part of the same transfer: a resumed download has several requests and perhaps one row.
--   The two clocks agree to seconds only, so a gap reaches a minute further on both sides here.
--   Sizes beyond 10 TB are damage or mischief: they count as 10 TB, so that sums stay within 64 bits.
--   An audit row that says the download failed without a byte contradicts the bytes of its web request: one step less. A web
--   log that says the connection was lost with not more than headers sent contradicts an audit row with more: the same.
--   sc-bytes counts headers too: up to 1,024 bytes of it show no content. It counts the answer as sent, which may be
--   compressed: an answer smaller than the file is not for that a part of it. One archive answers for several files, so its
--   bytes say nothing about each.
--   grade is transfer_grade for hostile and unknown sessions; an unverified session counts at most as possible and only
--   inside the window; all others give no grade. In an unknown session what a guest fetched with the package's own token
--   gives none either: the token explains that one file.
--   HEAD and 304 send nothing. How much left:
--     bytes_sent     content bytes that certainly left: as the application counted; where the connection was lost and the web
--                    log shows fewer, those (less headers); by the web log alone sc-bytes less headers
--     bytes_at_most  what can have left by this attempt: as counted, more where the web log shows more; the size where
--                    nothing counts
--     certain_prefix_bytes  the first n bytes of the file certainly left: only where the transfer began at the first byte (a
--                    whole file, or an answer 200 with the application's count); a 206, FTP or SFTP may begin anywhere
--   win32 995 and 1236 say aborted. 64 says that the connection was gone before the end was confirmed: aborted where fewer
--   bytes were counted than the file has, else as the count says.
--   Attempts of one session for one file without half an hour between them are one transfer (transfer_group): resumed
--   downloads begin where the last ended, nobody logs where. Ranges may overlap, so the sum of the parts is an upper bound,
--   never more than the file, and the largest part a lower one.
-- Inputs: pair (audit::frames::pairs), web_access, log_event, session, file, source_cover, gap, case_window, clock.
-- Columns: extent complete | partial | aborted | unknown, empty where nothing was sent; extent_basis why.
drop table if exists download;
create table download (
    download_no integer primary key,
    file_id text,
    session_no integer,
    class text,
    at_utc integer,
    in_window integer not null,
    web_id integer,
    web_evidence_id integer,
    web_offset integer,
    log_id integer,
    event_no integer,
    log_evidence_id integer,
    log_offset integer,
    account text,
    address text,
    interface text,
    status integer,
    win32 integer,
    bytes_sent integer,
    size_bytes integer,
    extent text,
    sources text not null,
    transfer_grade text,
    grade text,
    reason text not null,
    group_no integer,
    extent_basis text,
    bytes_at_most integer,
    certain_prefix_bytes integer
) strict;
insert into download
with attempt as (
    select w.web_id, p.event_no, coalesce(w.file_id, e.file_id) as file_id, w.at_utc,
           coalesce(s.session_no, t.session_no) as session_no, coalesce(p.by = 'archive', 0) as of_archive,
           coalesce(p.by in ('archive', 'client'), 0) as unnamed,
           coalesce(w.status in (200, 206) and w.method <> 'HEAD', 0) as web_ok
    from web_access as w
    left join pair as p on p.web_id = w.web_id
    left join log_event as e on e.event_no = p.event_no
    left join web_session as s on s.web_id = w.web_id
    left join log_session as t on t.event_no = p.event_no
    where w.kind = 'file_download'
    union all
    select null, e.event_no, e.file_id, e.at_utc, t.session_no, 0, 0, 0
    from log_event as e
    left join log_session as t on t.event_no = e.event_no
    where e.kind = 'download' and e.event_no not in (select event_no from pair)
),
following as (
    select *, coalesce(at_utc - lag(at_utc) over file_in_session <= 1800, 0) as goes_on
    from attempt
    window file_in_session as (partition by session_no, file_id order by at_utc, web_id, event_no)
),
numbered as (
    select *, case when file_id is not null and session_no is not null
                   then sum(not goes_on) over (order by session_no, file_id, at_utc, web_id, event_no) end as group_no
    from following
),
group_sources as (
    select group_no, max(web_ok) as requested, max(event_no is not null) as logged
    from numbered
    where group_no is not null
    group by group_no
    having count(*) > 1
),
described as (
    select a.*, w.evidence_id as web_evidence_id, w.offset as web_offset, e.log_id,
           e.evidence_id as log_evidence_id, e.offset as log_offset, e.login, w.status, w.win32, e.success,
           e.actor, case when f.size_bytes >= 0 then f.size_bytes end as size_bytes, coalesce(r.requested, 0) as group_requested, coalesce(r.logged, 0) as group_logged,
           case when a.web_ok and not a.of_archive then min(w.bytes_sent, 10000000000000) end as answer,
           case when e.bytes > 0 then e.bytes end as counted,
           coalesce(a.web_ok and not a.of_archive and w.bytes_sent > 1024, 0) as web_bytes,
           coalesce(e.bytes > 0, 0) as log_bytes,
           coalesce(w.win32 in (64, 995, 1236), 0) as lost,
           coalesce(w.win32 in (995, 1236), 0) as broken,
           case when w.web_id is not null then 'web'
                when e.interface_code = 10 then 'web'
                when e.interface_code is null
                     and exists (select 1 from session_span as n where n.session_no = a.session_no and n.requests > 0) then 'web'
                when e.interface_code is null then 'unknown'
                else 'other' end as interface
    from numbered as a
    left join web_access as w on w.web_id = a.web_id
    left join log_event as e on e.event_no = a.event_no
    left join file as f on f.file_id = a.file_id
    left join group_sources as r on r.group_no = a.group_no
),
other_source as materialized (
    select d.*,
           (select basis from clock) <> 'none'
           and not case when d.web_id is null then d.group_requested else d.group_logged end
           and exists (select 1 from source_cover as c
                       where c.source = case when d.web_id is null then 'iis' else 'moveit_audit_log' end
                         and d.at_utc between c.from_utc and c.to_utc)
           and not exists (select 1 from gap as g
                           where g.source = case when d.web_id is null then 'iis' else 'moveit_audit_log' end
                             and d.at_utc between coalesce(g.from_utc - 60, d.at_utc) and coalesce(g.to_utc + 60, d.at_utc))
           and (d.web_id is not null or d.interface = 'web') as silent
    from described as d
),
judged as materialized (
    select o.*,
           case
               when web_id is not null and event_no is not null and of_archive and log_bytes then 'log_bytes_archive'
               when web_id is not null and event_no is not null and web_ok and log_bytes and lost and answer <= 1024
                    and counted > 1024 then 'log_bytes_connection_lost'
               when unnamed and log_bytes then 'log_bytes_request_without_file'
               when web_id is not null and event_no is not null and web_ok and log_bytes then 'both_sources'
               when web_id is not null and event_no is not null and web_bytes and not success then 'web_bytes_log_failed'
               when web_id is not null and event_no is not null and web_bytes then 'web_bytes_with_log_row'
               when event_no is not null and log_bytes and web_id is null and silent then 'log_bytes_web_silent'
               when event_no is not null and log_bytes then 'log_bytes'
               when web_bytes and event_no is null and silent then 'web_bytes_log_silent'
               when web_bytes then 'web_bytes'
               when web_ok and event_no is not null and not success and not of_archive then 'answered_log_failed'
               when web_ok and event_no is null and silent then 'answered_without_bytes_log_silent'
               when web_ok then 'answered_without_bytes'
               when event_no is not null and success and coalesce(size_bytes, 1) > 0 and silent
                   then 'logged_without_bytes_web_silent'
               when event_no is not null and success and coalesce(size_bytes, 1) > 0 then 'logged_without_bytes'
               else 'nothing_sent'
           end as reason
    from other_source as o
),
graded as (
    select j.*,
           case reason
               when 'both_sources' then 'proven'
               when 'log_bytes_archive' then 'very_likely'
               when 'log_bytes_request_without_file' then 'very_likely'
               when 'web_bytes_with_log_row' then 'very_likely'
               when 'log_bytes' then 'very_likely'
               when 'web_bytes' then 'very_likely'
               when 'log_bytes_connection_lost' then 'likely'
               when 'log_bytes_web_silent' then 'likely'
               when 'web_bytes_log_silent' then 'likely'
               when 'web_bytes_log_failed' then 'likely'
               when 'answered_without_bytes' then 'likely'
               when 'logged_without_bytes' then 'likely'
               when 'answered_log_failed' then 'possible'
               when 'answered_without_bytes_log_silent' then 'possible'
               when 'logged_without_bytes_web_silent' then 'possible'
           end as transfer_grade
    from judged as j
),
measured as (
    select g.*,
           case
               when transfer_grade is null or reason = 'log_bytes_connection_lost' then null
               when log_bytes and lost and answer < counted then min(counted, max(answer - 1024, 1))
               when log_bytes then counted
               when web_bytes and not lost and answer > size_bytes then size_bytes
               when web_bytes then coalesce(min(answer - 1024, size_bytes), answer - 1024)
           end as sent,
           case
               when transfer_grade is null then 'nothing_sent'
               when log_bytes and size_bytes is null then 'size_not_known'
               when log_bytes and broken and (answer is null or answer <= size_bytes) then 'connection_aborted'
               when log_bytes and counted >= size_bytes and lost and answer <= size_bytes then 'connection_lost'
               when log_bytes and counted >= size_bytes and lost then 'counted_whole_connection_lost'
               when log_bytes and counted >= size_bytes then 'counted_whole'
               when log_bytes and (lost or not success) then 'counted_part_broken_off'
               when log_bytes then 'counted_part'
               when broken then 'connection_aborted'
               when web_bytes and size_bytes is null then 'size_not_known'
               when web_bytes and answer > size_bytes and not lost then 'answer_holds_whole'
               when lost then 'connection_lost'
               when web_bytes and status = 206 then 'range_answer'
               when web_bytes then 'answer_smaller_than_file'
               when web_ok and status = 206 then 'range_without_count'
               else 'not_counted'
           end as extent_basis
    from graded as g
),
extended as (
    select m.*,
           case extent_basis
               when 'counted_whole' then 'complete'
               when 'counted_whole_connection_lost' then 'complete'
               when 'answer_holds_whole' then 'complete'
               when 'counted_part' then 'partial'
               when 'range_answer' then 'partial'
               when 'counted_part_broken_off' then 'aborted'
               when 'connection_aborted' then 'aborted'
               when 'nothing_sent' then null
               else 'unknown'
           end as extent,
           case
               when transfer_grade is null then null
               when log_bytes and not lost and answer > counted + 1024
                   then max(counted, coalesce(min(answer, size_bytes), answer))
               when log_bytes then counted
               when web_bytes and status = 206 then coalesce(min(answer, size_bytes), answer)
               when web_bytes then coalesce(size_bytes, answer)
               else size_bytes
           end as at_most
    from measured as m
)
select row_number() over (order by g.at_utc, g.file_id, g.web_id, g.event_no),
       g.file_id, g.session_no, s.class, g.at_utc,
       coalesce(g.at_utc between coalesce(w.from_utc, g.at_utc) and coalesce(w.to_utc, g.at_utc), 0),
       g.web_id, g.web_evidence_id, g.web_offset, g.log_id, g.event_no, g.log_evidence_id, g.log_offset, g.login, s.address,
       g.interface, g.status, g.win32, g.sent, g.size_bytes, g.extent,
       case when g.web_id is not null and g.event_no is not null then 'audit_log|iis'
            when g.web_id is not null then 'iis' else 'audit_log' end,
       g.transfer_grade,
       case
           when s.class = 'unknown' and s.derived_class = 'unknown' and g.actor = 'guest' and g.success then null
           when s.class in ('hostile', 'unknown') then g.transfer_grade
           when s.class = 'unverified' and g.transfer_grade is not null
                and g.at_utc between coalesce(w.from_utc, g.at_utc) and coalesce(w.to_utc, g.at_utc) then 'possible'
       end,
       g.reason, g.group_no, g.extent_basis, g.at_most,
       case when g.extent = 'complete' then min(g.sent, g.size_bytes)
            when g.log_bytes and g.web_id is not null and (g.status = 200 or g.of_archive)
                then coalesce(min(g.sent, g.size_bytes), g.sent) end
from extended as g
join case_window as w
left join session as s on s.session_no = g.session_no;
create index download_file on download (file_id);
create index download_session on download (session_no);
create index download_graded on download (file_id) where grade is not null;
update session
set downloads = x.downloads, files = x.files, bytes_sent = x.bytes_sent
from (
    select session_no, count(*) as downloads, count(distinct file_id) as files,
           coalesce(sum(case when transfer_grade is not null then bytes_sent end), 0) as bytes_sent
    from download
    where transfer_grade is not null
    group by session_no
) as x
where x.session_no = session.session_no;

-- The transfers that the attempts make up: bytes over all parts.
drop table if exists transfer_group;
create table transfer_group (
    group_no integer primary key,
    file_id text not null,
    session_no integer not null,
    from_utc integer not null,
    to_utc integer not null,
    attempts integer not null,
    requests integer not null,
    log_rows integer not null,
    size_bytes integer,
    bytes_sent integer,
    bytes_at_most integer,
    certain_prefix_bytes integer,
    extent text not null
) strict;
insert into transfer_group
with summed as (
    select group_no, file_id, session_no, min(at_utc) as from_utc, max(at_utc) as to_utc, count(*) as attempts,
           count(web_id) as requests, count(event_no) as log_rows, max(size_bytes) as size_bytes, max(bytes_sent) as sent,
           case when count(*) = count(bytes_at_most) then sum(bytes_at_most) end as at_most,
           max(certain_prefix_bytes) as prefix,
           max(case extent when 'complete' then 4 when 'partial' then 3 when 'aborted' then 2 else 1 end) as rank
    from download
    where group_no is not null and transfer_grade is not null
    group by group_no
)
select group_no, file_id, session_no, from_utc, to_utc, attempts, requests, log_rows, size_bytes, sent,
       max(coalesce(sent, 0), coalesce(min(at_most, size_bytes), at_most, size_bytes)), prefix,
       case when rank = 4 then 'complete'
            when attempts > 1 and coalesce(at_most >= size_bytes, 1) then 'unknown'
            when rank = 3 then 'partial'
            when rank = 2 then 'aborted'
            else 'unknown' end
from summed
order by group_no;
