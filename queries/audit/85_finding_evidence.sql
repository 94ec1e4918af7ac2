-- Purpose: the rows behind each finding, down to the byte.
-- Columns: role log_row | web_request | access (the mark that made the session hostile, or the
-- first access of an unknown one) | inventory | upload | deletion |
-- gap; offset counts in the unpacked file.
drop table if exists finding_evidence;
create table finding_evidence (
    file_id text not null,
    role text not null,
    evidence_id integer,
    offset integer,
    at_utc integer,
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
      and s.session_no in (select session_no from session where class = 'unknown')
    union all
    select s.session_no, e.evidence_id, e.offset, e.at_utc, 'unexplained-access', 0
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    where e.success and s.session_no in (select session_no from session where class = 'unknown')
),
first_mark as (
    select session_no, evidence_id, offset, at_utc, rule_id,
           row_number() over (partition by session_no order by at_utc, tie, evidence_id, offset) as place
    from opened
)
select * from (
    select d.file_id, 'log_row' as role, d.log_evidence_id as evidence_id, d.log_offset as offset, d.at_utc,
           d.reason || ' (log id ' || coalesce(d.log_id, '-') || ')' as detail
    from download as d where d.grade is not null and d.event_no is not null and d.file_id is not null
    union all
    select d.file_id, 'web_request', d.web_evidence_id, d.web_offset, d.at_utc,
           d.reason || ' (status ' || coalesce(d.status, '-') || ')'
    from download as d where d.grade is not null and d.web_id is not null and d.file_id is not null
    union all
    select f.file_id, 'access', m.evidence_id, m.offset, m.at_utc, m.rule_id
    from finding as f
    join first_mark as m on m.session_no = f.session_no and m.place = 1
    where f.grade in ('proven', 'very_likely', 'likely', 'possible')
    union all
    select f.file_id, 'inventory', x.evidence_id, x.offset, null, x.origin
    from finding as f join file as x on x.file_id = f.file_id
    where x.origin = 'inventory'
    union all
    select f.file_id, 'upload', e.evidence_id, e.offset, e.at_utc, 'log id ' || coalesce(e.log_id, '-')
    from finding as f join file as x on x.file_id = f.file_id join log_event as e on e.event_no = x.upload_event
    union all
    select f.file_id, 'deletion', e.evidence_id, e.offset, e.at_utc, 'log id ' || coalesce(e.log_id, '-')
    from finding as f join file as x on x.file_id = f.file_id join log_event as e on e.event_no = x.deletion_event
    union all
    select f.file_id, 'gap', coalesce(g.before_evidence_id, g.evidence_id),
           case when g.before_evidence_id is null then g.offset else g.before_offset end, g.from_utc, g.source || ' ' || g.rule || ': ' || g.detail
    from finding as f join gap as g on g.gap_no = f.gap_no
)
order by file_id, case role when 'log_row' then 1 when 'web_request' then 2 when 'access' then 3 when 'gap' then 4
                            when 'upload' then 5 when 'deletion' then 6 else 7 end, at_utc, evidence_id, offset;
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
