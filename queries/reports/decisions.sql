-- decisions: sessions whose class an analyst overruled, with what the rules had said.
--
-- Reads session.
--
-- Columns:
--   session_id       text
--   derived_class    text
--   class            text
--   decided_by       text
--   decision_reason  text
select s.session_id, s.derived_class, s.class, s.decided_by, s.decision_reason
from session as s
where s.decided_by is not null
order by s.session_id;
