-- Purpose: which copy of a file's contents (--contents) belongs to which file of the server.
-- Reasoning: the same SHA-1 as in the inventory is the same content; a copy that is only named like a file id is taken as
-- that file unless its SHA-1 contradicts the inventory's. Copies that fit nothing and files without a copy stay visible.
-- Inputs: content_copy (contents::hash_copies), stored_file, file.
-- Columns: paired_by sha1 | file_id | none; conflict 1 when the name says one file and the hash another.
drop table if exists content_pair;
create table content_pair (
    path text not null,
    file_id text,
    paired_by text not null,
    conflict integer not null
) strict;
insert into content_pair
with by_hash as (
    select c.path, s.file_id from content_copy as c join stored_file as s on s.sha1 = c.sha1
),
by_name as (
    select c.path, f.file_id, s.sha1 is not null and s.sha1 <> c.sha1 as conflict
    from content_copy as c
    join file as f on f.file_id = c.name_file_id
    left join stored_file as s on s.file_id = f.file_id
)
select path, file_id, 'sha1', 0 from by_hash
union all
select n.path, case when n.conflict then null else n.file_id end, case when n.conflict then 'none' else 'file_id' end, n.conflict
from by_name as n
where n.path not in (select path from by_hash)
union all
select path, null, 'none', 0
from content_copy
where path not in (select path from by_hash) and path not in (select path from by_name)
order by 1, 2;
