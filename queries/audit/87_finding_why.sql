-- Purpose: for each file, why its grade is not the next higher one and not the next lower one.
-- Reasoning: a grade is understood by its neighbours. Upwards stands what the next grade would need and what the evidence says
-- instead: a source that covers the time and is silent, one that has a gap there or cannot see such a transfer, a row that
-- names no bytes, a recipient that is not verified, the absence of any session with access. Downwards stands the row that
-- lifts the finding to its grade. Each reason comes from stored rows; where it rests on one row, that row's place stands
-- beside it. The reasons are said in words by the texts why_higher and why_lower of the report.
-- Several reasons may hold; place gives their order. Every file has at least one in each direction: strongest_grade and
-- weakest_grade at the ends, other_basis where a basis of a grade is not known to this query.
-- Inputs: finding, download, possible, presence, session, session_access, mark, source_cover, coverage, gap, case_window, clock,
-- web_access, required_source, finding_evidence.
-- Columns: direction higher | lower; subject a source, session, account, grade or reason id; number a count, size or status;
-- at_utc and until_utc the time it is about; gap_no where it is a gap.
drop table if exists finding_why;
create table finding_why (
    file_id text not null,
    direction text not null,
    place integer not null,
    reason text not null,
    subject text,
    number integer,
    at_utc integer,
    until_utc integer,
    gap_no integer,
    evidence_id integer,
    offset integer
) strict;

-- The download that decides the grade, as in 80_finding.sql: the strongest, then the earliest.
drop table if exists deciding_download;
create table deciding_download (file_id text primary key, download_no integer not null) strict;
insert into deciding_download
with strength (grade, rank) as (
    values ('proven', 1), ('very_likely', 2), ('likely', 3), ('possible', 4)
),
ranked as (
    select d.file_id, d.download_no, row_number() over (partition by d.file_id order by s.rank, d.at_utc, d.download_no) as place
    from download as d
    join strength as s on s.grade = d.grade
    where d.file_id is not null
)
select file_id, download_no from ranked where place = 1 order by file_id;

-- Upwards: what the deciding download lacks.
insert into finding_why
with decided as (
    select f.file_id, f.grade, d.*,
           case when d.web_id is null then 'iis' else 'moveit_audit_log' end as other,
           case when d.web_id is null then d.interface = 'web' else 1 end as other_can_see
    from finding as f
    join deciding_download as b on b.file_id = f.file_id
    join download as d on d.download_no = b.download_no
    where f.grade in ('very_likely', 'likely') or (f.grade = 'possible' and d.class in ('hostile', 'unknown'))
),
hidden as (
    select d.*, c.from_utc as other_from, c.to_utc as other_to, coalesce(c.records, 0) as other_records,
           (select g.gap_no from gap as g
            where g.source = d.other and d.at_utc between coalesce(g.from_utc - 60, d.at_utc) and coalesce(g.to_utc + 60, d.at_utc)
            order by g.rule = 'missing_source' desc, g.gap_no limit 1) as gap_no
    from decided as d
    left join source_cover as c on c.source = d.other
)
select h.file_id, 'higher', 1,
       case
           when h.reason in ('log_bytes', 'web_bytes') and not h.other_can_see then 'web_log_cannot_show'
           when h.reason in ('log_bytes', 'web_bytes') and h.other_records = 0 then 'second_source_missing'
           when h.reason in ('log_bytes', 'web_bytes') and k.basis = 'none' then 'clocks_not_comparable'
           when h.reason in ('log_bytes', 'web_bytes') and h.gap_no is not null then 'second_source_gap'
           when h.reason in ('log_bytes', 'web_bytes') then 'second_source_not_covering'
           when h.reason in ('log_bytes_web_silent', 'logged_without_bytes_web_silent') then 'web_log_silent'
           when h.reason in ('web_bytes_log_silent', 'answered_without_bytes_log_silent') then 'audit_log_silent'
           when h.reason = 'web_bytes_with_log_row' then 'audit_row_without_bytes'
           when h.reason in ('web_bytes_log_failed', 'answered_log_failed') then 'audit_row_says_failed'
           when h.reason = 'log_bytes_archive' then 'archive_names_no_file'
           when h.reason = 'log_bytes_connection_lost' then 'connection_lost_in_web_log'
           when h.reason = 'answered_without_bytes' then 'no_sign_of_bytes'
           when h.reason = 'logged_without_bytes' then 'audit_row_without_bytes'
           when h.reason = 'size_match' then 'size_is_no_name'
           else 'other_basis'
       end,
       case when h.reason in ('log_bytes', 'web_bytes') then h.other else h.reason end,
       case when h.reason = 'answered_without_bytes' then h.status end,
       h.at_utc, null,
       case when h.reason in ('log_bytes', 'web_bytes') and h.other_can_see and h.other_records > 0 and k.basis <> 'none' then h.gap_no end,
       case when h.reason in ('web_bytes_with_log_row', 'web_bytes_log_failed', 'answered_log_failed', 'logged_without_bytes') then h.log_evidence_id
            when h.reason in ('answered_without_bytes', 'log_bytes_archive', 'log_bytes_connection_lost') then h.web_evidence_id end,
       case when h.reason in ('web_bytes_with_log_row', 'web_bytes_log_failed', 'answered_log_failed', 'logged_without_bytes') then h.log_offset
            when h.reason in ('answered_without_bytes', 'log_bytes_archive', 'log_bytes_connection_lost') then h.web_offset end
