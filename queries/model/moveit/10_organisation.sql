-- Purpose: organisations of the server (MOVEit: institutions; id 0 is the system itself).
-- Input: src_institutions (made from the dump by name, see queries/reference/moveit_schema.csv).
-- When several dumps hold the same id, the one handed in last counts.
drop table if exists organisation;
create table organisation (
    org_id integer primary key,
    name text,
    short_name text,
    evidence_id integer not null,
    offset integer not null
) strict;
insert into organisation
with newest_first as (
    select cast(id as integer) as org_id, name, shortname, evidence_id, offset,
           row_number() over (partition by cast(id as integer) order by newest desc, offset desc) as rank
    from src_institutions
    where id is not null
)
select org_id, cast(name as text), cast(shortname as text), evidence_id, offset
from newest_first
where rank = 1
order by org_id;
