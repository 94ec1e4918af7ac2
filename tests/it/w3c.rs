//! The W3C reader on real logs (`../shared/corpus/iis`): what becomes of each line is stated here and counted a second
//! way. Skipped, saying so, where the logs are not there.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use abfluss::formats::w3c::{self, TextId, WebBatch, WebRow};
use abfluss::formats::{FormatError, SetAside, Summary};

use crate::corpus::corpus;

#[derive(Default)]
struct Log {
    bytes: Vec<u8>,
    texts: BTreeMap<TextId, String>,
    rows: Vec<WebRow>,
    set_aside: Vec<SetAside>,
    summary: Summary,
}

impl Log {
    fn text(&self, id: TextId) -> &str {
        self.texts.get(&id).map_or("-", String::as_str)
    }
}

fn read(path: &Path) -> Result<Log, FormatError> {
    let mut log = Log { bytes: std::fs::read(path).expect("readable"), ..Log::default() };
    let bytes = log.bytes.clone();
    log.summary = w3c::read(&mut bytes.as_slice(), None, &mut |batch: WebBatch| {
        log.texts.extend(batch.texts.into_iter().map(|(id, text)| (id, text.into())));
        log.rows.extend(batch.rows);
        log.set_aside.extend(batch.set_aside);
        ControlFlow::Continue(())
    })?;
    Ok(log)
}

#[test]
fn every_line_of_the_real_logs_is_accounted_for() {
    let Some(folder) = corpus("iis") else { return };
    // Stored, set aside, headers.
    let expected = [
        ("ex031118.log", 3, 1, 4),
        ("ex960101.log", 5, 0, 1),
        ("iis10.log", 1, 0, 4),
        ("iis10_cookies.log", 3, 0, 4),
        ("iis6.log", 12, 0, 4),
        ("iis7_owa.log", 3, 0, 2),
        ("iis7_sqli.log", 2, 0, 4),
        ("lnav_w3c_2.log", 14, 0, 8),
        ("lnav_w3c_6.log", 1, 0, 4),
        ("u_ex100815.log", 16, 0, 40),
        ("u_ex160110.log", 28, 0, 100),
    ];
    for (name, stored, set_aside, headers) in expected {
        let log = read(&folder.join(name)).expect("a W3C log");
        let tally = log.summary.tally;
        assert_eq!((tally.stored, tally.set_aside, tally.headers), (stored, set_aside, headers), "{name}");
        // The second way: the text cut at line feeds.
        let text = String::from_utf8_lossy(&log.bytes);
        let headers_found = text.lines().filter(|line| line.starts_with('#') || line.trim().is_empty()).count();
        assert_eq!((text.lines().count(), headers_found), (tally.read as usize, headers as usize), "{name}");
        assert!(log.rows.iter().all(|row| !row.repaired), "{name}");
        assert!(w3c::recognises(&log.bytes) && w3c::refusal(&log.bytes).is_none(), "{name}");
        // Offsets lead back to the line.
        for row in &log.rows {
            let line = log.bytes[row.offset as usize..].split(|&byte| byte == b'\n').next().unwrap_or_default();
            let line = String::from_utf8_lossy(line);
            for value in [row.method, row.path, row.query, row.user, row.client, row.referer, row.host, row.server] {
                assert!(value == 0 || line.contains(log.text(value)), "{name}: {line}");
            }
            assert!(row.agent == 0 || line.replace('+', " ").contains(log.text(row.agent)), "{name}: {line}");
            assert!(row.offset == 0 || log.bytes[row.offset as usize - 1] == b'\n', "{name}");
        }
    }
}