from hidden as h
join (select coalesce(max(basis), 'none') as basis from clock where source = 'moveit_audit_log') as k
order by h.file_id;

-- Upwards: an unverified recipient caps the grade.
insert into finding_why
select f.file_id, 'higher', 1, 'recipient_unverified', coalesce(d.account, s.accounts), null, s.first_utc, null, null,
       v.evidence_id, v.offset
from finding as f
join deciding_download as b on b.file_id = f.file_id
join download as d on d.download_no = b.download_no
join session as s on s.session_no = d.session_no
left join finding_evidence as v on v.file_id = f.file_id and v.role = 'sign_on'
where f.grade = 'possible' and s.class = 'unverified'
order by f.file_id;
insert into finding_why
select f.file_id, 'higher', 2, 'transfer_without_recipient', f.transfer_grade, null, null, null, null, null, null
from finding as f
where f.grade = 'possible' and f.recipient_unverified and f.transfer_grade is not null
order by f.file_id;

-- Upwards: a session had access, and no download of this very file shows content.
insert into finding_why
with attempt as (
    select d.file_id, count(*) as n, min(d.download_no) as download_no
    from download as d
    where d.class in ('hostile', 'unknown') and d.grade is null and d.transfer_grade is null and d.file_id is not null
    group by d.file_id
)
select f.file_id, 'higher', 1, case when a.n > 0 then 'attempt_without_content' else 'no_request_for_it' end,
       s.session_id, case when a.n > 0 then d.status end, coalesce(d.at_utc, s.access_from_utc),
       case when a.n is null then s.access_to_utc end, null,
       coalesce(d.web_evidence_id, d.log_evidence_id), coalesce(d.web_offset, d.log_offset)
from finding as f
left join session as s on s.session_no = f.session_no
left join attempt as a on a.file_id = f.file_id
left join download as d on d.download_no = a.download_no
where f.grade = 'possible' and not exists (select 1 from deciding_download as b where b.file_id = f.file_id)
order by f.file_id;
insert into finding_why
with shell as (
    select session_no, count(*) as calls, min(mark_id) as mark_id
    from mark where rule_id = 'webshell-answered' and session_no is not null
    group by session_no
)
select f.file_id, 'higher', 2, 'web_shell_names_no_file', s.session_id, w.calls, m.at_utc, null, null, m.evidence_id, m.offset
from finding as f
join session as s on s.session_no = f.session_no
join shell as w on w.session_no = f.session_no
join mark as m on m.mark_id = w.mark_id
where f.grade = 'possible' and not exists (select 1 from deciding_download as b where b.file_id = f.file_id)
order by f.file_id;

