//! The one writer: rows of readers into the case database.
//!
//! Order of calls: [`Writer::begin`], then for each file found in what was handed in [`Writer::reserve`], its batches,
//! [`Writer::undo`] when they turned out to be a duplicate or unusable, [`Writer::record`]; at last [`Writer::commit`].
//! One transaction holds a file handed in with everything unpacked from it.
//!
//! Numbers of rows, texts and files follow the order of evidence; nothing else enters the database. That is why two
//! imports of the same evidence give the same bytes.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Statement, types::Null};

use super::CaseError;
use super::evidence::{self, EvidenceRecord, EvidenceStatus};
use super::overlap::{self, Beginning, Span};
use super::vendor::VendorTables;
use crate::formats::mysqldump::DumpItem;
use crate::formats::w3c::{TextId, WebBatch, WebRow};
use crate::formats::{SetAside, Tally};

const WEB_LINE: &str = "insert into web_line (evidence_id, offset, at_utc, method, path, query, user, client, agent, \
     referer, host, forwarded, server, port, status, substatus, win32, bytes_sent, bytes_received, duration_ms, \
     repaired, extra) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Numeric columns of `web_line`; `extra`, the last, is text.
const NUMBERS: usize = 21;

/// Stores evidence; see the module.
pub struct Writer<'c> {
    connection: &'c Connection,
    line: Statement<'c>,
    text: Statement<'c>,
    aside: Statement<'c>,
    vendor: VendorTables<'c>,
    /// Numbers bound to `line` now: SQLite keeps them, and half of a log's columns never change.
    bound: [Option<i64>; NUMBERS],
    extra_bound: bool,
    next_evidence: i64,
    /// Added to a reader's text numbers.
    text_base: i64,
    last_text: i64,
    in_file: bool,
    known: BTreeMap<String, String>,
    /// Rows of web logs, by evidence file.
    spans: BTreeMap<i64, Span>,
}

