//! Rules for a line: law of the columns, values, repair.

use super::*;

const GOOD: &str =
    "2023-05-28 03:18:02 10.20.0.5 GET /a+b x=1+2 443 - 198.51.100.23 UA/1+(x;+y) https://h.example/+ 200 0 64 78\n";

#[test]
fn all_known_columns() {
    let found = found_below(GOOD);
    assert_eq!(found.words(0), ["GET", "/a+b", "x=1+2", "-", "198.51.100.23", "UA/1 (x; y)", "https://h.example/+"]);
    let row = &found.rows[0];
    assert_eq!(row.offset, FIELDS.len() as u64);
    assert_eq!(row.at, Some(1_685_243_882));
    assert_eq!(found.text(row.server), "10.20.0.5");
    assert_eq!((row.port, row.status, row.substatus, row.win32), (Some(443), Some(200), Some(0), Some(64)));
    assert_eq!((row.duration_ms, row.bytes_sent, row.repaired), (Some(78), None, false));
    assert_eq!(row.extra, None);
    assert_eq!((found.summary.first_at, found.summary.last_at), (row.at, row.at));
    assert_eq!(found.summary.encoding, "utf-8");
    assert!(found.notes().is_empty());
}

#[test]
fn fields_is_law_anew_at_every_occurrence() {
    let found = found(
        "#Software: x\n#Fields: sc-status cs-uri-stem cs-bytes sc-bytes\n404 /a 5 6\n\n# comment\n\
         #fields: X-Forwarded-For cs-host cs-uri-stem sc-status\n198.51.100.1,+10.0.0.1 h.example /b 200\n",
    );
    assert_eq!(
        (found.rows[0].status, found.rows[0].bytes_received, found.rows[0].bytes_sent),
        (Some(404), Some(5), Some(6))
    );
    let second = &found.rows[1];
    assert_eq!(
        [second.forwarded, second.host, second.path].map(|id| found.text(id)),
        ["198.51.100.1, 10.0.0.1", "h.example", "/b"]
    );
    assert_eq!(second.status, Some(200));
    assert_eq!(found.summary.tally.headers, 5);
    assert_eq!(found.rows[0].at, None);
}

