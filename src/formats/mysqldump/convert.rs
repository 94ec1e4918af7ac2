//! From a literal to the value its column holds.

use super::charset::{Charset, Connection, decode_stored};
use super::literal::{Literal, is_number};
use super::{ColumnKind, Value};

/// What is known of a column beyond what is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    /// Kind of its values.
    pub(super) kind: ColumnKind,
    /// Character set of its texts, where stated.
    pub(super) charset: Option<Charset>,
    /// Bytes of a bit column, 0 for others.
    pub(super) width: usize,
    /// Whether its texts are plain ASCII by type (uuid, inet6), so that no character set can lose any.
    pub(super) plain: bool,
}

impl Rule {
    /// A column nothing is known of.
    pub(super) const UNKNOWN: Self = Self { kind: ColumnKind::Unknown, charset: None, width: 0, plain: false };

    /// Whether a connection in Windows-1252 may have turned characters of it into `?`.
    pub(super) fn latin1_may_lose(&self) -> bool {
        self.kind == ColumnKind::Text && !self.plain && self.charset.is_some_and(|set| !set.fits_latin1())
    }
}

/// A value and what was remarkable about it.
#[derive(Debug, PartialEq)]
pub(super) struct Converted {
    /// The value.
    pub(super) value: Value,
    /// A text that is none in its character set; the value has its bytes.
    pub(super) not_in_charset: bool,
}

impl From<Value> for Converted {
    fn from(value: Value) -> Self {
        Self { value, not_in_charset: false }
    }
}

/// The value of a literal in a column; none for literals that state no value.
#[inline]
pub(super) fn convert(literal: Literal, bytes: &[u8], rule: &Rule, connection: Connection) -> Option<Converted> {
    Some(match literal {
        Literal::Null => Value::Null.into(),
        Literal::Number => match rule.kind {
            ColumnKind::Bit => bits_of_number(bytes, rule.width)?.into(),
            // The server stores the digits.
            ColumnKind::Binary => raw(bytes).into(),
            _ => number(bytes)?.into(),
        },
        Literal::Quoted => match rule.kind {
            ColumnKind::Binary => raw(bytes).into(),
            ColumnKind::Bit => fit(bytes, rule.width).into(),
            ColumnKind::Integer | ColumnKind::Number if is_number(bytes) => number(bytes)?.into(),
            _ => text(bytes, connection.decode(bytes, rule.charset)),
        },
        Literal::Introduced(set) => match rule.kind {
            ColumnKind::Binary => raw(bytes).into(),
            ColumnKind::Bit => fit(bytes, rule.width).into(),
            _ => text(bytes, set.decode(bytes)),
        },
        Literal::Truth(truth) => match rule.kind {
            ColumnKind::Bit => fit(&[u8::from(truth)], rule.width).into(),
            ColumnKind::Binary => raw(if truth { b"1" } else { b"0" }).into(),
            _ => Value::Integer(i64::from(truth)).into(),
        },
        Literal::Stored | Literal::Bits => match rule.kind {
            ColumnKind::Binary | ColumnKind::Unknown => raw(bytes).into(),
            ColumnKind::Bit => fit(bytes, rule.width).into(),
            ColumnKind::Integer | ColumnKind::Number => number_of_bytes(bytes)?.into(),
            ColumnKind::Text | ColumnKind::Temporal => text(bytes, decode_stored(bytes, rule.charset)),
        },
        Literal::TooLarge | Literal::Unreadable => return None,
    })
}

fn raw(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.into())
}

fn text(bytes: &[u8], decoded: Option<Box<str>>) -> Converted {
    match decoded {
        Some(text) => Value::Text(text).into(),
        None => Converted { value: raw(bytes), not_in_charset: true },
    }
}

/// The bytes of a bit column: as many as its width needs, big-endian. A value that is too wide keeps its bytes.
fn fit(bytes: &[u8], width: usize) -> Value {
    let zeros = bytes.iter().take(bytes.len().saturating_sub(width)).take_while(|b| **b == 0).count();
    let bytes = &bytes[zeros..];
    let mut fitted = vec![0; width.saturating_sub(bytes.len())];
    fitted.extend_from_slice(bytes);
    Value::Bytes(fitted.into())
}

fn bits_of_number(literal: &[u8], width: usize) -> Option<Value> {
    let number: u64 = std::str::from_utf8(literal).ok()?.parse().ok()?;
    Some(fit(&number.to_be_bytes(), width.max(1)))
}

fn number_of_bytes(bytes: &[u8]) -> Option<Value> {
    let zeros = bytes.iter().take_while(|b| **b == 0).count();
    let bytes = &bytes[zeros..];
    if bytes.len() > 8 {
        return None;
    }
    let number = bytes.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
    Some(i64::try_from(number).map_or_else(|_| Value::Number(number.to_string().into()), Value::Integer))
}

/// A number, exactly: never a digit more or less than the server held.
pub(super) fn number(literal: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(literal).ok()?;
    let whole = literal.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+'));
    if whole
        && let Ok(number) = text.parse::<i64>()
        // -0 of a floating-point column is not 0.
        && (number != 0 || literal[0] != b'-')
    {
        return Some(Value::Integer(number));
    }
    // The shortest decimal form has no exponent and at most 340 characters.
    if literal.len() <= 350
        && !literal.contains(&b'e')
        && !literal.contains(&b'E')
        && let Ok(number) = text.parse::<f64>()
        && number.to_string() == text
    {
        return Some(Value::Real(number));
    }
    Some(Value::Number(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let of = |text: &str| number(text.as_bytes()).unwrap();
        assert_eq!(of("9223372036854775807"), Value::Integer(i64::MAX));
        assert_eq!(of("-9223372036854775808"), Value::Integer(i64::MIN));
        assert_eq!(of("9223372036854775808"), Value::Number("9223372036854775808".into()));
        assert_eq!(of("00042"), Value::Integer(42));
        assert_eq!(of("1.5"), Value::Real(1.5));
        assert_eq!(of("0.1"), Value::Real(0.1));
        assert_eq!(of("1.50"), Value::Number("1.50".into()));
        assert_eq!(of("1e20"), Value::Number("1e20".into()));
        assert_eq!(
            of("0.1000000000000000055511151231257827"),
            Value::Number("0.1000000000000000055511151231257827".into())
        );
        assert_eq!(of("-0"), Value::Real(-0.0));
        let Value::Real(zero) = of("-0") else { unreachable!() };
        assert!(zero.is_sign_negative());
    }

    #[test]
    fn bit_columns_have_the_bytes_of_their_width() {
        assert_eq!(fit(&[5], 2), Value::Bytes([0, 5].into()));
        assert_eq!(fit(&[0, 0, 5], 1), Value::Bytes([5].into()));
        assert_eq!(fit(&[1, 2, 3], 2), Value::Bytes([1, 2, 3].into()));
        assert_eq!(bits_of_number(b"258", 2), Some(Value::Bytes([1, 2].into())));
    }

    #[test]
    fn hex_is_a_number_only_where_a_number_is_wanted() {
        let rule = |kind| Rule { kind, ..Rule::UNKNOWN };
        let of = |kind| convert(Literal::Stored, &[0x31, 0x32], &rule(kind), Connection::Undeclared).unwrap().value;
        assert_eq!(of(ColumnKind::Integer), Value::Integer(0x3132));
        assert_eq!(of(ColumnKind::Text), Value::Text("12".into()));
        assert_eq!(of(ColumnKind::Binary), Value::Bytes([0x31, 0x32].into()));
        assert_eq!(of(ColumnKind::Unknown), Value::Bytes([0x31, 0x32].into()));
    }
}
