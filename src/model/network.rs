//! IP addresses and networks as they stand in logs and settings.
//!
//! Own and small: a network is an address and a prefix length. Addresses in evidence carry things that
//! [`std::net::IpAddr`] refuses and that must not hide a match: a zone (`fe80::1%12`), brackets with a port
//! (`[2001:db8::1]:443`), or an IPv4 address mapped into IPv6 (`::ffff:192.0.2.7`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// A text that is no network, with what was expected instead.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("{found:?} is no network: {expected}")]
pub struct NetworkError {
    /// The text as found.
    pub found: String,
    /// What was expected, a sentence part in English.
    pub expected: String,
}

/// A network in CIDR notation; a single address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpNet {
    address: IpAddr,
    prefix: u8,
}

/// Reads one address, tolerant of a zone, of brackets and of a port behind brackets or behind IPv4. An IPv4 address mapped
/// into IPv6 becomes IPv4, so that both notations of one client are one client.
pub fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => text,
    };
    let bare = bare.split_once('%').map_or(bare, |(address, _zone)| address);
    let address = match bare.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) => {
            let (host, port) = bare.rsplit_once(':')?;
            port.parse::<u16>().ok()?;
            IpAddr::V4(host.parse::<Ipv4Addr>().ok()?)
        }
    };
    Some(address.to_canonical())
}

impl IpNet {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address.
    ///
    /// # Errors
    ///
    /// Host bits that are set (`10.1.2.3/8`) are refused: whether the address or the length is the slip cannot be known,
    /// and a network that is too wide would turn strangers into known clients.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let wrong = |expected: String| NetworkError { found: text.to_owned(), expected };
        let form = || {
            "expected an address or a network in CIDR notation, e.g. 10.0.0.0/8, 203.0.113.7 or 2001:db8::/32"
                .to_owned()
        };
        let trimmed = text.trim();
        let (address, length) = match trimmed.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (trimmed, None),
        };
        let mapped = address.parse::<Ipv6Addr>().is_ok_and(|a| a.to_ipv4_mapped().is_some());
        let address = parse_address(address).ok_or_else(|| wrong(form()))?;
        let bits = width(address);
        let prefix = match length {
            None => bits,
            Some(length) => {
                let stated: u8 = length.parse().map_err(|_| wrong(form()))?;
                // ::ffff:192.0.2.0/120 counts the 96 bits in front of the IPv4 address.
                let stated = if mapped { stated.checked_sub(96).unwrap_or(u8::MAX) } else { stated };
                if stated > bits {
                    return Err(wrong(format!("the prefix length goes from 0 to {bits}")));
                }
                stated
            }
        };
        let network = Self { address: keep_bits(address, prefix), prefix };
        if network.address != address {
            return Err(wrong(format!("bits behind /{prefix} are set; the network would be {network}")));
        }
        Ok(network)
    }

    /// Whether the address lies in the network. IPv4 and IPv6 never contain each other.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.address.is_ipv4() == address.is_ipv4() && keep_bits(address, self.prefix) == self.address
    }

    /// Whether an address as written in a log lies in the network; `false` for a text that is no address.
    pub fn contains_text(&self, text: &str) -> bool {
        parse_address(text).is_some_and(|address| self.contains(address))
    }
}

impl std::fmt::Display for IpNet {
    /// CIDR notation; a single address stands without its length.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.prefix == width(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn keep_bits(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(a) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(a.to_bits() & mask))
        }
        IpAddr::V6(a) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(a.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> IpNet {
        IpNet::parse(text).unwrap()
    }

    #[test]
    fn a_network_contains_its_first_and_last_address_and_not_the_next() {
        let n = net("203.0.113.64/26");
        assert!(n.contains_text("203.0.113.64") && n.contains_text("203.0.113.127"));
        assert!(!n.contains_text("203.0.113.63") && !n.contains_text("203.0.113.128"));
        let n = net("2001:db8:4000::/34");
        assert!(n.contains_text("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"));
        assert!(!n.contains_text("2001:db8:8000::"));
    }

    #[test]
    fn the_widest_networks_hold_everything_of_their_kind_only() {
        assert!(net("0.0.0.0/0").contains_text("198.51.100.1"));
        assert!(!net("0.0.0.0/0").contains_text("2001:db8::1"));
        assert!(net("::/0").contains_text("2001:db8::1"));
        assert!(!net("::/0").contains_text("198.51.100.1"));
    }

    #[test]
    fn a_single_address_is_a_network_of_one() {
        assert_eq!(net("192.0.2.7").to_string(), "192.0.2.7");
        assert_eq!(net("2001:DB8:0::7/128").to_string(), "2001:db8::7");
        assert!(!net("192.0.2.7").contains_text("192.0.2.8"));
    }

    #[test]
    fn zone_brackets_port_and_mapped_notation_do_not_hide_a_match() {
        let n = net("2001:db8::/32");
        for text in ["2001:db8::1%12", "[2001:db8::1]", "[2001:db8::1%eth0]:443", " 2001:DB8::1 "] {
            assert!(n.contains_text(text), "{text}");
        }
        let n = net("192.0.2.0/24");
        for text in ["::ffff:192.0.2.9", "192.0.2.9:50123", "[::ffff:192.0.2.9]:80"] {
            assert!(n.contains_text(text), "{text}");
        }
        assert_eq!(net("::ffff:192.0.2.0/120"), n);
    }

    #[test]
    fn what_is_no_address_is_in_no_network() {
        for text in ["", "-", "host.example", "192.0.2", "192.0.2.7:x", "[2001:db8::1"] {
            assert!(!net("0.0.0.0/0").contains_text(text) && !net("::/0").contains_text(text), "{text}");
        }
    }

    #[test]
    fn wrong_networks_say_what_was_expected() {
        let text = |t: &str| IpNet::parse(t).unwrap_err().to_string();
        assert_eq!(
            text("10.1.2.3/8"),
            "\"10.1.2.3/8\" is no network: bits behind /8 are set; the network would be 10.0.0.0/8"
        );
        assert_eq!(text("10.0.0.0/33"), "\"10.0.0.0/33\" is no network: the prefix length goes from 0 to 32");
        assert_eq!(
            text("office"),
            "\"office\" is no network: expected an address or a network in CIDR notation, e.g. 10.0.0.0/8, 203.0.113.7 or 2001:db8::/32"
        );
        assert!(IpNet::parse("10.0.0.0/").is_err());
        assert!(IpNet::parse("::ffff:192.0.2.0/24").is_err());
    }
}
