//! Values of `case.toml` whose meaning is checked beyond their form: time zones and numbers of institutions.

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::keys;

/// A zone by IANA name or fixed offset, from the rules compiled in.
pub fn zone(text: &str) -> Option<TimeZone> {
    fixed_offset(text).map(TimeZone::fixed).or_else(|| TimeZoneDatabase::bundled().get(text).ok())
}

/// The name under which the rules compiled in know a zone.
pub(super) fn canonical_zone(text: &str) -> Option<String> {
    if fixed_offset(text).is_some() {
        return Some(text.to_owned());
    }
    TimeZoneDatabase::bundled().get(text).ok().map(|zone| zone.iana_name().unwrap_or(text).to_owned())
}

/// `+02:00` or `-05:30`; at most 14 hours, as far as zones go.
fn fixed_offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 || !text[1..].bytes().all(|b| b.is_ascii_digit() || b == b':') {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    if minutes > 59 || seconds > 14 * 3600 {
        return None;
    }
    Offset::from_seconds(sign * seconds).ok()
}

/// The zone whose name looks most like a wrong one, for the hint.
pub(super) fn nearest_zone(text: &str) -> String {
    let mut names: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
    names.sort();
    keys::nearest(text, names.iter().map(String::as_str)).unwrap_or("Europe/Berlin").to_owned()
}

/// Institutionskennzeichen, the number by which German social insurance names its institutions: the ninth digit is the sum of the digit sums of digits 3 to 8, weighted 2, 1, 2, 1, 2, 1,
/// modulo 10 (Gemeinsames Rundschreiben Institutionskennzeichen).
pub(super) fn is_ik(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 9 || text.len() != 9 {
        return false;
    }
    let sum: u32 = digits[2..8]
        .iter()
        .enumerate()
        .map(|(index, digit)| {
            let product = digit * if index % 2 == 0 { 2 } else { 1 };
            product / 10 + product % 10
        })
        .sum();
    sum % 10 == digits[8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_name_or_by_offset() {
        for name in ["UTC", "America/New_York", "+02:00", "-05:30", "+14:00"] {
            assert!(zone(name).is_some(), "{name}");
            assert_eq!(canonical_zone(name).as_deref(), Some(name));
        }
        for name in ["MESZ", "+2", "+0200", "+15:00", "+02:60", ""] {
            assert!(zone(name).is_none() && canonical_zone(name).is_none(), "{name}");
        }
    }

    #[test]
    fn the_check_digit_of_an_institution_is_tested() {
        assert!(is_ik("260326822"));
        for wrong in ["260326823", "26032682", "2603268220", "26032682x", ""] {
            assert!(!is_ik(wrong), "{wrong}");
        }
    }
}
