-- decision_effects: files whose grade the decisions of case.toml changed, with the grade without them.
--
-- Reads decision_effect. All decisions count together.
--
-- Columns:
--   file_id           text
--   grade_undecided   text  grade if no session had been decided
--   reason_undecided  text
--   grade             text  grade with the decisions
select d.file_id, d.grade_undecided, d.reason_undecided, d.grade
from decision_effect as d
order by d.file_id;
