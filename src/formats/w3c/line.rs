//! From one line to one row.

use memchr::memchr_iter;

use super::clock::Clock;
use super::fields::{Kind, Layout, Number, Text};
use super::texts::Texts;
use super::{TextId, WebRow, repair, values};

/// Where a value stands in its line. A line is at most a mebibyte long.
pub(super) type Span = (u32, u32);

/// Why a line was not understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: &'static str,
    pub(super) detail: String,
}

impl Fault {
    pub(super) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    fn value(reason: &'static str, expected: &str, column: &str, value: &[u8]) -> Self {
        let value = String::from_utf8_lossy(&value[..value.len().min(80)]);
        Self::new(reason, format!("expected {expected} in column {column}, found {value:?}"))
    }
}

/// Buffers that are used again for each line.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    spans: Vec<Span>,
    plain: Vec<u8>,
}

/// Reads one line (UTF-8, without its end).
pub(super) fn row(
    line: &[u8],
    offset: u64,
    layout: &mut Layout,
    clock: &mut Clock,
    texts: &mut Texts,
    scratch: &mut Scratch,
) -> Result<WebRow, Fault> {
    split(line, layout.separator, &mut scratch.spans);
    let (expected, found) = (layout.columns.len(), scratch.spans.len());
    if found < expected {
        return Err(Fault::new("too_few_values", format!("expected {expected} values as in #Fields, found {found}")));
    }
    let mut row = WebRow { offset, ..WebRow::default() };
    if found > expected {
        scratch.spans = repair::align(layout, line, &scratch.spans)?;
        row.repaired = true;
    }
    let spans = scratch.spans.as_slice();
    numbers(line, spans, layout, &mut row)?;
    let timeless = time(line, spans, layout, clock, &mut row)?;
    for &(index, text) in &layout.texts {
        let value = slice(line, spans[index]);
        let column = &mut layout.columns[index];
        let id = if value == column.last.as_slice() {
            column.last_id
        } else {
            let id = match (value, text) {
                (b"-" | b"", _) => 0,
                (_, Text::Agent | Text::Forwarded) => texts.number(plain(value, &mut scratch.plain)),
                _ => texts.number(value),
            };
            column.last.clear();
            column.last.extend_from_slice(value);
            column.last_id = id;
            id
        };
        *place(&mut row, text) = id;
    }
    if timeless || !layout.others.is_empty() {
        row.extra = extra(line, spans, layout, timeless);
    }
    Ok(row)
}

/// Every separator separates, so that two of them in a query are not lost; those at the end of the line do not.
fn split(line: &[u8], separator: u8, spans: &mut Vec<Span>) {
    let line = if separator == b' ' { line.trim_ascii_end() } else { line };
    spans.clear();
    let mut start = 0;
    for end in memchr_iter(separator, line) {
        spans.push((start, end as u32));
        start = end as u32 + 1;
    }
    spans.push((start, line.len() as u32));
}

fn slice(line: &[u8], (start, end): Span) -> &[u8] {
    &line[start as usize..end as usize]
}

fn numbers(line: &[u8], spans: &[Span], layout: &Layout, row: &mut WebRow) -> Result<(), Fault> {
    for &(index, number) in &layout.numbers {
        let value = slice(line, spans[index]);
        let read = match values::number(value) {
            None if value == b"-" || value.is_empty() => None,
            None => {
                let reason = if number == Number::Status { "bad_status" } else { "bad_number" };
                return Err(Fault::value(reason, "a whole number", &layout.columns[index].name, value));
            }
            read => read,
        };
        match number {
            Number::Port => row.port = read,
            Number::Status => row.status = read,
            Number::Substatus => row.substatus = read,
            Number::Win32 => row.win32 = read,
            Number::BytesSent => row.bytes_sent = read,
            Number::BytesReceived => row.bytes_received = read,
            Number::Duration => row.duration_ms = read,
        }
    }
    Ok(())
}

/// Sets the time. Returns whether a date or time of day is there that does not make a time; it then goes to `extra`.
fn time(line: &[u8], spans: &[Span], layout: &Layout, clock: &mut Clock, row: &mut WebRow) -> Result<bool, Fault> {
    let value = |index: Option<usize>| {
        index.map(|index| slice(line, spans[index])).filter(|value: &&[u8]| !matches!(*value, b"-" | b""))
    };
    let (date, time) = (value(layout.date), value(layout.time));
    let day = match date {
        Some(text) => match clock.day(text) {
            None => return Err(Fault::value("bad_date", "YYYY-MM-DD", "date", text)),
            day => day,
        },
        None => None,
    };
    let second = match time {
        Some(text) => match values::second_of_day(text) {
            None => return Err(Fault::value("bad_time", "HH:MM:SS", "time", text)),
            second => second,
        },
        None => None,
    };
    row.at = match (day, second) {
        (Some(day), Some(second)) => Some(day * 86_400 + second),
        (None, Some(second)) if layout.date.is_none() => clock.running(second),
        _ => None,
    };
    Ok(row.at.is_none() && (date.is_some() || time.is_some()))
}

/// `+` stands for a blank.
fn plain<'a>(value: &[u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    scratch.clear();
    scratch.extend(value.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }));
    scratch
}

fn place(row: &mut WebRow, text: Text) -> &mut TextId {
    match text {
        Text::Method => &mut row.method,
        Text::Path => &mut row.path,
        Text::Query => &mut row.query,
        Text::User => &mut row.user,
        Text::Client => &mut row.client,
        Text::Agent => &mut row.agent,
        Text::Referer => &mut row.referer,
        Text::Host => &mut row.host,
        Text::Forwarded => &mut row.forwarded,
        Text::Server => &mut row.server,
    }
}

/// All other columns that have a value as a JSON object, in the order of the columns.
fn extra(line: &[u8], spans: &[Span], layout: &mut Layout, timeless: bool) -> Option<String> {
    let kept = |kind: Kind| match kind {
        Kind::Other { .. } => true,
        Kind::Date | Kind::Time => timeless,
        _ => false,
    };
    if !timeless {
        let same = {
            let mut rest = layout.last_others.as_slice();
            layout.others.iter().all(|&index| {
                let tail = rest.strip_prefix(slice(line, spans[index])).and_then(|tail| tail.strip_prefix(b"\n"));
                rest = tail.unwrap_or_default();
                tail.is_some()
            })
        };
        if same && !layout.last_others.is_empty() {
            return layout.last_extra.clone();
        }
    }
    let mut json = String::new();
    for (column, &span) in layout.columns.iter().zip(spans) {
        let value = slice(line, span);
        if !kept(column.kind) || matches!(value, b"-" | b"") {
            continue;
        }
        json.push(if json.is_empty() { '{' } else { ',' });
        json.push_str(&column.key);
        let mut text = String::from_utf8_lossy(value).into_owned();
        if column.kind == (Kind::Other { cookie: true }) {
            text = text.replace('+', " ");
        }
        json.push_str(&serde_json::Value::from(text).to_string());
    }
    let json = (!json.is_empty()).then(|| json + "}");
    if !timeless {
        layout.last_others.clear();
        for &index in &layout.others {
            layout.last_others.extend_from_slice(slice(line, spans[index]));
            // A byte that no value holds.
            layout.last_others.push(b'\n');
        }
        layout.last_extra.clone_from(&json);
    }
    json
}
