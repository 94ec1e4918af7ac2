//! What a file is, by its content. Names are the packer's word; bytes are the evidence.

use memchr::memmem;

use crate::formats::csvlog::Heading;
use crate::formats::{csvlog, mysqldump, w3c};

/// As much of a file is looked at.
pub(super) const HEAD: usize = 64 * 1024;

/// Who takes a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Zip,
    W3c,
    Mysqldump,
    /// An exported audit log in columns.
    Csvlog,
    /// Nobody: the id of the reason, what it looks like and what would help.
    NoReader(&'static str, &'static str),
}

/// Identifies a file by its first [`HEAD`] bytes. `headings` are those of an audit log in columns.
pub(super) fn identify(head: &[u8], has_declared_fields: bool, headings: &[Heading]) -> Kind {
    if head.starts_with(b"\x1f\x8b") {
        return Kind::Gzip;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return office_document(head).map_or(Kind::Zip, |what| Kind::NoReader("no_reader", what));
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Kind::NoReader("no_reader", what);
    }
    // What case.toml states about a file is stronger than our look at it.
    if has_declared_fields || w3c::recognises(head) {
        return Kind::W3c;
    }
    if mysqldump::recognises(head) {
        return Kind::Mysqldump;
    }
    if csvlog::recognises(head, headings) {
        return Kind::Csvlog;
    }
    let reason = w3c::refusal(head).unwrap_or("no_reader");
    Kind::NoReader(reason, looks_like(reason, head))
}

/// First bytes of what may well lie between logs and dumps, with the advice that goes with each.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ElfFile\0", "a Windows event log (evtx); there is no reader for it yet"),
    (b"LfLe", "an old Windows event log (evt)"),
    (b"%PDF-", "a PDF document"),
    (b"MZ", "a Windows program or library (PE)"),
    (b"\x7fELF", "a Linux program or library (ELF)"),
    (b"TAPE", "a Microsoft SQL Server backup (bak); restore it and hand in a dump"),
    (b"MSSQLBAK", "a compressed Microsoft SQL Server backup (bak); restore it and hand in a dump"),
    (b"\x01\x0f\x00\x00", "a Microsoft SQL Server data file (mdf)"),
    (b"\x28\xb5\x2f\xfd", "zstd-packed; unpack it and hand in the content"),
    (b"\xfd7zXZ\0", "xz-packed; unpack it and hand in the content"),
    (b"BZh", "bzip2-packed; unpack it and hand in the content"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it and hand in the content"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it and hand in the content"),
    (b"PK", "a part of a divided zip archive; hand in the whole archive"),
    (b"regf", "a Windows registry hive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document or installer (OLE)"),
    (b"PMDMP", "a memory dump"),
    (b"\xd4\xc3\xb2\xa1", "a network capture (pcap)"),
    (b"\x0a\x0d\x0d\x0a", "a network capture (pcapng)"),
    (b"EVF\x09", "a disk image (E01); mount it and hand in the files"),
    (b"conectix", "a virtual disk (vhd); mount it and hand in the files"),
    (b"vhdxfile", "a virtual disk (vhdx); mount it and hand in the files"),
    (b"KDMV", "a virtual disk (vmdk); mount it and hand in the files"),
    (b"PGDMP", "a PostgreSQL archive"),
];

const NO_FIELDS: &str = "lines of a web log without a #Fields line; copy that line from another log of the same server \
                         into case.toml, under [[logs.fields]]: files = \"FILE NAME\", fields = \"date time s-ip …\"";

const AUDIT_XML: &str = "an audit log exported as XML; there is no reader for it: export it as CSV and hand that in";

fn office_document(head: &[u8]) -> Option<&'static str> {
    let length = usize::from(u16::from_le_bytes([*head.get(26)?, *head.get(27)?]));
    match head.get(30..30 + length)? {
        b"[Content_Types].xml" => Some("an Office document (xlsx, docx) or database package (bacpac)"),
        b"mimetype" => Some("an OpenDocument file"),
        b"META-INF/MANIFEST.MF" | b"META-INF/" => Some("a Java archive"),
        _ => None,
    }
}

