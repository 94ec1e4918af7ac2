//! Rules for the stream: line ends, encodings, NULs, ends, limits; and properties of any input.

use super::*;
use crate::formats::SET_ASIDE_LIMIT;
use crate::formats::w3c::blocks::MAX_LINE;

const SHORT: &str = "#Fields: c-ip cs-uri-stem sc-status\n";

fn below(lines: &[u8]) -> Found {
    found([SHORT.as_bytes(), lines].concat())
}

fn at(offset: usize) -> u64 {
    (SHORT.len() + offset) as u64
}

#[test]
fn line_ends_and_offsets() {
    let log = below(b"192.0.2.1 /a 200\r\n192.0.2.1 /b 200\n\r\n \t \n192.0.2.1 /c 200 \r\n192.0.2.1 /d 200");
    let rows: Vec<(u64, &str)> = log.rows.iter().map(|row| (row.offset, log.text(row.path))).collect();
    assert_eq!(rows, [(at(0), "/a"), (at(18), "/b"), (at(41), "/c"), (at(60), "/d")]);
    assert_eq!(log.summary.tally.headers, 3);
    assert_eq!(log.notes(), ["no_final_newline"]);
}

#[test]
fn a_byte_order_mark_also_in_the_middle() {
    let log = found(format!("\u{feff}{SHORT}192.0.2.1 /a 200\n\u{feff}#Fields: cs-uri-stem\n/b\n"));
    let rows: Vec<(u64, &str)> = log.rows.iter().map(|row| (row.offset, log.text(row.path))).collect();
    assert_eq!(rows, [(at(3), "/a"), (at(3 + 17 + 3 + 21), "/b")]);
}

#[test]
fn bytes_that_are_not_utf8_are_windows_1252_and_said_once() {
    let mixed = below(b"192.0.2.1 /\xE4\x80 200\n192.0.2.1 /\xC3\xA4 200\n192.0.2.1 /\xC3\xA4\xE4 200\n");
    let paths: Vec<&str> = mixed.rows.iter().map(|row| mixed.text(row.path)).collect();
    assert_eq!(paths, ["/ä€", "/ä", "/Ã¤ä"]);
    assert_eq!(mixed.summary.encoding, "utf-8 with windows-1252 bytes");
    assert_eq!(mixed.notes(), ["bytes_not_utf8"]);
    let latin = below(b"192.0.2.1 /\xE4 200\n192.0.2.1 /\xFC\n");
    assert_eq!(latin.summary.encoding, "windows-1252");
    assert_eq!(latin.set_aside[0].raw, b"192.0.2.1 /\xFC");
    assert_eq!(below(b"192.0.2.1 /\xC3\xA4 200\n").summary.encoding, "utf-8");
}

#[test]
fn nul_padding_is_a_record_and_lines_after_it_are_read() {
    let log =
        below(b"192.0.2.1 /a 200\n192.0.2.1 /b\0\0\0\0#Software: x\r\n192.0.2.1 /c 200\n\0\x00192.0.2.1 /d 200\n\0");
    assert_eq!(log.rows.iter().map(|row| log.text(row.path)).collect::<Vec<_>>(), ["/a", "/c", "/d"]);
    assert_eq!(
        log.reasons(),
        [(at(17), "cut_off_line"), (at(29), "nul_padding"), (at(64), "nul_padding"), (at(83), "nul_padding")]
    );
    assert_eq!(log.set_aside[1].raw, [0; 4]);
    assert_eq!(log.rows[2].offset, at(66));
}

#[test]
fn much_nul_padding_is_not_kept_whole() {
    let mut log = format!("{SHORT}192.0.2.1 /a 200\n").into_bytes();
    log.resize(log.len() + 3 * MAX_LINE, 0);
    log.extend(b"192.0.2.1 /b 200\n");
    let log = found(log);
    assert_eq!(log.rows.len(), 2);
    assert_eq!((log.set_aside[0].length, log.set_aside[0].raw.len()), (3 * MAX_LINE as u64, SET_ASIDE_LIMIT));
}

