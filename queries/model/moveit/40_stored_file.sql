-- Purpose: the inventory: files that the dump's files table names. Files known only from logs are added by
-- queries/audit/15_file.sql, they are no inventory.
-- Input: src_files. Whether a row with Deleted = 1 is kept after deletion is not documented: it is carried along.
drop table if exists stored_file;
create table stored_file (
    file_id text primary key,
    org_id integer,
    folder_id integer,
    name text,
    size_bytes integer,
    sha1 text,
    uploaded_local integer,
    uploaded_by text,
    upload_address text,
    deleted integer not null,
    evidence_id integer not null,
    offset integer not null
) strict;
insert into stored_file
with newest_first as (
    select *, row_number() over (partition by cast(id as text) order by newest desc, offset desc) as rank
    from src_files
    where id is not null
)
select cast(id as text), cast(instid as integer), cast(folderid as integer), cast(name as text),
       cast(max(min(round(filesize), 1e13), -1) as integer), nullif(lower(cast(hash as text)), ''),
       cast(strftime('%s', uploadstamp) as integer), cast(uploadusername as text), cast(uploadip as text),
       coalesce(cast(deleted as integer), 0), evidence_id, offset
from newest_first
where rank = 1
order by 1;
