-- grades: how many files have each grade. The counts add up to all files: those of the inventory and those that
-- only logs name; a grade that no file has stands with 0.
--
-- Reads finding.
--
-- Columns:
--   grade       text
--   files       int
--   bytes_sent  int   bytes shown as sent, added up
--   size_bytes  int   sizes the server states, added up
--   no_size     int   files without a stated size
with strength(grade, place) as (
    values ('proven', 1), ('very_likely', 2), ('likely', 3), ('possible', 4), ('not_excluded', 5), ('not_assessable', 6),
           ('no_indication', 7), ('excluded', 8)
)
select s.grade, count(f.file_id) as files, coalesce(sum(f.bytes_sent), 0) as bytes_sent,
       coalesce(sum(f.size_bytes), 0) as size_bytes,
       count(case when f.file_id is not null and f.size_bytes is null then 1 end) as no_size
from strength as s
left join finding as f on f.grade = s.grade
group by s.grade, s.place
order by s.place;
