//! Text from evidence, made safe to look at.
//!
//! Names in evidence can hold control characters (which a terminal obeys) and marks that turn the direction of writing
//! (which make `gpj.exe` read as `exe.jpg`). Both are shown by their code point instead of being carried out.

use std::borrow::Cow;
use std::fmt::Write;

/// Replaces each control character, direction mark and invisible character by its code point in angle brackets:
/// `⟨U+202E⟩`. All other text stays as it is; without such a character nothing is copied.
pub fn visible(text: &str) -> Cow<'_, str> {
    replace(text, is_hidden)
}

/// As [`visible`], but leaves tab, carriage return and line feed to a medium that has its own way to quote them (CSV).
pub fn visible_but_line_breaks(text: &str) -> Cow<'_, str> {
    replace(text, |c| !matches!(c, '\t' | '\r' | '\n') && is_hidden(c))
}

fn replace(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    // Nearly all text is printable ASCII, and bytes are looked at faster than characters.
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            write!(shown, "⟨U+{:04X}⟩", c as u32).expect("writing to a String does not fail");
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// True for characters that act on the display instead of being seen: C0 and C1 controls, directional marks, embeddings,
/// overrides and isolates (Unicode Standard Annex 9, table 4), line and paragraph separators, and zero-width or otherwise
/// invisible format characters (general category Cf as far as it can hide text).
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// True for text that a spreadsheet would run instead of showing it.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_not_copied() {
        assert!(matches!(visible("Abrechnung Müller 06/2023 – 1.zip"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_override_of_the_writing_direction_is_shown() {
        assert_eq!(visible("rechnung\u{202E}fdp.exe"), "rechnung⟨U+202E⟩fdp.exe");
    }

    #[test]
    fn escape_sequences_do_not_reach_a_terminal() {
        assert_eq!(visible("\u{1b}[2Jx\u{9b}1m\r\n\u{7f}"), "⟨U+001B⟩[2Jx⟨U+009B⟩1m⟨U+000D⟩⟨U+000A⟩⟨U+007F⟩");
    }

    #[test]
    fn line_breaks_can_be_left_to_the_medium() {
        assert_eq!(visible_but_line_breaks("a\tb\r\n\u{0}"), "a\tb\r\n⟨U+0000⟩");
    }
}