impl<'c> Writer<'c> {
    /// A writer that goes on behind what the case holds. Vendor tables are called `PLATFORM_name`.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn new(connection: &'c Connection, platform: &str) -> Result<Self, CaseError> {
        let mut line = connection.prepare(WEB_LINE)?;
        for column in 1..=NUMBERS + 1 {
            line.raw_bind_parameter(column, Null)?;
        }
        let mut writer = Self {
            connection,
            line,
            text: connection.prepare("insert into web_text (text_id, text) values (?, ?)")?,
            aside: connection.prepare(
                "insert into set_aside (evidence_id, offset, length, reason, detail, raw) values (?, ?, ?, ?, ?, ?)",
            )?,
            vendor: VendorTables::new(connection, platform)?,
            bound: [None; NUMBERS],
            extra_bound: false,
            next_evidence: 1,
            text_base: 0,
            last_text: 0,
            in_file: false,
            known: BTreeMap::new(),
            spans: BTreeMap::new(),
        };
        writer.resume()?;
        Ok(writer)
    }

    /// Takes numbers and hashes from what is stored.
    fn resume(&mut self) -> Result<(), CaseError> {
        self.next_evidence = 1 + last(self.connection, "select max(evidence_id) from evidence")?;
        self.last_text = last(self.connection, "select max(text_id) from web_text")?;
        self.in_file = false;
        self.known.clear();
        self.spans = overlap::spans(self.connection)?;
        let mut hashes = self.connection.prepare_cached(
            "select sha256, path from evidence where status = 'imported' and sha256 is not null order by evidence_id",
        )?;
        let mut rows = hashes.query([])?;
        while let Some(row) = rows.next()? {
            self.known.entry(row.get(0)?).or_insert(row.get(1)?);
        }
        self.vendor.reload()
    }

    /// Begins the transaction of a file handed in.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn begin(&mut self) -> Result<(), CaseError> {
        Ok(self.connection.execute_batch("begin immediate")?)
    }

    /// Ends the transaction.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn commit(&mut self) -> Result<(), CaseError> {
        Ok(self.connection.execute_batch("commit")?)
    }

    /// Takes back everything since [`Writer::begin`].
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn rollback(&mut self) -> Result<(), CaseError> {
        self.vendor.forget();
        self.connection.execute_batch("rollback")?;
        self.resume()
    }

    /// Whether rows since [`Writer::open_file`] wait for [`Writer::record`] or [`Writer::undo`].
    pub fn in_file(&self) -> bool {
        self.in_file
    }

    /// The number of the next evidence file.
    pub fn reserve(&mut self) -> i64 {
        let id = self.next_evidence;
        self.next_evidence += 1;
        id
    }

    /// The path under which these bytes were imported before.
    pub fn imported_before(&self, sha256: &str) -> Option<&str> {
        self.known.get(sha256).map(String::as_str)
    }

    /// Opens what [`Writer::undo`] takes back. Archives and files without a reader need none.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn open_file(&mut self) -> Result<(), CaseError> {
        self.connection.execute_batch("savepoint evidence_file")?;
        self.in_file = true;
        self.text_base = self.last_text;
        Ok(())
    }

    /// Takes back all rows of `evidence`, which are those since [`Writer::open_file`].
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn undo(&mut self, evidence: i64) -> Result<(), CaseError> {
        self.spans.remove(&evidence);
        self.vendor.forget();
        self.connection.execute_batch("rollback to evidence_file; release evidence_file")?;
        self.in_file = false;
        self.last_text = self.text_base;
        self.vendor.reload()
    }

    /// Stores lines of a web log.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn web(&mut self, evidence: i64, batch: &WebBatch) -> Result<(), CaseError> {
        for (number, text) in &batch.texts {
            let id = self.text_base + i64::from(*number);
            self.text.raw_bind_parameter(1, id)?;
            self.text.raw_bind_parameter(2, &**text)?;
            self.text.raw_execute()?;
            self.last_text = self.last_text.max(id);
        }
        for row in &batch.rows {
            self.web_row(evidence, row)?;
        }
        self.set_aside(evidence, &batch.set_aside)
    }

    fn web_row(&mut self, evidence: i64, row: &WebRow) -> Result<(), CaseError> {
        let base = self.text_base;
        let text = |number: TextId| (number != 0).then(|| base + i64::from(number));
        let numbers: [Option<i64>; NUMBERS] = [
            Some(evidence),
            Some(whole(row.offset)),
            row.at,
            text(row.method),
            text(row.path),
            text(row.query),
            text(row.user),
            text(row.client),
            text(row.agent),
            text(row.referer),
            text(row.host),
            text(row.forwarded),
            text(row.server),
            row.port,
            row.status,
            row.substatus,
            row.win32,
            row.bytes_sent,
            row.bytes_received,
            row.duration_ms,
            Some(i64::from(row.repaired)),
        ];
        for (index, (new, bound)) in numbers.iter().zip(&mut self.bound).enumerate() {
            if new != bound {
                self.line.raw_bind_parameter(index + 1, *new)?;
                *bound = *new;
            }
        }
        if row.extra.is_some() || self.extra_bound {
            self.line.raw_bind_parameter(NUMBERS + 1, row.extra.as_deref())?;
            self.extra_bound = row.extra.is_some();
        }
        self.line.raw_execute()?;
        let web_id = self.connection.last_insert_rowid();
        self.spans.entry(evidence).or_insert((web_id, web_id)).1 = web_id;
        Ok(())
    }

    /// Whether the web log just stored and one stored before are copies of the same log, one longer than the other.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn beginning(&self, evidence: i64) -> Result<Option<Beginning>, CaseError> {
        overlap::find(self.connection, &self.spans, evidence)
    }

    /// Path of an evidence file that is stored.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn path_of(&self, evidence: i64) -> Result<String, CaseError> {
        Ok(self
            .connection
            .query_row("select path from evidence where evidence_id = ?", [evidence], |row| row.get(0))?)
    }

    /// Records stored of an evidence file.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn stored_of(&self, evidence: i64) -> Result<u64, CaseError> {
        let sql = "select records_stored from evidence where evidence_id = ?";
        Ok(self.connection.query_row(sql, [evidence], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    /// Takes the records of a stored web log out again, because a longer copy holds them all; it becomes a duplicate. Gives
    /// the account it had.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn supersede(&mut self, evidence: i64, reason: &str, detail: &str) -> Result<Tally, CaseError> {
        let count = |n: i64| n.unsigned_abs();
        let tally = self.connection.query_row(
            "select records_read, records_stored, records_set_aside, records_header from evidence where evidence_id = ?",
            [evidence],
            |row| {
                Ok(Tally {
                    read: count(row.get(0)?),
                    stored: count(row.get(1)?),
                    set_aside: count(row.get(2)?),
                    headers: count(row.get(3)?),
                })
            },
        )?;
        if let Some((first, last)) = self.spans.remove(&evidence) {
            self.connection.execute("delete from web_line where web_id between ? and ?", (first, last))?;
        }
        self.connection.execute("delete from set_aside where evidence_id = ?", [evidence])?;
        self.connection.execute(
            "update evidence set status = 'duplicate', reason = ?2, detail = ?3, records_read = 0, records_stored = 0, \
             records_set_aside = 0, records_header = 0 where evidence_id = ?1",
            (evidence, reason, detail),
        )?;
        Ok(tally)
    }

    /// Stores tables and rows of a dump.
    ///
    /// # Errors
    /// [`CaseError::Store`]
    pub fn dump(&mut self, evidence: i64, items: &[DumpItem]) -> Result<(), CaseError> {
        for item in items {
            match item {
                DumpItem::Table(table) => self.vendor.declare(evidence, table)?,
                DumpItem::Row(row) => self.vendor.store(row)?,
                DumpItem::SetAside(record) => self.set_aside(evidence, std::slice::from_ref(record))?,
            }
        }
        Ok(())
    }

    fn set_aside(&mut self, evidence: i64, records: &[SetAside]) -> Result<(), CaseError> {
        for record in records {
            self.aside.execute((
                evidence,
                whole(record.offset),
                whole(record.length),
                record.reason,
                &record.detail,
                &record.raw,
            ))?;
        }
        Ok(())
    }

    /// Writes the row of an evidence file and closes it. For imported files the counts must add up.
    ///
    /// # Errors
    /// [`CaseError::Accounting`], [`CaseError::Store`]
    pub fn record(&mut self, evidence: &EvidenceRecord) -> Result<(), CaseError> {
        let tally = evidence.tally;
        if !tally.adds_up() {
            return Err(CaseError::Accounting {
                path: evidence.path.clone(),
                read: tally.read,
                stored: tally.stored,
                set_aside: tally.set_aside,
                headers: tally.headers,
            });
        }
        if self.in_file {
            self.vendor.finish(evidence.id)?;
            self.connection.execute_batch("release evidence_file")?;
            self.in_file = false;
        }
        evidence::store(self.connection, evidence)?;
        if let (EvidenceStatus::Imported, Some(sha256)) = (evidence.status, &evidence.sha256) {
            self.known.entry(sha256.clone()).or_insert_with(|| evidence.path.clone());
        }
        Ok(())
    }
}

/// Offsets and counts fit: no stored stream reaches 2^63 bytes.
pub(super) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn last(connection: &Connection, sql: &str) -> Result<i64, CaseError> {
    Ok(connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).optional()?.flatten().unwrap_or(0))
}
