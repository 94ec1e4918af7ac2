//! Where a row of an INSERT or a statement ends, when the reading begins there instead of at the dump's beginning.

use std::io::Read;

use super::source::{Source, Stop};
use super::tokens::{Mode, Tokens};
use crate::formats::FormatError;

/// Rows are short; a longer one only takes more blocks.
const BLOCK: usize = 64 * 1024;

/// Length in bytes of the row that begins with the next byte, both parentheses included; of a statement (up to its semicolon)
/// where no parenthesis stands. None when it does not end as rows do: before a comma, the end of the statement or its
/// `ON DUPLICATE KEY` part.
///
/// Whether a backslash escapes is part of the dump's `sql_mode`, which stands at its beginning: a caller that does not know
/// it asks for both and takes the reading that ends well, escapes first (every dump program's default).
///
/// # Errors
/// [`FormatError::Io`] when the bytes cannot be read.
pub fn row_length(input: &mut dyn Read, no_backslash_escapes: bool) -> Result<Option<u64>, FormatError> {
    let mode = Mode { no_backslash_escapes, ..Mode::default() };
    let mut tokens = Tokens::new(Source::new(input, BLOCK), mode);
    tokens.source.set_mark(0);
    match measure(&mut tokens) {
        Ok(length) => Ok(length),
        Err(Stop::Cut) => Ok(None),
        Err(Stop::Failed(error)) => Err(*error),
    }
}

fn measure(tokens: &mut Tokens<'_>) -> Result<Option<u64>, Stop> {
    if tokens.source.peek()? != Some(b'(') {
        tokens.skip_statement()?;
        return Ok(Some(tokens.source.marked_length()));
    }
    let mut depth = 0_usize;
    loop {
        tokens.blank()?;
        match tokens.source.needed()? {
            quote @ (b'\'' | b'"' | b'`') => {
                tokens.skip_quoted(quote)?;
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        tokens.source.advance(1);
        if depth == 0 {
            break;
        }
    }
    let length = tokens.source.marked_length();
    tokens.blank()?;
    let ends = matches!(tokens.source.peek()?, None | Some(b',' | b';' | b'O' | b'o' | b'A' | b'a'));
    Ok(ends.then_some(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(text: &str, no_backslash_escapes: bool) -> Option<u64> {
        row_length(&mut text.as_bytes(), no_backslash_escapes).unwrap()
    }

    #[test]
    fn a_row_ends_at_its_own_parenthesis() {
        assert_eq!(length("(1,'a)b','it''s (',NULL),(2)", false), Some(24));
        assert_eq!(length("(1,'x\\')',2);\n", false), Some(12));
        assert_eq!(length("(1,(2)) /* c */ ON DUPLICATE KEY UPDATE a=1", false), Some(7));
        assert_eq!(length("(1)", false), Some(3));
    }

    #[test]
    fn what_is_no_row_or_goes_on_otherwise_has_no_length() {
        for text in ["1,2)", "(1,'cut", "", "(1) garbage", "CREATE TABLE `log` (`a` int"] {
            assert_eq!(length(text, false), None, "{text}");
        }
    }

    #[test]
    fn a_statement_ends_with_its_semicolon() {
        assert_eq!(length("CREATE TABLE `a;b` (`x` int COMMENT 'c;') AUTO_INCREMENT=7;\nINSERT", false), Some(59));
    }

    #[test]
    fn a_backslash_that_escapes_nothing_is_found_by_the_other_reading() {
        let text = r"(1,'C:\'),(2,'D:\');";
        assert_eq!(length(text, true), Some(9));
        assert_ne!(length(text, false), Some(9));
    }
}
