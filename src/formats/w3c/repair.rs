//! Puts values back that raw blanks had torn apart.
//!
//! IIS writes `+` for a blank in most values, but a query (and what an application appends to it, such as a database's
//! error text) can hold raw blanks. A line then has too many values. All ways to lay the values over the columns are
//! counted, where only a column that can hold blanks may take several; the columns of known shape (times, numbers, a
//! three-digit status, addresses) are the anchors. Exactly one way: repaired. None or several: not guessed.
//!
//! The path never takes several values while a query can: IIS writes `+` for blanks in paths.

use super::fields::{Kind, Layout, Number, Text};
use super::line::{Fault, Span};
use super::values;

/// Above this many values times columns the line is set aside: bounds the work an attacker can ask for.
const MOST_STEPS: usize = 1 << 22;

/// One span per column; `tokens` are more than the columns.
pub(super) fn align(layout: &Layout, line: &[u8], tokens: &[Span]) -> Result<Vec<Span>, Fault> {
    let (columns, found) = (layout.columns.len(), tokens.len());
    let anchored = layout
        .columns
        .iter()
        .any(|column| matches!(column.kind, Kind::Text(Text::Client) | Kind::Number(Number::Status)));
    let why = if !anchored {
        "and no column (address, status) to align them by"
    } else if (columns + 1).saturating_mul(found + 1) > MOST_STEPS {
        "and too many to align them"
    } else {
        let search = Search { layout, line, tokens };
        match search.only_way(false) {
            Ways::One(spans) => return Ok(spans),
            Ways::Several => "and more than one way to align them",
            Ways::None => match search.only_way(true) {
                Ways::One(spans) => return Ok(spans),
                Ways::Several => "and more than one way to align them",
                Ways::None => match search.without_empty() {
                    Some(spans) => return Ok(spans),
                    None => "and no way to align them",
                },
            },
        }
    };
    Err(Fault::new("too_many_values", format!("expected {columns} values as in #Fields, found {found} {why}")))
}

enum Ways {
    None,
    One(Vec<Span>),
    Several,
}

struct Search<'a> {
    layout: &'a Layout,
    line: &'a [u8],
    tokens: &'a [Span],
}

