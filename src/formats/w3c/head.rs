//! What a file is, told by its first bytes: a web log in W3C format, or one of its relatives that are none.

use super::fields::Kind;
use super::values;

/// Whether the head of a file (its first 64 KiB or less) is a W3C log of web requests: it has a `#Fields` line with at
/// least one column of a request, or the directives of IIS before any `#Fields`.
pub fn recognises(head: &[u8]) -> bool {
    if utf16(head).is_some() {
        // The reader refuses it with the reason; `#Fields` in UTF-16 is a W3C log all the same.
        let text: Vec<u8> = head.iter().copied().filter(|&byte| byte != 0).collect();
        return matches!(Head::of(text.get(2..).unwrap_or_default()).verdict(), Verdict::WebLog);
    }
    matches!(Head::of(head).verdict(), Verdict::WebLog)
}

/// What a file that [`recognises`] declines is instead, as an id for the list of evidence: `httperr` (error log of
/// HTTP.sys), `iis_native` (comma-separated IIS log, times local), `firewall_log`, `no_fields` (lines of a web log
/// without a `#Fields` line; its fields can be stated in case.toml), `w3c_other` (W3C format, no web requests).
pub fn refusal(head: &[u8]) -> Option<&'static str> {
    match Head::of(head).verdict() {
        Verdict::Other(id) => Some(id),
        Verdict::WebLog | Verdict::Unknown => None,
    }
}

/// Names UTF-16 by its byte order mark.
pub(super) fn utf16(head: &[u8]) -> Option<&'static str> {
    match head {
        [0xFF, 0xFE, ..] => Some("UTF-16LE with a byte order mark"),
        [0xFE, 0xFF, ..] => Some("UTF-16BE with a byte order mark"),
        _ => None,
    }
}

/// What follows `#name:`; names are compared without case.
pub(super) fn directive<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.strip_prefix('#')?.split_once(':')?;
    found.trim().eq_ignore_ascii_case(name).then_some(value)
}

enum Verdict {
    WebLog,
    Other(&'static str),
    Unknown,
}

#[derive(Default)]
struct Head {
    software: Option<String>,
    fields: Option<Vec<String>>,
    first_line: Option<String>,
    begins_with_directive: bool,
}

impl Head {
    fn of(head: &[u8]) -> Self {
        let mut found = Self::default();
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let lines = head.split(|&byte| byte == b'\n' || byte == 0).map(<[u8]>::trim_ascii);
        let mut is_first = true;
        for line in lines {
            if line.is_empty() {
                continue;
            }
            if line[0] == b'#' {
                let text = String::from_utf8_lossy(line);
                if let Some(software) = directive(&text, "software") {
                    found.software.get_or_insert(software.trim().to_string());
                } else if let Some(fields) = directive(&text, "fields") {
                    // The last line of the head may be cut.
                    let names: Vec<String> = fields.split_ascii_whitespace().map(str::to_string).collect();
                    found.fields.get_or_insert(names);
                    found.begins_with_directive |= is_first;
                    break;
                }
                found.begins_with_directive |= is_first;
            } else if found.first_line.is_none() {
                found.first_line = Some(String::from_utf8_lossy(&line[..line.len().min(4096)]).into_owned());
            }
            is_first = false;
        }
        found
    }