-- Upwards from what no session could reach: whether any such session had access at all, and why not to this file.
insert into finding_why
with access as (
    select count(*) as n, min(from_utc) as from_utc, max(to_utc) as to_utc from session_access
),
same_time as (
    select p.file_id,
           exists (select 1 from session_access as a
                   where a.to_utc >= coalesce(p.from_utc, a.to_utc) and a.from_utc <= coalesce(p.to_utc, a.from_utc)) as there
    from presence as p
)
select f.file_id, 'higher', 1,
       case when a.n = 0 then 'no_such_session' when t.there then 'access_to_others_only' else 'access_when_not_there' end,
       null, nullif(a.n, 0), case when a.n > 0 and not t.there then a.from_utc end, case when a.n > 0 and not t.there then a.to_utc end,
       null, null, null
from finding as f
join access as a
left join same_time as t on t.file_id = f.file_id
where f.grade in ('not_excluded', 'not_assessable', 'no_indication')
order by f.file_id;
insert into finding_why
select f.file_id, 'higher', 2, case when q.in_window then 'no_gap_while_there' else 'not_there_in_window' end, null, null, w.from_utc,
       w.to_utc, null, null, null
from finding as f
join possible as q on q.file_id = f.file_id
join case_window as w
where f.grade = 'not_assessable' and w.basis <> 'none'
order by f.file_id;
insert into finding_why
select f.file_id, 'higher', 3, case when q.in_window then 'source_covers' else 'not_there_in_window' end,
       case when q.in_window then c.source end, case when q.in_window then c.records end,
       case when q.in_window then c.from_utc else w.from_utc end, case when q.in_window then c.to_utc else w.to_utc end, null,
       case when q.in_window then r.evidence_id end, case when q.in_window then r.offset end
from finding as f
join possible as q on q.file_id = f.file_id
join case_window as w
join coverage as c on c.required
left join source_row as r on r.source = c.source and r.side = 'first'
where f.grade = 'no_indication' and (q.in_window or c.source = (select min(source) from coverage where required))
order by f.file_id, c.source;
insert into finding_why
select v.file_id, 'higher', 1, 'uploaded_after_window', null, null, v.at_utc, w.to_utc, null, v.evidence_id, v.offset
from finding_evidence as v
join case_window as w
where v.role = 'upload_request'
order by v.file_id;

-- Upwards: downloads that are explained count for nobody's theft, and must not be left unsaid.
insert into finding_why
select f.file_id, 'higher', 4, 'fetched_by_explained_sessions', group_concat(distinct d.class), count(*), min(d.at_utc), max(d.at_utc),
       null, null, null
from finding as f
join download as d on d.file_id = f.file_id and d.grade is null and d.transfer_grade is not null
                  and d.class in ('known', 'guest', 'server', 'unverified')
where f.grade not in ('proven', 'very_likely', 'likely')
group by f.file_id
order by f.file_id;

-- Downwards: the rows that lift a download to its grade.
insert into finding_why
with decided as (
    select f.file_id as file, f.grade as final, d.*
    from finding as f
    join deciding_download as b on b.file_id = f.file_id
    join download as d on d.download_no = b.download_no
),
said as (
    select file, 1 as place, 'audit_row_shows_bytes' as said, 'log' as row from decided
    where reason in ('both_sources', 'log_bytes', 'log_bytes_web_silent', 'log_bytes_archive')
    union all
    select file, 1, 'audit_row_counts_bytes', 'log' from decided where reason = 'log_bytes_connection_lost'
    union all
    select file, 2, 'web_request_answered', 'web' from decided
    where reason in ('both_sources', 'answered_without_bytes', 'answered_log_failed', 'answered_without_bytes_log_silent')
    union all
    select file, 1, 'web_request_shows_bytes', 'web' from decided
    where reason in ('web_bytes', 'web_bytes_log_silent', 'web_bytes_log_failed', 'web_bytes_with_log_row')
    union all
    select file, 1, 'audit_row_says_success', 'log' from decided
    where reason in ('logged_without_bytes', 'logged_without_bytes_web_silent')
    union all
    select file, 1, 'size_matches', 'web' from decided where reason = 'size_match'
    union all
    select file, 3, 'nothing_contradicts', null from decided where final = 'very_likely'
    union all
    select file, 4, 'fetched_inside_window', null from decided where final = 'possible' and class = 'unverified'
)
select d.file, 'lower', s.place, s.said, coalesce(d.account, d.address),
       case s.said when 'web_request_answered' then d.status when 'audit_row_says_success' then d.log_id
                   when 'nothing_contradicts' then null when 'audit_row_counts_bytes' then null else d.bytes_sent end,
       d.at_utc, null, null,
       case s.row when 'log' then d.log_evidence_id when 'web' then d.web_evidence_id end,
       case s.row when 'log' then d.log_offset when 'web' then d.web_offset end
