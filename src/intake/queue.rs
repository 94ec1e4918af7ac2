//! Many readers ahead of one writer, in the order of evidence.
//!
//! A worker takes the next file and, under the same lock, hands the writer that file's queue: so queues arrive in order,
//! and the file the writer waits for is always one that somebody is reading. Both kinds of queue are short; a reader
//! far ahead waits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crossbeam_channel::bounded;

use super::hash::Fingerprint;
use super::store::Store;
use super::walk::{Found, Kind};
use super::worker::Worker;
use super::{ImportError, ImportOptions};
use crate::case::EvidenceStatus;
use crate::formats::mysqldump::DumpItem;
use crate::formats::w3c::WebBatch;
use crate::formats::{Note, Summary};
use crate::platforms::Platform;

/// Files that may wait for the writer, read or being read.
const FILES_AHEAD: usize = 8;
/// Batches of one file that may wait for the writer.
const BATCHES_AHEAD: usize = 4;

/// What a worker tells the writer about the file handed in; members nest between `Begin` and `End`.
#[derive(Debug)]
pub(super) enum Event {
    /// A file with this path as stored.
    Begin(String),
    Web(WebBatch),
    Dump(Vec<DumpItem>),
    End(Box<Outcome>),
    /// The reader met a defect of its own; nothing of the file handed in can be trusted.
    Panicked,
}

/// What became of a file, as far as its worker knows.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) status: Option<EvidenceStatus>,
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) format: Option<&'static str>,
    pub(super) reason: Option<&'static str>,
    pub(super) detail: Option<String>,
    pub(super) summary: Option<Summary>,
    pub(super) notes: Vec<Note>,
}

/// Reads all files found and stores them.
pub(super) fn run(found: &[Found], options: &ImportOptions<'_>, store: &mut Store<'_>) -> Result<(), ImportError> {
    let bytes = found.iter().map(|f| if let Kind::File(size) = f.kind { size } else { 0 }).sum();
    options.progress.found(found.len(), bytes);
    let workers = match options.workers {
        0 => thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let (hand_over, queues) = bounded(FILES_AHEAD);
    let next = Mutex::new(0_usize);
    let stop = AtomicBool::new(false);
    let headings =
        Platform::Moveit.log_headings().map_err(|_| ImportError::Internal("a compiled-in table is damaged"))?;
    thread::scope(|scope| {
        for _ in 0..workers.min(found.len()) {
            let hand_over = hand_over.clone();
            let (next, stop, headings) = (&next, &stop, &headings);
            scope.spawn(move || {
                loop {
                    let mut position = next.lock().unwrap_or_else(PoisonError::into_inner);
                    let Some(file) = found.get(*position) else { return };
                    *position += 1;
                    let (sender, receiver) = bounded(BATCHES_AHEAD);
                    if hand_over.send(receiver).is_err() {
                        return;
                    }
                    drop(position);
                    let worker = Worker::new(file, options, stop, sender.clone(), headings);
                    // Crafted evidence that finds a defect in a reader must not take the other files down with it.
                    if catch_unwind(AssertUnwindSafe(|| worker.file())).is_err() {
                        let _ = sender.send(Event::Panicked);
                    }
                }
            });
        }
        drop(hand_over);
        let mut outcome = Ok(());
        for file in found {
            outcome = match queues.recv() {
                Ok(queue) => store.file(file, &queue),
                Err(_) => Err(ImportError::Internal("a reader ended before its file")),
            };
            if outcome.is_err() {
                break;
            }
        }
        // Wakes readers that wait for a place in a queue, and those in the middle of a long file.
        stop.store(true, Ordering::Relaxed);
        drop(queues);
        outcome
    })
}
