//! Values as the table's columns hold them.

use jiff::civil::DateTime;

use super::header::Header;
use super::split::{Record, Splitter};
use crate::formats::FormatError;
use crate::formats::mysqldump::Value;

/// Why a record is set aside: the reason's id, and what was expected and found.
type Fault = (&'static str, String);

/// Looked at to learn the order of day and month.
const HEAD: usize = 64 * 1024;

/// Which comes first in `3/4/2023`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    DayFirst,
    MonthFirst,
    /// Nothing in the head of the file shows it.
    Unknown,
}

impl DateOrder {
    /// From the records at the file's beginning: a number above 12 is a day; a clock with AM and PM goes with the month first.
    pub(super) fn of(splitter: &mut Splitter<'_>, header: &Header) -> Result<Self, FormatError> {
        splitter.look_ahead(HEAD)?;
        let Some(place) = header.place("LogTime") else { return Ok(Self::Unknown) };
        let (mut ahead, mut half_days) = (0, false);
        while ahead < HEAD
            && let Some(record) = splitter.peek_in_buffer(ahead)
        {
            ahead += record.raw.len();
            let text = record.fields.get(place).map(|f| f.text()).unwrap_or_default();
            if !text.contains('/') {
                continue;
            }
            let numbers: Vec<i16> = text.split(|c: char| !c.is_ascii_digit()).map_while(|n| n.parse().ok()).collect();
            match numbers[..] {
                [day, month, ..] if (13..=31).contains(&day) && month <= 12 => return Ok(Self::DayFirst),
                [month, day, ..] if (13..=31).contains(&day) && month <= 12 => return Ok(Self::MonthFirst),
                _ => half_days |= text.trim_end().to_ascii_lowercase().ends_with('m'),
            }
        }
        Ok(if half_days { Self::MonthFirst } else { Self::Unknown })
    }
}

/// The values of a record in the order of the file's columns, and its own text where a value was changed.
pub(super) fn row(record: &Record, header: &Header, dates: DateOrder) -> Result<Vec<Value>, Fault> {
    let (expected, found) = (header.columns.len(), record.fields.len());
    if expected != found {
        return Err(("wrong_value_count", format!("expected {expected} values, found {found}")));
    }
    let mut changed = false;
    let mut values = Vec::with_capacity(expected + 1);
    for (field, column) in record.fields.iter().zip(&header.columns) {
        let text = field.text();
        let (value, as_is) = match (field.is_empty(), field.quoted) {
            (true, false) => (Value::Null, true),
            (false, false) if text == "NULL" => (Value::Null, true),
            _ if column.known => typed(&column.name, &text, dates)?,
            _ => (Value::Text(text.into()), true),
        };
        changed |= !as_is;
        values.push(value);
    }
    values.push(if changed { Value::Text(record.text().into()) } else { Value::Null });
    Ok(values)
}

/// A value of a column of the table `log`; whether it is as found.
fn typed(column: &str, text: &str, dates: DateOrder) -> Result<(Value, bool), Fault> {
    let trimmed = text.trim();
    Ok(match column {
        "ID" => match trimmed.parse() {
            Ok(id) => (Value::Integer(id), true),
            Err(_) if trimmed.is_empty() => (Value::Null, true),
            Err(_) => return Err(("bad_number", format!("expected a whole number in ID, found {text:?}"))),
        },
        "LogTime" if trimmed.is_empty() => (Value::Null, true),
        "LogTime" => {
            let time = time(trimmed, dates)?;
            let as_is = time == trimmed;
            (Value::Text(time.into()), as_is)
        }
        "Error" => match (trimmed.parse(), trimmed.to_lowercase().as_str()) {
            (Ok(code), _) => (Value::Integer(code), true),
            (_, "") => (Value::Null, true),
            (_, "success" | "succeeded" | "ok" | "true" | "yes" | "erfolg" | "erfolgreich" | "ja") => {
                (Value::Integer(0), false)
            }
            // Some error; which one the export does not say.
            _ => (Value::Integer(-1), false),
        },
        "InstID" | "FolderID" | "InterfaceType" | "ResilNode" | "VirtualFolderID" | "SuppressName" => {
            match trimmed.parse() {
                Ok(number) => (Value::Integer(number), true),
                Err(_) => (Value::Null, trimmed.is_empty()),
            }
        }
        // Bytes are whole: three digits behind a point or comma are thousands.
        "XferSize" | "Duration" => {
            let thousands = grouped(trimmed).filter(|_| column == "XferSize");
            match (trimmed.parse::<i64>(), thousands, trimmed.parse::<f64>()) {
                (Ok(number), ..) => (Value::Integer(number), true),
                (_, Some(number), _) => (Value::Integer(number), false),
                (.., Ok(number)) if number.is_finite() => (Value::Number(trimmed.into()), true),
                _ => (Value::Null, trimmed.is_empty()),
            }
        }
        _ => (Value::Text(text.into()), true),
    })
}

