-- Purpose: folders with their paths (MOVEit: folders).
-- Input: src_folders.
drop table if exists folder;
create table folder (
    folder_id integer primary key,
    org_id integer,
    name text,
    path text,
    owner_account_id text,
    evidence_id integer not null,
    offset integer not null
) strict;
insert into folder
with newest_first as (
    select *, row_number() over (partition by cast(id as integer) order by newest desc, offset desc) as rank
    from src_folders
    where id is not null
)
select cast(id as integer), cast(instid as integer), cast(name as text), cast(folderpath as text), cast(owner as text),
       evidence_id, offset
from newest_first
where rank = 1
order by 1;
