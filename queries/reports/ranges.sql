-- ranges: the answer as a range, for each organisation and in total. At least, probably, at most: files and bytes;
-- records and persons are empty until contents are examined.
--
-- Reads range, organisation. What is counted stands in the header of queries/audit/86_range.sql. Files and bytes of the
-- organisations add up to the total; bounds ("at most k of n") do not add up.
--
-- Columns:
--   scope               text  total, organisation
--   org_id              int   empty for the total and for files of no known organisation
--   org_name            text
--   unit                text  files, bytes, records, persons
--   at_least            int
--   probably            int
--   at_most             int
--   not_excluded        int   part of at_most: only because a required source has a gap
--   not_assessable      int   part of at_most: inventory or time base allow no statement
--   bounded_by          list  session:k/n, at most k of n files through that web shell session
--   files_without_size  int   files not cleared whose size nothing states: they add 0 bytes
select r.scope, r.org_id, o.name as org_name, r.unit, r.at_least, r.probably, r.at_most, r.not_excluded, r.not_assessable,
       r.bounded_by, r.files_without_size
from range as r
left join organisation as o on o.org_id = r.org_id
order by r.scope desc, r.org_id,
         case r.unit when 'files' then 1 when 'bytes' then 2 when 'records' then 3 else 4 end;
