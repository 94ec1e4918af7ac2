//! Calls and files of a run, from the case database.

use rusqlite::{Connection, params};

use super::{Call, File, Prediction, Ratio};
use crate::audit::error::AuditError;
use crate::platforms::{GzipRatio, gzip_ratios};

/// A session in which a web shell answered.
pub(super) struct Session {
    pub(super) number: i64,
    first_utc: i64,
    last_utc: i64,
}

/// An answered call with a logged size.
pub(super) struct LoggedCall {
    pub(super) web_id: i64,
    pub(super) role: String,
    pub(super) call: Call,
}

/// A file that was there during the session.
pub(super) struct Listed {
    pub(super) file_id: String,
    pub(super) file: File,
}

/// How far each class of files shrinks.
pub(super) fn ratios() -> Result<Vec<GzipRatio>, AuditError> {
    Ok(gzip_ratios()?)
}

pub(super) fn sessions(db: &Connection) -> Result<Vec<Session>, AuditError> {
    let mut statement = db.prepare("select session_no, first_utc, last_utc from shell_session order by session_no")?;
    let sessions = statement
        .query_map([], |row| Ok(Session { number: row.get(0)?, first_utc: row.get(1)?, last_utc: row.get(2)? }))?;
    Ok(sessions.collect::<Result<_, _>>()?)
}

/// In the order of time; ties in the order of the log.
pub(super) fn calls(db: &Connection, session: i64) -> Result<Vec<LoggedCall>, AuditError> {
    let mut statement = db.prepare(
        "select web_id, role, at_utc, bytes_sent, broken from shell_call
         where session_no = ?1 and answered and role <> 'no_body' and bytes_sent >= 0 and at_utc is not null
         order by at_utc, web_id",
    )?;
    let calls = statement.query_map([session], |row| {
        let bytes = row.get::<_, i64>(3)?.unsigned_abs();
        let call = Call { at_utc: row.get(2)?, bytes, broken: row.get(4)? };
        Ok(LoggedCall { web_id: row.get(0)?, role: row.get(1)?, call })
    })?;
    Ok(calls.collect::<Result<_, _>>()?)
}

/// The files in the order in which the shell lists them: ascending ids, which are numbers without leading zeros.
///
/// A copy counts as the contents when its SHA-1 is the inventory's, or when it is named like the file and as long as the
/// inventory says: the server keeps its files encrypted, and a copy of that is named like the file, too.
pub(super) fn files(db: &Connection, session: &Session, classes: &[GzipRatio]) -> Result<Vec<Listed>, AuditError> {
    let mut statement = db.prepare(
        "with copy as (
             select p.file_id, min(c.size_bytes) as size_bytes, min(c.gzip_bytes) as gzip_bytes,
                    max(c.gzip9_bytes) as gzip9_bytes
             from content_pair as p
             join content_copy as c on c.path = p.path
             left join file as f on f.file_id = p.file_id
             where p.file_id is not null and c.gzip_bytes is not null and c.gzip9_bytes is not null
               and (p.paired_by = 'sha1' or c.size_bytes = f.size_bytes)
             group by p.file_id
         )
         select f.file_id, f.file_name, f.size_bytes, p.from_utc, p.to_utc, c.size_bytes, c.gzip_bytes, c.gzip9_bytes
         from file as f
         join presence as p on p.file_id = f.file_id
         left join copy as c on c.file_id = f.file_id
         where coalesce(p.from_utc, ?1) <= ?2 and coalesce(p.to_utc, ?2) >= ?1
         order by length(f.file_id), f.file_id",
    )?;
    let mut rows = statement.query(params![session.first_utc, session.last_utc])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        let number = |column: usize| -> Result<Option<u64>, rusqlite::Error> {
            Ok(row.get::<_, Option<i64>>(column)?.and_then(|n| u64::try_from(n).ok()))
        };
        let name: Option<String> = row.get(1)?;
        let prediction = match (number(5)?, number(6)?, number(7)?, number(2)?) {
            (Some(size), Some(six), Some(nine), _) => Some(Prediction::from_copy(size, [six, nine])),
            (_, _, _, Some(size)) => Some(Prediction::from_size(size, ratio(classes, name.as_deref().unwrap_or("")))),
            _ => None,
        };
        let file = File { from_utc: row.get(3)?, to_utc: row.get(4)?, prediction };
        files.push(Listed { file_id: row.get(0)?, file });
    }
    Ok(files)
}

/// By the last extension of the name; the class `*` takes all others.
fn ratio(classes: &[GzipRatio], name: &str) -> Ratio {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let of = |wanted: &str| classes.iter().find(|c| c.extensions.split('|').any(|e| e.eq_ignore_ascii_case(wanted)));
    let open = Ratio { low: 0.003, high: 1.0004, typical_low: 0.1, typical_high: 1.0 };
    of(extension).or_else(|| of("*")).map_or(open, |class| Ratio {
        low: class.low,
        high: class.high,
        typical_low: class.typical_low,
        typical_high: class.typical_high,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_last_extension() {
        let classes = ratios().unwrap();
        let typical = |name: &str| ratio(&classes, name).typical_low;
        assert_eq!(typical("Abrechnung.XML"), typical("b.html"));
        assert_eq!(typical("a.xml.zip"), typical("b.7z"));
        assert_eq!(typical("ohne"), typical("a.unbekannt"));
        assert!(typical("a.zip") > 0.9 && typical("a.csv") < 0.2);
        for class in &classes {
            assert!(class.low <= class.typical_low && class.typical_high <= class.high, "{}", class.class);
        }
    }
}
