//! The reader as a whole: a small log for every rule, and what must hold for any bytes.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::{TextId, WebBatch, WebRow, read};
use crate::formats::{FormatError, SetAside, Summary};

mod lines;
mod streams;

/// Columns of most tests, in the order of IIS 10.
const FIELDS: &str = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
                      cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n";

/// Everything a log gave.
#[derive(Debug, Default, PartialEq)]
struct Found {
    texts: BTreeMap<TextId, String>,
    rows: Vec<WebRow>,
    set_aside: Vec<SetAside>,
    summary: Summary,
}

impl Found {
    fn text(&self, id: TextId) -> &str {
        if id == 0 { "-" } else { &self.texts[&id] }
    }

    /// The row in words: method, path, query, user, client, agent, referer.
    fn words(&self, row: usize) -> [&str; 7] {
        let row = &self.rows[row];
        [row.method, row.path, row.query, row.user, row.client, row.agent, row.referer].map(|id| self.text(id))
    }

    fn reasons(&self) -> Vec<(u64, &str)> {
        self.set_aside.iter().map(|record| (record.offset, record.reason)).collect()
    }

    fn notes(&self) -> Vec<&str> {
        self.summary.notes.iter().map(|note| note.kind).collect()
    }
}

fn try_read(input: &mut dyn Read, declared: Option<&[String]>) -> Result<Found, FormatError> {
    let mut found = Found::default();
    let mut last = 0;
    found.summary = read(input, declared, &mut |batch: WebBatch| {
        for (id, text) in batch.texts {
            assert!(id > last, "numbers ascend");
            last = id;
            found.texts.insert(id, text.into());
        }
        let used = batch.rows.iter().flat_map(|row| [row.path, row.client]).max().unwrap_or(0);
        assert!(used <= last, "a text is handed out no later than its first use");
        found.rows.extend(batch.rows);
        found.set_aside.extend(batch.set_aside);
        ControlFlow::Continue(())
    })?;
    let tally = found.summary.tally;
    assert!(tally.adds_up(), "{tally:?}");
    assert_eq!((tally.stored, tally.set_aside), (found.rows.len() as u64, found.set_aside.len() as u64));
    Ok(found)
}

fn found(log: impl AsRef<[u8]>) -> Found {
    try_read(&mut log.as_ref(), None).expect("has fields")
}

/// A log of `FIELDS` and these lines.
fn found_below(lines: &str) -> Found {
    found(format!("{FIELDS}{lines}"))
}
