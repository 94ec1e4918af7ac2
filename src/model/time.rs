//! Points in time.
//!
//! Two bases exist in evidence and must never be mixed: UTC (web logs) and the server's own wall clock without a zone
//! (the audit log's `LogTime`). Each has its own type; only the calibrated offset turns one into the other.

use jiff::civil::{Date, DateTime, Time};
use thiserror::Error;

/// A text that is no date or time, or one outside the calendar.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not a point in time: {found:?} (expected {expected})")]
pub struct TimeError {
    /// The text as found.
    pub found: String,
    /// What was expected in its place.
    pub expected: &'static str,
}

/// A point in time in UTC, whole seconds since 1970-01-01T00:00:00Z. Printed as `2023-05-28T03:18:02Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A reading of a wall clock whose zone is not known: the seconds since 1970-01-01T00:00:00 *on that clock*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil(pub i64);

impl Timestamp {
    /// Reads RFC 3339 with an explicit offset (`2023-06-01T09:30:00+02:00`, `…Z`). A time without an offset is refused:
    /// guessing one would move a window by hours.
    ///
    /// # Errors
    /// [`TimeError`], with the text and the form that was expected.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_second())).map_err(|_| TimeError {
            found: text.to_owned(),
            expected: "RFC 3339 with an offset, e.g. 2023-05-27T00:00:00Z or 2023-06-01T09:30:00+02:00",
        })
    }

    /// The calendar form, `2023-05-28T03:18:02Z`.
    pub fn to_rfc3339(self) -> String {
        format!("{}Z", civil_text(self.0))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Civil {
    /// Reads `2023-05-28 05:21:44` (blank or `T` between date and time; fractions of a second are cut off).
    ///
    /// # Errors
    /// [`TimeError`], with the text and the form that was expected.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError { found: text.to_owned(), expected: "YYYY-MM-DD hh:mm:ss" };
        let (date, time) = text.split_once([' ', 'T']).ok_or_else(wrong)?;
        let date: Date = date.parse().map_err(|_| wrong())?;
        let time: Time = time.parse().map_err(|_| wrong())?;
        Ok(Self(seconds(date.to_datetime(time))))
    }
}

impl std::fmt::Display for Civil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&civil_text(self.0))
    }
}

fn seconds(at: DateTime) -> i64 {
    // Read as if the clock showed UTC: a plain count of seconds on that clock.
    at.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |z| z.timestamp().as_second())
}

fn civil_text(seconds: i64) -> String {
    match jiff::Timestamp::from_second(seconds) {
        Ok(t) => t.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        Err(_) => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_applied_not_dropped() {
        let t = Timestamp::parse_rfc3339("2023-06-01T09:30:00+02:00").unwrap();
        assert_eq!(t.to_rfc3339(), "2023-06-01T07:30:00Z");
    }

    #[test]
    fn a_time_without_offset_is_refused() {
        assert!(Timestamp::parse_rfc3339("2023-06-01T09:30:00").is_err());
    }

    #[test]
    fn a_wall_clock_reading_keeps_its_digits() {
        assert_eq!(Civil::parse("2023-05-28 05:21:44").unwrap().to_string(), "2023-05-28T05:21:44");
        assert!(Civil::parse("0000-00-00 00:00:00").is_err());
        assert!(Civil::parse("2023-13-01 00:00:00").is_err());
    }
}