#[test]
fn unknown_columns_are_kept_in_order_and_absent_ones_left_out() {
    let found = found(
        "#Fields: z-last c-ip s-sitename a-first cs(Cookie)\n\
         \"q\"\\ 192.0.2.1 W3SVC2 - a=1;+b=2\n\"q\"\\ 192.0.2.1 W3SVC2 - a=1;+b=2\n- 192.0.2.1 - - -\n1 192.0.2.1 - - -\n",
    );
    let extras: Vec<Option<&str>> = found.rows.iter().map(|row| row.extra.as_deref()).collect();
    let full = r#"{"z-last":"\"q\"\\","s-sitename":"W3SVC2","cs(Cookie)":"a=1; b=2"}"#;
    assert_eq!(extras, [Some(full), Some(full), None, Some(r#"{"z-last":"1"}"#)]);
}

#[test]
fn extra_is_not_mistaken_for_that_of_the_line_before() {
    let found = found("#Fields: a cs(Cookie) b c-ip\nx y=1 z 192.0.2.1\nx y=1;+z - 192.0.2.1\nxy =1 z 192.0.2.1\n");
    let extras: Vec<&str> = found.rows.iter().map(|row| row.extra.as_deref().unwrap_or("none")).collect();
    assert_eq!(
        extras,
        [
            r#"{"a":"x","cs(Cookie)":"y=1","b":"z"}"#,
            r#"{"a":"x","cs(Cookie)":"y=1; z"}"#,
            r#"{"a":"xy","cs(Cookie)":"=1","b":"z"}"#
        ]
    );
}

#[test]
fn a_time_that_makes_no_point_in_time_is_kept_in_extra() {
    let dated = found("#Date: 2003-11-18 00:28:33\n#Fields: date c-ip\n2003-11-18 192.0.2.1\n");
    assert_eq!((dated.rows[0].at, dated.rows[0].extra.as_deref()), (None, Some(r#"{"date":"2003-11-18"}"#)));
    let undated = found("#Fields: time c-ip x\n10:00:00 192.0.2.1 7\n10:00:01 192.0.2.1 -\n");
    assert_eq!(undated.rows[0].extra.as_deref(), Some(r#"{"time":"10:00:00","x":"7"}"#));
    assert_eq!(undated.rows[1].extra.as_deref(), Some(r#"{"time":"10:00:01"}"#));
    assert_eq!(undated.notes(), ["no_date"]);
}

#[test]
fn a_missing_date_comes_from_the_directive_and_rolls_over() {
    let found = found(
        "#Date: 2000-10-09 16:44:49\n#Fields: time c-ip\n16:44:49 192.0.2.1\n23:59:59 192.0.2.1\n23:59:58 192.0.2.1\n\
         00:00:01 192.0.2.1\n#Date: 2000-12-24 10:00:00\n10:00:01 192.0.2.1\n#Date: never\n10:00:02 192.0.2.1\n",
    );
    let at: Vec<Option<i64>> = found.rows.iter().map(|row| row.at).collect();
    let day = 971_049_600; // 2000-10-09
    let christmas = 977_616_000;
    assert_eq!(
        at,
        [
            Some(day + 60_289),
            Some(day + 86_399),
            Some(day + 86_398),
            Some(day + 86_401),
            Some(christmas + 36_001),
            None
        ]
    );
    assert_eq!(found.notes(), ["bad_date_directive", "no_date", "day_rollover"]);
}

#[test]
fn raw_blanks_in_the_query_are_put_back() {
    for query in [
        "id=1 or 1 = 1",
        "id=1 and 1 443",
        "id=1  two",
        " id=1",
        "id=1 union select 1 -- -",
        "|12|80040e14|Unclosed quotation mark before 10.0.0.1 at 443 - x",
        "a - - b",
    ] {
        let found = found_below(&format!(
            "2023-05-28 03:18:02 10.20.0.5 GET /x.asp {query} 443 - 198.51.100.23 UA - 500 0 0 31\n"
        ));
        if query.starts_with(' ') {
            // An empty value in front could also be two separators.
            assert_eq!(found.rows.len(), 1, "{query}");
            assert!(found.rows[0].repaired);
            continue;
        }
        assert_eq!(found.words(0), ["GET", "/x.asp", query, "-", "198.51.100.23", "UA", "-"], "{query}");
        assert_eq!((found.rows[0].port, found.rows[0].status, found.rows[0].repaired), (Some(443), Some(500), true));
    }
}

#[test]
fn blanks_elsewhere_are_put_back_when_there_is_one_way() {
    for (middle, expected) in [
        (
            "/x q=1 443 - 198.51.100.23 Mozilla/5.0 (X11; Linux) - 200",
            ["GET", "/x", "q=1", "-", "198.51.100.23", "Mozilla/5.0 (X11; Linux)", "-"],
        ),
        (
            "/x q=1 443 - 198.51.100.23 - https://h.example/a b 200",
            ["GET", "/x", "q=1", "-", "198.51.100.23", "-", "https://h.example/a b"],
        ),
        ("/x a b 443 - 198.51.100.23 U A - 200", ["GET", "/x", "a b", "-", "198.51.100.23", "U A", "-"]),
        (
            "/x q=1 443 Erika Muster 198.51.100.23 UA - 200",
            ["GET", "/x", "q=1", "Erika Muster", "198.51.100.23", "UA", "-"],
        ),
        ("/a b.htm - 443 - 198.51.100.23 UA - 200", ["GET", "/a b.htm", "-", "-", "198.51.100.23", "UA", "-"]),
        ("/x   q=1 443   - 198.51.100.23 UA  - 200", ["GET", "/x", "q=1", "-", "198.51.100.23", "UA", "-"]),
    ] {
        let found = found_below(&format!("2023-05-28 03:18:02 10.20.0.5 GET {middle} 0 0 31\n"));
        assert_eq!(found.reasons(), [], "{middle}");
        assert_eq!(found.words(0), expected, "{middle}");
        assert!(found.rows[0].repaired);
    }
}

#[test]
fn what_can_be_read_in_two_ways_or_none_is_set_aside() {
    for middle in [
        // A second request forged inside the query: two ends fit.
        "/x a 443 - 198.51.100.99 UA - 200 0 0 5 b 443 - 198.51.100.23 UA - 200 0 0 31",
        "/x a 443 - 198.51.100.99 UA x 443 - 198.51.100.23 UA - 200 0 0 31",
        // Agent or referer.
        "/x - 443 - 198.51.100.23 UA https://a.example/b c 200 0 0 31",
        // No address where one must be, status of two digits.
        "/x a b 443 - somewhere UA - 200 0 0 31",
        "/x a b 443 - 198.51.100.23 UA - 20 0 0 31",
        "/x a b 70000 - 198.51.100.23 UA - 200 0 0 31",
        "/x a b - - 198.51.100.23 UA - 200 0 0 31",
    ] {
        let found = found_below(&format!("2023-05-28 03:18:02 10.20.0.5 GET {middle}\n"));
        assert_eq!(found.reasons(), [(FIELDS.len() as u64, "too_many_values")], "{middle}");
    }
    // Nothing to align by: neither address nor status.
    let found = found("#Fields: cs-uri-stem cs-uri-query cs-bytes\n/a b c 5\n");
    assert_eq!(found.reasons()[0].1, "too_many_values");
    // No anchor behind the query.
    let found = super::found("#Fields: c-ip cs-uri-query cs-username\n192.0.2.1 a b c\n");
    assert_eq!(found.reasons()[0].1, "too_many_values");
}

#[test]
fn the_query_is_repaired_in_any_order_of_columns() {
    let last = found("#Fields: date time c-ip sc-status cs-uri-query\n2023-05-28 03:18:02 192.0.2.1 200 a b c\n");
    assert_eq!(last.text(last.rows[0].query), "a b c");
    let first = found("#Fields: cs-uri-query time sc-status\na 10:00 b 10:00:00 200\n");
    assert_eq!(first.text(first.rows[0].query), "a 10:00 b");
}

#[test]
fn values_that_cannot_be_read() {
    for (line, reason) in [
        ("2023-13-28 03:18:02 10.20.0.5 GET / - 443 - 192.0.2.1 - - 200 0 0 1", "bad_date"),
        ("2023-02-29 03:18:02 10.20.0.5 GET / - 443 - 192.0.2.1 - - 200 0 0 1", "bad_date"),
        ("2023-05-28 24:00:00 10.20.0.5 GET / - 443 - 192.0.2.1 - - 200 0 0 1", "bad_time"),
        ("2023-05-28 03:18:02 10.20.0.5 GET / - 443 - 192.0.2.1 - - OK 0 0 1", "bad_status"),
        ("2023-05-28 03:18:02 10.20.0.5 GET / - 443 - 192.0.2.1 - - 200 0 0 1.5", "bad_number"),
        ("2023-05-28 03:18:02 10.20.0.5 GET / - https - 192.0.2.1 - - 200 0 0 1", "bad_number"),
        ("2023-05-28 03:18:02 10.20.0.5 GET / - 443 - 192.0.2.1 - - 200 0 0", "too_few_values"),
    ] {
        let found = found_below(&format!("{line}\r\n{GOOD}"));
        assert_eq!(found.reasons(), [(FIELDS.len() as u64, reason)], "{line}");
        assert_eq!(found.set_aside[0].raw, format!("{line}\r").as_bytes());
        assert_eq!(found.set_aside[0].length, line.len() as u64 + 1);
        assert_eq!(found.rows.len(), 1);
    }
}

#[test]
fn tabs_where_fields_are_written_with_tabs() {
    let found = found("#Fields:\tc-ip\tcs(User-Agent)\tsc-status\n192.0.2.1\tMozilla/4.0 (x; y)\t200\r\n");
    assert_eq!(found.text(found.rows[0].agent), "Mozilla/4.0 (x; y)");
    assert!(!found.rows[0].repaired);
}

#[test]
fn ipv6_with_zone_and_large_codes() {
    let found = found_below("2023-05-28 03:18:02 fe80::1%3 GET / a b 443 - fe80::2%12 - - 200 0 2148074254 1\n");
    assert_eq!(found.words(0), ["GET", "/", "a b", "-", "fe80::2%12", "-", "-"]);
    assert_eq!((found.text(found.rows[0].server), found.rows[0].win32), ("fe80::1%3", Some(2_148_074_254)));
}
