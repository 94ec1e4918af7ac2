//! The writer's side: events of one file after the other into the case.

use std::collections::BTreeSet;
use std::time::Duration;

use crossbeam_channel::Receiver;

use super::ImportError;
use super::names::rollover_day;
use super::queue::{Event, Outcome};
use super::report::{ImportReport, NotImported};
use super::walk::{Found, Kind};
use crate::case::{Beginning, CaseError, EvidenceRecord, EvidenceStatus, Stopwatch, Writer};
use crate::formats::Tally;
use crate::formats::mysqldump::DumpItem;

/// A file begun and not ended.
struct Open {
    id: i64,
    path: String,
    watch: Stopwatch,
    /// What we stored ourselves, to be held against the reader's own count.
    stored: u64,
    set_aside: u64,
}

/// Stores what workers send and keeps the account.
pub(super) struct Store<'c> {
    writer: Writer<'c>,
    report: ImportReport,
    /// Files that this import stored.
    imported: BTreeSet<i64>,
}

impl<'c> Store<'c> {
    pub(super) fn new(writer: Writer<'c>) -> Self {
        Self { writer, report: ImportReport::default(), imported: BTreeSet::new() }
    }

    pub(super) fn into_report(mut self, elapsed: Duration) -> ImportReport {
        self.report.elapsed = elapsed;
        self.report
    }

    /// Stores one file handed in, with its members, in one transaction.
    pub(super) fn file(&mut self, found: &Found, queue: &Receiver<Event>) -> Result<(), ImportError> {
        let before = (self.report.clone(), self.imported.clone());
        self.writer.begin()?;
        let complete = match self.events(found, queue) {
            Ok(complete) => complete,
            Err(error) => {
                // The first error is the one to tell; a connection that cannot roll back does so when it closes.
                let _ = self.writer.rollback();
                return Err(error);
            }
        };
        if !complete {
            self.writer.rollback()?;
            (self.report, self.imported) = before;
            self.writer.begin()?;
            self.record_failed(found)?;
        }
        self.writer.commit()?;
        if let Kind::File(size) = found.kind {
            self.report.bytes += size;
        }
        Ok(())
    }

    /// False when the reader failed in the middle.
    fn events(&mut self, found: &Found, queue: &Receiver<Event>) -> Result<bool, ImportError> {
        let mut open: Vec<Open> = Vec::new();
        for event in queue {
            match event {
                Event::Begin(path) => {
                    let id = self.writer.reserve();
                    open.push(Open { id, path, watch: Stopwatch::start(), stored: 0, set_aside: 0 });
                }
                Event::Web(batch) => {
                    let file = innermost(&mut open)?;
                    file.stored += batch.rows.len() as u64;
                    file.set_aside += batch.set_aside.len() as u64;
                    self.open_file()?;
                    self.writer.web(file.id, &batch)?;
                }
                Event::Dump(items) => {
                    let file = innermost(&mut open)?;
                    for item in &items {
                        match item {
                            DumpItem::Row(_) => file.stored += 1,
                            DumpItem::SetAside(_) => file.set_aside += 1,
                            DumpItem::Table(_) => {}
                        }
                    }
                    self.open_file()?;
                    self.writer.dump(file.id, &items)?;
                }
                Event::End(outcome) => {
                    let file = open.pop().ok_or(ImportError::Internal("a file ended that did not begin"))?;
                    self.end(found.source, file, open.last().map(|o| o.id), *outcome)?;
                }
                Event::Panicked => return Ok(false),
            }
        }
        Ok(open.is_empty())
    }

    fn open_file(&mut self) -> Result<(), CaseError> {
        if self.writer.in_file() { Ok(()) } else { self.writer.open_file() }
    }

