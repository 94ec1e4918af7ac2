//! The queries of the report: `queries/reports/*.sql`, compiled in, and runnable by hand in any SQLite shell.
//!
//! Each begins with a comment that says what it is, what it reads, and which columns it gives:
//! `--   name  kind  what it holds`. The kinds drive the writers: a `text` cell is escaped for its medium, a number is
//! not, a `list` holds several values divided by `|`.

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text, possibly chosen by an attacker.
    Text,
    /// Several texts divided by `|`.
    List,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Real,
    /// UTC, RFC 3339.
    Time,
    /// 0 or 1.
    Flag,
}

/// A column as the header of its query states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name, the same in SQL, CSV and JSON.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Kind,
}

macro_rules! queries {
    ($($name:literal),* $(,)?) => {
        /// Name and text of each query, sorted by name.
        const QUERIES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../queries/reports/", $name, ".sql")))),*];
    };
}

queries![
    "chain_steps",
    "clock",
    "clock_stretches",
    "coverage",
    "decision_effects",
    "decisions",
    "downloads",
    "dump_age",
    "evidence",
    "evidence_notes",
    "finding_evidence",
    "finding_why",
    "findings",
    "gap_rows",
    "gaps",
    "grades",
    "inventory",
    "leaked_files",
    "log_conflicts",
    "marks",
    "negative",
    "not_examined",
    "ranges",
    "rules",
    "session_classes",
    "session_rows",
    "session_why",
    "sessions",
    "set_aside",
    "set_aside_counts",
    "settings",
    "shell_sessions",
    "size_matches",
    "summary",
    "timeline",
    "vendor_missing",
    "volume",
    "web_copies",
    "window",
];

/// Names of all queries, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    QUERIES.iter().map(|(name, _)| *name)
}

/// The text of a query.
pub fn sql(name: &str) -> Option<&'static str> {
    QUERIES.iter().find(|(n, _)| *n == name).map(|(_, sql)| *sql)
}

/// The first paragraph of a query's header without the name: what the query is.
pub fn purpose(name: &str) -> Option<String> {
    let paragraph = sql(name)?.lines().map_while(|line| line.strip_prefix("-- ")).collect::<Vec<_>>().join(" ");
    paragraph.split_once(": ").map(|(_, purpose)| purpose.to_owned())
}

/// The columns that a query's header states, in order.
pub fn columns(name: &str) -> Option<Vec<Column>> {
    let lines = sql(name)?.lines().skip_while(|l| *l != "-- Columns:").skip(1);
    Some(lines.map_while(|l| l.strip_prefix("--   ")).filter_map(column).collect())
}

fn column(line: &'static str) -> Option<Column> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let kind = match words.next()? {
        "text" => Kind::Text,
        "list" => Kind::List,
        "int" => Kind::Int,
        "real" => Kind::Real,
        "time" => Kind::Time,
        "flag" => Kind::Flag,
        _ => return None,
    };
    Some(Column { name, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_says_what_it_is_and_what_it_gives() {
        for name in names() {
            assert!(sql(name).unwrap().starts_with(&format!("-- {name}: ")), "{name}: first line");
            assert!(purpose(name).is_some_and(|p| p.ends_with('.')), "{name}: the purpose is whole sentences");
            let stated = sql(name).unwrap().lines().filter(|l| l.starts_with("--   ")).count();
            let columns = columns(name).unwrap();
            assert!(!columns.is_empty(), "{name}: no columns stated");
            assert_eq!(columns.len(), stated, "{name}: a column line without a known kind");
        }
    }

    #[test]
    fn the_list_is_sorted_and_complete() {
        let listed: Vec<_> = names().map(|n| format!("{n}.sql")).collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/reports");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(listed, files);
    }

    #[test]
    fn the_tables_of_files_begin_with_the_columns_of_the_contract() {
        let contract = "file_id,org_id,org_name,folder_path,file_name,size_bytes,sha1,uploaded_at,uploaded_by,deleted_at,\
            grade,transfer_grade,extent,bytes_sent,session_class,sessions,first_access,last_access,client_ips,accounts,\
            metadata_exposed,readability,data_category,records,persons_min,persons_max,rules,evidence";
        for name in ["inventory", "leaked_files", "findings"] {
            let columns: Vec<_> = columns(name).unwrap().iter().map(|c| c.name).collect();
            assert!(columns.join(",").starts_with(contract), "{name}");
        }
    }
}
