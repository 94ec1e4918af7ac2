-- rule: stated-zone-contradicted
-- title_de: Die Uhr des Servers widerspricht der festgelegten Zeitzone
-- title_en: The server's clock contradicts the stated time zone
-- effect: note
-- technique: -
-- source: design of this program
-- reasoning: Three or more events that both logs show stand at another quarter of an hour than system.timezone says, and no
--   other offset explains them as well. A server often keeps another zone than its owner, or no summer time. The evidence
--   counts; one mark for each stretch of time that contradicts, on one of its rows.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'stated-zone-contradicted', 'note', null, 'log_row', e.event_no, e.at_utc, 1, e.evidence_id, e.offset,
       'stated UTC' || printf('%+.2f', s.stated_offset_s / 3600.0) || ' h, shown UTC'
       || printf('%+.2f', s.quarter_s / 3600.0) || ' h by ' || s.pairs || ' pairs'
from clock as c
join clock_stretch as s on s.quarter_s <> s.stated_offset_s
join log_event as e on e.event_no = s.example_event_no
where c.checked = 'contradicted'
order by e.event_no;
