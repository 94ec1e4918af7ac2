//! Bytes that were meant to be text.

/// The text of bytes that may be no UTF-8: every invalid byte becomes `\xNN`, everything else stays.
pub fn escape_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_invalid_bytes_are_escaped() {
        assert_eq!(escape_invalid("Böhm".as_bytes()), "Böhm");
        assert_eq!(escape_invalid(b"B\xf6hm\xff"), "B\\xF6hm\\xFF");
    }
}
