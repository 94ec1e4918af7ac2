//! Places of a list that are still free, with the nearest one on either side found in nearly constant time.

/// Places 0 to `len` - 1, all free at first.
pub(super) struct Unused {
    /// For each place the next free one from it on, as far as known; `len` for none.
    next: Vec<usize>,
    /// For each place, counted from 1, the last free one up to it, as far as known; 0 for none.
    last: Vec<usize>,
}

impl Unused {
    pub(super) fn new(len: usize) -> Self {
        Self { next: (0..=len).collect(), last: (0..=len).collect() }
    }

    /// Takes a place; false when it was taken before.
    pub(super) fn take(&mut self, place: usize) -> bool {
        if place + 1 >= self.next.len() || self.next[place] != place {
            return false;
        }
        self.next[place] = place + 1;
        self.last[place + 1] = place;
        true
    }

    /// The first free place from `place` on.
    pub(super) fn from(&mut self, place: usize) -> Option<usize> {
        let end = self.next.len() - 1;
        let found = find(&mut self.next, place.min(end));
        (found < end).then_some(found)
    }

    /// The last free place before `place`.
    pub(super) fn before(&mut self, place: usize) -> Option<usize> {
        let end = self.last.len() - 1;
        find(&mut self.last, place.min(end)).checked_sub(1)
    }
}

/// Follows the links to a place that points to itself, and shortens the way for the next time.
fn find(links: &mut [usize], start: usize) -> usize {
    let mut root = start;
    while links[root] != root {
        root = links[root];
    }
    let mut at = start;
    while links[at] != root {
        let next = links[at];
        links[at] = root;
        at = next;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_free_places_are_those_of_a_plain_search() {
        let mut unused = Unused::new(9);
        let mut free: Vec<usize> = (0..9).collect();
        for taken in [4, 5, 3, 0, 8, 6, 4, 1, 7, 2] {
            assert_eq!(unused.take(taken), free.contains(&taken), "{taken}");
            free.retain(|n| *n != taken);
            for place in 0..=9 {
                assert_eq!(unused.from(place), free.iter().copied().find(|n| *n >= place));
                assert_eq!(unused.before(place), free.iter().copied().rev().find(|n| *n < place));
            }
        }
        assert!(!unused.take(9));
    }
}
