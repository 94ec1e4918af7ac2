-- Purpose: what the decisions of case.toml changed: the files whose grade is another one than without them.
-- Reasoning: the conclusions from the classes on are drawn twice when there are decisions: first without any, kept in
-- finding_undecided, then with them (audit::decisions). To repeat it by hand: empty table decision, run 40 to 80, keep
-- finding(file_id, grade, reason), fill decision again, run 40 to 89. Decisions act together, so an effect belongs to all of
-- them, never to a single one of several.
-- Inputs: finding, finding_undecided (empty without decisions).
drop table if exists decision_effect;
create table decision_effect (
    file_id text primary key,
    grade_undecided text not null,
    reason_undecided text not null,
    grade text not null
) strict;
insert into decision_effect
select f.file_id, u.grade, u.reason, f.grade
from finding as f
join finding_undecided as u on u.file_id = f.file_id
where u.grade <> f.grade
order by f.file_id;