fn looks_like(reason: &str, head: &[u8]) -> &'static str {
    match reason {
        "httperr" => return "an error log of HTTP.sys (HTTPERR); there is no reader for it yet",
        "iis_native" => return "an IIS log in native format; there is no reader for it yet",
        "firewall_log" => return "a log of the Windows firewall; there is no reader for it yet",
        "w3c_other" => return "a log in W3C format that is no web log; there is no reader for it yet",
        "no_fields" => return NO_FIELDS,
        _ => {}
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return "text in UTF-16; there is no reader for it, store it as UTF-8 beside the original";
    }
    if head.get(257..262) == Some(b"ustar") {
        return "a tar archive; unpack it and hand in the content";
    }
    if head.iter().all(|b| *b == 0) {
        return "nothing but zero bytes so far: a file that was never written, or a spoilt copy";
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let control = text.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c)).count();
    if control * 50 > text.len() {
        return "binary data of no kind known here";
    }
    let has = |needle: &str| memmem::find(text, needle.as_bytes()).is_some();
    let trimmed = text.trim_ascii_start();
    if trimmed.starts_with(b"<!DOCTYPE html") || trimmed.starts_with(b"<html") {
        "a web page (HTML)"
    } else if trimmed.starts_with(b"<") {
        if has("LogTime") && has("Action") { AUDIT_XML } else { "XML" }
    } else if trimmed.starts_with(b"{") || trimmed.starts_with(b"[{") {
        "JSON"
    } else if has("-- PostgreSQL database dump") || has("PRAGMA foreign_keys=OFF") {
        "an SQL dump of a server that is neither MySQL nor MariaDB"
    } else if has("\nGO\r\n") || has("\nGO\n") || has("CREATE TABLE [") {
        "a Microsoft SQL Server script; there is no reader for it yet"
    } else {
        line_look(text)
    }
}

/// By the first line that has anything on it.
fn line_look(text: &[u8]) -> &'static str {
    let lossy = String::from_utf8_lossy(&text[..text.len().min(4096)]);
    let line = lossy.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if line.contains("] \"") && line.contains(" [") {
        return "a web log in common or combined format; there is no reader for it yet";
    }
    if line.matches([',', ';', '\t']).count() >= 2 {
        return "text in columns (CSV or similar)";
    }
    "text of no kind known here"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_content() {
        assert_eq!(identify(b"\x1f\x8b\x08", false, &[]), Kind::Gzip);
        assert_eq!(identify(b"PK\x03\x04abc", false, &[]), Kind::Zip);
        let mut office = b"PK\x03\x04".to_vec();
        office.extend([0; 22]);
        office.extend([19, 0, 0, 0]);
        office.extend(b"[Content_Types].xml");
        assert!(matches!(identify(&office, false, &[]), Kind::NoReader(_, what) if what.contains("Office")));
        assert_eq!(identify(b"2023-05-28 1 2 3", true, &[]), Kind::W3c);
        for (head, expected) in [
            (&b"ElfFile\0\0"[..], "evtx"),
            (b"\0\0\0\0", "zero bytes"),
            (b"\xef\xbb\xbf<?xml version", "XML"),
            (b"<?xml version=\"1.0\"?><log><LogTime>x</LogTime><Action>y</Action></log>", "as CSV"),
            (b"{\"a\": 1}", "JSON"),
            (b"2023-05-28 00:00:01 10.0.0.1 GET / - 443 - 192.0.2.1 x - 200 0 0 1\r\n", "[[logs.fields]]"),
            (b"192.0.2.1 - - [28/May/2023:00:00:01 +0000] \"GET / HTTP/1.1\" 200 1\n", "combined"),
            (b"a,b,c\n1,2,3\n", "columns"),
            (b"dear all\n", "text"),
            (b"\x01\x02\x03\x04", "binary"),
        ] {
            assert!(
                matches!(identify(head, false, &[]), Kind::NoReader(_, what) if what.contains(expected)),
                "{expected}"
            );
        }
    }
}