    fn verdict(&self) -> Verdict {
        let is_software = |name: &str| {
            let found = self.software.as_deref().unwrap_or_default();
            found.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        };
        let shape = self.first_line.as_deref().and_then(shape);
        // A file that does not begin like a log (a text about logs) is none, whatever it quotes further down.
        if !self.begins_with_directive && shape.is_none() {
            return Verdict::Unknown;
        }
        let has = |name: &str| self.fields.iter().flatten().any(|field| field.eq_ignore_ascii_case(name));
        if is_software("Microsoft HTTP API") || has("s-reason") || has("s-queuename") {
            return Verdict::Other("httperr");
        }
        let is_firewall = is_software("Microsoft Internet Connection Firewall")
            || is_software("Microsoft Windows Firewall")
            || (has("src-ip") && has("dst-ip"));
        if is_firewall {
            return Verdict::Other("firewall_log");
        }
        match &self.fields {
            Some(names) if names.iter().any(|name| Kind::names_a_request(name)) => Verdict::WebLog,
            Some(_) => Verdict::Other("w3c_other"),
            // Up to "Se": "Internet Information Server 4.0", "Internet Information Services 10.0".
            None if is_software("Microsoft Internet Information Se") => Verdict::WebLog,
            None => shape.map_or(Verdict::Unknown, Verdict::Other),
        }
    }
}

/// What a line without any directive before it looks like.
fn shape(line: &str) -> Option<&'static str> {
    // 192.0.2.1, -, 03/20/01, 7:55:20, W3SVC2, SERVER, 198.51.100.7, 4502, 163, 3223, 200, 0, GET, /logo.gif, -,
    let native: Vec<&str> = line.split(", ").collect();
    if native.len() >= 14 && values::is_address(native[0].as_bytes()) && native[2].matches('/').count() == 2 {
        return Some("iis_native");
    }
    let tokens: Vec<&[u8]> = line.as_bytes().split(|&byte| byte == b' ').collect();
    let is_time = |at: usize| tokens.get(at).is_some_and(|token| values::second_of_day(token).is_some());
    let is_address = |at: usize| tokens.get(at).is_some_and(|token| values::is_address(token));
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| values::number(token).is_some());
    let is_dated = tokens.first().is_some_and(|token| values::day(token).is_some()) && is_time(1);
    if is_dated && is_address(2) && is_number(3) && is_address(4) && is_number(5) {
        return Some("httperr");
    }
    let methods: [&[u8]; 7] = [b"GET", b"POST", b"HEAD", b"PUT", b"OPTIONS", b"DELETE", b"PROPFIND"];
    let has_method = tokens.iter().any(|token| methods.contains(token));
    let has_address = (0..tokens.len()).any(is_address);
    ((is_dated || is_time(0)) && has_method && has_address).then_some("no_fields")
}

#[cfg(test)]
mod tests {
    use super::*;

    const IIS: &str = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n";

    #[test]
    fn web_logs_and_their_relatives() {
        for (head, web, other) in [
            (IIS.to_string(), true, None),
            (format!("\u{feff}{IIS}#Fields: date time c-ip\n"), true, None),
            (format!("\0\0\0{IIS}"), true, None),
            ("#Fields: x cs-method y".into(), true, None),
            ("#Software: Other\n#FIELDS: SC-STATUS\n".into(), true, None),
            ("#Software: Microsoft Internet Information Server 4.0".into(), true, None),
            ("2023-05-28 03:18:02 192.0.2.1 GET / 200\n#Fields: date time c-ip\n".into(), true, None),
            ("2023-05-28 03:18:02 192.0.2.1 GET / 200\n".into(), false, Some("no_fields")),
            ("03:18:02 192.0.2.1 GET / 200\n".into(), false, Some("no_fields")),
            ("#Software: Microsoft HTTP API 2.0\n#Fields: date time c-ip s-reason".into(), false, Some("httperr")),
            ("#Fields: date time c-ip c-port s-queuename".into(), false, Some("httperr")),
            (
                "2025-03-14 08:00:01 192.0.2.10 50123 192.0.2.1 80 HTTP/1.1 GET / 503 1 AppOffline Pool".into(),
                false,
                Some("httperr"),
            ),
            (
                "192.0.2.1, -, 03/20/01, 7:55:20, W3SVC2, SRV, 10.0.0.1, 45, 163, 32, 200, 0, GET, /a, -,\r\n".into(),
                false,
                Some("iis_native"),
            ),
            (
                "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Fields: date time action src-ip dst-ip".into(),
                false,
                Some("firewall_log"),
            ),
            ("#Fields: date time s-event".into(), false, Some("w3c_other")),
            ("#!/bin/sh\n# a script\necho".into(), false, None),
            ("A text.\n#Fields: c-ip\n".into(), false, None),
            ("#Software: Something\n#Version: 1.0\n".into(), false, None),
            (String::new(), false, None),
        ] {
            assert_eq!((recognises(head.as_bytes()), refusal(head.as_bytes())), (web, other), "{head}");
        }
    }

    #[test]
    fn a_log_in_utf_16_is_recognised_for_the_reader_to_refuse() {
        let wide: Vec<u8> = "\u{feff}#Fields: c-ip\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(recognises(&wide));
        assert!(!recognises(b"\xFF\xFEa\0b\0"));
    }
}
