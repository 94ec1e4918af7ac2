//! Lines of web logs that stand in two files: copies of one log that overlap anywhere, a month put together from days,
//! a piece carved out of free space. Each line is counted once; what stands elsewhere stays in `web_line`, and is listed.
//!
//! Tables made here (SQL cannot walk two files side by side):
//!
//! - `web_copy`: `web_id` of a line that is not counted, `of_web_id` of the line in the other file that is;
//! - `web_copy_range`: stretches of such lines, with their place in both files.
//!
//! Two requests can look the same and still be two. Within one file every line counts. Between files a line is a copy
//! only as part of a stretch of lines that follow each other in both files in the same order, each equal in all its
//! columns: at least [`LONG_RUN`] lines, or at least [`SHORT_RUN`] lines over two seconds or more when they are all
//! that either file has in the time they share (leaving out its first and last second, in which one of them may be cut). Files
//! under `W3SVC` folders of different numbers are different sites and never compared; files of two web farm nodes are, and
//! differ.
//!
//! Memory: 32 bytes for each line of two files in the time they share.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::{Connection, params};

use super::error::AuditError;

/// So many equal lines in a row are no coincidence.
const LONG_RUN: usize = 20;

/// Fewer are enough when nothing in the shared time speaks against it.
const SHORT_RUN: usize = 3;

/// Lines of one second that are searched for a partner; a second with more is compared no further.
const SEARCH: usize = 2_000;

/// Columns of `web_line` that hold numbers of texts, in the order of [`LINES`].
const TEXTS: usize = 10;
const VALUES: usize = 8;

const LINES: &str = "select web_id, offset, at_utc, method, path, query, user, client, agent, referer, host, forwarded, \
     server, port, status, substatus, win32, bytes_sent, bytes_received, duration_ms, repaired, extra \
     from web_line where web_id between ? and ? and at_utc between ? and ?";

/// A web log: rows, first and last time, site.
struct Log {
    evidence: i64,
    rows: (i64, i64),
    time: (i64, i64),
    site: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    at: i64,
    web_id: i64,
    offset: i64,
    hash: u64,
}

/// Finds the copies and stores them.
pub(super) fn derive(db: &Connection) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists web_copy;
         create table web_copy (web_id integer primary key, of_web_id integer not null) strict;
         drop table if exists web_copy_range;
         create table web_copy_range (range_no integer primary key, evidence_id integer not null, from_offset integer not null,
                                      to_offset integer not null, lines integer not null, first_utc integer not null,
                                      last_utc integer not null, of_evidence_id integer not null,
                                      of_from_offset integer not null, of_to_offset integer not null) strict;",
    )?;
    let logs = logs(db)?;
    let mut copies: BTreeMap<i64, i64> = BTreeMap::new();
    let mut texts = HashMap::new();
    let mut range = db.prepare(
        "insert into web_copy_range values ((select count(*) + 1 from web_copy_range), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (place, later) in logs.iter().enumerate() {
        for earlier in logs[..place].iter().filter(|earlier| may_overlap(earlier, later)) {
            let shared = (earlier.time.0.max(later.time.0), earlier.time.1.min(later.time.1));
            let a = lines(db, earlier, shared, &mut texts)?;
            let mut b = lines(db, later, shared, &mut texts)?;
            b.retain(|line| !copies.contains_key(&line.web_id));
            for run in runs(&a, &b, shared) {
                let (first, last) = (run[0], run[run.len() - 1]);
                for (at_a, at_b) in &run {
                    let original = a[*at_a].web_id;
                    copies.insert(b[*at_b].web_id, copies.get(&original).copied().unwrap_or(original));
                }
                range.execute(params![
                    later.evidence,
                    b[first.1].offset,
                    b[last.1].offset,
                    i64::try_from(run.len()).unwrap_or(i64::MAX),
                    b[first.1].at,
                    b[last.1].at,
                    earlier.evidence,
                    a[first.0].offset,
                    a[last.0].offset
                ])?;
            }
        }
    }
    let mut insert = db.prepare("insert into web_copy values (?, ?)")?;
    for (copy, original) in copies {
        insert.execute([copy, original])?;
    }
    Ok(())
}

/// The web logs that share time with another one; without any there is nothing to compare, and no line is read.
fn logs(db: &Connection) -> Result<Vec<Log>, AuditError> {
    let mut statement = db.prepare(
        "select evidence_id, first_utc, last_utc, path from evidence
         where format = 'iis_w3c' and status = 'imported' and first_utc is not null order by evidence_id",
    )?;
    let all = statement.query_map([], |row| {
        let time = (row.get(1)?, row.get(2)?);
        Ok(Log { evidence: row.get(0)?, rows: (0, 0), time, site: site(&row.get::<_, String>(3)?) })
    })?;
    let mut logs: Vec<Log> = all.collect::<Result<_, _>>()?;
    let shares: Vec<bool> =
        logs.iter().map(|log| logs.iter().any(|o| o.evidence != log.evidence && may_overlap(o, log))).collect();
    let mut shares = shares.into_iter();
    logs.retain(|_| shares.next().unwrap_or(false));
    if !logs.is_empty() {
        let mut spans =
            db.prepare("select evidence_id, min(web_id), max(web_id) from web_line group by evidence_id")?;
        let spans = spans.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        let spans: HashMap<i64, (i64, i64)> = spans.collect::<Result<_, _>>()?;
        logs.retain_mut(|log| {
            spans.get(&log.evidence).is_some_and(|span| {
                log.rows = *span;
                true
            })
        });
    }
    Ok(logs)
}

fn may_overlap(a: &Log, b: &Log) -> bool {
    let same_site = match (a.site, b.site) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    same_site && a.time.0.max(b.time.0) <= a.time.1.min(b.time.1)
}

