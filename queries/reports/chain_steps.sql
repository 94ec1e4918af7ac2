-- chain_steps: the exploit chain as an ordered sequence, each run of a client with its steps, what came of each, and what
-- shows that the run succeeded. A step in the web log is one line at path and offset.
--
-- Reads chain_step, chain, session, client, evidence.
--
-- Columns:
--   chain_no         int   number of the run
--   verdict          text  refused, attempted, succeeded: the whole run
--   effects          list  ids of what shows that it succeeded (queries/audit/36_chain.sql)
--   session_id       text
--   address          text  of the client
--   step_no          int   place in the run
--   at               time
--   kind             text  id of the route, queries/reference/moveit_routes.csv
--   status           int   HTTP status
--   outcome          text  refused, attempted, succeeded: this step
--   passed_on        flag  1: the server called its own machine2 page for this step
--   evidence_id      int
--   path             text
--   offset           int
select s.chain_no, c.verdict, c.effects, n.session_id, k.address, s.step_no,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.at_utc, 'unixepoch') as at, s.kind, s.status, s.outcome,
       s.loopback_web_id is not null as passed_on, s.evidence_id, e.path, s.offset
from chain_step as s
join chain as c on c.chain_no = s.chain_no
join client as k on k.client_no = s.client_no
left join session as n on n.session_no = s.session_no
left join evidence as e on e.evidence_id = s.evidence_id
order by c.first_utc, s.chain_no, s.step_no, s.web_id;