    fn end(&mut self, source: u32, file: Open, parent: Option<i64>, outcome: Outcome) -> Result<(), ImportError> {
        let mut status = outcome.status.unwrap_or(EvidenceStatus::Refused);
        let mut reason = outcome.reason;
        let mut detail = outcome.detail;
        let mut summary = outcome.summary.unwrap_or_default();
        if status == EvidenceStatus::Imported {
            account(&file, summary.tally)?;
            let sha256 = outcome.fingerprint.as_ref().map(|f| f.sha256.as_str());
            if let Some(first) = sha256.and_then(|sha256| self.writer.imported_before(sha256)) {
                status = EvidenceStatus::Duplicate;
                reason = Some("same_bytes");
                detail = Some(format!("same bytes as {first}, which is imported"));
            } else if outcome.format == Some("iis_w3c") {
                match self.writer.beginning(file.id)? {
                    Some(Beginning::OfEarlier(longer)) => {
                        status = EvidenceStatus::Duplicate;
                        reason = Some(BEGINNING);
                        detail = Some(beginning_of(file.stored, &self.writer.path_of(longer)?));
                    }
                    Some(Beginning::Earlier(shorter)) => self.supersede(shorter, &file.path)?,
                    None => {}
                }
            }
        }
        if status != EvidenceStatus::Imported {
            if self.writer.in_file() {
                self.writer.undo(file.id)?;
            }
            summary.tally = Tally::default();
        }
        let mut notes = summary.notes;
        notes.extend(outcome.notes);
        let record = EvidenceRecord {
            id: file.id,
            parent,
            source,
            rollover_day: rollover_day(&file.path),
            path: file.path,
            sha256: outcome.fingerprint.as_ref().map(|f| f.sha256.clone()),
            size: outcome.fingerprint.as_ref().map(|f| f.size),
            format: outcome.format,
            status,
            reason,
            detail,
            encoding: Some(summary.encoding).filter(|e| !e.is_empty()),
            first_utc: summary.first_at,
            last_utc: summary.last_at,
            complete: summary.complete,
            dumped_at_local: summary.dumped_at_local,
            tally: summary.tally,
            notes,
        };
        self.count(&record, file.watch.elapsed());
        Ok(self.writer.record(&record)?)
    }

    /// A copy stored before turns out to be the beginning of this one.
    fn supersede(&mut self, shorter: i64, longer: &str) -> Result<(), CaseError> {
        let path = self.writer.path_of(shorter)?;
        let stored = self.writer.stored_of(shorter)?;
        let detail = beginning_of(stored, longer);
        let tally = self.writer.supersede(shorter, BEGINNING, &detail)?;
        // What an earlier import counted is not in this report.
        if self.imported.remove(&shorter) {
            *self.report.files.entry(EvidenceStatus::Imported).or_default() -= 1;
            *self.report.files.entry(EvidenceStatus::Duplicate).or_default() += 1;
            let sum = &mut self.report.records;
            sum.read -= tally.read;
            sum.stored -= tally.stored;
            sum.set_aside -= tally.set_aside;
            sum.headers -= tally.headers;
            self.report.cut_off.retain(|cut| *cut != path);
        }
        self.report.not_imported.push(NotImported {
            path,
            status: EvidenceStatus::Duplicate,
            reason: BEGINNING,
            detail,
        });
        Ok(())
    }

    fn count(&mut self, record: &EvidenceRecord, elapsed: Duration) {
        *self.report.files.entry(record.status).or_default() += 1;
        let (sum, tally) = (&mut self.report.records, record.tally);
        sum.read += tally.read;
        sum.stored += tally.stored;
        sum.set_aside += tally.set_aside;
        sum.headers += tally.headers;
        match (record.status, record.format) {
            (EvidenceStatus::Imported, Some(format)) => {
                self.imported.insert(record.id);
                let stage = self.report.stages.entry(format).or_default();
                stage.rows += tally.stored;
                stage.elapsed += elapsed;
                if record.notes.iter().any(|note| note.kind == "cut_off") || record.complete == Some(false) {
                    self.report.cut_off.push(record.path.clone());
                }
            }
            (EvidenceStatus::Imported | EvidenceStatus::Container, _) => {}
            _ => self.report.not_imported.push(NotImported {
                path: record.path.clone(),
                status: record.status,
                reason: record.reason.unwrap_or_default(),
                detail: record.detail.clone().unwrap_or_default(),
            }),
        }
    }

    fn record_failed(&mut self, found: &Found) -> Result<(), ImportError> {
        let id = self.writer.reserve();
        let file = Open { id, path: found.path.clone(), watch: Stopwatch::start(), stored: 0, set_aside: 0 };
        let outcome = Outcome {
            status: Some(EvidenceStatus::Refused),
            reason: Some("reader_failed"),
            detail: Some("a defect of the reader; nothing of this file is stored. Please report it".to_owned()),
            ..Outcome::default()
        };
        self.end(found.source, file, None, outcome)
    }
}

/// Why the shorter copy of a log is not counted.
const BEGINNING: &str = "beginning_of";

fn beginning_of(records: u64, longer: &str) -> String {
    format!("its {records} records are the first of {longer}, at the same offsets, and are counted there")
}

fn innermost(open: &mut [Open]) -> Result<&mut Open, ImportError> {
    open.last_mut().ok_or(ImportError::Internal("rows outside a file"))
}

/// The reader's own account must add up, and be that of what it handed over.
fn account(file: &Open, tally: Tally) -> Result<(), CaseError> {
    if tally.adds_up() && tally.stored == file.stored && tally.set_aside == file.set_aside {
        return Ok(());
    }
    Err(CaseError::Accounting {
        path: file.path.clone(),
        read: tally.read,
        stored: file.stored,
        set_aside: file.set_aside,
        headers: tally.headers,
    })
}
