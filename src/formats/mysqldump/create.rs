//! `CREATE TABLE`: names, declared types and character sets of the columns.

use super::charset::Charset;
use super::convert::Rule;
use super::source::Source;
use super::tokens::{Mode, Token, Tokens};
use super::{Column, ColumnKind};

/// A table as its statement declares it.
#[derive(Debug)]
pub(super) struct Created {
    /// Database, where the name is qualified.
    pub(super) database: Option<String>,
    /// Name.
    pub(super) name: String,
    /// Columns with what the reader needs to know of each.
    pub(super) columns: Vec<(Column, Rule)>,
    /// The table option `AUTO_INCREMENT`.
    pub(super) next_id: Option<i64>,
}

/// The server allows 4096 columns; a statement with more is not one of its own.
pub(super) const COLUMN_LIMIT: usize = 4096;

/// A token with the place of its first byte and the place after its last.
type Spanned = (Token, usize, usize);

/// Reads a whole `CREATE TABLE` statement.
///
/// None for one that lists no columns (`LIKE`, `AS SELECT`); `Err` says what was expected.
pub(super) fn parse(statement: &[u8], mode: Mode) -> Result<Option<Created>, String> {
    let tokens = all_tokens(statement, mode);
    let mut parser = Parser { text: statement, tokens: &tokens, at: 0 };
    parser.table()
}

/// Whether a statement that begins with `CREATE` makes a table.
pub(super) fn is_table(statement: &[u8], mode: Mode) -> bool {
    let mut input = statement;
    let mut tokens = Tokens::new(Source::new(&mut input, 4096), mode);
    let mut word = || tokens.next().unwrap_or(Token::End);
    let mut token = word();
    while ["create", "or", "replace", "temporary"].iter().any(|skipped| token.is(skipped)) {
        token = word();
    }
    token.is("table")
}

fn all_tokens(statement: &[u8], mode: Mode) -> Vec<Spanned> {
    let mut input = statement;
    let mut tokens = Tokens::new(Source::new(&mut input, statement.len()), mode);
    let mut all = Vec::new();
    while tokens.blank().is_ok() {
        let start = tokens.source.offset();
        match tokens.next() {
            Ok(Token::End) | Err(_) => break,
            Ok(token) => all.push((token, start as usize, tokens.source.offset() as usize)),
        }
    }
    all
}

