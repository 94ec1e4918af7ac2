//! Dates, times, numbers and addresses as W3C logs write them. Nothing is guessed: what does not fit is `None`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Days since 1970-01-01 of `YYYY-MM-DD`.
pub(super) fn day(text: &[u8]) -> Option<i64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let year = i64::from(pair(y1, y2)?) * 100 + i64::from(pair(y3, y4)?);
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    Some(days_from_civil(year, i64::from(month), i64::from(day)))
}

/// Second of the day of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fff` (the draft allows all three); fractions are cut.
pub(super) fn second_of_day(text: &[u8]) -> Option<i64> {
    let (clock, fraction) = text.split_at(text.len().min(8));
    let (h, m, s) = match *clock {
        [h1, h2, b':', m1, m2, b':', s1, s2] => (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?),
        [h1, h2, b':', m1, m2] => (pair(h1, h2)?, pair(m1, m2)?, 0),
        _ => return None,
    };
    let fraction_fits = match fraction {
        [] => true,
        [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    (h < 24 && m < 60 && s < 60 && fraction_fits).then(|| i64::from(h * 60 + m) * 60 + i64::from(s))
}

/// A whole number of at most 18 digits, with or without `-`.
pub(super) fn number(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// Whether this is an IPv4 or IPv6 address; IPv6 may carry a zone (`fe80::1%3`).
pub(super) fn is_address(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    if let Some((address, zone)) = text.split_once('%') {
        return !zone.is_empty() && address.parse::<Ipv6Addr>().is_ok();
    }
    text.parse::<Ipv4Addr>().is_ok() || text.parse::<IpAddr>().is_ok()
}

fn pair(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Proleptic Gregorian calendar; years are counted from March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_of_years = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 306 days from March to December; (153 m + 2) / 5 are the days of the months before month m.
    days_of_years + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (text, expected) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("2023-05-28", Some(19_505)),
            ("1900-02-29", None),
            ("2023-02-29", None),
            ("2023-13-01", None),
            ("2023-00-01", None),
            ("2023-04-31", None),
            ("2023-5-28", None),
            ("2023/05/28", None),
            ("20x3-05-28", None),
        ] {
            assert_eq!(day(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut expected = day(b"1899-12-31").expect("valid");
        for year in 1900..2101 {
            for month in 1..=12 {
                for d in 1..=days_in_month(year, month) {
                    expected += 1;
                    assert_eq!(day(format!("{year:04}-{month:02}-{d:02}").as_bytes()), Some(expected));
                }
            }
        }
    }

    #[test]
    fn times_of_day() {
        for (text, expected) in [
            ("00:00:00", Some(0)),
            ("23:59:59", Some(86_399)),
            ("01:02", Some(3_720)),
            ("01:02:03.004", Some(3_723)),
            ("01:02:03.4", Some(3_723)),
            ("24:00:00", None),
            ("23:60:00", None),
            ("23:59:60", None),
            ("1:02:03", None),
            ("01:02:03.", None),
            ("01:02:03,5", None),
            ("01:02:0x", None),
            ("01:02.55", None),
            ("01:02:03xabc", None),
            ("", None),
        ] {
            assert_eq!(second_of_day(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn numbers_and_addresses() {
        assert_eq!(number(b"2148074254"), Some(2_148_074_254));
        assert_eq!(number(b"-1"), Some(-1));
        for bad in ["", "-", "+1", "1.5", "12a", "1234567890123456789"] {
            assert_eq!(number(bad.as_bytes()), None, "{bad}");
        }
        for good in ["192.0.2.1", "::1", "2001:db8::7", "fe80::1%3", "::ffff:192.0.2.1"] {
            assert!(is_address(good.as_bytes()), "{good}");
        }
        for bad in ["", "-", "192.0.2", "192.0.2.256", "fe80::1%", "192.0.2.1%3", "host", "192.0.2.1:80"] {
            assert!(!is_address(bad.as_bytes()), "{bad}");
        }
    }
}
