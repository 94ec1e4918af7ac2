//! Back to the bytes: the raw record of evidence at an offset.
//!
//! A file is read once, whole, and hashed while it is read; the records are cut from these very bytes. So what is shown is
//! what was hashed, and nothing is shown from a file whose SHA-256 is not the recorded one. Memory is bounded: of each
//! record at most [`SHOWN`] bytes are kept.

mod cut;
mod place;
mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use self::cut::{Kind, Tap};
use self::stream::{Chain, open};
use crate::case::CaseError;
use crate::model::hex;

pub use self::place::Shelf;

/// As many bytes of a record are kept.
pub const SHOWN: usize = crate::formats::SET_ASIDE_LIMIT;

/// What became of an evidence file since it was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// Its bytes have the recorded SHA-256.
    Unchanged,
    /// They have another one.
    Changed {
        /// Where the file lies.
        place: PathBuf,
        /// SHA-256 of what lies there now.
        found: String,
    },
    /// No file lies where it was, or where `--evidence` says.
    Missing {
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// It was never readable, or is not now.
    Unreadable(String),
}

/// One raw record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Length of the whole record in bytes, without line end.
    pub length: u64,
    /// Its bytes, at most [`SHOWN`] of them.
    pub bytes: Vec<u8>,
}

/// An evidence file as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// Path as stored.
    pub path: String,
    /// Recorded SHA-256 of the unpacked bytes; empty when it was unreadable.
    pub sha256: String,
    /// What became of it.
    pub state: FileState,
    /// Records by offset; only of an unchanged file. An offset at or behind its end has none.
    pub records: BTreeMap<u64, RawRecord>,
}

/// Reads the records at the wanted offsets, by evidence id. An id without offsets has its file checked all the same.
///
/// # Errors
/// [`CaseError::Store`] when the case database cannot be read. What is wrong with a file stands in its [`FileState`].
pub fn raw_records(
    conn: &Connection,
    shelf: &Shelf,
    wanted: &BTreeMap<i64, BTreeSet<u64>>,
) -> Result<BTreeMap<i64, CheckedFile>, CaseError> {
    let mut files = BTreeMap::new();
    // A container is hashed once, however many of its members are asked for.
    let mut containers: BTreeMap<i64, FileState> = BTreeMap::new();
    for (id, offsets) in wanted {
        let Some(chain) = Chain::load(conn, *id)? else { continue };
        let kinds = kinds(conn, &chain, *id, offsets)?;
        let mut file = CheckedFile {
            path: chain.path.clone(),
            sha256: chain.sha256.clone(),
            state: FileState::Unreadable(String::new()),
            records: BTreeMap::new(),
        };
        (file.state, file.records) = look(&chain, shelf, &kinds, &mut containers);
        files.insert(*id, file);
    }
    Ok(files)
}

/// How each record ends.
fn kinds(
    conn: &Connection,
    chain: &Chain,
    id: i64,
    offsets: &BTreeSet<u64>,
) -> Result<BTreeMap<u64, Kind>, rusqlite::Error> {
    let mut aside = conn.prepare_cached("select length from set_aside where evidence_id = ?1 and offset = ?2")?;
    let mut kinds = BTreeMap::new();
    for offset in offsets {
        let at = i64::try_from(*offset).unwrap_or(i64::MAX);
        let length: Option<i64> = aside.query_row((id, at), |row| row.get(0)).optional()?;
        let kind = match (length, chain.format.as_deref()) {
            (Some(length), _) => Kind::Length(length.unsigned_abs()),
            (None, Some("mysqldump")) => Kind::Row,
            (None, Some("audit_csv")) => Kind::Columns { wide: chain.encoding.as_deref() == Some("utf-16le") },
            _ => Kind::Line,
        };
        kinds.insert(*offset, kind);
    }
    Ok(kinds)
}

type Looked = (FileState, BTreeMap<u64, RawRecord>);

fn look(
    chain: &Chain,
    shelf: &Shelf,
    kinds: &BTreeMap<u64, Kind>,
    containers: &mut BTreeMap<i64, FileState>,
) -> Looked {
    let unreadable = |error: &io::Error| (FileState::Unreadable(error.to_string()), BTreeMap::new());
    if chain.sha256.is_empty() {
        return (FileState::Unreadable("it could not be read when it was imported".to_owned()), BTreeMap::new());
    }
    let candidates = shelf.candidates(chain.source, &chain.top_path);
    let places: Vec<PathBuf> = candidates.iter().filter(|place| place.is_file()).cloned().collect();
    if places.is_empty() {
        return (FileState::Missing { looked: candidates }, BTreeMap::new());
    }
    let mut first_wrong = None;
    for place in &places {
        if !chain.steps.is_empty() {
            // The archive itself first: unpacking one that is not the recorded one shows nothing.
            let known = containers.get(&chain.top_id).filter(|state| matches!(state, FileState::Unchanged)).is_some();
            if !known {
                match hash_of(place) {
                    Ok(found) if found == chain.top_sha256 => {
                        containers.insert(chain.top_id, FileState::Unchanged);
                    }
                    Ok(found) => {
                        let state = FileState::Changed { place: place.clone(), found };
                        first_wrong.get_or_insert((state, BTreeMap::new()));
                        continue;
                    }
                    Err(error) => {
                        first_wrong.get_or_insert(unreadable(&error));
                        continue;
                    }
                }
            }
        }
        match read(chain, place, kinds) {
            Ok((found, records)) if found == chain.sha256 => return (FileState::Unchanged, records),
            Ok((found, _)) => {
                first_wrong.get_or_insert((FileState::Changed { place: place.clone(), found }, BTreeMap::new()));
            }
            Err(error) => {
                first_wrong.get_or_insert(unreadable(&error));
            }
        }
    }
    first_wrong.unwrap_or_else(|| (FileState::Missing { looked: candidates }, BTreeMap::new()))
}

fn hash_of(place: &std::path::Path) -> io::Result<String> {
    let mut tap = Tap::new([]);
    open(place, &[], &mut |stream| tap.drain(stream))?;
    Ok(tap.sha256())
}

/// Hash of the whole stream and the records cut from it.
fn read(
    chain: &Chain,
    place: &std::path::Path,
    kinds: &BTreeMap<u64, Kind>,
) -> io::Result<(String, BTreeMap<u64, RawRecord>)> {
    let mut tap = Tap::new(kinds.keys().copied());
    open(place, &chain.steps, &mut |stream| tap.drain(stream))?;
    let mut records = BTreeMap::new();
    for (offset, captured, whole) in tap.captures() {
        let Some(kind) = kinds.get(&offset) else { continue };
        if captured.is_empty() {
            continue;
        }
        let length = match kind.length(&mut captured.as_slice(), whole)? {
            Some(length) => length,
            // Longer than what was kept: measured in a second reading, from its offset on.
            None => {
                let mut length = None;
                open(place, &chain.steps, &mut |stream| {
                    stream::skip(stream, offset)?;
                    length = kind.length(stream, true)?;
                    Ok(())
                })?;
                length.unwrap_or(captured.len() as u64)
            }
        };
        let kept = captured.len().min(usize::try_from(length).unwrap_or(usize::MAX));
        records.insert(offset, RawRecord { length, bytes: captured[..kept].to_vec() });
    }
    Ok((tap.sha256(), records))
}

fn finished(hasher: &Sha256) -> String {
    hex(&hasher.clone().finalize())
}
