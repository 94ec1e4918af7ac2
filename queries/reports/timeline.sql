-- timeline: what happened, in one order of time: marks of the rules, attempts to get a file by sessions that are not
-- known, first and last access of hostile and unknown sessions, gaps of required sources, and the window.
--
-- Reads mark, download, session, gap, coverage, case_window, finding, evidence. This is timeline.csv.
--
-- Columns:
--   at           time
--   kind         text  window_from, window_to, mark, mark_not_later_than, download, access_from, access_to, gap_from, gap_to
--   what         text  rule id, gap rule, or extent of a download
--   effect       text  hostile, attempt, note; class of the session for downloads and access
--   source       text  source of a gap
--   session_id   text
--   address      text
--   account      text
--   file_id      text
--   file_name    text
--   detail       text
--   evidence_id  int
--   path         text
--   offset       int
with event(at_utc, place, kind, what, effect, source, session_no, address, account, file_id, detail, evidence_id, offset) as (
    select from_utc, 1, 'window_from', basis, null, null, null, null, null, null, null, null, null from case_window
    union all
    select to_utc, 9, 'window_to', basis, null, null, null, null, null, null, null, null, null from case_window
    union all
    select m.at_utc, 4, case m.exact when 1 then 'mark' else 'mark_not_later_than' end, m.rule_id, m.effect, null, m.session_no, s.address, null,
           case when m.subject_kind = 'file' then m.subject end,
           m.detail, m.evidence_id, m.offset
    from mark as m
    left join session as s on s.session_no = m.session_no
    union all
    select d.at_utc, 5, 'download', d.extent, d.class, d.sources, d.session_no, d.address, d.account, d.file_id, d.reason,
           coalesce(d.log_evidence_id, d.web_evidence_id),
           case when d.log_evidence_id is null then d.web_offset else d.log_offset end
    from download as d
    where coalesce(d.class, 'unknown') not in ('known', 'guest', 'server')
    union all
    select s.access_from_utc, 3, 'access_from', s.access_scope, s.class, null, s.session_no, s.address, s.accounts, null, null, null, null
    from session as s
    where s.class in ('hostile', 'unknown', 'unverified') and s.access_from_utc is not null
    union all
    select s.access_to_utc, 6, 'access_to', s.access_scope, s.class, null, s.session_no, s.address, s.accounts, null, null, null, null
    from session as s
    where s.class in ('hostile', 'unknown', 'unverified') and s.access_to_utc is not null
    union all
    select g.from_utc, 2, 'gap_from', g.rule, null, g.source, null, null, null, null, g.detail, g.before_evidence_id, g.before_offset
    from gap as g
    where g.source in (select c.source from coverage as c where c.required = 1)
    union all
    select g.to_utc, 7, 'gap_to', g.rule, null, g.source, null, null, null, null, g.detail, g.evidence_id, g.offset
    from gap as g
    where g.source in (select c.source from coverage as c where c.required = 1)
)
select strftime('%Y-%m-%dT%H:%M:%SZ', e.at_utc, 'unixepoch') as at, e.kind, e.what, e.effect, e.source, s.session_id, e.address,
       e.account, e.file_id, f.file_name, e.detail, e.evidence_id, v.path, e.offset
from event as e
left join session as s on s.session_no = e.session_no
left join finding as f on f.file_id = e.file_id
left join evidence as v on v.evidence_id = e.evidence_id
where e.at_utc is not null
order by e.at_utc, e.place, e.evidence_id, e.offset, e.kind, e.what, s.session_id, e.file_id, e.detail;
