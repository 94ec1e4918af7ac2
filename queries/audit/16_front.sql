-- Purpose: balancers that nobody configured and that the audit log looks behind: the web log has the balancer's address for
-- everybody, the audit log each client's own.
-- Reasoning: then no request pairs with its row by address, and every partner's download would stand in the web log as an
-- unknown client's. Such an address is recognised where both logs tell of the same downloads: at least three other addresses of
-- the audit log have, within half a minute, the only row for the very file that was fetched from here, on at least two days,
-- and no account ever acts from the address itself. One thief cannot look like that: he would have to fetch what others fetch,
-- in the same half minute, without a row of his own. The address then hides its clients like a proxy that forwards nothing: it
-- is never known by network, and its requests join the rows they pair with (19_hidden_client.sql).
-- Forwarded addresses stay disbelieved all the same: whoever sends the header writes what he likes. The rule
-- forwarded-not-believed asks for the setting that would tell the clients apart.
-- Inputs: web_access, log_event, log_client. Changes client (kind front) and client_account, client_organisation: networks bound
-- to anybody do not hold for such an address. The same rows change when this runs again.
update client
set kind = 'front', network_known = 0
where client_no in (
    with own as (
        select distinct c.client_no
        from log_client as c
        join (select distinct address from log_event where actor = 'account' and success) as e on e.address = c.address
    ),
    fetched as (
        select w.client_no, w.web_id, w.file_id, w.at_utc
        from web_access as w
        join client as k on k.client_no = w.client_no and k.kind in ('client', 'front')
        where w.kind = 'file_download' and w.answered and w.file_id is not null and w.at_utc is not null
          and w.client_no not in (select client_no from own)
    ),
    met as (
        select f.client_no, f.web_id, f.at_utc / 86400 as day, min(c.client_no) as other
        from fetched as f
        join log_event as e on e.file_id = f.file_id and e.kind = 'download' and e.success and e.actor = 'account'
                               and e.at_utc between f.at_utc - 30 and f.at_utc + 30
        join log_client as c on c.address = e.address
        group by f.web_id
        having count(*) = 1
    )
    select client_no
    from met
    group by client_no
    having count(distinct other) >= 3 and count(distinct day) >= 2
);
delete from client_account where client_no in (select client_no from client where kind = 'front');
delete from client_organisation where client_no in (select client_no from client where kind = 'front');