struct Parser<'t> {
    text: &'t [u8],
    tokens: &'t [Spanned],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> Option<&Token> {
        self.tokens.get(self.at + count).map(|(token, ..)| token)
    }

    fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|t| t.is(word))
    }

    fn sign(&self, sign: u8) -> bool {
        self.peek() == Some(&Token::Sign(sign))
    }

    fn take(&mut self, word: &str) -> bool {
        let is = self.is(word);
        self.at += usize::from(is);
        is
    }

    fn name(&mut self) -> Option<String> {
        let name = match self.peek()? {
            Token::Word(name) | Token::Name(name) => name.clone(),
            // By its position a text in double quotes is a name.
            Token::Text(text) => super::charset::identifier(text),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn table(&mut self) -> Result<Option<Created>, String> {
        for word in ["create", "or", "replace", "temporary", "table", "if", "not", "exists"] {
            self.take(word);
        }
        let mut name = self.name().ok_or("a table name")?;
        let mut database = None;
        while self.sign(b'.') {
            self.at += 1;
            database = Some(std::mem::replace(&mut name, self.name().ok_or("a table name after the point")?));
        }
        if !self.sign(b'(') || self.ahead(1).is_some_and(|t| t.is("like") || t.is("select")) {
            return Ok(None);
        }
        self.at += 1;
        let mut columns: Vec<(Column, Rule)> = Vec::new();
        loop {
            if let Some(column) = self.item()? {
                if columns.iter().any(|(c, _)| c.name.to_lowercase() == column.0.name.to_lowercase()) {
                    return Err(format!("each column once, found {:?} twice", column.0.name));
                }
                columns.push(column);
            }
            if columns.len() > COLUMN_LIMIT {
                return Err(format!("at most {COLUMN_LIMIT} columns"));
            }
            match self.peek() {
                Some(Token::Sign(b',')) => self.at += 1,
                Some(Token::Sign(b')')) => break,
                _ => return Err("a comma or closing parenthesis after a column".to_owned()),
            }
        }
        self.at += 1;
        if columns.is_empty() {
            return Ok(None);
        }
        let next_id = self.next_id();
        let default = self.table_charset();
        for (_, rule) in &mut columns {
            rule.charset = rule.charset.or(default);
            // SHOW CREATE TABLE names binary types; a text type gets here only in a table whose default is binary.
            if rule.charset == Some(Charset::Binary) && rule.kind == ColumnKind::Text && !rule.plain {
                rule.kind = ColumnKind::Binary;
            }
        }
        Ok(Some(Created { database, name, columns, next_id }))
    }

    /// One entry of the list: a column, or nothing for keys, constraints and periods.
    fn item(&mut self) -> Result<Option<(Column, Rule)>, String> {
        const KEYS: [&str; 9] =
            ["primary", "key", "unique", "index", "fulltext", "spatial", "constraint", "foreign", "check"];
        let key =
            KEYS.iter().any(|word| self.is(word)) || (self.is("period") && self.ahead(1).is_some_and(|t| t.is("for")));
        if key {
            let (mut rule, mut end) = (Rule::UNKNOWN, 0);
            self.rest_of_item(&mut rule, &mut end)?;
            return Ok(None);
        }
        let name = self.name().ok_or("a column name")?;
        let start = self.at;
        let (mut rule, mut end) = self.column_type()?;
        self.rest_of_item(&mut rule, &mut end)?;
        let declared = match (self.tokens.get(start), end.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some((_, from, _)), Some((_, _, to))) if from < to => super::charset::identifier(&self.text[*from..*to]),
            _ => String::new(),
        };
        Ok(Some((Column { name, declared, kind: rule.kind }, rule)))
    }

    /// The type with its arguments; also the place after its last token.
    fn column_type(&mut self) -> Result<(Rule, usize), String> {
        let Some(Token::Word(first)) = self.peek() else {
            // `name` GENERATED …: a type may be missing in hand-written statements.
            return Ok((Rule::UNKNOWN, self.at));
        };
        let first = first.to_ascii_lowercase();
        self.at += 1;
        let mut kind = kind_of(&first);
        for more in ["precision", "varying", "varchar", "char", "character", "varbinary", "varcharacter"] {
            if self.take(more) && more == "varbinary" {
                kind = ColumnKind::Binary;
            }
        }
        let mut width = 0;
        if self.sign(b'(') {
            if let (ColumnKind::Bit, Some(Token::Word(bits))) = (kind, self.ahead(1)) {
                width = bits.parse::<usize>().unwrap_or(1).clamp(1, 64);
            }
            self.parentheses()?;
        }
        let width = if kind == ColumnKind::Bit { width.max(1).div_ceil(8) } else { 0 };
        let mut end = self.at;
        while self.take("unsigned") || self.take("signed") || self.take("zerofill") {
            end = self.at;
        }
        let plain = matches!(first.as_str(), "uuid" | "inet4" | "inet6");
        let charset = match first.as_str() {
            // JSON is utf8mb4 whatever the table is in (MySQL Reference Manual, "The JSON Data Type").
            "json" | "uuid" | "inet4" | "inet6" | "national" | "nchar" | "nvarchar" => Some(Charset::Utf8),
            _ => None,
        };
        Ok((Rule { kind, charset, width, plain }, end))
    }

    /// Passes over the rest of an entry, noting character sets at its own level.
    fn rest_of_item(&mut self, rule: &mut Rule, end: &mut usize) -> Result<(), String> {
        while let Some(token) = self.peek() {
            match token {
                Token::Sign(b',' | b')') => return Ok(()),
                Token::Sign(b'(') => {
                    self.parentheses()?;
                    continue;
                }
                token if token.is("byte") => rule.kind = ColumnKind::Binary,
                token if token.is("unsigned") || token.is("zerofill") => *end = self.at + 1,
                _ => {}
            }
            match self.charset() {
                Some(Charset::Binary) if rule.kind == ColumnKind::Text => rule.kind = ColumnKind::Binary,
                Some(set) => rule.charset = Some(set),
                None => self.at += 1,
            }
        }
        Err("a closing parenthesis after the columns".to_owned())
    }

    /// `CHARACTER SET x`, `CHARSET = x`, `COLLATE x` if one is next.
    fn charset(&mut self) -> Option<Charset> {
        let collation = self.is("collate");
        let length = match self.peek()? {
            _ if collation => 1,
            token if token.is("charset") => 1,
            token if token.is("character") && self.ahead(1)?.is("set") => 2,
            _ => return None,
        };
        let equals = usize::from(self.ahead(length) == Some(&Token::Sign(b'=')));
        let name = match self.ahead(length + equals)? {
            Token::Word(name) | Token::Name(name) => name.clone(),
            Token::Text(name) => super::charset::identifier(name),
            _ => return None,
        };
        let set = if collation { Charset::by_collation(&name)? } else { Charset::by_name(&name) };
        self.at += length + equals + 1;
        Some(set)
    }

    /// The number that the next row would get, among the options after the columns.
    fn next_id(&self) -> Option<i64> {
        let options = self.tokens.get(self.at..)?;
        let words = || options.iter().map(|(token, ..)| token);
        let at = words().take_while(|t| !t.is("partition")).position(|t| t.is("auto_increment"))?;
        let number = words().skip(at + 1).find(|t| **t != Token::Sign(b'='))?;
        if let Token::Word(number) = number { number.parse().ok() } else { None }
    }

    /// The default character set among the options after the columns.
    fn table_charset(&mut self) -> Option<Charset> {
        let mut found = None;
        let mut by_name = false;
        while self.peek().is_some() && !self.is("partition") {
            let collation = self.is("collate");
            match self.charset() {
                Some(set) if !collation || !by_name => {
                    found = Some(set);
                    by_name |= !collation;
                }
                Some(_) => {}
                None => self.at += 1,
            }
        }
        found
    }

    fn parentheses(&mut self) -> Result<(), String> {
        let mut depth = 0_usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Sign(b'(') => depth += 1,
                Token::Sign(b')') => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
        Err("a closing parenthesis".to_owned())
    }
}

fn kind_of(name: &str) -> ColumnKind {
    match name {
        "tinyint" | "smallint" | "mediumint" | "middleint" | "int" | "integer" | "bigint" | "int1" | "int2"
        | "int3" | "int4" | "int8" | "year" | "bool" | "boolean" | "serial" => ColumnKind::Integer,
        "decimal" | "numeric" | "dec" | "fixed" | "number" | "float" | "float4" | "float8" | "real" | "double" => {
            ColumnKind::Number
        }
        "char" | "character" | "varchar" | "varchar2" | "nchar" | "nvarchar" | "national" | "text" | "tinytext"
        | "mediumtext" | "longtext" | "long" | "clob" | "enum" | "set" | "json" | "uuid" | "inet4" | "inet6"
        | "xmltype" => ColumnKind::Text,
        "binary" | "varbinary" | "blob" | "tinyblob" | "mediumblob" | "longblob" | "raw" | "vector" | "geometry"
        | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
        | "geometrycollection" | "geomcollection" => ColumnKind::Binary,
        "bit" => ColumnKind::Bit,
        "date" | "time" | "datetime" | "timestamp" => ColumnKind::Temporal,
        _ => ColumnKind::Unknown,
    }
}
