//! One file handed in: read once, hashed, identified, given to its reader or unpacked.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crossbeam_channel::Sender;

use super::ImportOptions;
use super::hash::{Hashing, fill};
use super::identify::{self, HEAD, identify};
use super::limits::Budget;
use super::queue::{Event, Outcome};
use super::walk::{Found, Kind};
use crate::case::EvidenceStatus;
use crate::formats::csvlog::Heading;
use crate::formats::{FormatError, Note, Summary, csvlog, mysqldump, w3c};

/// The writer does not listen any more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gone;

/// Why an unpacked stream ended before its end.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// The archive is shorter than it says.
    CutOff(String),
    /// The archive's bytes are wrong from here on.
    Damaged(String),
    /// More than the limits allow.
    Limit(String),
}

/// Reads one file handed in.
pub(super) struct Worker<'a> {
    found: &'a Found,
    pub(super) options: &'a ImportOptions<'a>,
    pub(super) stop: &'a AtomicBool,
    sender: Sender<Event>,
    pub(super) budget: Budget,
    headings: &'a [Heading],
}

/// A stream to be examined.
pub(super) struct Stream<'s> {
    pub(super) path: &'s str,
    /// 0 for the file handed in, 1 for its members.
    pub(super) depth: usize,
    pub(super) input: &'s mut dyn Read,
    /// Where it lies, for a file handed in.
    pub(super) place: Option<&'s Path>,
    /// What the unpacking below met; filled while it is read.
    pub(super) trouble: &'s RefCell<Option<Trouble>>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        found: &'a Found,
        options: &'a ImportOptions<'a>,
        stop: &'a AtomicBool,
        sender: Sender<Event>,
        headings: &'a [Heading],
    ) -> Self {
        let size = if let Kind::File(size) = found.kind { size } else { 0 };
        Self { found, options, stop, sender, budget: Budget::new(&options.limits, size), headings }
    }

    /// Does it. When the writer is gone there is nobody to tell.
    #[expect(clippy::disallowed_methods, reason = "this is the intake reader that hashes")]
    pub(super) fn file(&self) {
        let path = self.found.path.as_str();
        let _ = match &self.found.kind {
            Kind::Refused(reason, detail) => {
                self.without_reading(path, EvidenceStatus::Refused, reason, detail.clone())
            }
            Kind::Unreadable(detail) => self.unreadable(path, detail.clone()),
            Kind::File(size) => {
                self.options.progress.file_started(path, *size);
                let told = match File::open(&self.found.place) {
                    Err(error) => self.unreadable(path, error.to_string()),
                    Ok(mut file) => self.stream(Stream {
                        path,
                        depth: 0,
                        input: &mut file,
                        place: Some(&self.found.place),
                        trouble: &RefCell::new(None),
                    }),
                };
                self.options.progress.file_done(path);
                told
            }
        };
    }

    /// A file listed without a look at its bytes.
    pub(super) fn without_reading(
        &self,
        path: &str,
        status: EvidenceStatus,
        reason: &'static str,
        detail: String,
    ) -> Result<(), Gone> {
        self.send(Event::Begin(path.to_owned()))?;
        self.end(Outcome { status: Some(status), reason: Some(reason), detail: Some(detail), ..Outcome::default() })
    }

    fn unreadable(&self, path: &str, detail: String) -> Result<(), Gone> {
        self.without_reading(path, EvidenceStatus::Unreadable, "io_error", detail)
    }

    /// Identifies a stream by its head and has it read.
    pub(super) fn stream(&self, stream: Stream<'_>) -> Result<(), Gone> {
        self.send(Event::Begin(stream.path.to_owned()))?;
        let progress = (stream.depth == 0).then_some(self.options.progress);
        let mut input = Hashing::new(&mut *stream.input, self.stop, progress);
        let mut head = vec![0; HEAD];
        // A failure stays known to `input` and is told at its end.
        let length = fill(&mut input, &mut head).unwrap_or(0);
        head.truncate(length);
        let declared = (self.options.declared_fields)(stream.path);
        if head.is_empty() {
            let outcome = refusal(None, "empty_file", "expected records, found no byte".to_owned());
            return self.finish(outcome, input, stream.trouble);
        }
        let kind = identify(&head, declared.is_some(), self.headings);
        let mut all = Cursor::new(head).chain(&mut input);
        match kind {
            identify::Kind::W3c => {
                let read = w3c::read(&mut all, declared.as_deref(), &mut |batch| self.emit(Event::Web(batch)));
                self.finish(outcome_of("iis_w3c", "no_fields", read)?, input, stream.trouble)
            }
            identify::Kind::Mysqldump => {
                let read = mysqldump::read(&mut all, &mut |items| self.emit(Event::Dump(items)));
                self.finish(outcome_of("mysqldump", "not_a_dump", read)?, input, stream.trouble)
            }
            identify::Kind::Csvlog => {
                let read = csvlog::read(&mut all, self.headings, &mut |items| self.emit(Event::Dump(items)));
                self.finish(outcome_of("audit_csv", "not_an_audit_log", read)?, input, stream.trouble)
            }
            identify::Kind::NoReader(reason, what) => {
                let outcome = refusal(None, reason, format!("looks like {what}"));
                self.finish(outcome, input, stream.trouble)
            }
            identify::Kind::Gzip | identify::Kind::Zip if stream.depth >= self.options.limits.depth => {
                let detail = format!(
                    "expected archives in at most {} levels; unpack it and hand in the content",
                    self.options.limits.depth
                );
                self.finish(refusal(None, "unpack_limit", detail), input, stream.trouble)
            }
            identify::Kind::Gzip => {
                self.gzip(stream.path, stream.depth, &mut all)?;
                let outcome =
                    Outcome { status: Some(EvidenceStatus::Container), format: Some("gzip"), ..Outcome::default() };
                self.finish(outcome, input, stream.trouble)
            }
            identify::Kind::Zip => {
                let outcome = match stream.place {
                    Some(place) => self.zip_on_disk(stream.path, place, &mut all),
                    None => self.zip_in_memory(stream.path, stream.depth, &mut all),
                }?;
                self.finish(outcome, input, stream.trouble)
            }
        }
    }

    /// Reads the rest for its hash and closes the file. What failed below outranks what the reader made of it.
    fn finish<R: Read>(
        &self,
        mut outcome: Outcome,
        input: Hashing<'_, R>,
        trouble: &RefCell<Option<Trouble>>,
    ) -> Result<(), Gone> {
        let whole = input.finish();
        let size = match &whole {
            Ok(fingerprint) => fingerprint.size,
            Err((offset, _)) => *offset,
        };
        match trouble.take() {
            Some(Trouble::Limit(detail)) => {
                outcome = refusal(None, "unpack_limit", detail);
                return self.end(outcome);
            }
            Some(Trouble::CutOff(detail)) => outcome.notes.push(Note { offset: size, kind: "cut_off", detail }),
            Some(Trouble::Damaged(detail)) => {
                outcome.notes.push(Note { offset: size, kind: "damaged_archive", detail })
            }
            None => {}
        }
        match whole {
            Ok(fingerprint) => outcome.fingerprint = Some(fingerprint),
            Err((offset, error)) => {
                outcome = Outcome {
                    status: Some(EvidenceStatus::Unreadable),
                    format: outcome.format,
                    reason: Some("io_error"),
                    detail: Some(format!("cannot be read at byte {offset}: {error}; copy it anew and import it again")),
                    ..Outcome::default()
                };
            }
        }
        self.end(outcome)
    }

    pub(super) fn send(&self, event: Event) -> Result<(), Gone> {
        self.sender.send(event).map_err(|_| Gone)
    }

    fn emit(&self, event: Event) -> ControlFlow<()> {
        if self.send(event).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn end(&self, outcome: Outcome) -> Result<(), Gone> {
        self.send(Event::End(Box::new(outcome)))
    }
}

pub(super) fn refusal(format: Option<&'static str>, reason: &'static str, detail: String) -> Outcome {
    Outcome {
        status: Some(EvidenceStatus::Refused),
        format,
        reason: Some(reason),
        detail: Some(detail),
        ..Outcome::default()
    }
}

fn outcome_of(
    format: &'static str,
    refused: &'static str,
    read: Result<Summary, FormatError>,
) -> Result<Outcome, Gone> {
    Ok(match read {
        Ok(summary) => Outcome {
            status: Some(EvidenceStatus::Imported),
            format: Some(format),
            summary: Some(summary),
            ..Outcome::default()
        },
        Err(FormatError::Stopped) => return Err(Gone),
        Err(error @ FormatError::Refused { .. }) => refusal(Some(format), refused, error.to_string()),
        // Mostly replaced by what the layers below know of the failure.
        Err(error @ FormatError::Io { .. }) => {
            Outcome { status: Some(EvidenceStatus::Unreadable), ..refusal(Some(format), "io_error", error.to_string()) }
        }
    })
}