#[test]
fn the_relatives_of_web_logs_are_named() {
    let Some(folder) = corpus("iis") else { return };
    for (name, expected) in [
        ("ex010320.log", "iis_native"),
        ("pf040903.log", "firewall_log"),
        ("../httperr/invalid_date.log", "httperr"),
        ("../httperr/no_fields.log", "httperr"),
        ("../httperr/unsupported_field.log", "httperr"),
    ] {
        let head = std::fs::read(folder.join(name)).expect("readable");
        assert!(!w3c::recognises(&head), "{name}");
        assert_eq!(w3c::refusal(&head), Some(expected), "{name}");
    }
    let refused = read(&folder.join("ex010320.log"));
    assert!(matches!(refused, Err(FormatError::Refused { offset: 0, .. })));
}

#[test]
fn a_short_line_is_set_aside_and_dates_without_time_are_kept() {
    let Some(folder) = corpus("iis") else { return };
    let log = read(&folder.join("ex031118.log")).expect("a W3C log");
    assert_eq!(
        (log.set_aside[0].reason, log.set_aside[0].raw.as_slice()),
        ("too_few_values", &b"2003-11-18 192.168.1.102 /images/address.gif\r"[..])
    );
    let row = &log.rows[0];
    assert_eq!((row.at, row.bytes_received, row.extra.as_deref()), (None, Some(100), Some(r#"{"date":"2003-11-18"}"#)));
}

#[test]
fn a_log_without_dates_takes_the_day_of_each_directive() {
    let Some(folder) = corpus("iis") else { return };
    let log = read(&folder.join("lnav_w3c_2.log")).expect("a W3C log");
    // 2000-10-09 and 2000-10-10, 16:44:49 and 16:48:05.
    let (first, next) = (971_109_889, 971_196_289);
    assert_eq!((log.rows[0].at, log.rows[2].at), (Some(first), Some(first + 196)));
    assert_eq!((log.rows[11].at, log.summary.last_at), (Some(next), Some(next + 196)));
    assert_eq!([log.rows[0].method, log.rows[0].path].map(|id| log.text(id)), ["[2]USER", "anonymous"]);
    assert_eq!((log.rows[1].path, log.rows[1].status), (0, Some(230)));
}

#[test]
fn values_of_the_real_logs() {
    let Some(folder) = corpus("iis") else { return };
    let cookies = read(&folder.join("iis10_cookies.log")).expect("a W3C log");
    let extras: Vec<&str> = cookies.rows.iter().filter_map(|row| row.extra.as_deref()).collect();
    assert_eq!(
        extras,
        [
            r#"{"cs(Cookie)":"OutlookSession=\"{AAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}\""}"#,
            r#"{"cs(Cookie)":"username=realm\\user"}"#,
            r#"{"cs(Cookie)":"username=realm@user"}"#,
        ]
    );
    let injected = read(&folder.join("iis7_sqli.log")).expect("a W3C log");
    let query = injected.text(injected.rows[0].query);
    assert!(query.starts_with("ID=1%27%20or") && query.ends_with("__+Mar_19_2015_12:32:14__+Copyright_(c)_Microsoft_Corporation_+Enterprise_Edition_(64-bit)_on_Windows_NT_6.1_<X64>_(Build_7601:_Service_Pack_1)_(VM)_'_to_data_type_int."));
    assert_eq!((injected.rows[0].status, injected.rows[0].at), (Some(500), Some(1_445_000_462)));
    let umlauts = read(&folder.join("lnav_w3c_6.log")).expect("a W3C log");
    assert!(umlauts.text(umlauts.rows[0].agent).starts_with("ÄÖÜäöü\\ßßßMözillä/5.0 (compatible; bingbot"));
    assert_eq!((umlauts.rows[0].bytes_sent, umlauts.rows[0].bytes_received), (Some(1405), Some(242)));
    assert_eq!((umlauts.rows[0].duration_ms, umlauts.summary.encoding.as_str()), (Some(283), "utf-8"));
    let sites = read(&folder.join("iis6.log")).expect("a W3C log");
    assert!(sites.rows.iter().all(|row| row.extra.as_deref() == Some(r#"{"s-sitename":"SOME1234NAME"}"#)));
}
