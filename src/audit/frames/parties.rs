//! Who acts behind an address that several clients share (queries/audit/17_shared_address.sql).
//!
//! There a session is cut by *party*, so that nobody answers for what another did behind the same address:
//!
//! - `account <id>`, `guest <name>`, `name <login>` (a name that no account has), `system`: the audit rows say it. Of the
//!   web requests, a party has those that pair with one of its rows, the sign-on request nearest to its sign-on row, and
//!   what the same program (user agent) asked for within half an hour of such a request, by the nearest of them.
//! - `attack`: steps of the attack, and what the same program asked for within half an hour of one.
//! - `public`: pages that are open to everybody and that nothing else ties to a party.
//! - the empty party: everything else. What cannot be attributed is not cleared either: a download that was answered and
//!   pairs with no audit row is never given to an account by its program alone, for that is what deleted rows look like.
//!
//! All other addresses have the empty party alone.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::Connection;

use super::sessions::IDLE_S;
use crate::audit::error::AuditError;

/// The sign-on request and its audit row lie seconds apart.
const SIGN_ON_S: i64 = 30;

/// Number of the empty party.
pub(super) const NOBODY: i64 = 0;

/// The party of each event at shared addresses; events that are not named have the empty party.
#[derive(Default)]
pub(super) struct Parties {
    /// In the order of their names, so that the same evidence numbers them the same.
    names: Vec<String>,
    web: HashMap<i64, i64>,
    log: HashMap<i64, i64>,
}

/// What a request is, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    SignOn,
    Token,
    GuestPost,
    /// The m2 call or the web shell.
    Exploit,
    /// The end of the upload chain: answered with an error because the hidden object was unpacked.
    FailedUpload,
    Fetched,
    OtherData,
}

struct Request {
    web_id: i64,
    client: i64,
    at: i64,
    agent: i64,
    kind: Kind,
}

impl Parties {
    pub(super) fn of_request(&self, web_id: i64) -> i64 {
        self.web.get(&web_id).copied().unwrap_or(NOBODY)
    }

    pub(super) fn of_row(&self, event_no: i64) -> i64 {
        self.log.get(&event_no).copied().unwrap_or(NOBODY)
    }

    pub(super) fn name(&self, party: i64) -> &str {
        usize::try_from(party).ok().and_then(|index| self.names.get(index)).map_or("", String::as_str)
    }
}

/// Attributes rows and requests at shared addresses. Needs `pair`.
pub(super) fn attribute(db: &Connection) -> Result<Parties, AuditError> {
    let shared: i64 = db.query_row("select count(*) from shared_address", [], |row| row.get(0))?;
    if shared == 0 {
        return Ok(Parties::default());
    }
    let mut statement = db.prepare(
        "select case e.actor when 'account' then 'account ' || e.account_id
                             when 'guest' then 'guest ' || lower(coalesce(e.login, ''))
                             when 'system' then 'system' else 'name ' || lower(coalesce(e.login, '')) end,
                e.event_no, s.client_no, e.at_utc, e.kind = 'sign_on', p.web_id
         from log_event as e
         join log_client as c on c.address = e.address
         left join shared_address as s on s.client_no = c.client_no
         left join pair as p on p.event_no = e.event_no
         where e.at_utc is not null and (s.client_no is not null or p.web_id is not null)
         order by e.event_no",
    )?;
    let mut found = statement.query([])?;
    let mut numbers: BTreeMap<String, i64> = ["", "attack", "public"].map(|name| (name.to_owned(), 0)).into();
    let mut rows: Vec<(i64, String, bool, Option<i64>)> = Vec::new();
    let mut sign_ons: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    while let Some(row) = found.next()? {
        let (name, event_no): (String, i64) = (row.get(0)?, row.get(1)?);
        let client: Option<i64> = row.get(2)?;
        if let (Some(client), true) = (client, row.get(4)?) {
            sign_ons.entry(client).or_default().push((row.get(3)?, event_no));
        }
        numbers.entry(name.clone()).or_default();
        rows.push((event_no, name, client.is_some(), row.get(5)?));
    }
    for (number, place) in (NOBODY..).zip(numbers.values_mut()) {
        *place = number;
    }
    let number = |name: &str| numbers.get(name).copied().unwrap_or(NOBODY);
    let (mut web, mut log) = (HashMap::new(), HashMap::new());
    for (event_no, name, at_shared, web_id) in &rows {
        let party = number(name);
        if *at_shared {
            log.insert(*event_no, party);
        }
        if let Some(web_id) = web_id {
            web.insert(*web_id, party);
        }
    }
    drop(rows);
    let requests = requests(db)?;
    for (web_id, event_no) in nearest_sign_ons(&requests, &web, &mut sign_ons) {
        web.insert(web_id, log.get(&event_no).copied().unwrap_or(NOBODY));
    }
    by_program(&requests, &mut web, number("attack"), number("public"));
    // Requests elsewhere that pair with a row stay whole sessions of their own address.
    let at_shared: HashSet<i64> = requests.iter().map(|r| r.web_id).collect();
    web.retain(|web_id, _| at_shared.contains(web_id));
    Ok(Parties { web, log, names: numbers.into_keys().collect() })
}