#[test]
fn a_line_cut_at_the_end_of_the_file() {
    let log = below(b"192.0.2.1 /a 200\n192.0.2.1 /b");
    assert_eq!(log.reasons(), [(at(17), "cut_off_line")]);
    assert_eq!((log.notes(), log.summary.notes[0].offset), (vec!["cut_off"], at(17)));
    // The same with its line end is not cut off but short.
    assert_eq!(below(b"192.0.2.1 /b\n").reasons(), [(at(0), "too_few_values")]);
}

#[test]
fn a_line_beyond_the_limit_is_not_held() {
    let fill = |length: usize| format!("192.0.2.1 /{} 200", "x".repeat(length - 15));
    let longest = below(format!("{}\n192.0.2.1 /b 200\n", fill(MAX_LINE)).as_bytes());
    assert_eq!((longest.rows.len(), longest.set_aside.len()), (2, 0));
    for (length, end) in [(MAX_LINE + 1, "\n"), (MAX_LINE + 1, ""), (5 * MAX_LINE, "\r\n"), (5 * MAX_LINE, "\0")] {
        let log = below(format!("{}{end}192.0.2.1 /b 200\n", fill(length)).as_bytes());
        let record = &log.set_aside[0];
        let swallowed = if end.is_empty() { 17 - 1 } else { usize::from(end == "\r\n") };
        assert_eq!((record.offset, record.length), (at(0), (length + swallowed) as u64));
        assert_eq!((record.reason, record.raw.len()), ("line_too_long", SET_ASIDE_LIMIT));
        assert_eq!(log.rows.len(), usize::from(!end.is_empty()));
    }
}

#[test]
fn a_log_without_fields_is_refused_with_the_way_to_state_them() {
    let log = "#Software: Microsoft Internet Information Services 10.0\n192.0.2.1 /a 200\n192.0.2.1 /b 200\n";
    let error = try_read(&mut log.as_bytes(), None).expect_err("no fields");
    let FormatError::Refused { offset, expected, found } = error else { panic!("{error}") };
    assert_eq!(offset, 56);
    assert!(expected.contains("[[logs.fields]]") && expected.contains("case.toml"), "{expected}");
    assert_eq!(found, "2 lines and no #Fields line");

    let declared = ["c-ip", "cs-uri-stem", "sc-status"].map(String::from);
    let log = format!("{log}#Fields: cs-uri-stem\n/c\n");
    let found = try_read(&mut log.as_bytes(), Some(&declared)).expect("stated");
    assert_eq!(found.rows.iter().map(|row| found.text(row.path)).collect::<Vec<_>>(), ["/a", "/b", "/c"]);
    assert_eq!(found.notes(), ["fields_declared"]);
    assert_eq!(found.summary.notes[0].detail, "2 lines were read by the columns stated in case.toml.");
}

#[test]
fn lines_before_the_first_fields_are_set_aside() {
    let log = found(format!("192.0.2.1 /a 200\n{SHORT}192.0.2.1 /b 200\n#Fields:\n192.0.2.1 /c 200\n"));
    assert_eq!(log.reasons(), [(0, "no_fields"), (at(17 + 17 + 9), "no_fields")]);
    assert_eq!(log.rows.len(), 1);
    assert_eq!(log.notes(), ["bad_fields_directive", "before_fields"]);
}

#[test]
fn headers_alone_are_no_error_and_utf_16_is_named() {
    assert_eq!(found("#Software: x\n").summary.tally.headers, 1);
    assert_eq!(found("").summary.tally.read, 0);
    let wide: Vec<u8> = "\u{feff}#Fields: c-ip\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = try_read(&mut wide.as_slice(), None).expect_err("UTF-16");
    assert!(error.to_string().contains("UTF-16LE"), "{error}");
}

