//! Cutting a rule into its statements, so that each can be looked at before SQLite sees it: some pragmas take effect while
//! they are being prepared.

/// A statement of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Statement<'t> {
    /// Its text without the closing semicolon.
    pub(super) text: &'t str,
    /// Line of its first word, from 1.
    pub(super) line: usize,
    /// Its first word.
    pub(super) word: &'t str,
}

/// The statements of a text, in order; comments and blanks between them are left out.
pub(super) fn split(text: &str) -> Vec<Statement<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() {
        let next = skip(bytes, at);
        match bytes[at] {
            b';' => {
                found.extend(start.take().map(|from| statement(text, from, at)));
                at += 1;
            }
            // A comment or a blank begins no statement.
            _ if next.is_blank => at = next.to,
            _ => {
                start.get_or_insert(at);
                at = next.to;
            }
        }
    }
    found.extend(start.map(|from| statement(text, from, bytes.len())));
    found
}

struct Skip {
    to: usize,
    is_blank: bool,
}

/// Where the comment, quoted text, blank or single character at `at` ends.
fn skip(bytes: &[u8], at: usize) -> Skip {
    let until = |end: &[u8], from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.windows(end.len()).position(|part| part == end).map_or(bytes.len(), |found| from + found + end.len())
    };
    let blank = |to| Skip { to, is_blank: true };
    let part = |to| Skip { to, is_blank: false };
    match bytes[at] {
        b'-' if bytes.get(at + 1) == Some(&b'-') => blank(until(b"\n", at)),
        b'/' if bytes.get(at + 1) == Some(&b'*') => blank(until(b"*/", at + 2)),
        byte if byte.is_ascii_whitespace() => blank(at + 1),
        // A byte order mark.
        0xef if bytes[at..].starts_with(b"\xef\xbb\xbf") => blank(at + 3),
        // A doubled quote ends one text and begins the next, which comes to the same.
        quote @ (b'\'' | b'"' | b'`') => part(until(&[quote], at + 1)),
        b'[' => part(until(b"]", at + 1)),
        _ => part(at + 1),
    }
}

fn statement(text: &str, from: usize, to: usize) -> Statement<'_> {
    let body = &text[from..to];
    let end = body.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(body.len());
    let line = text[..from].bytes().filter(|b| *b == b'\n').count() + 1;
    Statement { text: body, line, word: &body[..end] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_quotes_end_no_statement() {
        let text =
            "-- a; b\n insert into mark values ('x;''y', \"a;\", `;`, [;]) -- ;\n;\n\n/* ; */ select 1;;\npragma x";
        let found: Vec<(usize, &str)> = split(text).iter().map(|s| (s.line, s.word)).collect();
        assert_eq!(found, [(2, "insert"), (5, "select"), (6, "pragma")]);
        assert!(split("-- nothing; \n /* open ;").is_empty());
        assert_eq!(split("select 'open ; ü").len(), 1);
    }
}
