-- shell_sessions: each session in which a web shell answered: how many calls, at most how many of the files that were there, and
-- what matching by size came to.
--
-- Reads: shell_session, shell_bound, size_run, session.
-- Columns:
--   session_id       text  derived from content
--   address          text  client address
--   class            text  class of the session
--   first_at         time  first answer
--   last_at          time  last answer
--   calls            int   calls
--   calls_answered   int   answered
--   content_calls    int   answers that can be files: larger than 1,024 bytes, or of a size that is not logged
--   broken_calls     int   answered, connection gone
--   bytes_total      int   bytes of all answers as logged, headers included
--   at_most          int   files taken at most
--   probably_at_most int   the same without the probable list and small answers
--   files_there      int   files on the server then
--   bound_basis      text  calls; log_incomplete: the web log has a gap then, no bound
--   sized_calls      int   calls whose size was compared
--   copies           int   files of which a copy was at hand
--   overhead         int   bytes of headers that explain the sizes best
--   overhead_spread  int   half of their spread
--   tolerance_low    real  share below our compressed size that still fits
--   tolerance_high   real  share above
--   score            real  logarithm of the likelihood in the order of the calls
--   score_permuted   real  mean over shuffled orders
--   chance_matches   real  matches that chance may have given, at most
--   matches          int   answers matched with one file
--   method           text  aligned, unique, withheld, none
--   detail           text  why this method
select s.session_id, s.address, s.class, strftime('%Y-%m-%dT%H:%M:%SZ', h.first_utc, 'unixepoch') as first_at,
       strftime('%Y-%m-%dT%H:%M:%SZ', h.last_utc, 'unixepoch') as last_at, h.calls, h.calls_answered, h.content_calls,
       h.broken_calls, h.bytes_total, b.k as at_most, b.k_probably as probably_at_most, b.n as files_there,
       b.basis as bound_basis, r.calls as sized_calls, r.copies, r.overhead, r.overhead_spread, r.tolerance_low,
       r.tolerance_high, r.score, r.score_permuted, r.chance_matches, r.matches, r.method, r.detail
from shell_session as h
join session as s on s.session_no = h.session_no
join shell_bound as b on b.session_no = h.session_no and b.org_id is null
join size_run as r on r.session_no = h.session_no
order by h.session_no;
