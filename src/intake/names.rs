//! Names of files: as stored, and what a web log's name says.

use std::path::Path;

use jiff::civil::Date;

use crate::model::escape_invalid;

/// A path below its source as stored: slashes between parts, bytes that are no UTF-8 as `\xNN`.
pub(crate) fn stored_path(relative: &Path) -> String {
    let parts: Vec<String> = relative.components().map(|c| escape_invalid(c.as_os_str().as_encoded_bytes())).collect();
    parts.join("/")
}

/// A name out of an archive as stored. Nothing is ever written under it; it is only made harmless to print: control
/// characters as `\u{…}`, one kind of separator, no absolute beginning.
pub(super) fn member_name(raw: &[u8]) -> String {
    let mut name = String::new();
    // Before invalid bytes get their backslash.
    let slashes: Vec<u8> = raw.iter().map(|b| if *b == b'\\' { b'/' } else { *b }).collect();
    for c in escape_invalid(&slashes).trim_start_matches('/').chars() {
        if c.is_control() {
            name.extend(c.escape_unicode());
        } else {
            name.push(c);
        }
    }
    if name.is_empty() { "(no name)".to_owned() } else { name }
}

/// What a gzip file called `name` holds: the header's own name is the packer's word, the file's name is the evidence's.
pub(super) fn unpacked_name(name: &str) -> String {
    let base = name.rsplit(['/', '!']).next().unwrap_or(name);
    let lower = base.to_ascii_lowercase();
    let cut = |suffix: &str, new: &str| {
        (lower.len() > suffix.len() && lower.ends_with(suffix))
            .then(|| format!("{}{new}", &base[..base.len() - suffix.len()]))
    };
    cut(".gz", "").or_else(|| cut(".tgz", ".tar")).unwrap_or_else(|| "(unpacked)".to_owned())
}

/// The day in the name of a daily or hourly IIS log, `YYYY-MM-DD`: `u_ex230528.log`, `u_ex23052814.log`,
/// `ex030131.log`, `u_ex230528_x.log`, also with something before or behind it (`web1_u_ex230528 (2).log`).
pub fn rollover_day(path: &str) -> Option<String> {
    let name = path.rsplit(['/', '!', '\\']).next()?.to_ascii_lowercase();
    let bytes = name.as_bytes();
    let log_like = name.contains(".log") || name.contains(".txt") || name.contains(".gz");
    name.match_indices("ex").filter(|_| log_like).find_map(|(at, _)| {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let digits = bytes[at + 2..].iter().take_while(|b| b.is_ascii_digit()).count();
        if !begins || !(digits == 6 || digits == 8) {
            return None;
        }
        let two = |from: usize| name[at + 2 + from..at + 4 + from].parse::<i16>().ok();
        // IIS exists since 1995: two-digit years from 70 on are of the last century.
        let year = two(0)?;
        let year = if year >= 70 { 1900 + year } else { 2000 + year };
        let date = Date::new(year, two(2)?.try_into().ok()?, two(4)?.try_into().ok()?).ok()?;
        (digits == 6 || two(6)? < 24).then(|| date.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_names_of_logs() {
        let day = |name: &str| rollover_day(name);
        for name in [
            "u_ex230528.log",
            "a/W3SVC2/U_EX230528.LOG",
            "u_ex23052814.log",
            "ex230528.log",
            "u_ex230528_x.log",
            "logs.zip!W3SVC1/u_ex230528.log",
            "web1_u_ex230528 (2).log",
            "u_ex230528.log.1",
        ] {
            assert_eq!(day(name).as_deref(), Some("2023-05-28"), "{name}");
        }
        assert_eq!(day("ex960101.log").as_deref(), Some("1996-01-01"));
        for name in
            ["u_ex231328.log", "u_ex23052825.log", "u_ex2305281.log", "index230528.log", "extend1.log", "ex", ""]
        {
            assert_eq!(day(name), None, "{name}");
        }
    }

    #[test]
    fn names_are_made_printable() {
        assert_eq!(member_name(b"..\\a\n\x1b[31m/\xff.log"), "../a\\u{a}\\u{1b}[31m/\\xFF.log");
        assert_eq!(member_name(b"/etc/x"), "etc/x");
        assert_eq!(unpacked_name("a/u_ex230528.log.GZ"), "u_ex230528.log");
        assert_eq!(unpacked_name("a/dump.tgz"), "dump.tar");
        assert_eq!(unpacked_name("a/.gz"), "(unpacked)");
        assert_eq!(unpacked_name("dump"), "(unpacked)");
    }
}
