//! One copy, read once: hashes and compressed sizes.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::intake::Progress;
use crate::model::hex;

/// No more threads than this, however many processors there are: the disk is one.
const MOST_THREADS: usize = 8;

/// What is kept of a copy.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) size: u64,
    pub(super) sha256: String,
    pub(super) sha1: String,
    /// Size as gzip at levels 6 and 9 of our deflate, where asked for. The server's own lies near or between
    /// (docs/concepts/web-shell.md).
    pub(super) gzip: Option<[u64; 2]>,
}

/// Reads the copies, several at a time; the results are in the order of the list.
pub(super) fn measure(
    found: &[(PathBuf, String)],
    compress: bool,
    progress: &dyn Progress,
) -> Vec<std::io::Result<Copy>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(found.len().max(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((place, path)) = found.get(number) else { break };
                    let copy = read(place, path, compress, progress);
                    // A thread that panics while it holds the list ends the program at the end of the scope anyway.
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((number, copy));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, copy)| copy).collect()
}

#[expect(clippy::disallowed_methods, reason = "copies are hashed here while they are read")]
fn read(place: &Path, path: &str, compress: bool, progress: &dyn Progress) -> std::io::Result<Copy> {
    let mut file = File::open(place)?;
    progress.file_started(path, file.metadata()?.len());
    let (mut sha256, mut sha1, mut size) = (Sha256::new(), Sha1::new(), 0);
    let mut gzip = [6, 9].map(|level| GzEncoder::new(Counted(0), Compression::new(level)));
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                sha256.update(&buffer[..n]);
                sha1.update(&buffer[..n]);
                for encoder in gzip.iter_mut().filter(|_| compress) {
                    encoder.write_all(&buffer[..n])?;
                }
                size += n as u64;
                progress.bytes(n as u64);
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    let [six, nine] = gzip;
    let gzip = [six.finish()?.0, nine.finish()?.0];
    let gzip = compress.then_some(gzip);
    progress.file_done(path);
    Ok(Copy { size, sha256: hex(&sha256.finalize()), sha1: hex(&sha1.finalize()), gzip })
}

/// Counts bytes and forgets them.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