#[test]
fn the_callback_ends_the_reading_and_batches_are_bounded() {
    let log = format!("{SHORT}{}", "192.0.2.1 /a 200\n".repeat(10_000));
    let mut sizes = Vec::new();
    read(&mut log.as_bytes(), None, &mut |batch| {
        sizes.push(batch.rows.len());
        ControlFlow::Continue(())
    })
    .expect("a good log");
    assert_eq!(sizes, [4096, 4096, 1808]);
    let stopped = read(&mut log.as_bytes(), None, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(FormatError::Stopped)));
}

#[test]
fn a_reading_error_names_its_offset() {
    struct Broken(usize);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(std::io::ErrorKind::Interrupted.into()),
                2 => {
                    buffer[..7].copy_from_slice(b"#Fields");
                    Ok(7)
                }
                _ => Err(std::io::Error::other("disk")),
            }
        }
    }
    let error = try_read(&mut Broken(0), None).expect_err("broken");
    assert!(matches!(error, FormatError::Io { offset: 7, .. }), "{error}");
}

/// Hands out its bytes in pieces of the given sizes, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: &'a [usize],
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()].min(self.bytes.len()).min(buffer.len());
        self.turn += 1;
        buffer[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}

/// Pieces of logs in any order: more often near to a log than arbitrary bytes are.
fn any_log() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(FIELDS.as_bytes().to_vec()),
        Just(b"#Fields: time cs(Cookie) cs-uri-stem c-ip x\n".to_vec()),
        Just(b"#Date: 2023-05-28 23:00:00\r\n".to_vec()),
        Just(b"2023-05-28 03:18:02 10.20.0.5 GET /x id=1 or 2 443 - 198.51.100.23 U A - 500 0 0 31\r\n".to_vec()),
        Just(b"2023-05-28 03:18:02 10.20.0.5 GET /x - 443 - 198.51.100.23 U+A - 500 0 0 31".to_vec()),
        Just(b"23:18:02 a=1 /x 198.51.100.23 -\n00:00:00 - /\xE4 198.51.100.23 \"\n".to_vec()),
        Just(b"\0\0\0".to_vec()),
        Just(b"\n".to_vec()),
        Just(b" ".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..20),
        Just(vec![b'y'; 100_000]),
        Just(vec![b'z'; MAX_LINE - 50_000]),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn outcome(input: &mut dyn Read, declared: Option<&[String]>) -> Result<Found, String> {
    try_read(input, declared).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_chunking_gives_the_same(log in any_log(), sizes in proptest::collection::vec(1usize..5000, 1..5)) {
        let whole = outcome(&mut log.as_slice(), None);
        let pieces = outcome(&mut Pieces { bytes: &log, sizes: &sizes, turn: 0 }, None);
        prop_assert_eq!(whole, pieces);
    }

    /// Every byte is in exactly one record or between two of them as a line end (or a byte order mark in front).
    #[test]
    fn tally_adds_up_and_records_do_not_overlap(log in any_log()) {
        let declared = ["c-ip".to_string(), "cs-uri-query".to_string(), "sc-status".to_string()];
        if let Ok(found) = outcome(&mut log.as_slice(), Some(&declared)) {
            let mut starts: Vec<u64> = found.rows.iter().map(|row| row.offset).collect();
            starts.extend(found.set_aside.iter().map(|record| record.offset));
            starts.sort_unstable();
            prop_assert!(starts.windows(2).all(|two| two[0] < two[1]));
            for record in &found.set_aside {
                let (start, length) = (record.offset as usize, record.length as usize);
                prop_assert!(record.raw.len() == length.min(SET_ASIDE_LIMIT));
                prop_assert_eq!(&record.raw[..], &log[start..start + record.raw.len()]);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(log in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let declared = ["date".to_string(), "x".to_string()];
        let _ = outcome(&mut log.as_slice(), Some(&declared));
        let _ = outcome(&mut log.as_slice(), None);
        let _ = (crate::formats::w3c::recognises(&log), crate::formats::w3c::refusal(&log));
    }
}
