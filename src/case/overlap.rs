//! Copies of one web log taken at different times: the earlier copy is the beginning of the later one.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, types::ValueRef};

use super::CaseError;

/// Rows of an evidence file in `web_line`: first and last number, both inclusive.
pub(super) type Span = (i64, i64);

/// How two files' rows relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// The new file's rows are the first rows of that file.
    OfEarlier(i64),
    /// That file's rows are the first rows of the new file.
    Earlier(i64),
}

/// Spans of the files that a case has already.
pub(super) fn spans(connection: &Connection) -> Result<BTreeMap<i64, Span>, CaseError> {
    let mut all = connection
        .prepare_cached("select evidence_id, min(web_id), max(web_id) from web_line group by evidence_id order by 1")?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Finds a file whose rows begin with those of the `new` file, or the other way round: the same values at the same byte
/// offsets, row by row, up to the end of the shorter one. A file that only shares its first rows is no copy.
pub(super) fn find(
    connection: &Connection,
    spans: &BTreeMap<i64, Span>,
    new: i64,
) -> Result<Option<Beginning>, CaseError> {
    let Some(mine) = spans.get(&new) else { return Ok(None) };
    let mut head = connection.prepare_cached("select at_utc, offset from web_line where web_id = ?")?;
    let mut first =
        |span: &Span| head.query_row([span.0], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, i64>(1)?)));
    let my_first = first(mine)?;
    for (other, span) in spans.range(..new) {
        if first(span)? == my_first && agree(connection, *mine, *span)? {
            let shorter = mine.1 - mine.0 <= span.1 - span.0;
            return Ok(Some(if shorter { Beginning::OfEarlier(*other) } else { Beginning::Earlier(*other) }));
        }
    }
    Ok(None)
}

fn agree(connection: &Connection, a: Span, b: Span) -> Result<bool, CaseError> {
    let sql = "select offset, at_utc, method, path, query, user, client, agent, referer, host, forwarded, server, port, status, \
               substatus, win32, bytes_sent, bytes_received, duration_ms, repaired, extra \
               from web_request where web_id between ? and ? order by web_id";
    let (mut left, mut right) = (connection.prepare(sql)?, connection.prepare(sql)?);
    let (mut left, mut right) = (left.query(a)?, right.query(b)?);
    loop {
        let (Some(l), Some(r)) = (left.next()?, right.next()?) else { return Ok(true) };
        if !same(l, r)? {
            return Ok(false);
        }
    }
}

fn same(a: &Row<'_>, b: &Row<'_>) -> Result<bool, CaseError> {
    for column in 0..21 {
        let (a, b): (ValueRef<'_>, ValueRef<'_>) = (a.get_ref(column)?, b.get_ref(column)?);
        if a != b {
            return Ok(false);
        }
    }
    Ok(true)
}
