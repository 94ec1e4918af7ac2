-- Purpose: the rows behind each finding, down to the byte. Every grade has its rows, a negative one too.
-- Reasoning: a download is shown by its audit row and its web request, a session's access by the row that made the session
-- what it is, an unverified recipient by its sign-on, a gap by the rows on both sides of it, coverage by the first and the last
-- row of each required source (84_bounding_row.sql), presence by the row of the inventory, the upload and the deletion.
-- Inputs: finding, download, possible, session, mark, file, log_event, web_access, gap_row, source_row.
-- Columns: role log_row | web_request | access (the mark that made the session hostile, or the
-- first access of an unknown one) | sign_on | gap (a gap without rows beside it) | gap_before | gap_after | coverage_first |
-- coverage_last | upload_request | upload | deletion | named (the first row that names a file the inventory lacks) |
-- inventory; offset counts in the unpacked file; at_local is the row's own time on the server's clock, where it bears one.
drop table if exists finding_evidence;
create table finding_evidence (
    file_id text not null,
    role text not null,
    evidence_id integer,
    offset integer,
    at_utc integer,
    at_local integer,
    detail text not null
) strict;
insert into finding_evidence
with opened as (
    select m.session_no, m.evidence_id, m.offset, m.at_utc, m.rule_id, m.mark_id as tie
    from mark as m
    where m.effect = 'hostile' and m.session_no is not null
    union all
    select s.session_no, a.evidence_id, a.offset, a.at_utc, 'unexplained-access', 0
    from web_access as a
    join web_session as s on s.web_id = a.web_id
    where a.answered and a.access = 'data'
      and s.session_no in (select session_no from session where class in ('unknown', 'hostile'))
    union all
    select s.session_no, e.evidence_id, e.offset, e.at_utc, 'unexplained-access', 0
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    where e.success and s.session_no in (select session_no from session where class in ('unknown', 'hostile'))
),
-- A mark first; a session that a person called hostile or unknown without one is shown by its first access.
first_mark as (
    select session_no, evidence_id, offset, at_utc, rule_id,
           row_number() over (partition by session_no order by rule_id = 'unexplained-access', at_utc, tie, evidence_id, offset) as place
    from opened
),
signed_on as (
    select s.session_no, e.evidence_id, e.offset, e.at_utc, e.at_local, e.log_id,
           row_number() over (partition by s.session_no order by e.at_utc, e.event_no) as place
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    where e.kind = 'sign_on' and e.success
      and s.session_no in (select session_no from session where class = 'unverified')
),
uploaded_on_the_web as (
    select a.file_id, a.evidence_id, a.offset, a.at_utc, a.status,
           row_number() over (partition by a.file_id order by a.at_utc, a.web_id) as place
    from web_access as a
    join finding as f on f.file_id = a.file_id and f.grade = 'excluded'
    where a.kind in ('file_upload', 'resumable_upload') and a.status between 200 and 299
),
named_by_web as (
    select a.file_id, a.evidence_id, a.offset, a.at_utc, a.status,
           row_number() over (partition by a.file_id order by a.at_utc, a.web_id) as place
    from web_access as a
    join finding as f on f.file_id = a.file_id and f.origin = 'web_log'
),
named_by_log as (
    select e.file_id, e.evidence_id, e.offset, e.at_utc, e.at_local, e.log_id,
           row_number() over (partition by e.file_id order by e.at_utc, e.event_no) as place
    from log_event as e
    join finding as f on f.file_id = e.file_id and f.origin = 'audit_log'
),
everything as (
    select d.file_id, 1 as rank, 'log_row' as role, d.log_evidence_id as evidence_id, d.log_offset as offset, d.at_utc,
           e.at_local, d.reason || ' (log id ' || coalesce(d.log_id, '-') || ')' as detail
    from download as d
    join log_event as e on e.event_no = d.event_no
    where d.grade is not null and d.file_id is not null
    union all
    select d.file_id, 2, 'web_request', d.web_evidence_id, d.web_offset, d.at_utc, null,
           d.reason || ' (status ' || coalesce(d.status, '-') || ')'
    from download as d where d.grade is not null and d.web_id is not null and d.file_id is not null
    union all
    select f.file_id, 3, 'access', m.evidence_id, m.offset, m.at_utc, null, m.rule_id
    from finding as f
    join first_mark as m on m.session_no = f.session_no and m.place = 1
    where f.grade in ('proven', 'very_likely', 'likely', 'possible')
    union all
    select f.file_id, 4, 'sign_on', s.evidence_id, s.offset, s.at_utc, s.at_local, 'log id ' || coalesce(s.log_id, '-')
    from finding as f
    join signed_on as s on s.session_no = f.session_no and s.place = 1
    union all
    select f.file_id, 5, case when g.rule = 'no_time' then 'gap' else coalesce('gap_' || r.side, 'gap') end,
           coalesce(r.evidence_id, g.evidence_id), coalesce(r.offset, g.offset),
           coalesce(r.at_utc, g.from_utc), r.at_local, g.source || ' ' || g.rule || ': ' || g.detail
    from finding as f
    join gap as g on g.gap_no = f.gap_no
    left join gap_row as r on r.gap_no = g.gap_no
    union all
    select f.file_id, 6, 'coverage_' || r.side, r.evidence_id, r.offset, r.at_utc, r.at_local, r.source
    from finding as f
    join source_row as r on r.source in (select source from required_source)
    where f.grade = 'no_indication' and f.reason = 'covered_without_access'
    union all
    select u.file_id, 7, 'upload_request', u.evidence_id, u.offset, u.at_utc, null,
           'uploaded_after_window (status ' || coalesce(u.status, '-') || ')'
    from uploaded_on_the_web as u where u.place = 1
    union all
    select f.file_id, 8, 'upload', e.evidence_id, e.offset, e.at_utc, e.at_local, 'log id ' || coalesce(e.log_id, '-')
    from finding as f join file as x on x.file_id = f.file_id join log_event as e on e.event_no = x.upload_event
    union all
    select f.file_id, 9, 'deletion', e.evidence_id, e.offset, e.at_utc, e.at_local, 'log id ' || coalesce(e.log_id, '-')
    from finding as f join file as x on x.file_id = f.file_id join log_event as e on e.event_no = x.deletion_event
    union all
    select n.file_id, 10, 'named', n.evidence_id, n.offset, n.at_utc, n.at_local, 'log id ' || coalesce(n.log_id, '-')
    from named_by_log as n where n.place = 1
    union all
    select n.file_id, 10, 'named', n.evidence_id, n.offset, n.at_utc, null, 'status ' || coalesce(n.status, '-')
    from named_by_web as n where n.place = 1
    union all
    select f.file_id, 11, 'inventory', x.evidence_id, x.offset, null, s.uploaded_local, x.origin
    from finding as f
    join file as x on x.file_id = f.file_id
    join stored_file as s on s.file_id = f.file_id
    where x.origin = 'inventory'
)
select file_id, role, evidence_id, offset, at_utc, at_local, detail
from everything
order by file_id, rank, at_utc, evidence_id, offset, role;
create index finding_evidence_file on finding_evidence (file_id);
-- In the finding itself: at most six places, as path@offset; the table has all.
update finding
set evidence = x.places
from (
    select file_id, group_concat(place, '|') as places
    from (
        select v.file_id, e.path || coalesce('@' || v.offset, '') as place,
               row_number() over (partition by v.file_id order by v.rowid) as n
        from finding_evidence as v
        join evidence as e on e.evidence_id = v.evidence_id
    )
    where n <= 6
    group by file_id
) as x
where x.file_id = finding.file_id;