from decided as d
join said as s on s.file = d.file
order by d.file, s.place;

-- Downwards: the access, the gap, what makes a file not assessable, the presence, the lack of independent proof.
insert into finding_why
select f.file_id, 'lower', 1, 'session_had_access', s.session_id, null,
       max(coalesce(p.from_utc, s.access_from_utc), s.access_from_utc), min(coalesce(p.to_utc, s.access_to_utc), s.access_to_utc), null,
       v.evidence_id, v.offset
from finding as f
join session as s on s.session_no = f.session_no
left join presence as p on p.file_id = f.file_id
left join finding_evidence as v on v.file_id = f.file_id and v.role = 'access'
where f.grade = 'possible' and f.reason = 'access_while_present'
order by f.file_id;
insert into finding_why
select f.file_id, 'lower', 1, 'gap_while_there', g.source, g.missing_ids, g.from_utc, g.to_utc, g.gap_no, v.evidence_id, v.offset
from finding as f
join gap as g on g.gap_no = f.gap_no
left join (select file_id, min(rowid) as first_row from finding_evidence where role in ('gap', 'gap_before', 'gap_after')
           group by file_id) as r on r.file_id = f.file_id
left join finding_evidence as v on v.rowid = r.first_row
where f.grade = 'not_excluded'
order by f.file_id;
insert into finding_why
select f.file_id, 'lower', 1, f.reason, null, case f.reason when 'column_missing' then (
           select count(*) from vendor_missing where note = 'required' and table_name = 'log') end, null, null, null, v.evidence_id, v.offset
from finding as f
left join (select file_id, min(rowid) as first_row from finding_evidence where role = 'named' group by file_id) as r
    on r.file_id = f.file_id
left join finding_evidence as v on v.rowid = r.first_row
where f.grade = 'not_assessable'
order by f.file_id;
insert into finding_why
select f.file_id, 'lower', 1, case when q.in_window then 'there_in_window' else 'only_the_database_says' end, p.to_basis, null,
       p.from_utc, p.to_utc, null, v.evidence_id, v.offset
from finding as f
join possible as q on q.file_id = f.file_id
left join presence as p on p.file_id = f.file_id
left join (select file_id, min(case when role in ('inventory', 'upload', 'named') then rowid end) as there,
                  min(case when role in ('deletion', 'upload', 'inventory') then rowid end) as not_there
           from finding_evidence group by file_id) as r on r.file_id = f.file_id
left join finding_evidence as v on v.rowid = case when q.in_window then r.there else r.not_there end
where f.grade = 'no_indication'
order by f.file_id;

-- The ends of the scale, and what this query does not know.
insert into finding_why
select file_id, 'higher', 1, 'strongest_grade', null, null, null, null, null, null, null
from finding where grade = 'proven' order by file_id;
insert into finding_why
select file_id, 'lower', 1, 'weakest_grade', null, null, null, null, null, null, null
from finding where grade = 'excluded' order by file_id;
create index finding_why_file on finding_why (file_id, direction);
insert into finding_why
select f.file_id, x.direction, 9, 'other_basis', f.reason, null, null, null, null, null, null
from finding as f
join (select 'higher' as direction union all select 'lower') as x
where not exists (select 1 from finding_why as w where w.file_id = f.file_id and w.direction = x.direction)
order by f.file_id, x.direction;
