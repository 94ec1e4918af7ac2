//! Reading once: every byte passes through the hash on its way to the reader.

use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};

use super::Progress;
use crate::model::hex;

/// Largest read at a time while the rest of a file is hashed that no reader wants.
const DRAIN: usize = 256 * 1024;

/// Passes bytes on, counts and hashes them. An error of the source stays known, so that a reader above it cannot turn
/// it into something else.
pub(super) struct Hashing<'a, R> {
    inner: R,
    hasher: Sha256,
    count: u64,
    failed: Option<(u64, String)>,
    stop: &'a AtomicBool,
    progress: Option<&'a dyn Progress>,
}

/// Hash and length of a stream read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) sha256: String,
    pub(super) size: u64,
}

impl<'a, R: Read> Hashing<'a, R> {
    /// `progress` only where the bytes are those on disk.
    pub(super) fn new(inner: R, stop: &'a AtomicBool, progress: Option<&'a dyn Progress>) -> Self {
        Self { inner, hasher: Sha256::new(), count: 0, failed: None, stop, progress }
    }

    /// Reads what is left. Nothing when the source failed: a hash of a part would look like one of the whole.
    pub(super) fn finish(mut self) -> Result<Fingerprint, (u64, String)> {
        let mut buffer = vec![0; DRAIN];
        while self.failed.is_none() && fill(&mut self, &mut buffer).is_ok_and(|n| n > 0) {}
        match self.failed {
            Some(failure) => Err(failure),
            None => Ok(Fingerprint { sha256: hex(&self.hasher.finalize()), size: self.count }),
        }
    }
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            // Not `Interrupted`, which readers are bound to try again.
            let error = io::Error::other("the import was stopped");
            self.failed = Some((self.count, error.to_string()));
            return Err(error);
        }
        match self.inner.read(buffer) {
            Ok(n) => {
                self.hasher.update(&buffer[..n]);
                self.count += n as u64;
                if let Some(progress) = self.progress {
                    progress.bytes(n as u64);
                }
                Ok(n)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.failed = Some((self.count, error.to_string()));
                }
                Err(error)
            }
        }
    }
}

/// Fills the buffer as far as the source goes; the head of a file must not depend on how a source cuts its bytes.
pub(super) fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_and_length_cover_what_no_reader_took() {
        let stop = AtomicBool::new(false);
        let mut hashing = Hashing::new(&b"abc"[..], &stop, None);
        hashing.read_exact(&mut [0]).unwrap();
        let whole = hashing.finish().unwrap();
        assert_eq!(whole.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(whole.size, 3);
    }

    #[test]
    fn a_failing_source_has_no_hash() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("bad sector"))
            }
        }
        let stop = AtomicBool::new(false);
        let hashing = Hashing::new(io::Read::chain(&b"abc"[..], Failing), &stop, None);
        assert_eq!(hashing.finish(), Err((3, "bad sector".to_owned())));
    }
}