/// The number of the site in `W3SVC2/u_ex230528.log`: the innermost such folder.
fn site(path: &str) -> Option<u64> {
    path.to_ascii_lowercase().rsplit(['/', '\\', '!']).find_map(|part| part.strip_prefix("w3svc")?.parse().ok())
}

/// Lines of a file in a stretch of time, in the order of time; lines of one second in the order of the file.
fn lines(db: &Connection, log: &Log, time: (i64, i64), texts: &mut HashMap<i64, u64>) -> Result<Vec<Line>, AuditError> {
    let mut statement = db.prepare_cached(LINES)?;
    let mut text = db.prepare_cached("select text from web_text where text_id = ?")?;
    let mut rows = statement.query([log.rows.0, log.rows.1, time.0, time.1])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut hasher = DefaultHasher::new();
        for column in 3..3 + TEXTS {
            let number: Option<i64> = row.get(column)?;
            let hash = match number {
                None => 0,
                Some(number) => match texts.get(&number) {
                    Some(hash) => *hash,
                    None => {
                        let value: String = text.query_row([number], |row| row.get(0))?;
                        *texts.entry(number).or_insert(hash_of(&value))
                    }
                },
            };
            hash.hash(&mut hasher);
        }
        for column in 3 + TEXTS..3 + TEXTS + VALUES {
            row.get::<_, Option<i64>>(column)?.hash(&mut hasher);
        }
        row.get::<_, Option<String>>(3 + TEXTS + VALUES)?.hash(&mut hasher);
        found.push(Line { at: row.get(2)?, web_id: row.get(0)?, offset: row.get(1)?, hash: hasher.finish() });
    }
    found.sort_by_key(|line| (line.at, line.web_id));
    Ok(found)
}

/// Equal texts of one run are what matters; the number never leaves this module.
fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

/// The stretches that count as copies: places in `a` and `b`.
fn runs(a: &[Line], b: &[Line], shared: (i64, i64)) -> Vec<Vec<(usize, usize)>> {
    let mut all: Vec<Vec<(usize, usize)>> = Vec::new();
    for (at_a, at_b) in pairs(a, b) {
        match all.last_mut() {
            Some(run) if run.last() == Some(&(at_a.wrapping_sub(1), at_b.wrapping_sub(1))) => run.push((at_a, at_b)),
            _ => all.push(vec![(at_a, at_b)]),
        }
    }
    let inner = |lines: &[Line]| lines.iter().filter(|l| l.at > shared.0 && l.at < shared.1).count();
    let (inner_a, inner_b) = (inner(a), inner(b));
    all.retain(|run| {
        let of_run: Vec<Line> = run.iter().map(|(at, _)| a[*at]).collect();
        let everything = inner_a == inner_b && inner(&of_run) == inner_a;
        let seconds = of_run[0].at != of_run[of_run.len() - 1].at;
        run.len() >= LONG_RUN || (run.len() >= SHORT_RUN && seconds && everything)
    });
    all
}

/// Equal lines, each used once, in the order of both files.
fn pairs(a: &[Line], b: &[Line]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut next = 0;
    for (at_b, line) in b.iter().enumerate() {
        while next < a.len() && a[next].at < line.at {
            next += 1;
        }
        let same_second = a[next..].iter().take_while(|l| l.at == line.at).take(SEARCH);
        if let Some(step) = same_second.into_iter().position(|l| l.hash == line.hash) {
            found.push((next + step, at_b));
            next += step + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(hashes: &[(i64, u64)]) -> Vec<Line> {
        let line = |(web_id, (at, hash)): (usize, &(i64, u64))| Line {
            at: *at,
            web_id: web_id as i64,
            offset: 0,
            hash: *hash,
        };
        hashes.iter().enumerate().map(line).collect()
    }

    #[test]
    fn a_stretch_is_a_copy_and_a_single_line_is_none() {
        let long: Vec<(i64, u64)> = (0..60).map(|n| (n / 2, n as u64)).collect();
        let (a, b) = (log(&long[..40]), log(&long[15..]));
        let found = runs(&a[15..], &b[..25], (7, 19));
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [25]);
        // Every other line differs: health checks of two nodes.
        let other: Vec<(i64, u64)> = long.iter().map(|(at, h)| (*at, if h % 2 == 0 { *h } else { h + 1000 })).collect();
        assert!(runs(&log(&long), &log(&other), (0, 29)).is_empty());
        // Few lines, nothing speaks against it; then one line too many in between.
        let few = [(1, 1), (2, 2), (3, 3)];
        assert_eq!(runs(&log(&few), &log(&few), (1, 3)).len(), 1);
        assert!(runs(&log(&few), &log(&[(1, 1), (2, 9), (2, 2), (3, 3)]), (1, 3)).is_empty());
        assert!(runs(&log(&[(1, 1), (1, 2), (1, 3)]), &log(&[(1, 1), (1, 2), (1, 3)]), (1, 1)).is_empty());
    }

    #[test]
    fn equal_lines_of_one_file_are_paired_one_by_one() {
        let twice = log(&[(1, 7), (1, 7), (2, 8)]);
        let once = log(&[(1, 7), (2, 8)]);
        assert_eq!(pairs(&twice, &once), [(0, 0), (2, 1)]);
        assert_eq!(pairs(&twice, &twice).len(), 3);
    }

    #[test]
    fn the_site_is_the_innermost_folder_of_its_kind() {
        assert_eq!(site("node1/W3SVC2/u_ex230528.log"), Some(2));
        assert_eq!(site("x.zip!W3SVC1\\u_ex230528.log"), Some(1));
        assert_eq!(site("u_ex230528.log"), None);
    }
}
