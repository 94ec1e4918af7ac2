//! Limits against archives that were made to exhaust the machine.

use std::sync::atomic::{AtomicU64, Ordering};

/// See the fields. A member beyond a limit is refused and none of its rows stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that one member may unpack to.
    pub member_bytes: u64,
    /// Everything unpacked from one file handed in may be this many times its size …
    pub ratio: u64,
    /// … but this many bytes are always allowed.
    pub free_bytes: u64,
    /// Members of one archive.
    pub members: usize,
    /// Archives inside archives.
    pub depth: usize,
    /// An archive inside an archive is read in memory up to this size (zip needs to be read from its end).
    pub nested_zip_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            member_bytes: 64 << 30,
            // Deflate reaches 1,032 at most; logs pack 1:10 to 1:40. What overlaps or nests to more is made to harm.
            ratio: 1_000,
            free_bytes: 64 << 20,
            members: 100_000,
            depth: 3,
            nested_zip_bytes: 256 << 20,
        }
    }
}

/// What one file handed in has unpacked to so far, over all its members and levels.
#[derive(Debug)]
pub(super) struct Budget {
    total: u64,
    used: AtomicU64,
}

impl Budget {
    pub(super) fn new(limits: &Limits, packed: u64) -> Self {
        let total = packed.saturating_mul(limits.ratio).max(limits.free_bytes);
        Self { total, used: AtomicU64::new(0) }
    }

    /// Takes `bytes`; the limit when it is passed.
    pub(super) fn take(&self, bytes: u64) -> Result<(), u64> {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.total { Err(self.total) } else { Ok(()) }
    }
}
