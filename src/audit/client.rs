//! Who asked: one client per address, whatever notation a log uses.
//!
//! Tables made here (they need address arithmetic, which SQL lacks):
//!
//! - `client`: `client_no`, `address`, `kind` (`server` loopback, `proxy` a configured proxy that forwarded no address,
//!   `none` no address logged, `cut` an IPv6 address of which the audit log kept 16 characters and which fits several
//!   clients, `front` a balancer that queries/audit/16_front.sql recognises later, `client`), `network_known` (in a
//!   configured network bound to nobody), `indicator` (why it is on a list);
//! - `client_account`: accounts whose own configured networks hold the client; `client_organisation`: the same for
//!   organisations, by the number or name that case.toml states;
//! - `web_client`: from the numbers in `web_line` to the client; `log_client`: from the audit log's text to the client.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};

use rusqlite::{Connection, params};

use super::error::AuditError;
use crate::model::{IpNet, parse_address};

/// The audit log's address column holds this many characters (`varchar(16)`).
const CUT_AT: usize = 16;

/// Whose network it is.
enum Bound {
    Nobody,
    Account(String),
    Organisation(String),
}

struct Known {
    networks: Vec<(IpNet, Bound)>,
    proxies: Vec<IpNet>,
    listed: Vec<(IpNet, String)>,
}

#[derive(Default)]
struct Clients {
    numbers: BTreeMap<(String, &'static str), i64>,
    in_order: Vec<(String, &'static str)>,
    /// Clients whose address only the audit log shows, and perhaps not whole.
    maybe_cut: HashSet<i64>,
}

impl Clients {
    fn number(&mut self, address: &str, kind: &'static str) -> i64 {
        if let Some(number) = self.numbers.get(&(address.to_owned(), kind)) {
            return *number;
        }
        self.in_order.push((address.to_owned(), kind));
        let number = i64::try_from(self.in_order.len()).unwrap_or(i64::MAX);
        self.numbers.insert((address.to_owned(), kind), number);
        number
    }
}

/// Makes the client tables from `web_line` and `log_event`.
pub(super) fn derive(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists client;
         create table client (client_no integer primary key, address text not null, kind text not null,
                              network_known integer not null, indicator text) strict;
         drop table if exists client_account;
         create table client_account (account text not null, client_no integer not null,
                                      primary key (account, client_no)) strict, without rowid;
         drop table if exists client_organisation;
         create table client_organisation (organisation text not null, client_no integer not null,
                                           primary key (organisation, client_no)) strict, without rowid;
         drop table if exists web_client;
         create table web_client (client integer not null, forwarded integer not null, client_no integer not null,
                                  primary key (client, forwarded)) strict, without rowid;
         drop table if exists log_client;
         create table log_client (address text primary key, client_no integer not null) strict, without rowid;",
    )?;
    let known = load_known(db)?;
    let mut clients = Clients::default();
    let by_cut = web_clients(db, &known, &mut clients)?;
    log_clients(db, &known.proxies, &by_cut, &mut clients)?;
    store(db, &known, &clients)
}

fn load_known(db: &Connection) -> Result<Known, AuditError> {
    let mut known = Known { networks: Vec::new(), proxies: Vec::new(), listed: Vec::new() };
    let mut statement =
        db.prepare("select network, account, organisation from known_network order by network, account, organisation")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // Settings were checked when they were read; a row put in by hand that is no network counts for nobody.
        if let Ok(network) = IpNet::parse(&row.get::<_, String>(0)?) {
            let bound = match (row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?) {
                (Some(account), _) => Bound::Account(account),
                (None, Some(organisation)) => Bound::Organisation(organisation),
                (None, None) => Bound::Nobody,
            };
            known.networks.push((network, bound));
        }
    }
    let mut statement = db.prepare("select network from known_proxy order by network")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        known.proxies.extend(IpNet::parse(&row.get::<_, String>(0)?).ok());
    }
    let mut statement =
        db.prepare("select value, source from indicator where kind in ('address', 'network') order by value")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Ok(network) = IpNet::parse(&row.get::<_, String>(0)?) {
            known.listed.push((network, row.get(1)?));
        }
    }
    Ok(known)
}

