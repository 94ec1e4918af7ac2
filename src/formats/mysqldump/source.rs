//! The bytes of a dump, a block at a time, with their offsets and the beginning of the record being read.

use std::io::{ErrorKind, Read};

use crate::formats::FormatError;

/// Bytes asked of the input at once. Large enough that a row seldom spans two blocks.
pub(super) const BLOCK: usize = 256 * 1024;

/// Why reading a statement ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The bytes ended inside it.
    Cut,
    /// The reader as a whole gives up. Boxed: every step returns this type, it must be small.
    Failed(Box<FormatError>),
}

/// A window over any input. The record that began at the mark can be had back, up to a limit, however many blocks
/// it spans: a long line never has to be held in memory.
pub(super) struct Source<'r> {
    input: &'r mut dyn Read,
    block: Vec<u8>,
    position: usize,
    end: usize,
    base: u64,
    ended: bool,
    mark: usize,
    mark_offset: u64,
    kept: Vec<u8>,
    keep: usize,
}

impl<'r> Source<'r> {
    /// A window of `size` bytes (any size above zero gives the same result).
    pub(super) fn new(input: &'r mut dyn Read, size: usize) -> Self {
        Self {
            input,
            block: vec![0; size.max(1)],
            position: 0,
            end: 0,
            base: 0,
            ended: false,
            mark: 0,
            mark_offset: 0,
            kept: Vec::new(),
            keep: 0,
        }
    }

    /// Offset of the next byte in the unpacked stream.
    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.base + self.position as u64
    }

    /// The bytes at hand, from the next one on; possibly none though the input has more.
    #[inline]
    pub(super) fn at_hand(&self) -> &[u8] {
        &self.block[self.position..self.end]
    }

    /// Bytes passed lately, by the index that [`Self::index`] gave. Valid until the next byte is asked for.
    #[inline]
    pub(super) fn passed(&self, from: usize, to: usize) -> &[u8] {
        &self.block[from..to]
    }

    /// Place of the next byte in the block.
    #[inline]
    pub(super) fn index(&self) -> usize {
        self.position
    }

    /// The next byte, not consumed.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Stop> {
        if self.position == self.end {
            self.ensure(1)?;
        }
        Ok(self.block[..self.end].get(self.position).copied())
    }

    /// The next byte of something that must go on.
    #[inline]
    pub(super) fn needed(&mut self) -> Result<u8, Stop> {
        self.peek()?.ok_or(Stop::Cut)
    }

    /// Makes at least `count` bytes available, fewer only at the end of the input; tells what is at hand.
    #[inline]
    pub(super) fn ensure(&mut self, count: usize) -> Result<&[u8], Stop> {
        if self.end - self.position < count && !self.ended {
            self.refill(count)?;
        }
        Ok(&self.block[self.position..self.end])
    }

    /// Consumes `count` bytes that are at hand.
    #[inline]
    pub(super) fn advance(&mut self, count: usize) {
        debug_assert!(self.position + count <= self.end);
        self.position += count;
    }

    /// Begins a record at the next byte; its first `keep` bytes stay available.
    #[inline]
    pub(super) fn set_mark(&mut self, keep: usize) {
        self.mark = self.position;
        self.mark_offset = self.offset();
        self.kept.clear();
        self.keep = keep;
    }

    /// Offset of the record begun last.
    pub(super) fn mark_offset(&self) -> u64 {
        self.mark_offset
    }

    /// Length of the record so far, also where more than the kept bytes were passed.
    pub(super) fn marked_length(&self) -> u64 {
        self.offset() - self.mark_offset
    }

    /// The record so far, as much of it as is kept.
    pub(super) fn marked(&self) -> Vec<u8> {
        let mut bytes = self.kept.clone();
        let room = self.keep.saturating_sub(bytes.len());
        let tail = &self.block[self.mark..self.position];
        bytes.extend_from_slice(&tail[..tail.len().min(room)]);
        bytes
    }

    #[cold]
    fn refill(&mut self, count: usize) -> Result<(), Stop> {
        let room = self.keep.saturating_sub(self.kept.len());
        let passed = &self.block[self.mark..self.position];
        self.kept.extend_from_slice(&passed[..passed.len().min(room)]);
        self.mark = 0;
        self.block.copy_within(self.position..self.end, 0);
        self.base += self.position as u64;
        self.end -= self.position;
        self.position = 0;
        if self.block.len() < count {
            self.block.resize(count, 0);
        }
        while self.end < count && !self.ended {
            match self.input.read(&mut self.block[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.end += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(source) => {
                    let offset = self.base + self.end as u64;
                    return Err(Stop::Failed(Box::new(FormatError::Io { offset, source })));
                }
            }
        }
        Ok(())
    }
}
