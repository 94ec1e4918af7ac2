use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::formats::mysqldump::Value;

fn headings() -> Vec<Heading> {
    ["ID", "LogTime", "Action", "Username", "FileID", "IPAddress", "XferSize", "Message", "Error"]
        .iter()
        .map(|name| Heading { heading: (*name).to_owned(), column: (*name).to_owned(), guess: false })
        .chain([Heading { heading: "Date/Time".to_owned(), column: "LogTime".to_owned(), guess: true }])
        .collect()
}

/// Rows with their offsets, reasons of what was set aside, and the summary.
type Result3 = (Vec<(u64, Vec<Value>)>, Vec<(u64, &'static str)>, Summary);

fn read_all(bytes: &[u8], block: usize) -> std::result::Result<Result3, FormatError> {
    let (mut rows, mut asides) = (Vec::new(), Vec::new());
    let summary = read_in_blocks(&mut Cursor::new(bytes), block, &headings(), &mut |items| {
        for item in items {
            match item {
                DumpItem::Row(row) => rows.push((row.offset, row.values)),
                DumpItem::SetAside(aside) => asides.push((aside.offset, aside.reason)),
                DumpItem::Table(_) => {}
            }
        }
        ControlFlow::Continue(())
    })?;
    assert!(summary.tally.adds_up());
    assert_eq!(summary.tally.stored as usize, rows.len());
    assert_eq!(summary.tally.set_aside as usize, asides.len());
    Ok((rows, asides, summary))
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

#[test]
fn quotes_line_breaks_and_offsets() {
    let csv = "sep=;\r\nid;Log Time;ACTION;user_name;Message;Extra\r\n\r\n\
               7;2023-05-28 03:02:10;file_download;\"a;\"\"b\"\"\";\"two\r\nlines\";x\r\n8;28.05.2023 3:02;NULL;;\"\";y";
    let (rows, asides, summary) = read_all(csv.as_bytes(), 7).unwrap();
    assert_eq!(asides, []);
    assert_eq!((summary.tally.read, summary.tally.headers), (5, 3));
    assert_eq!(
        rows[0].1,
        [
            Value::Integer(7),
            text("2023-05-28 03:02:10"),
            text("file_download"),
            text("a;\"b\""),
            text("two\r\nlines"),
            text("x"),
            Value::Null
        ]
    );
    assert!(csv[rows[0].0 as usize..].starts_with("7;2023"));
    assert!(csv[rows[1].0 as usize..].starts_with("8;28.05"));
    assert_eq!(
        rows[1].1,
        [
            Value::Integer(8),
            text("2023-05-28 03:02:00"),
            Value::Null,
            Value::Null,
            text(""),
            text("y"),
            text("8;28.05.2023 3:02;NULL;;\"\";y")
        ]
    );
    assert_eq!(summary.notes.iter().map(|n| n.kind).collect::<Vec<_>>(), ["columns_unknown"]);
}

#[test]
fn encodings_and_delimiters() {
    let csv = "ID\tDate/Time\tAction\tUsername\n7\t2023-05-28 03:02:10\tfile_upload\tMüller 🦀\n";
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(csv.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = [b"\xef\xbb\xbf", csv.as_bytes()].concat();
    for (bytes, at) in [(csv.as_bytes().to_vec(), 29), (wide, 60), (marked, 32)] {
        let (rows, _, summary) = read_all(&bytes, 5).unwrap();
        assert_eq!((rows[0].0, &rows[0].1[3]), (at, &text("Müller 🦀")), "{}", summary.encoding);
        assert_eq!(summary.notes[0].kind, "headings_guessed");
    }
    let latin = [b"ID,LogTime,Action,Username\n7,2023-05-28 03:02:10,x,M\xfcller\n".as_slice()].concat();
    let (rows, _, summary) = read_all(&latin, 64).unwrap();
    assert_eq!((&rows[0].1[3], summary.encoding.as_str()), (&text("Müller"), "utf-8 with windows-1252 bytes"));
}

#[test]
fn what_is_no_record_is_set_aside_and_the_next_one_read() {
    let csv = "ID,LogTime,Action,Username\n1,2023-05-28 03:02:10,x\nx1,2023-05-28 03:02:10,x,u\n\
               2,4/3/2023 10:00,x,u\n3,2023-05-28T03:02:10Z,x,u\n4,never,x,u\n5,2023-05-28 03:02:10,\"x,u\n6,2023-05-28 03:02:10,x,u\n";
    let (rows, asides, _) = read_all(csv.as_bytes(), 64).unwrap();
    let reasons: Vec<_> = asides.iter().map(|(_, reason)| *reason).collect();
    assert_eq!(
        reasons,
        ["wrong_value_count", "bad_number", "date_order_unknown", "time_with_zone", "bad_time", "unclosed_quote"]
    );
    assert_eq!(rows.len(), 1);
    // A later row shows that the month comes first.
    let csv = "ID,LogTime,Action,Username\n1,4/3/2023 10:00,x,u\n2,4/13/2023 10:00,x,u\n";
    let (rows, _, _) = read_all(csv.as_bytes(), 64).unwrap();
    assert_eq!(rows[0].1[1], text("2023-04-03 10:00:00"));
    // One endless line.
    let csv = format!("ID,LogTime,Action,Username\n{}\n1,2023-05-28 03:02:10,x,u\n", "x".repeat(3 << 20));
    let (rows, asides, _) = read_all(csv.as_bytes(), BLOCK).unwrap();
    assert_eq!((rows.len(), asides[0]), (1, (27, "line_too_long")));
}

#[test]
fn only_an_audit_log_with_its_header_is_taken() {
    let is = |text: &str| recognises(text.as_bytes(), &headings());
    assert!(is("Action,IP Address,Log Time,File ID\n"));
    for other in [
        "a,b,c\n1,2,3\n",
        "LogTime,Action\n",
        "1,2023-05-28 03:02:10,x,u\n",
        "",
        "ID,Username,IPAddress,FileID\n",
        "\u{0}\u{1}",
    ] {
        assert!(!is(other), "{other}");
        assert!(matches!(read_all(other.as_bytes(), 64), Err(FormatError::Refused { .. })));
    }
}

#[test]
fn the_callback_ends_the_reading() {
    let csv = b"ID,LogTime,Action,Username\n1,2023-05-28 03:02:10,x,u\n";
    let mut input: &mut dyn Read = &mut csv.as_slice();
    let ended = super::read(&mut input, &headings(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(ended, Err(FormatError::Stopped)));
}

proptest! {
    #[test]
    fn any_bytes_in_any_blocks_give_the_same(tail in "[\"\\n\\r,;x0-9\\x00é]{0,200}", block in 2_usize..90, wide: bool) {
        let csv = format!("ID,LogTime,Action,Username\n{tail}");
        let bytes: Vec<u8> = if wide {
            [0xff, 0xfe].into_iter().chain(csv.encode_utf16().flat_map(u16::to_le_bytes)).collect()
        } else {
            csv.into_bytes()
        };
        let (rows, asides, summary) = read_all(&bytes, block).unwrap();
        let (other_rows, other_asides, other) = read_all(&bytes, 1 << 16).unwrap();
        prop_assert_eq!(rows, other_rows);
        prop_assert_eq!(asides, other_asides);
        prop_assert_eq!(summary.tally, other.tally);
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), block in 2_usize..40) {
        let with_head = [b"ID,LogTime,Action,Username\n".as_slice(), &bytes].concat();
        let _ = read_all(&with_head, block);
        let _ = read_all(&bytes, block);
    }
}
