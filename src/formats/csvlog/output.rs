//! Batches and the account of records.

use std::ops::ControlFlow;

use crate::formats::mysqldump::{DumpItem, DumpRow, TableDef, Value};
use crate::formats::{Emit, FormatError, Note, SET_ASIDE_LIMIT, SetAside, Tally};

/// Items handed out at once.
const BATCH: usize = 2048;

/// Collects and hands out.
pub(super) struct Output<'e, 'f> {
    emit: &'e mut Emit<'f, Vec<DumpItem>>,
    batch: Vec<DumpItem>,
    pub(super) tally: Tally,
    pub(super) notes: Vec<Note>,
}

impl<'e, 'f> Output<'e, 'f> {
    pub(super) fn new(emit: &'e mut Emit<'f, Vec<DumpItem>>) -> Self {
        Self { emit, batch: Vec::with_capacity(BATCH), tally: Tally::default(), notes: Vec::new() }
    }

    /// Counts blank lines and the header row.
    pub(super) fn headers(&mut self, records: u64) {
        self.tally.read += records;
        self.tally.headers += records;
    }

    pub(super) fn table(&mut self, table: TableDef) -> Result<(), FormatError> {
        self.push(DumpItem::Table(table))
    }

    pub(super) fn row(&mut self, offset: u64, values: Vec<Value>) -> Result<(), FormatError> {
        self.tally.read += 1;
        self.tally.stored += 1;
        self.push(DumpItem::Row(DumpRow { table: 0, offset, values }))
    }

    pub(super) fn aside(
        &mut self,
        (offset, length): (u64, u64),
        mut raw: Vec<u8>,
        reason: &'static str,
        detail: String,
    ) -> Result<(), FormatError> {
        self.tally.read += 1;
        self.tally.set_aside += 1;
        raw.truncate(SET_ASIDE_LIMIT);
        self.push(DumpItem::SetAside(SetAside { offset, length, reason, detail, raw }))
    }

    fn push(&mut self, item: DumpItem) -> Result<(), FormatError> {
        self.batch.push(item);
        if self.batch.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    pub(super) fn flush(&mut self) -> Result<(), FormatError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        match (self.emit)(batch) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(FormatError::Stopped),
        }
    }
}