impl Search<'_> {
    /// `wide`: also columns that are not known for blanks (user names, paths) may take several values.
    fn only_way(&self, wide: bool) -> Ways {
        let (columns, tokens) = (self.layout.columns.len(), self.tokens.len());
        // ways[i][j]: ways to lay the tokens from j on over the columns from i on, counted up to 2.
        // ends[i][j]: ways in which column i, begun earlier, ends at token j or later.
        let row = tokens + 1;
        let mut ways = vec![0u8; (columns + 1) * row];
        let mut ends = vec![0u8; columns * row];
        ways[columns * row + tokens] = 1;
        for i in (0..columns).rev() {
            let several = self.takes_several(i, wide);
            // From the right: token j is at least i values from the front and leaves one for each later column.
            for j in (i..tokens).rev() {
                let behind = ways[(i + 1) * row + j + 1];
                let mut count = if behind > 0 && self.fits(i, j) { behind } else { 0 };
                if several {
                    if self.begins(i, j) {
                        count = (count + ends[i * row + j + 1]).min(2);
                    }
                    let here = if behind > 0 && self.closes(i, j) { behind } else { 0 };
                    ends[i * row + j] = (ends[i * row + j + 1] + here).min(2);
                }
                ways[i * row + j] = count;
            }
        }
        match ways[0] {
            0 => return Ways::None,
            1 => {}
            _ => return Ways::Several,
        }
        let mut spans = Vec::with_capacity(columns);
        let mut j = 0;
        for i in 0..columns {
            let first = j;
            // Exactly one way: where the value is not one token, exactly one later token closes it.
            let mut closed = ways[(i + 1) * row + j + 1] > 0 && self.fits(i, j);
            while !closed {
                j += 1;
                closed = ways[(i + 1) * row + j + 1] > 0 && self.closes(i, j);
            }
            spans.push((self.tokens[first].0, self.tokens[j].1));
            j += 1;
        }
        Ways::One(spans)
    }

    /// Values set apart by several blanks: fits when the empty ones left out make one value per column.
    fn without_empty(&self) -> Option<Vec<Span>> {
        let filled: Vec<usize> = (0..self.tokens.len()).filter(|&j| self.tokens[j].0 < self.tokens[j].1).collect();
        let fits =
            filled.len() == self.layout.columns.len() && filled.iter().enumerate().all(|(i, &j)| self.fits(i, j));
        fits.then(|| filled.iter().map(|&j| self.tokens[j]).collect())
    }

    fn token(&self, j: usize) -> &[u8] {
        let (start, end) = self.tokens[j];
        &self.line[start as usize..end as usize]
    }

    fn kind(&self, i: usize) -> Option<Kind> {
        self.layout.columns.get(i).map(|column| column.kind)
    }

    /// Whether column `i` may take several values: it can hold blanks, and it is the last one or an anchor follows.
    /// In the wide search all that could hold blanks may, so that what is unclear shows as several ways.
    fn takes_several(&self, i: usize, wide: bool) -> bool {
        let behind = &self.layout.columns[i + 1..];
        match self.layout.columns[i].kind {
            Kind::Text(Text::Query | Text::Agent | Text::Referer) | Kind::Other { cookie: true } => {
                wide || behind.is_empty() || behind.iter().any(|column| is_anchor(column.kind))
            }
            Kind::Text(Text::User | Text::Path) => wide,
            _ => false,
        }
    }

    /// Whether token `j` alone can be the value of column `i`.
    fn fits(&self, i: usize, j: usize) -> bool {
        let token = self.token(j);
        match self.layout.columns[i].kind {
            _ if token.is_empty() => false,
            Kind::Date => values::day(token).is_some(),
            Kind::Time => values::second_of_day(token).is_some(),
            Kind::Number(Number::Status) => token.len() == 3 && token.iter().all(u8::is_ascii_digit),
            Kind::Number(Number::Port) => values::number(token).is_some_and(|port| (0..=65_535).contains(&port)),
            Kind::Number(_) => values::number(token).is_some(),
            Kind::Text(Text::Client) => values::is_address(token),
            Kind::Text(Text::Server) => token == b"-" || values::is_address(token),
            Kind::Text(Text::Method) => token.len() <= 32 && token.iter().all(|byte| is_method_byte(*byte)),
            Kind::Text(Text::Path) => is_path_begin(token) || token == b"-",
            Kind::Text(_) | Kind::Other { .. } => true,
        }
    }

    /// Whether a value of several tokens can begin with token `j`.
    fn begins(&self, i: usize, j: usize) -> bool {
        let token = self.token(j);
        match self.layout.columns[i].kind {
            Kind::Text(Text::Path) => is_path_begin(token),
            Kind::Text(Text::Referer) => token.windows(3).any(|part| part == b"://"),
            Kind::Other { cookie: true } => token.contains(&b'='),
            Kind::Text(Text::Query) => !token.is_empty(),
            _ => !token.is_empty() && token != b"-",
        }
    }

    /// Whether a value of several tokens can end with token `j`. An end of `-` would be the absent value of a column
    /// beside it, except behind an SQL comment sign (`-- -` is a common end of an injection).
    fn closes(&self, i: usize, j: usize) -> bool {
        let token = self.token(j);
        if self.kind(i) == Some(Kind::Text(Text::Path)) && self.kind(i + 1) == Some(Kind::Text(Text::Query)) {
            return !token.is_empty() && j + 1 < self.tokens.len() && self.token(j + 1) == b"-";
        }
        !token.is_empty() && (token != b"-" || (j > 0 && self.token(j - 1).ends_with(b"--")))
    }
}

fn is_anchor(kind: Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Time | Kind::Number(_) | Kind::Text(Text::Client))
}

fn is_path_begin(token: &[u8]) -> bool {
    matches!(token.first(), Some(b'/' | b'*')) || token.starts_with(b"http")
}

/// Methods, also those of FTP sites (`[2]USER`).
fn is_method_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'[' | b']')
}
