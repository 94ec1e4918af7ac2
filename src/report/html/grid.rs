//! A plain table of the page.

/// How the cells of a column are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Running text.
    Text,
    /// Numbers, right-aligned.
    Number,
    /// Hashes, paths and ids.
    Mono,
}

/// Head of a column.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) text: String,
    pub(super) set: Set,
}

/// A table; with no rows, its sentence for emptiness stands in its place.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    /// Name for those who cannot see the heading above.
    pub(super) caption: String,
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<String>>,
    /// A last row of sums.
    pub(super) sums: Option<Vec<String>>,
    pub(super) empty: String,
    /// Says where the rows are that do not stand here.
    pub(super) left_off: Option<String>,
}

impl Grid {
    pub(super) fn new(caption: String, empty: String, heads: Vec<(String, Set)>) -> Self {
        let heads = heads.into_iter().map(|(text, set)| Head { text, set }).collect();
        Self { caption, heads, rows: Vec::new(), sums: None, empty, left_off: None }
    }

    /// Each row's cells with the class of their column.
    pub(super) fn cells<'a>(&'a self, row: &'a [String]) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.heads.iter().zip(row).map(|(head, cell)| (head.class(), cell.as_str()))
    }
}

impl Head {
    pub(super) fn class(&self) -> &'static str {
        match self.set {
            Set::Text => "text",
            Set::Number => "num",
            Set::Mono => "mono",
        }
    }
}
