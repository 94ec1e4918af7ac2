-- rules: the rules of this run with their titles.
--
-- Reads rule.
--
-- Columns:
--   rule_id    text
--   title_de   text
--   title_en   text
--   technique  text
select r.rule_id, r.title_de, r.title_en, r.technique
from rule as r
order by r.rule_id;
