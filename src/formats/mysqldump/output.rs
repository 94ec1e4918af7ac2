//! What goes out: batches, the account of records, notes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::source::Stop;
use super::{DumpItem, DumpRow, TableDef, Value};
use crate::formats::{Emit, FormatError, Note, SET_ASIDE_LIMIT, SetAside, Tally};

/// Items handed out at once.
const BATCH: usize = 2048;

/// Bytes of values after which a batch goes out though it is not full.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Collects and hands out.
pub(super) struct Output<'e, 'f> {
    emit: &'e mut Emit<'f, Vec<DumpItem>>,
    batch: Vec<DumpItem>,
    bytes: usize,
    noted: BTreeSet<(&'static str, u32)>,
    /// The account so far.
    pub(super) tally: Tally,
    /// Notes so far.
    pub(super) notes: Vec<Note>,
}

impl<'e, 'f> Output<'e, 'f> {
    /// An empty account.
    pub(super) fn new(emit: &'e mut Emit<'f, Vec<DumpItem>>) -> Self {
        Self {
            emit,
            batch: Vec::with_capacity(BATCH),
            bytes: 0,
            noted: BTreeSet::new(),
            tally: Tally::default(),
            notes: Vec::new(),
        }
    }

    /// Counts a comment or a statement that carries no row.
    pub(super) fn header(&mut self) {
        self.tally.read += 1;
        self.tally.headers += 1;
    }

    /// Hands out a table.
    pub(super) fn table(&mut self, def: TableDef) -> Result<(), Stop> {
        self.push(DumpItem::Table(def), 0)
    }

    /// Hands out a row whose values take that many bytes.
    pub(super) fn row(&mut self, table: u32, offset: u64, values: Vec<Value>, bytes: usize) -> Result<(), Stop> {
        self.tally.read += 1;
        self.tally.stored += 1;
        self.push(DumpItem::Row(DumpRow { table, offset, values }), bytes)
    }

    /// Hands out what could not be understood.
    pub(super) fn aside(
        &mut self,
        (offset, length): (u64, u64),
        mut raw: Vec<u8>,
        reason: &'static str,
        detail: String,
    ) -> Result<(), Stop> {
        self.tally.read += 1;
        self.tally.set_aside += 1;
        raw.truncate(SET_ASIDE_LIMIT);
        let bytes = raw.len();
        self.push(DumpItem::SetAside(SetAside { offset, length, reason, detail, raw }), bytes)
    }

    /// Notes something, once for each `subject`.
    pub(super) fn note(&mut self, kind: &'static str, subject: u32, offset: u64, detail: impl FnOnce() -> String) {
        if self.noted.insert((kind, subject)) {
            self.notes.push(Note { offset, kind, detail: detail() });
        }
    }

    fn push(&mut self, item: DumpItem, bytes: usize) -> Result<(), Stop> {
        self.batch.push(item);
        self.bytes += bytes;
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands out what is left.
    pub(super) fn flush(&mut self) -> Result<(), Stop> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        match (self.emit)(batch) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Failed(FormatError::Stopped)),
        }
    }
}
