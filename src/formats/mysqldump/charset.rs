//! Character sets by their server names, and the decoding of text.
//!
//! The server's `latin1` is Windows-1252 (MySQL Reference Manual, "The West European Character Sets"), with the five
//! unassigned bytes standing for themselves, which is also what `encoding_rs` does under that name.

use encoding_rs::Encoding;

/// How the bytes of a text are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// utf8, utf8mb3, utf8mb4, ascii
    Utf8,
    /// Any other set that can be decoded.
    Other(&'static Encoding),
    /// No characters: `binary`.
    Binary,
    /// A set this reader cannot decode beyond ASCII.
    Unsupported,
}

impl Charset {
    /// By the server's name of a character set, in any case.
    pub(super) fn by_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let encoding = match name.as_str() {
            "utf8" | "utf8mb3" | "utf8mb4" | "ascii" => return Self::Utf8,
            "binary" => return Self::Binary,
            "latin1" => encoding_rs::WINDOWS_1252,
            "latin2" => encoding_rs::ISO_8859_2,
            "latin5" => encoding_rs::WINDOWS_1254,
            "latin7" => encoding_rs::ISO_8859_13,
            "cp1250" => encoding_rs::WINDOWS_1250,
            "cp1251" => encoding_rs::WINDOWS_1251,
            "cp1256" => encoding_rs::WINDOWS_1256,
            "cp1257" => encoding_rs::WINDOWS_1257,
            "cp866" => encoding_rs::IBM866,
            "greek" => encoding_rs::ISO_8859_7,
            "hebrew" => encoding_rs::ISO_8859_8,
            "koi8r" => encoding_rs::KOI8_R,
            "koi8u" => encoding_rs::KOI8_U,
            "macroman" => encoding_rs::MACINTOSH,
            "tis620" => encoding_rs::WINDOWS_874,
            "gb2312" | "gbk" => encoding_rs::GBK,
            "gb18030" => encoding_rs::GB18030,
            "big5" => encoding_rs::BIG5,
            "sjis" | "cp932" => encoding_rs::SHIFT_JIS,
            "ujis" | "eucjpms" => encoding_rs::EUC_JP,
            "euckr" => encoding_rs::EUC_KR,
            "ucs2" | "utf16" => encoding_rs::UTF_16BE,
            "utf16le" => encoding_rs::UTF_16LE,
            _ => return Self::Unsupported,
        };
        Self::Other(encoding)
    }

    /// By the name of a collation, where that begins with a character set (`latin1_swedish_ci`).
    pub(super) fn by_collation(name: &str) -> Option<Self> {
        let prefix = name.split('_').next().unwrap_or(name);
        match Self::by_name(prefix) {
            Self::Unsupported => None,
            set => Some(set),
        }
    }

    /// Whether a second byte of a character may look like a backslash, so that escapes cannot be told for certain.
    pub(super) fn hides_backslashes(self) -> bool {
        let Self::Other(encoding) = self else { return false };
        [encoding_rs::GBK, encoding_rs::GB18030, encoding_rs::BIG5, encoding_rs::SHIFT_JIS].contains(&encoding)
    }

    /// Whether every text of this set can be written in Windows-1252.
    pub(super) fn fits_latin1(self) -> bool {
        matches!(self, Self::Binary) || self == Self::Other(encoding_rs::WINDOWS_1252)
    }

    /// Name for the account of a file.
    pub(super) fn label(self) -> String {
        match self {
            Self::Utf8 => "utf-8".to_owned(),
            Self::Other(encoding) => encoding.name().to_ascii_lowercase(),
            Self::Binary => "binary, each column in its own character set".to_owned(),
            Self::Unsupported => "a character set that is not supported".to_owned(),
        }
    }

    /// The text, if these bytes are one.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<Box<str>> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Box::from),
            Self::Other(encoding) => {
                encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|t| Box::from(t.as_ref()))
            }
            Self::Binary | Self::Unsupported => {
                if bytes.is_ascii() {
                    std::str::from_utf8(bytes).ok().map(Box::from)
                } else {
                    None
                }
            }
        }
    }
}

/// What the dump says about the bytes of its quoted texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// No `SET NAMES` (`--compact`, `--skip-set-charset`, `ANSI` modes).
    Undeclared,
    /// `SET NAMES …`
    Declared(Charset),
}

impl Connection {
    /// Decodes a quoted text of a column with that character set.
    ///
    /// Without `SET NAMES` the connection had nearly always been UTF-8, whatever the columns are in: valid UTF-8 is
    /// taken as such, anything else in the column's own set. With `binary` the bytes are the column's own.
    pub(super) fn decode(self, bytes: &[u8], column: Option<Charset>) -> Option<Box<str>> {
        match self {
            Self::Declared(Charset::Binary) => decode_stored(bytes, column),
            Self::Declared(set) => set.decode(bytes),
            Self::Undeclared => Charset::Utf8.decode(bytes).or_else(|| column.and_then(|set| set.decode(bytes))),
        }
    }
}

/// Decodes bytes as they are stored in a column (hex literals, `_binary`).
pub(super) fn decode_stored(bytes: &[u8], column: Option<Charset>) -> Option<Box<str>> {
    column.unwrap_or(Charset::Utf8).decode(bytes)
}

/// An identifier: UTF-8, else Windows-1252, which takes any byte.
pub(super) fn identifier(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin1_is_windows_1252_and_takes_every_byte() {
        let all: Vec<u8> = (0..=255).collect();
        let text = Charset::by_name("latin1").decode(&all).unwrap();
        assert_eq!(text.chars().count(), 256);
        assert_eq!(Charset::by_name("LATIN1").decode(b"\x80").as_deref(), Some("€"));
    }

    #[test]
    fn without_set_names_utf8_is_tried_before_the_columns_own_set() {
        let latin1 = Some(Charset::by_name("latin1"));
        assert_eq!(Connection::Undeclared.decode("ü".as_bytes(), latin1).as_deref(), Some("ü"));
        assert_eq!(Connection::Undeclared.decode(b"\xfc", latin1).as_deref(), Some("ü"));
        assert_eq!(Connection::Undeclared.decode(b"\xfc", None), None);
        assert_eq!(Connection::Declared(Charset::Binary).decode(b"\xfc", latin1).as_deref(), Some("ü"));
        assert_eq!(Connection::Declared(Charset::Utf8).decode(b"\xfc", latin1), None);
    }

    #[test]
    fn a_collation_names_its_set_where_it_begins_with_one() {
        assert_eq!(Charset::by_collation("utf8mb4_bin"), Some(Charset::Utf8));
        assert_eq!(Charset::by_collation("uca1400_ai_ci"), None);
    }
}
