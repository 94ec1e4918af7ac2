-- Purpose: every attempt to get one file: the web request, the audit row, or both when they are one download; and what it
-- shows about content leaving the server.
-- Reasoning (design of the grades, docs/concepts/grades.md):
--   transfer_grade looks at the transfer alone, whoever took it:
--     proven       audit row with at least one byte, and a web request of the same file, client and time answered 200/206
--     very_likely  one of them shows at least one content byte, and the other source could not have seen it, has a gap
--                  there, or is not at hand
--     likely       the other source covers that time and is silent (one step less), or the request succeeded without any
--                  sign of bytes
--   Non-HTTP transfers never reach the web log, so its silence contradicts only web transfers (interface code 10, or no
--   code in a session that also shows web requests). An unknown clock contradicts nothing.
--   The two clocks agree to seconds only, so a gap reaches a minute further on both sides here.
--   Sizes beyond 10 TB are damage or mischief: they count as 10 TB, so that sums stay within 64 bits.
--   An audit row that says the download failed without a byte contradicts the bytes of its web request: one step less.
--   sc-bytes counts headers too: below 1,024 bytes it shows no content.
--   grade is transfer_grade for hostile and unknown sessions; an unverified session counts at most as possible and only
--   inside the window; all others give no grade. In an unknown session what a guest fetched with the package's own token
--   gives none either: the token explains that one file.
-- Inputs: pair (audit::frames::pairs), web_access, log_event, session, file, source_cover, gap, case_window, clock.
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
    reason text not null
) strict;
insert into download
with attempt as (
    select w.web_id, p.event_no, coalesce(w.file_id, e.file_id) as file_id, w.at_utc
    from web_access as w
    left join pair as p on p.web_id = w.web_id
    left join log_event as e on e.event_no = p.event_no
    where w.kind = 'file_download'
    union all
    select null, e.event_no, e.file_id, e.at_utc
    from log_event as e
    where e.kind = 'download' and e.event_no not in (select event_no from pair)
),
described as (
    select a.file_id, a.at_utc, w.web_id, w.evidence_id as web_evidence_id, w.offset as web_offset, e.log_id, e.event_no,
           e.evidence_id as log_evidence_id, e.offset as log_offset, e.login, w.status, w.win32, e.success, e.error,
           coalesce(s.session_no, t.session_no) as session_no, e.actor, f.size_bytes,
           w.status in (200, 206) and w.method <> 'HEAD' as web_ok,
           coalesce(w.bytes_sent > 1024, 0) as web_bytes,
           coalesce(e.bytes > 0, 0) as log_bytes,
           case when e.bytes > 0 then e.bytes when w.status in (200, 206) then min(w.bytes_sent, 10000000000000) end as bytes,
           case when w.web_id is not null then 'web'
                when e.interface_code = 10 then 'web'
                when e.interface_code is null
                     and exists (select 1 from session_span as n where n.session_no = t.session_no and n.requests > 0) then 'web'
                when e.interface_code is null then 'unknown'
                else 'other' end as interface
    from attempt as a
    left join web_access as w on w.web_id = a.web_id
    left join web_session as s on s.web_id = a.web_id
    left join log_event as e on e.event_no = a.event_no
    left join log_session as t on t.event_no = a.event_no
    left join file as f on f.file_id = a.file_id
),
other_source as (
    select d.*,
           (select basis from clock) <> 'none'
           and exists (select 1 from source_cover as c
                       where c.source = case when d.web_id is null then 'iis' else 'moveit_audit_log' end
                         and d.at_utc between c.from_utc and c.to_utc)
           and not exists (select 1 from gap as g
                           where g.source = case when d.web_id is null then 'iis' else 'moveit_audit_log' end
                             and d.at_utc between coalesce(g.from_utc - 60, d.at_utc) and coalesce(g.to_utc + 60, d.at_utc))
           and (d.web_id is not null or d.interface = 'web') as silent
    from described as d
),
judged as (
    select o.*,
           case
               when web_id is not null and event_no is not null and web_ok and log_bytes then 'both_sources'
               when web_id is not null and event_no is not null and web_ok and web_bytes and not success then 'web_bytes_log_failed'
               when web_id is not null and event_no is not null and web_ok and web_bytes then 'web_bytes_with_log_row'
               when event_no is not null and log_bytes and web_id is null and silent then 'log_bytes_web_silent'
               when event_no is not null and log_bytes then 'log_bytes'
               when web_ok and web_bytes and event_no is null and silent then 'web_bytes_log_silent'
               when web_ok and web_bytes then 'web_bytes'
               when web_ok then 'answered_without_bytes'
               when event_no is not null and success and coalesce(size_bytes, 1) > 0 then 'logged_without_bytes'
               else 'nothing_sent'
           end as reason
    from other_source as o
),
graded as (
    select j.*,
           case reason
               when 'both_sources' then 'proven'
               when 'web_bytes_with_log_row' then 'very_likely'
               when 'log_bytes' then 'very_likely'
               when 'web_bytes' then 'very_likely'
               when 'log_bytes_web_silent' then 'likely'
               when 'web_bytes_log_silent' then 'likely'
               when 'web_bytes_log_failed' then 'likely'
               when 'answered_without_bytes' then 'likely'
               when 'logged_without_bytes' then 'likely'
           end as transfer_grade
    from judged as j
)
select row_number() over (order by g.at_utc, g.file_id, g.web_id, g.event_no),
       g.file_id, g.session_no, s.class, g.at_utc,
       coalesce(g.at_utc between coalesce(w.from_utc, g.at_utc) and coalesce(w.to_utc, g.at_utc), 0),
       g.web_id, g.web_evidence_id, g.web_offset, g.log_id, g.event_no, g.log_evidence_id, g.log_offset, g.login, s.address,
       g.interface, g.status, g.win32, g.bytes, g.size_bytes,
       case
           when g.transfer_grade is null then null
           when g.event_no is null or not g.log_bytes then 'unknown'
           when g.size_bytes is null then 'unknown'
           when g.bytes >= g.size_bytes then 'complete'
           when not g.success or g.win32 in (64, 995, 1236) then 'aborted'
           else 'partial'
       end,
       case when g.web_id is not null and g.event_no is not null then 'audit_log|iis'
            when g.web_id is not null then 'iis' else 'audit_log' end,
       g.transfer_grade,
       case
           when s.class = 'unknown' and s.derived_class = 'unknown' and g.actor = 'guest' and g.success then null
           when s.class in ('hostile', 'unknown') then g.transfer_grade
           when s.class = 'unverified' and g.transfer_grade is not null
                and g.at_utc between coalesce(w.from_utc, g.at_utc) and coalesce(w.to_utc, g.at_utc) then 'possible'
       end,
       g.reason
from graded as g
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
