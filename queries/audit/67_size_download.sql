-- Purpose: matches of answer sizes as downloads, so that the grades see them.
-- Reasoning: a size that, in its place among the other calls, no other file of the server could give is `likely` for this
-- file (audit::sizes; docs/concepts/web-shell.md), never more: nothing names the file. The grade follows the class of the
-- session as everywhere: hostile and unknown sessions count, an unverified one at most as possible and inside the window.
-- extent is complete where the size of the answer agrees with that of a copy of the whole contents and the connection
-- stood, else unknown. bytes_sent stays empty: what the web log counts is compressed and has headers.
-- Inputs: size_match (audit::sizes), shell_call, session, file, case_window; web_access for the place of the row.
insert into download
    (download_no, file_id, session_no, class, at_utc, in_window, web_id, web_evidence_id, web_offset, address, interface,
     status, win32, bytes_sent, size_bytes, extent, sources, transfer_grade, grade, reason, extent_basis)
select (select coalesce(max(download_no), 0) from download) + row_number() over (order by a.at_utc, a.web_id, m.file_id),
       m.file_id, c.session_no, s.class, a.at_utc,
       coalesce(a.at_utc between coalesce(w.from_utc, a.at_utc) and coalesce(w.to_utc, a.at_utc), 0),
       a.web_id, a.evidence_id, a.offset, s.address, 'web', a.status, a.win32, null, f.size_bytes,
       case when m.basis = 'copy' and not c.broken then 'complete' else 'unknown' end,
       'iis', 'likely',
       case
           when s.class in ('hostile', 'unknown') then 'likely'
           when s.class = 'unverified'
                and a.at_utc between coalesce(w.from_utc, a.at_utc) and coalesce(w.to_utc, a.at_utc) then 'possible'
       end,
       'size_match',
       case when m.basis = 'copy' and not c.broken then 'size_of_copy' else 'not_counted' end
from size_match as m
join shell_call as c on c.web_id = m.web_id
join web_access as a on a.web_id = m.web_id
join session as s on s.session_no = c.session_no
join file as f on f.file_id = m.file_id
join case_window as w
where m.posterior >= 0.9
order by a.at_utc, a.web_id, m.file_id;
update session
set downloads = session.downloads + x.matched,
    files = (select count(distinct d.file_id) from download as d
             where d.session_no = session.session_no and d.transfer_grade is not null)
from (
    select session_no, count(*) as matched from download where reason = 'size_match' group by session_no
) as x
where x.session_no = session.session_no;
