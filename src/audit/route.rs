//! What each web address asked for, and which file it names.
//!
//! Table `route`: `method`, `path`, `query` (numbers of `web_text`; 0 for none), `kind`, `access`
//! (queries/reference/moveit_routes.csv), `file_id`, `folder_id`, `file_from` (`path` the address names it, `parameter` it
//! was recognised among the parameters, `none`). Regular expressions are what SQL lacks.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::error::AuditError;
use crate::platforms::{Platform, Route};

/// Routes every distinct (method, path, query). Public pages are left out of the table: nothing is concluded from them.
pub(super) fn derive(db: &Connection, platform: Platform) -> Result<(), AuditError> {
    db.execute_batch(
        "drop table if exists route;
         create table route (path integer not null, query integer not null, method integer not null, kind text not null,
                             access text not null, file_id text, folder_id text, file_from text not null,
                             primary key (path, query, method)) strict, without rowid;",
    )?;
    let routes = platform.routes()?;
    let known_files =
        ids(db, "select file_id from stored_file union select file_id from log_event where file_id is not null")?;
    let known_folders = ids(db, "select cast(folder_id as text) from folder")?;
    let mut distinct = db.prepare(
        "with asked as (select distinct method, path, query from web_line where path is not null)
         select a.method, a.path, a.query, coalesce(m.text, ''), p.text, coalesce(q.text, '')
         from asked as a
         join web_text as p on p.text_id = a.path
         left join web_text as m on m.text_id = a.method
         left join web_text as q on q.text_id = a.query",
    )?;
    let mut insert = db.prepare("insert into route values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    let mut rows = distinct.query([])?;
    while let Some(row) = rows.next()? {
        let (method, path, query) = (row.get_ref(3)?, row.get_ref(4)?, row.get_ref(5)?);
        let text = |value: rusqlite::types::ValueRef<'_>| value.as_str().map(str::to_owned).unwrap_or_default();
        let (method, path, query) = (text(method), text(path), text(query));
        let Some((route, file, folder)) = first_match(&routes, &method, &path, &query) else { continue };
        if matches!(route.access.as_str(), "public" | "page" | "static") {
            continue;
        }
        let (file, from) = match file {
            Some(file) => (Some(file), "path"),
            None if route.kind == "file_download" => {
                match file_among_parameters(&query, &known_files, &known_folders) {
                    Some(file) => (Some(file), "parameter"),
                    None => (None, "none"),
                }
            }
            None => (None, "none"),
        };
        insert.execute(params![
            row.get::<_, i64>(1)?,
            row.get::<_, Option<i64>>(2)?.unwrap_or(0),
            row.get::<_, Option<i64>>(0)?.unwrap_or(0),
            route.kind,
            route.access,
            file,
            folder,
            from
        ])?;
    }
    Ok(())
}

fn ids(db: &Connection, sql: &str) -> Result<HashSet<String>, AuditError> {
    let mut statement = db.prepare(sql)?;
    let found = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}

type Matched<'a> = (&'a Route, Option<String>, Option<String>);

fn first_match<'a>(routes: &'a [Route], method: &str, path: &str, query: &str) -> Option<Matched<'a>> {
    routes.iter().find_map(|route| {
        let (file, folder) = route.matches(method, path, query)?;
        Some((route, file, folder))
    })
}

/// The product does not document which parameter of a download names the file. A number that is a file of the server
/// wins; else one whose parameter says "file"; else the only number that is no folder.
fn file_among_parameters(query: &str, files: &HashSet<String>, folders: &HashSet<String>) -> Option<String> {
    let numbers: Vec<(&str, &str)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(_, value)| (7..=12).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit()))
        .collect();
    let known = numbers.iter().find(|(_, value)| files.contains(*value));
    let named = || numbers.iter().find(|(key, _)| key.to_ascii_lowercase().contains("file"));
    let only = || {
        let mut rest = numbers.iter().filter(|(_, value)| !folders.contains(*value));
        match (rest.next(), rest.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    };
    known.or_else(named).or_else(only).map(|(_, value)| (*value).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> HashSet<String> {
        values.iter().map(|v| (*v).to_owned()).collect()
    }

    #[test]
    fn the_file_is_found_among_undocumented_parameters() {
        let files = set(&["974134892"]);
        let folders = set(&["966794435"]);
        let find = |query: &str| file_among_parameters(query, &files, &folders);
        assert_eq!(find("action=download&arg06=966794435&arg12=974134892").as_deref(), Some("974134892"));
        assert_eq!(find("action=download&fileid=974000001&folderid=974000002").as_deref(), Some("974000001"));
        assert_eq!(find("action=download&a=966794435&b=974000003").as_deref(), Some("974000003"));
        assert_eq!(find("action=download&a=974000003&b=974000004"), None);
        assert_eq!(find("action=download"), None);
    }
}