/// Web requests: returns, for the first 16 characters of each IPv6 address as logged, the clients that begin so.
fn web_clients(db: &Connection, known: &Known, clients: &mut Clients) -> Result<HashMap<String, Vec<i64>>, AuditError> {
    let mut pairs = db.prepare(
        "with pair as (select distinct client, forwarded from web_line)
         select coalesce(p.client, 0), coalesce(p.forwarded, 0), coalesce(c.text, ''), f.text
         from pair as p
         left join web_text as c on c.text_id = p.client
         left join web_text as f on f.text_id = p.forwarded
         order by c.text, f.text, p.client, p.forwarded",
    )?;
    let mut insert = db.prepare("insert into web_client values (?1, ?2, ?3)")?;
    let mut by_cut: HashMap<String, Vec<i64>> = HashMap::new();
    let mut rows = pairs.query([])?;
    while let Some(row) = rows.next()? {
        let socket: String = row.get(2)?;
        let forwarded: Option<String> = row.get(3)?;
        let (address, kind) = resolve(&socket, forwarded.as_deref(), &known.proxies);
        let number = clients.number(&address, kind);
        insert.execute(params![row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, number])?;
        if let Some(cut) = cut_text(&address) {
            let entry = by_cut.entry(cut).or_default();
            if !entry.contains(&number) {
                entry.push(number);
            }
        }
    }
    Ok(by_cut)
}

fn log_clients(
    db: &Connection,
    proxies: &[IpNet],
    by_cut: &HashMap<String, Vec<i64>>,
    clients: &mut Clients,
) -> Result<(), AuditError> {
    // The inventory names addresses too: whoever uploaded from one has used it, also where the log is missing.
    let mut addresses = db.prepare(
        "select address from log_event
         union select upload_address from stored_file where upload_address is not null
         order by 1",
    )?;
    let mut insert = db.prepare("insert into log_client values (?1, ?2)")?;
    let mut rows = addresses.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        let may_be_cut = text.contains(':') && text.chars().count() == CUT_AT;
        let proxy = proxies.iter().map(IpNet::to_string).find(|p| cut_text(p).is_some_and(|cut| cut == text));
        let number = match (by_cut.get(&text), proxy) {
            (Some(fitting), None) if may_be_cut && fitting.len() == 1 => fitting[0],
            (Some(_), _) if may_be_cut => clients.number(&text, "cut"),
            (_, Some(proxy)) if may_be_cut => clients.number(&proxy, "proxy"),
            _ => {
                // The audit log forwards no address: a row that shows the proxy hides its client.
                let (address, kind) = resolve(&text, None, proxies);
                let number = clients.number(&address, kind);
                if may_be_cut && !by_cut.contains_key(&text) {
                    clients.maybe_cut.insert(number);
                }
                number
            }
        };
        insert.execute(params![text, number])?;
    }
    Ok(())
}

/// The first 16 characters of an address that may have been cut: IPv6, or IPv4 written as IPv6 (`::ffff:192.0.2.7`).
fn cut_text(address: &str) -> Option<String> {
    let whole = match parse_address(address)? {
        IpAddr::V4(v4) => format!("::ffff:{v4}"),
        IpAddr::V6(v6) => v6.to_string(),
    };
    (whole.len() >= CUT_AT).then(|| whole[..CUT_AT].to_owned())
}

/// Lowest and highest address that a text of 16 characters can have been cut from: the groups that end before the cut are
/// certain, behind them or behind `::` anything may have stood.
fn cut_range(text: &str) -> Option<(IpAddr, IpAddr)> {
    let certain = text.split_once("::").map_or(text, |(before, _)| before);
    let mut groups: Vec<&str> = certain.split(':').filter(|g| !g.is_empty()).collect();
    if certain.len() == text.len() {
        // Without `::` the last group may have lost its end; a text that ends in a colon has lost nothing of it.
        if !text.ends_with(':') {
            groups.pop();
        }
    }
    if groups.is_empty() || groups.len() > 7 {
        return None;
    }
    let (mut low, mut high) = ([0_u16; 8], [u16::MAX; 8]);
    for (index, group) in groups.iter().enumerate() {
        let value = u16::from_str_radix(group, 16).ok()?;
        (low[index], high[index]) = (value, value);
    }
    Some((IpAddr::V6(Ipv6Addr::from(low)), IpAddr::V6(Ipv6Addr::from(high))))
}

/// The address that counts. Behind a configured proxy it is the rightmost forwarded hop that is no such proxy; what
/// anybody else writes into the header is not believed.
fn resolve(socket: &str, forwarded: Option<&str>, proxies: &[IpNet]) -> (String, &'static str) {
    let trusted = |address: IpAddr| proxies.iter().any(|p| p.contains(address));
    match parse_address(socket) {
        None if socket.is_empty() || socket == "SCRIPT" => (String::new(), "none"),
        None => (socket.to_owned(), "client"),
        Some(address) if trusted(address) => match forwarded_client(forwarded.unwrap_or_default(), trusted) {
            Some(hop) => (hop.to_string(), "client"),
            None => (address.to_string(), "proxy"),
        },
        Some(address) if address.is_loopback() => (address.to_string(), "server"),
        Some(address) => (address.to_string(), "client"),
    }
}

