-- Purpose: a readable id for each mark and each gap, made of content, so that it stays when further evidence is added.
-- Reasoning: numbers of rows change with every file that is added; what a mark or a gap is about does not. A mark is named by
-- its rule and the row that triggers it (first twelve digits of the evidence's SHA-256, byte offset), or by its subject where
-- no row does; a gap by its source, its rule and its beginning, missing ids by the first id that is missing. Where several
-- share a name, those behind the first carry #2, #3 in the order of time. A finding about a file is named file: and its id.
-- Inputs: mark, gap, evidence.
-- Columns: finding_id mark:RULE:SHA@OFFSET | mark:RULE:SUBJECT | gap:SOURCE:RULE:START; kind mark | gap.
drop table if exists named_finding;
create table named_finding (
    finding_id text primary key,
    kind text not null,
    mark_id integer,
    gap_no integer
) strict;
insert into named_finding
with named as (
    select 'mark' as kind, m.mark_id, null as gap_no,
           'mark:' || m.rule_id || ':' || case
               when m.evidence_id is not null and m.offset is not null then substr(coalesce(e.sha256, '-'), 1, 12) || '@' || m.offset
               else coalesce(m.subject, m.subject_kind) end as name,
           m.at_utc, m.subject_kind || ':' || coalesce(m.subject, '') as tie
    from mark as m
    left join evidence as e on e.evidence_id = m.evidence_id
    union all
    select 'gap', null, g.gap_no,
           'gap:' || g.source || ':' || g.rule || ':' || coalesce(
               g.first_id,
               strftime('%Y-%m-%dT%H:%M:%SZ', g.from_utc, 'unixepoch'), 'open'),
           g.from_utc, g.detail
    from gap as g
),
numbered as (
    select kind, mark_id, gap_no, name, row_number() over (partition by name order by at_utc, tie, mark_id, gap_no) as place
    from named
)
select name || case when place > 1 then '#' || place else '' end, kind, mark_id, gap_no
from numbered
order by 1;
create index named_finding_mark on named_finding (mark_id);
create index named_finding_gap on named_finding (gap_no);
