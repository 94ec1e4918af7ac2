-- Purpose: the rows on both sides of each gap, and the first and last row of each source: what silence is between.
-- Reasoning: a gap is shown by the last row before it and the first row after it, each with its place in the evidence. Where
-- the gap itself names them (30_gap.sql) these are taken; for ids missing at the end of the audit log the row behind it is the
-- statement that says the next id. Else they are the nearest rows of the source in time. That a
-- source covers a time is shown by its first and its last row, together with the absence of gaps between them; the audit
-- log of a whole dump reaches beyond its last row, up to the dump's own time. A side without a row has none here.
-- Inputs: gap, source_cover, web_line, log_event.
-- Columns: gap_row side before | after; source_row side first | last; at_local on the server's clock, for rows that bear it.
drop table if exists gap_row;
create table gap_row (
    gap_no integer not null,
    side text not null,
    evidence_id integer not null,
    offset integer not null,
    at_utc integer,
    at_local integer
) strict;
create temporary table if not exists gap_side (gap_no integer, source text, side text, at_utc integer, evidence_id integer, offset integer);
delete from gap_side;
insert into gap_side
select gap_no, source, 'before', from_utc, before_evidence_id, before_offset from gap
where before_offset is not null or (from_utc is not null and rule not in ('missing_source', 'no_time'))
union all
select gap_no, source, 'after', to_utc, evidence_id, offset from gap
where offset is not null or (to_utc is not null and rule not in ('missing_source', 'no_time'));
-- The rows are many and the gaps few: the rows are passed once.
insert into gap_row
select d.gap_no, d.side, w.evidence_id, w.offset, w.at_utc, null
from web_line as w
cross join gap_side as d on d.evidence_id = w.evidence_id and d.offset = w.offset
union all
select d.gap_no, d.side, e.evidence_id, e.offset, e.at_utc, e.at_local
from log_event as e
cross join gap_side as d on d.evidence_id = e.evidence_id and d.offset = e.offset
order by 1, 2 desc;
insert into gap_row
select d.gap_no, d.side, d.evidence_id, d.offset, d.at_utc, null
from gap_side as d
where d.offset is not null
  and not exists (select 1 from gap_row as r where r.gap_no = d.gap_no and r.side = d.side)
order by d.gap_no, d.side desc;
insert into gap_row
with nearest as (
    select d.gap_no, d.source, d.side,
           case
               when d.source = 'iis' and d.side = 'before'
                   then (select web_id from web_line where at_utc <= d.at_utc order by at_utc desc, web_id desc limit 1)
               when d.source = 'iis'
                   then (select web_id from web_line where at_utc >= d.at_utc order by at_utc, web_id limit 1)
               when d.side = 'before'
                   then (select event_no from log_event where at_utc <= d.at_utc order by at_utc desc, event_no desc limit 1)
               else (select event_no from log_event where at_utc >= d.at_utc order by at_utc, event_no limit 1)
           end as row_no
    from gap_side as d
    where d.offset is null
)
select n.gap_no, n.side, coalesce(w.evidence_id, e.evidence_id), coalesce(w.offset, e.offset), coalesce(w.at_utc, e.at_utc), e.at_local
from nearest as n
left join web_line as w on n.source = 'iis' and w.web_id = n.row_no
left join log_event as e on n.source <> 'iis' and e.event_no = n.row_no
where n.row_no is not null
order by n.gap_no, n.side desc;
drop table gap_side;

drop table if exists source_row;
create table source_row (
    source text not null,
    side text not null,
    evidence_id integer not null,
    offset integer not null,
    at_utc integer,
    at_local integer,
    primary key (source, side)
) strict, without rowid;
insert into source_row
with place as (
    select 'first' as side, (select web_id from web_line where at_utc is not null order by at_utc, web_id limit 1) as web_id,
           (select event_no from log_event where at_utc is not null order by at_utc, event_no limit 1) as event_no
    union all
    select 'last', (select web_id from web_line where at_utc is not null order by at_utc desc, web_id desc limit 1),
           (select event_no from log_event where at_utc is not null order by at_utc desc, event_no desc limit 1)
)
select 'iis', p.side, w.evidence_id, w.offset, w.at_utc, null
from place as p join web_line as w on w.web_id = p.web_id
union all
select 'moveit_audit_log', p.side, e.evidence_id, e.offset, e.at_utc, e.at_local
from place as p join log_event as e on e.event_no = p.event_no
order by 1, 2;
