-- rule: odd-session
-- title_de: Auffällige Sitzung in der Datenbank
-- title_en: Odd session in the database
-- effect: note
-- technique: T1550
-- source: published web shell source, June 2023
-- reasoning: One of the two signs of a planted session without the other: the loopback address with an ordinary time (a
--   service of the server itself, or somebody working at its console), or 9999 minutes that other people of the
--   organisation have as well (a setting). Reported, so that somebody asks; it changes nothing.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'odd-session', 'note', null, 'object', o.object_no, o.at_local - k.offset_s, 0, o.evidence_id, o.offset,
       'session of ' || coalesce(o.account, '-') || ', timeout ' || coalesce(o.timeout, '-') || ', address '
       || coalesce(o.address, '-')
from planted_object as o
join local_clock as k
where o.kind = 'session' and (o.timeout >= 9999 or o.address in ('127.0.0.1', '::1'))
  and not exists (select 1 from mark as m where m.rule_id = 'planted-session' and m.subject = cast(o.object_no as text))
order by o.object_no;