/// Requests from shared addresses, in order.
fn requests(db: &Connection) -> Result<Vec<Request>, AuditError> {
    let mut statement = db.prepare(
        "select l.web_id, w.client_no, l.at_utc, coalesce(l.agent, 0),
                case when a.web_id is null then 0
                     when a.kind in ('exploit_m2', 'web_shell') then 4
                     when a.kind = 'guest_post' then 3
                     when a.kind = 'token' then 2
                     when a.kind = 'sign_on_form' then 1
                     when a.kind = 'resumable_upload' and a.status >= 500 then 5
                     when a.kind = 'file_download' and a.answered then 6
                     else 7 end
         from web_line as l
         join web_client as w on w.client = coalesce(l.client, 0) and w.forwarded = coalesce(l.forwarded, 0)
         join shared_address as s on s.client_no = w.client_no
         left join web_access as a on a.web_id = l.web_id
         where l.at_utc is not null and l.web_id not in (select web_id from web_copy)
         order by l.web_id",
    )?;
    let kind = |code: i64| match code {
        0 => Kind::Page,
        1 => Kind::SignOn,
        2 => Kind::Token,
        3 => Kind::GuestPost,
        4 => Kind::Exploit,
        5 => Kind::FailedUpload,
        6 => Kind::Fetched,
        _ => Kind::OtherData,
    };
    let found = statement
        .query_map([], |row| {
            let (web_id, client, at, agent) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(Request { web_id, client, at, agent, kind: kind(row.get(4)?) })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Sign-on requests and sign-on rows of one address that are each other's nearest: `web_id`, `event_no`.
fn nearest_sign_ons(
    requests: &[Request],
    claimed: &HashMap<i64, i64>,
    rows: &mut BTreeMap<i64, Vec<(i64, i64)>>,
) -> Vec<(i64, i64)> {
    let mut asked: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    let open = |r: &&Request| matches!(r.kind, Kind::Token | Kind::SignOn) && !claimed.contains_key(&r.web_id);
    for request in requests.iter().filter(open) {
        asked.entry(request.client).or_default().push((request.at, request.web_id));
    }
    let mut found = Vec::new();
    for (client, asked) in &mut asked {
        let Some(rows) = rows.get_mut(client) else { continue };
        asked.sort_unstable();
        rows.sort_unstable();
        for (at, web_id) in asked.iter() {
            if let Some((row_at, event_no)) = nearest(rows, *at).filter(|(row_at, _)| (row_at - at).abs() <= SIGN_ON_S)
                && nearest(asked, row_at).is_some_and(|(_, back)| back == *web_id)
            {
                found.push((*web_id, event_no));
            }
        }
    }
    found
}

/// The entry nearest in time; of two as near the earlier one. `sorted` by time.
fn nearest(sorted: &[(i64, i64)], at: i64) -> Option<(i64, i64)> {
    let after = sorted.partition_point(|(other, _)| *other < at);
    let before = after.checked_sub(1).and_then(|i| sorted.get(i)).copied();
    match (before, sorted.get(after).copied()) {
        (Some(before), Some(after)) => Some(if at - before.0 <= after.0 - at { before } else { after }),
        (before, after) => before.or(after),
    }
}

/// Gives every request that no audit row claims to the party of its program, or to none.
fn by_program(requests: &[Request], web: &mut HashMap<i64, i64>, attack: i64, public: i64) {
    // Of one program at one address: the times at which it is known who used it, and the steps of the attack.
    type Program = (i64, i64);
    let mut anchors: HashMap<Program, BTreeMap<i64, i64>> = HashMap::new();
    let mut steps: HashMap<Program, Vec<(i64, i64)>> = HashMap::new();
    let mut exploits: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for request in requests {
        let program = (request.client, request.agent);
        if let Some(party) = web.get(&request.web_id) {
            let at = anchors.entry(program).or_default().entry(request.at).or_insert(*party);
            if at != party {
                *at = NOBODY;
            }
        } else if request.kind == Kind::Exploit {
            steps.entry(program).or_default().push((request.at, 0));
            exploits.entry(request.client).or_default().push((request.at, 0));
        }
    }
    let anchors: HashMap<Program, Vec<(i64, i64)>> =
        anchors.into_iter().map(|(program, times)| (program, times.into_iter().collect())).collect();
    for times in steps.values_mut().chain(exploits.values_mut()) {
        times.sort_unstable();
    }
    let near = |times: Option<&Vec<(i64, i64)>>, at: i64| {
        times.and_then(|t| nearest(t, at)).filter(|(other, _)| (other - at).abs() <= IDLE_S)
    };
    for request in requests {
        if web.contains_key(&request.web_id) {
            continue;
        }
        let program = (request.client, request.agent);
        // A token of another program is more likely a partner's than a change of programs within the chain.
        let step = matches!(request.kind, Kind::Exploit | Kind::GuestPost | Kind::FailedUpload);
        let attacks = near(steps.get(&program), request.at).is_some()
            || (step && near(exploits.get(&request.client), request.at).is_some());
        let party = if attacks {
            attack
        } else if matches!(request.kind, Kind::Fetched | Kind::FailedUpload) {
            NOBODY
        } else {
            match near(anchors.get(&program), request.at) {
                Some((_, party)) if party != NOBODY => party,
                _ if request.kind == Kind::Page => public,
                _ => NOBODY,
            }
        };
        web.insert(request.web_id, party);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(web_id: i64, at: i64, agent: i64, kind: Kind) -> Request {
        Request { web_id, client: 1, at, agent, kind }
    }

    fn parties(requests: &[Request], known: &[(i64, i64)]) -> Vec<i64> {
        let mut web: HashMap<i64, i64> = known.iter().copied().collect();
        by_program(requests, &mut web, 90, 91);
        requests.iter().map(|r| web[&r.web_id]).collect()
    }

    #[test]
    fn requests_follow_the_nearest_use_of_the_same_program() {
        let requests = [
            request(1, 1000, 7, Kind::Fetched),
            request(2, 2000, 7, Kind::Fetched),
            request(3, 1100, 7, Kind::OtherData),
            request(4, 1900, 7, Kind::Page),
            request(5, 1950, 8, Kind::OtherData),
            request(6, 1950, 8, Kind::Page),
            request(7, 2000 + IDLE_S + 1, 7, Kind::OtherData),
            request(8, 1950, 7, Kind::Fetched),
        ];
        assert_eq!(parties(&requests, &[(1, 11), (2, 12)]), [11, 12, 11, 12, NOBODY, 91, NOBODY, NOBODY]);
    }

    #[test]
    fn steps_of_the_attack_and_their_program_stand_by_themselves() {
        let requests = [
            request(1, 1000, 7, Kind::Fetched),
            request(2, 1010, 7, Kind::Exploit),
            request(3, 1020, 8, Kind::GuestPost),
            request(4, 1030, 7, Kind::OtherData),
            request(5, 1040, 9, Kind::OtherData),
            request(6, 1010 + IDLE_S + 1, 8, Kind::GuestPost),
            request(7, 1050, 7, Kind::Token),
            request(8, 1050, 9, Kind::Token),
        ];
        assert_eq!(parties(&requests, &[(1, 11)]), [11, 90, 90, 90, NOBODY, NOBODY, 90, NOBODY]);
    }

    #[test]
    fn a_sign_on_goes_with_the_row_that_is_nearest_both_ways() {
        let requests =
            [request(1, 100, 7, Kind::Token), request(2, 103, 7, Kind::Token), request(3, 500, 7, Kind::SignOn)];
        let mut rows = BTreeMap::from([(1, vec![(104, 51), (700, 52)])]);
        assert_eq!(nearest_sign_ons(&requests, &HashMap::new(), &mut rows), [(2, 51)]);
    }
}
