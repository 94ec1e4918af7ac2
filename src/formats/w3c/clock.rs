//! From date and time of a line to UTC seconds, also where the log has no `date` column.

use super::values;

const DAY: i64 = 86_400;

/// A time of day may step back this far within a day: lines are written when a request ends, not in strict order.
/// A larger step back is the next day.
const BACKWARD_STEP: i64 = 3_600;

/// Right behind midnight a line may still belong to the day before if it is no further back than this.
const MIDNIGHT_STEP: i64 = 60;

/// Remembers the last date and, for logs without dates, the running day.
#[derive(Debug, Default)]
pub(super) struct Clock {
    date_text: [u8; 10],
    date_day: i64,
    running: Option<Running>,
    /// Whether a day was counted on by a roll-over.
    rolled: bool,
}

#[derive(Debug, Clone, Copy)]
struct Running {
    day: i64,
    second: i64,
    rolled: bool,
}

impl Clock {
    /// Day of a `date` value.
    pub(super) fn day(&mut self, text: &[u8]) -> Option<i64> {
        if text == self.date_text && self.date_text[0] != 0 {
            return Some(self.date_day);
        }
        let day = values::day(text)?;
        self.date_text.copy_from_slice(text);
        self.date_day = day;
        Some(day)
    }

    /// Takes a `#Date` directive (`2023-05-28 03:18:02`; the time may be missing). Whether it could be read.
    pub(super) fn directive(&mut self, text: &str) -> bool {
        let mut parts = text.split_ascii_whitespace();
        let day = parts.next().and_then(|date| values::day(date.as_bytes()));
        let second = parts.next().map_or(Some(0), |time| values::second_of_day(time.as_bytes()));
        self.running = day.zip(second).map(|(day, second)| Running { day, second, rolled: false });
        self.running.is_some()
    }

    /// UTC seconds of a time of day in a log without dates; `None` before any readable `#Date`.
    pub(super) fn running(&mut self, second: i64) -> Option<i64> {
        let now = self.running.as_mut()?;
        if now.second - second > BACKWARD_STEP {
            now.day += 1;
            now.rolled = true;
            self.rolled = true;
        } else if now.rolled && second - now.second >= DAY - MIDNIGHT_STEP {
            return Some((now.day - 1) * DAY + second);
        }
        now.second = second;
        Some(now.day * DAY + second)
    }

    /// Whether a roll-over was counted anywhere.
    pub(super) fn rolled(&self) -> bool {
        self.rolled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(clock: &mut Clock, times: &[&str]) -> Vec<Option<(i64, i64)>> {
        times
            .iter()
            .map(|time| values::second_of_day(time.as_bytes()).and_then(|second| clock.running(second)))
            .map(|at| at.map(|at| (at.div_euclid(DAY), at.rem_euclid(DAY))))
            .collect()
    }

    #[test]
    fn running_back_by_a_lot_is_the_next_day() {
        let mut clock = Clock::default();
        assert!(clock.directive("1970-01-11 22:00:00"));
        let found =
            times(&mut clock, &["22:00:01", "22:00:00", "23:59:59", "00:00:01", "23:59:58", "00:00:02", "12:00:00"]);
        let days: Vec<i64> = found.iter().map(|at| at.expect("day known").0).collect();
        assert_eq!(days, [10, 10, 10, 11, 10, 11, 11]);
        assert!(clock.rolled());
    }

    #[test]
    fn the_directive_itself_counts_and_resets() {
        let mut clock = Clock::default();
        assert!(clock.directive("1970-01-02 23:59:59"));
        assert_eq!(times(&mut clock, &["00:00:10"]), [Some((2, 10))]);
        assert!(clock.directive("1970-01-11"));
        assert_eq!(times(&mut clock, &["00:00:10", "23:59:59"]), [Some((10, 10)), Some((10, 86_399))]);
        assert!(!clock.directive("yesterday"));
        assert_eq!(times(&mut clock, &["00:00:10"]), [None]);
    }

    #[test]
    fn a_repeated_date_is_read_once_and_a_bad_one_never() {
        let mut clock = Clock::default();
        assert_eq!(clock.day(&[0; 10]), None);
        assert_eq!(clock.day(b"1970-01-02"), Some(1));
        assert_eq!(clock.day(b"1970-01-02"), Some(1));
        assert_eq!(clock.day(b"1970-01-0"), None);
        assert_eq!(clock.day(b"1970-13-02"), None);
        assert_eq!(clock.day(b"1970-01-03"), Some(2));
    }
}
