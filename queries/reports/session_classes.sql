-- session_classes: how many sessions, downloads and files each class has, in the order in which the classes apply.
--
-- Reads session.
--
-- Columns:
--   class      text
--   sessions   int
--   requests   int
--   downloads  int
with class(class, place) as (
    values ('server', 1), ('hostile', 2), ('known', 3), ('guest', 4), ('unverified', 5), ('refused', 6), ('visitor', 7),
           ('unknown', 8)
)
select c.class, count(s.session_no) as sessions, coalesce(sum(s.requests), 0) as requests,
       coalesce(sum(s.downloads), 0) as downloads
from class as c
left join session as s on s.class = c.class
group by c.class, c.place
order by c.place;
