//! The dictionary of texts: each different text is handed out once and referred to by number.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use super::TextId;

/// When the dictionary holds more than this, it is emptied; numbers go on. Bounds memory against logs in which no
/// query ever repeats.
const MOST_ENTRIES: usize = 500_000;
const MOST_BYTES: usize = 64 << 20;

/// Texts seen, and those not yet handed out.
pub(super) struct Texts {
    /// Hash of a text → where it lies in `bytes` and its number. Texts of the same hash: the first alone is known,
    /// the others get a new number each time (rare, and allowed).
    known: HashMap<u64, Known, Through>,
    bytes: Vec<u8>,
    seed: Seed,
    last: TextId,
    fresh: Vec<(TextId, Box<str>)>,
    fresh_bytes: usize,
    most_entries: usize,
    most_bytes: usize,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self::with_limits(MOST_ENTRIES, MOST_BYTES)
    }

    fn with_limits(most_entries: usize, most_bytes: usize) -> Self {
        Self {
            known: HashMap::default(),
            bytes: Vec::new(),
            seed: Seed::new(),
            last: 0,
            fresh: Vec::new(),
            fresh_bytes: 0,
            most_entries,
            most_bytes,
        }
    }

    /// The number of a text. `text` must be UTF-8: the reader decodes a line before it looks at its values.
    pub(super) fn number(&mut self, text: &[u8]) -> TextId {
        let hash = self.seed.hash_one(text);
        let same_hash = self.known.get(&hash).copied();
        if let Some(known) = same_hash
            && &self.bytes[known.start as usize..][..known.length as usize] == text
        {
            return known.id;
        }
        if self.known.len() >= self.most_entries || self.bytes.len() + text.len() > self.most_bytes {
            self.known.clear();
            self.bytes.clear();
        }
        if same_hash.is_none() {
            // Both fit: `bytes` is bounded far below.
            let (start, length) = (self.bytes.len() as u32, text.len() as u32);
            self.known.insert(hash, Known { start, length, id: self.last + 1 });
            self.bytes.extend_from_slice(text);
        }
        // Cannot overflow: the reader asks `exhausted` after each batch.
        self.last += 1;
        self.fresh.push((self.last, String::from_utf8_lossy(text).into()));
        self.fresh_bytes += text.len();
        self.last
    }

    /// Bytes of the texts not yet handed out.
    pub(super) fn fresh_bytes(&self) -> usize {
        self.fresh_bytes
    }

    /// Hands out the texts that are new since the last call.
    pub(super) fn take_fresh(&mut self) -> Vec<(TextId, Box<str>)> {
        self.fresh_bytes = 0;
        std::mem::take(&mut self.fresh)
    }

    /// Whether the numbers might not last for one more batch (which uses far fewer than a million).
    pub(super) fn exhausted(&self) -> bool {
        self.last > TextId::MAX - 1_000_000
    }
}

#[derive(Clone, Copy)]
struct Known {
    start: u32,
    length: u32,
    id: TextId,
}

/// The keys are hashes already.
#[derive(Default)]
struct KeptHash(u64);

type Through = BuildHasherDefault<KeptHash>;

impl Hasher for KeptHash {
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// A start value that a log's writer cannot know: texts of a log are chosen by attackers, who could otherwise make
/// them collide. Numbers follow the order of the file, so results do not depend on it.
#[derive(Clone, Copy)]
struct Seed(u64);

impl Seed {
    fn new() -> Self {
        Self(RandomState::new().hash_one(0u64))
    }
}

impl BuildHasher for Seed {
    type Hasher = Fold;
    fn build_hasher(&self) -> Fold {
        Fold(self.0)
    }
}

/// Sixteen bytes at a time: multiply two words to 128 bits, fold the halves.
struct Fold(u64);

impl Fold {
    fn add(&mut self, first: u64, second: u64) {
        // Constants with bits all over: the golden ratio in 64 bits, and one drawn at random.
        let first = first ^ self.0 ^ 0x9E37_79B9_7F4A_7C15;
        let second = second ^ self.0.rotate_left(32) ^ 0x45CA_8D1F_7A57_6B91;
        let product = u128::from(first) * u128::from(second);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<16>();
        for block in blocks {
            self.add(word(&block[..8]), word(&block[8..]));
        }
        if rest.len() > 8 {
            self.add(word(&rest[..8]), word(&rest[rest.len() - 8..]));
        } else if !rest.is_empty() {
            self.add(word(rest), 0);
        }
    }

    fn write_usize(&mut self, length: usize) {
        self.add(length as u64, 0);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// At most eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    if let Some(whole) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*whole);
    }
    let mut padded = [0u8; 8];
    padded[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_handed_out_once() {
        let mut texts = Texts::new();
        assert_eq!([texts.number(b"GET"), texts.number(b"/a"), texts.number(b"GET")], [1, 2, 1]);
        assert_eq!(texts.fresh_bytes(), 5);
        assert_eq!(texts.take_fresh(), [(1, "GET".into()), (2, "/a".into())]);
        assert_eq!(texts.number(b"/a"), 2);
        assert!(texts.take_fresh().is_empty());
    }

    #[test]
    fn emptied_when_full_and_numbers_go_on() {
        let mut by_count = Texts::with_limits(2, 1000);
        assert_eq!(["a", "b", "c", "a", "c"].map(|text| by_count.number(text.as_bytes())), [1, 2, 3, 4, 3]);
        let mut by_bytes = Texts::with_limits(100, 4);
        assert_eq!(["aaa", "b", "c", "b"].map(|text| by_bytes.number(text.as_bytes())), [1, 2, 3, 4]);
    }

    #[test]
    fn length_and_every_byte_count() {
        let seed = Seed::new();
        let hashes: std::collections::BTreeSet<u64> =
            [&b"a"[..], b"a\0", b"a\0\0", b"12345678", b"123456789", b"123456780"]
                .iter()
                .map(|bytes| seed.hash_one(bytes))
                .collect();
        assert_eq!(hashes.len(), 6);
    }
}
