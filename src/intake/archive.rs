//! gzip and zip, read in place: nothing is written to disk, so a member's name can lead nowhere.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use super::limits::Budget;
use super::names::{member_name, unpacked_name};
use super::queue::Outcome;
use super::worker::{Gone, Stream, Trouble, Worker, refusal};
use crate::case::EvidenceStatus;

/// Passes on what an archive gives, within the limits. An archive that ends early or goes wrong ends the stream there
/// (what was read is evidence too) and leaves word in `trouble`.
struct Unpacked<'s, R> {
    inner: R,
    count: u64,
    most: u64,
    budget: &'s Budget,
    trouble: &'s RefCell<Option<Trouble>>,
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if matches!(*self.trouble.borrow(), Some(Trouble::CutOff(_) | Trouble::Damaged(_))) {
            return Ok(0);
        }
        let n = match self.inner.read(buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                let detail = format!("the archive ends after {} unpacked bytes; expected more", self.count);
                *self.trouble.borrow_mut() = Some(Trouble::CutOff(detail));
                return Ok(0);
            }
            Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput) => {
                let detail = format!("the archive cannot be unpacked beyond {} bytes: {error}", self.count);
                *self.trouble.borrow_mut() = Some(Trouble::Damaged(detail));
                return Ok(0);
            }
            Err(error) => return Err(error),
        };
        self.count += n as u64;
        let exceeded = if self.count > self.most { Err(self.most) } else { self.budget.take(n as u64) };
        if let Err(limit) = exceeded {
            let detail =
                format!("expected at most {limit} unpacked bytes, found more; unpack it and hand in the content");
            *self.trouble.borrow_mut() = Some(Trouble::Limit(detail));
            return Err(io::Error::other("unpacks to more than the limit"));
        }
        Ok(n)
    }
}

impl Worker<'_> {
    /// Reads what a gzip stream holds (several members make one content) as evidence of its own.
    pub(super) fn gzip(&self, path: &str, depth: usize, packed: &mut dyn Read) -> Result<(), Gone> {
        let decoder = MultiGzDecoder::new(BufReader::with_capacity(128 * 1024, packed));
        self.member(&format!("{path}!{}", unpacked_name(path)), depth, decoder)
    }

    /// A zip handed in: read to its end for its hash, then opened where it lies, because a zip begins at its end.
    #[expect(clippy::disallowed_methods, reason = "the intake reads evidence")]
    pub(super) fn zip_on_disk(&self, path: &str, place: &Path, packed: &mut dyn Read) -> Result<Outcome, Gone> {
        if let Err(error) = io::copy(packed, &mut io::sink()) {
            return Ok(unreadable(&error));
        }
        match File::open(place) {
            Ok(file) => self.zip(path, 0, BufReader::new(file)),
            Err(error) => Ok(unreadable(&error)),
        }
    }

    /// A zip inside an archive.
    pub(super) fn zip_in_memory(&self, path: &str, depth: usize, packed: &mut dyn Read) -> Result<Outcome, Gone> {
        let most = self.options.limits.nested_zip_bytes;
        let mut content = Vec::new();
        if let Err(error) = packed.take(most + 1).read_to_end(&mut content) {
            return Ok(unreadable(&error));
        }
        if content.len() as u64 > most {
            let detail = format!("expected a zip inside an archive to have at most {most} bytes; unpack it once");
            return Ok(refusal(Some("zip"), "unpack_limit", detail));
        }
        self.zip(path, depth, Cursor::new(content))
    }

    fn zip<R: Read + Seek>(&self, path: &str, depth: usize, archive: R) -> Result<Outcome, Gone> {
        let mut archive = match ZipArchive::new(archive) {
            Ok(archive) => archive,
            Err(error) => {
                let detail = format!("expected a whole zip archive: {error}; hand in the original or its content");
                return Ok(refusal(Some("zip"), "damaged_archive", detail));
            }
        };
        let most = self.options.limits.members;
        if archive.len() > most {
            let detail = format!("expected at most {most} members, found {}; unpack it", archive.len());
            return Ok(refusal(Some("zip"), "unpack_limit", detail));
        }
        for index in 0..archive.len() {
            self.zip_member(path, depth, &mut archive, index)?;
        }
        Ok(Outcome { status: Some(EvidenceStatus::Container), format: Some("zip"), ..Outcome::default() })
    }

    fn zip_member<R: Read + Seek>(
        &self,
        path: &str,
        depth: usize,
        archive: &mut ZipArchive<R>,
        index: usize,
    ) -> Result<(), Gone> {
        // First without unpacking: name and kind are there even where the content is locked.
        let (name, obstacle) = match archive.by_index_raw(index) {
            Ok(member) if member.is_dir() => return Ok(()),
            Ok(member) => {
                let link = member.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000);
                let obstacle = if member.encrypted() {
                    Some(("encrypted_member", "expected an open member, found an encrypted one; unpack it".to_owned()))
                } else if link {
                    Some(("symlink", "expected a file, found a symbolic link".to_owned()))
                } else {
                    None
                };
                (member_name(member.name_raw()), obstacle)
            }
            Err(error) => (format!("(member {index})"), Some(("damaged_archive", error.to_string()))),
        };
        let path = format!("{path}!{name}");
        if let Some((reason, detail)) = obstacle {
            return self.without_reading(&path, EvidenceStatus::Refused, reason, detail);
        }
        match archive.by_index(index) {
            Ok(member) => self.member(&path, depth, member),
            Err(error) => {
                let reason = match error {
                    ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => {
                        "unsupported_compression"
                    }
                    _ => "damaged_archive",
                };
                let detail = format!("{error}; unpack it and hand in the content");
                self.without_reading(&path, EvidenceStatus::Refused, reason, detail)
            }
        }
    }

    fn member(&self, path: &str, depth: usize, content: impl Read) -> Result<(), Gone> {
        let trouble = RefCell::new(None);
        let most = self.options.limits.member_bytes;
        let mut unpacked = Unpacked { inner: content, count: 0, most, budget: &self.budget, trouble: &trouble };
        self.stream(Stream { path, depth: depth + 1, input: &mut unpacked, place: None, trouble: &trouble })
    }
}

fn unreadable(error: &io::Error) -> Outcome {
    Outcome { status: Some(EvidenceStatus::Unreadable), ..refusal(Some("zip"), "io_error", error.to_string()) }
}
