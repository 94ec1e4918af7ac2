-- Purpose: the grade of every file, exactly one each; the best-supported statement wins.
-- Reasoning, from the top:
--   proven, very_likely, likely, possible  the best download by a hostile, unknown or (at most possible) unverified session
--   possible         such a session had access while the file was there
--   not_excluded     the file was there inside the window while a required source has a gap
--   not_assessable   only the web log names the file, or the clock of the audit log is not known, or there is no window, or a
--                    column without which a download cannot be seen or placed is missing from the dump
--   excluded         uploaded after the window, shown by the web log, which the attacker could not write (answered 2xx: the
--                    exploit's last step, answered 500, is no upload; and by a known, guest or server session: an upload of
--                    the attacker's own clears nothing), and nothing at all shows the file earlier
--   no_indication    all else: every required source covers the time, no such access; or the database alone says that the
--                    file was not there inside the window
-- Extent over all attempts that count for the grade: complete where one of them was; unknown where their parts may make up
-- the whole file; else the best of them. bytes_sent is the largest part (ranges may overlap), bytes_at_most what these attempts
-- together can have sent, certain_prefix_bytes the first bytes that certainly left.
-- reason: the id of the deciding statement. readability, data_category, records and persons need the contents of the files:
-- empty here.
drop table if exists finding;
create table finding (
    file_id text primary key,
    in_inventory integer not null,
    origin text not null,
    org_id integer,
    org_name text,
    folder_path text,
    file_name text,
    size_bytes integer,
    sha1 text,
    uploaded_utc integer,
    uploaded_by text,
    deleted_utc integer,
    grade text not null,
    transfer_grade text,
    extent text,
    bytes_sent integer,
    session_class text,
    sessions text not null,
    first_access_utc integer,
    last_access_utc integer,
    client_ips text not null,
    accounts text not null,
    metadata_exposed integer not null,
    readability text not null,
    data_category text not null,
    records integer,
    persons_min integer,
    persons_max integer,
    rules text not null,
    evidence text not null,
    reason text not null,
    recipient_unverified integer not null,
    session_no integer,
    gap_no integer,
    bytes_at_most integer,
    certain_prefix_bytes integer
) strict;
insert into finding
with strength (grade, rank) as (
    values ('proven', 1), ('very_likely', 2), ('likely', 3), ('possible', 4)
),
best as (
    select d.file_id, min(s.rank) as rank, min(t.rank) as transfer_rank
    from download as d
    left join strength as s on s.grade = d.grade
    left join strength as t on t.grade = d.transfer_grade
    where d.file_id is not null
    group by d.file_id
),
counted as (
    select d.file_id, d.reason, d.session_no,
           row_number() over (partition by d.file_id order by s.rank, d.at_utc, d.download_no) as place
    from download as d
    join strength as s on s.grade = d.grade
),
attempt as (
    -- Beside a hostile or unknown session the downloads of unverified ones say nothing about how much that one got.
    select d.*, b.rank = 4 or d.grade <> 'possible' as counts
    from download as d
    join best as b on b.file_id = d.file_id
    where d.grade is not null
),
sent as (
    select file_id, min(at_utc) as first_at, max(at_utc) as last_at,
           max(case when not counts then 0 when extent = 'complete' then 4 when extent = 'partial' then 3
                    when extent = 'aborted' then 2 else 1 end) as extent_rank,
           max(case when counts then bytes_sent end) as bytes_sent, sum(counts) as attempts, max(size_bytes) as size_bytes,
           case when sum(counts) = count(case when counts then bytes_at_most end)
                then sum(case when counts then bytes_at_most end) end as at_most,
           max(case when counts then certain_prefix_bytes end) as prefix,
           min(case class when 'hostile' then 1 when 'unknown' then 2 else 3 end) as class_rank
    from attempt
    group by file_id
),
who as (
    select file_id, group_concat(session_id, '|') as sessions
    from (select distinct d.file_id, s.session_id from download as d join session as s on s.session_no = d.session_no
          where d.grade is not null order by 1, 2)
    group by file_id
),
from_where as (
    select file_id, group_concat(address, '|') as addresses
    from (select distinct file_id, address from download where grade is not null and address is not null order by 1, 2)
    group by file_id
),
as_whom as (
    select file_id, group_concat(account, '|') as accounts
    from (select distinct file_id, account from download where grade is not null and account is not null order by 1, 2)
    group by file_id
),
why as (
    select file_id, group_concat(rule, '|') as rules
    from (select distinct d.file_id, s.reasons as rule from download as d join session as s on s.session_no = d.session_no
          where d.grade is not null order by 1, 2)
    group by file_id
),
blind as (
    select count(*) as columns from vendor_missing
    where note = 'required' and table_name = 'log'
),
uploaded_on_the_web as (
    select a.file_id, min(a.at_utc) as at_utc
    from web_access as a
    left join web_session as s on s.web_id = a.web_id
    left join session as n on n.session_no = s.session_no
    where a.kind in ('file_upload', 'resumable_upload') and a.status between 200 and 299 and a.file_id is not null
    group by a.file_id
    having sum(coalesce(n.class, '') not in ('known', 'guest', 'server')) = 0
),
decided as (
    select f.*, b.transfer_rank,
           q.session_no as access_session, q.metadata_session_no, q.gap_no as open_gap,
           case
               when b.rank is not null then (select grade from strength where rank = b.rank)
               when q.session_no is not null then 'possible'
               when w.basis <> 'none' and q.in_window and q.gap_no is not null then 'not_excluded'
               when w.basis = 'none' and q.gap_no is not null then 'not_excluded'
               when f.origin = 'web_log' or w.basis = 'none' or k.uncertain_s > 0 or x.columns > 0 then 'not_assessable'
               when not q.in_window and u.at_utc > w.to_utc then 'excluded'
               else 'no_indication'
           end as grade,
           case
               when b.rank is not null then c.reason
               when q.session_no is not null then 'access_while_present'
               when q.gap_no is not null and (q.in_window or w.basis = 'none') then 'gap_while_present'
               when f.origin = 'web_log' then 'named_by_web_log_only'
               when w.basis = 'none' then 'no_window'
               when k.uncertain_s > 0 then 'clock_not_known'
               when x.columns > 0 then 'column_missing'
               when not q.in_window and u.at_utc > w.to_utc then 'uploaded_after_window'
               when not q.in_window then 'not_there_in_window_by_database'
               else 'covered_without_access'
           end as reason,
           coalesce(c.session_no, q.session_no) as session_no
    from file as f
    join possible as q on q.file_id = f.file_id
    join case_window as w
    join local_clock as k
    join blind as x
    left join best as b on b.file_id = f.file_id
    left join counted as c on c.file_id = f.file_id and c.place = 1
    left join uploaded_on_the_web as u on u.file_id = f.file_id
)
select d.file_id, d.origin = 'inventory', d.origin, d.org_id, o.name, d.folder_path, d.file_name, d.size_bytes, d.sha1,
       coalesce(d.upload_utc, d.stamp_utc), d.uploaded_by,
       case when d.origin <> 'inventory' or d.inventory_deleted then d.deletion_utc end,
       d.grade, (select grade from strength where rank = d.transfer_rank),
       case when s.file_id is not null
            then case when s.extent_rank = 4 then 'complete'
                      when s.attempts > 1 and coalesce(s.at_most >= s.size_bytes, 1) then 'unknown'
                      when s.extent_rank = 3 then 'partial' when s.extent_rank = 2 then 'aborted' else 'unknown' end end,
       s.bytes_sent,
       case when s.file_id is not null then case s.class_rank when 1 then 'hostile' when 2 then 'unknown' else 'unverified' end
            when d.grade = 'possible' then n.class end,
       coalesce(h.sessions, case when d.grade = 'possible' then n.session_id end, ''),
       coalesce(s.first_at, case when d.grade = 'possible' then n.access_from_utc end),
       coalesce(s.last_at, case when d.grade = 'possible' then n.access_to_utc end),
       coalesce(i.addresses, case when d.grade = 'possible' then n.address end, ''),
       coalesce(m.accounts, case when d.grade = 'possible' then n.accounts end, ''),
       d.metadata_session_no is not null, 'unknown', '', null, null, null,
       coalesce(y.rules, case when d.grade = 'possible' then n.reasons end,
                case when d.grade = 'not_excluded' then g.rule end, ''),
       '', d.reason,
       coalesce(s.class_rank = 3 and d.grade = 'possible', 0), case when d.grade in ('proven', 'very_likely', 'likely', 'possible')
                                                   then d.session_no end,
       case when d.grade = 'not_excluded' then d.open_gap end,
       case when s.file_id is not null
            then max(coalesce(s.bytes_sent, 0), coalesce(min(s.at_most, s.size_bytes), s.at_most, s.size_bytes)) end,
       s.prefix
from decided as d
left join organisation as o on o.org_id = d.org_id
left join sent as s on s.file_id = d.file_id
left join who as h on h.file_id = d.file_id
left join from_where as i on i.file_id = d.file_id
left join as_whom as m on m.file_id = d.file_id
left join why as y on y.file_id = d.file_id
left join session as n on n.session_no = d.session_no
left join gap as g on g.gap_no = d.open_gap
order by d.file_id;