/// The rightmost hop that is no believed proxy. A hop that is no address (`unknown`) was written by a believed proxy that
/// does not know its client either: what stands left of it is hearsay.
fn forwarded_client(header: &str, trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let hops = header.rsplit([',', '+', ' ']).map(|hop| hop.trim_matches('"')).filter(|hop| !hop.is_empty());
    for hop in hops {
        let address = parse_address(hop)?;
        if !trusted(address) {
            return Some(address);
        }
    }
    None
}

fn store(db: &Connection, known: &Known, clients: &Clients) -> Result<(), AuditError> {
    let mut insert = db.prepare("insert into client values (?1, ?2, ?3, ?4, ?5)")?;
    let mut to_account = db.prepare("insert or ignore into client_account values (?1, ?2)")?;
    let mut to_organisation = db.prepare("insert or ignore into client_organisation values (?1, ?2)")?;
    for (number, (address, kind)) in (1_i64..).zip(&clients.in_order) {
        // A proxy's own address says nothing about who stood behind it.
        let range = match *kind {
            "client" if clients.maybe_cut.contains(&number) => cut_range(address),
            "client" => parse_address(address).map(|a| (a, a)),
            _ => None,
        };
        let holds = |network: &IpNet| range.is_some_and(|(low, high)| network.contains(low) && network.contains(high));
        let network_known = known.networks.iter().any(|(n, bound)| matches!(bound, Bound::Nobody) && holds(n));
        let listed = known.listed.iter().find(|(n, _)| holds(n)).map(|(_, source)| source.clone());
        insert.execute(params![number, address, kind, network_known, listed])?;
        for (_, bound) in known.networks.iter().filter(|(network, _)| holds(network)) {
            match bound {
                Bound::Account(account) => to_account.execute(params![account, number])?,
                Bound::Organisation(organisation) => to_organisation.execute(params![organisation, number])?,
                Bound::Nobody => 0,
            };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Vec<IpNet> {
        vec![IpNet::parse("10.20.0.9").unwrap()]
    }

    #[test]
    fn a_forwarded_address_is_believed_only_from_a_configured_proxy() {
        let xff = Some("198.51.100.7,+203.0.113.9");
        assert_eq!(resolve("10.20.0.9", xff, &proxies()), ("203.0.113.9".into(), "client"));
        assert_eq!(resolve("192.0.2.1", xff, &proxies()), ("192.0.2.1".into(), "client"));
    }

    #[test]
    fn a_proxy_that_forwards_nothing_hides_its_client() {
        assert_eq!(resolve("10.20.0.9", None, &proxies()), ("10.20.0.9".into(), "proxy"));
    }

    #[test]
    fn hops_may_carry_ports_and_quotes_and_the_rightmost_untrusted_one_counts() {
        for (header, client) in [
            ("203.0.113.7:4711", "203.0.113.7"),
            ("198.51.100.9,+\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("198.51.100.9, 203.0.113.7, 10.20.0.9", "203.0.113.7"),
            ("unknown,+203.0.113.7", "203.0.113.7"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(resolve("10.20.0.9:51000", Some(header), &proxies()), (client.into(), "client"), "{header}");
        }
        // Who came before the hop that the proxy does not know is hearsay.
        for header in ["203.0.113.7,+unknown", "unknown", "10.20.0.9", "-", "", "203.0.113.7, _hidden,10.20.0.9"] {
            assert_eq!(resolve("10.20.0.9", Some(header), &proxies()), ("10.20.0.9".into(), "proxy"), "{header}");
        }
    }

    #[test]
    fn of_a_cut_address_only_whole_groups_are_certain() {
        let range = |text: &str| cut_range(text).map(|(low, high)| format!("{low} {high}"));
        let high = "ffff:ffff:ffff:ffff";
        assert_eq!(range("2001:db8:85a3:1:").unwrap(), format!("2001:db8:85a3:1:: 2001:db8:85a3:1:{high}"));
        assert_eq!(range("2001:db8:85a3:12").unwrap(), format!("2001:db8:85a3:: 2001:db8:85a3:ffff:{high}"));
        assert_eq!(range("2001:db8::1:2:34").unwrap(), format!("2001:db8:: 2001:db8:ffff:ffff:{high}"));
        assert_eq!(range("::ffff:203.0.113"), None);
        assert_eq!(cut_text("203.0.113.77").as_deref(), Some("::ffff:203.0.113"));
        assert_eq!(cut_text("2001:db8::7"), None);
    }

    #[test]
    fn loopback_is_the_server_and_a_zone_makes_no_second_client() {
        assert_eq!(resolve("::1", None, &[]).1, "server");
        assert_eq!(resolve("fe80::1%3", None, &[]).0, "fe80::1");
        assert_eq!(resolve("::ffff:192.0.2.7", None, &[]).0, "192.0.2.7");
    }
}