/// Bytes with thousands apart: `1,234,567`, `1.234.567`, `1 234`.
fn grouped(text: &str) -> Option<i64> {
    let mark = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, ',' | '.' | '\'' | ' ' | '\u{a0}'))?;
    let groups: Vec<&str> = text.split(mark).collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    let regular = groups.iter().all(digits) && groups[0].len() <= 3 && groups[1..].iter().all(|g| g.len() == 3);
    if regular { groups.concat().parse().ok() } else { None }
}

/// A time as `YYYY-MM-DD HH:MM:SS`, with a fraction where there is one.
fn time(text: &str, dates: DateOrder) -> Result<String, Fault> {
    let bad = || ("bad_time", format!("expected a date and a time of day in LogTime, found {text:?}"));
    let lower = text.to_ascii_lowercase();
    let (clock, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim_end(), Some(false)),
        (_, Some(rest)) => (rest.trim_end(), Some(true)),
        _ => (lower.as_str(), None),
    };
    let at = clock.find([' ', 't']).ok_or_else(bad)?;
    let (date, clock) = (&clock[..at], clock[at + 1..].trim_start());
    if clock.ends_with('z') || clock.contains(['+', '-']) || clock.ends_with("utc") || clock.ends_with("gmt") {
        return Err(("time_with_zone", format!("expected the server's own time without a zone, found {text:?}")));
    }
    let mark = date.chars().find(|c| !c.is_ascii_digit()).ok_or_else(bad)?;
    let parts: Vec<&str> = date.split(mark).collect();
    let number = |part: &str| part.parse::<i16>().map_err(|_| bad());
    let [a, b, c] = parts[..] else { return Err(bad()) };
    let (year, month, day) = match mark {
        _ if a.len() == 4 && matches!(mark, '-' | '/' | '.') => (a, b, c),
        '.' if c.len() == 4 => (c, b, a),
        '/' if c.len() == 4 => match dates {
            DateOrder::MonthFirst => (c, a, b),
            DateOrder::DayFirst => (c, b, a),
            DateOrder::Unknown => {
                return Err((
                    "date_order_unknown",
                    format!("day or month first cannot be told from this file: {text:?}"),
                ));
            }
        },
        _ => return Err(bad()),
    };
    let (whole, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
    let mut units = whole.split(':').map(number);
    let hour = units.next().ok_or_else(bad)??;
    let minute = units.next().ok_or_else(bad)??;
    let second = units.next().unwrap_or(Ok(0))?;
    if units.next().is_some() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return Err(bad()),
        Some(after_noon) => hour % 12 + if after_noon { 12 } else { 0 },
    };
    let small = |n: i16| i8::try_from(n).map_err(|_| bad());
    let valid = DateTime::new(
        number(year)?,
        small(number(month)?)?,
        small(number(day)?)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    )
    .map_err(|_| bad())?;
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    Ok(format!("{}{fraction}", valid.strftime("%Y-%m-%d %H:%M:%S")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_the_usual_spellings() {
        let iso = |text: &str| time(text, DateOrder::MonthFirst);
        for (text, expected) in [
            ("2023-05-28 03:02:10", "2023-05-28 03:02:10"),
            ("2023-05-28T03:02:10.250", "2023-05-28 03:02:10.250"),
            ("28.05.2023 3:02", "2023-05-28 03:02:00"),
            ("5/28/2023 12:02:10 AM", "2023-05-28 00:02:10"),
            ("5/28/2023 12:02:10 PM", "2023-05-28 12:02:10"),
            ("5/28/2023 3:02:10 pm", "2023-05-28 15:02:10"),
        ] {
            assert_eq!(iso(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(time("4/3/2023 10:00", DateOrder::DayFirst).as_deref(), Ok("2023-03-04 10:00:00"));
        let reason = |text: &str, dates| time(text, dates).unwrap_err().0;
        assert_eq!(reason("4/3/2023 10:00", DateOrder::Unknown), "date_order_unknown");
        for text in ["2023-05-28T03:02:10Z", "2023-05-28 03:02:10 +02:00", "2023-05-28 03:02:10 UTC"] {
            assert_eq!(reason(text, DateOrder::DayFirst), "time_with_zone");
        }
        for text in ["", "gestern", "2023-05-28", "2023-13-28 00:00:00", "2023-05-28 24:00:00", "5/28/2023 13:00 PM"] {
            assert_eq!(reason(text, DateOrder::MonthFirst), "bad_time", "{text}");
        }
    }

    #[test]
    fn numbers_are_numbers_or_left_out() {
        let value = |column: &str, text: &str| typed(column, text, DateOrder::Unknown).unwrap();
        assert_eq!(value("XferSize", "184320"), (Value::Integer(184_320), true));
        assert_eq!(value("XferSize", "184.320"), (Value::Integer(184_320), false));
        assert_eq!(value("Duration", "1.250"), (Value::Number("1.250".into()), true));
        assert_eq!(value("XferSize", "1,184,320"), (Value::Integer(1_184_320), false));
        assert_eq!(value("XferSize", "12 KB"), (Value::Null, false));
        assert_eq!(value("Error", "Success"), (Value::Integer(0), false));
        assert_eq!(value("Error", "Failure"), (Value::Integer(-1), false));
        assert!(typed("ID", "4101a", DateOrder::Unknown).is_err());
    }
}
