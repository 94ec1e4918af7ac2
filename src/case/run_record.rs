//! `run.jsonl`: what ran, and the only place where the wall clock is read.
//!
//! Each line carries the hash of the line before it and its own, so that a line taken out or changed afterwards is
//! noticed. The file is the one output that differs between two runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{CaseError, RUNS};
use crate::model::hex;

/// The hash before the first line.
const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Measures how long something takes, for the closing summary.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "the one place that measures time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// One run of the program on a case.
#[derive(Debug, Clone)]
pub struct RunRecord {
    command: String,
    arguments: Vec<String>,
    started: jiff::Timestamp,
    /// Path or name → SHA-256 of what steered the run: settings, queries, rules, reference tables.
    pub hashes: BTreeMap<String, String>,
    /// Where each source lay (the case itself stores relative paths only).
    pub sources: Vec<String>,
    /// Name → number, as in the closing summary.
    pub counts: BTreeMap<String, u64>,
}

impl RunRecord {
    /// Begins a record; the start time is now.
    #[expect(clippy::disallowed_methods, reason = "this is the run record")]
    pub fn begin(command: &str, arguments: Vec<String>) -> Self {
        Self {
            command: command.to_owned(),
            arguments,
            started: jiff::Timestamp::now(),
            hashes: BTreeMap::new(),
            sources: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the run record")]
    fn to_json(&self, previous: &str) -> Value {
        let second = |at: jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "command": self.command,
            "arguments": self.arguments,
            "sources": self.sources,
            "hashes": self.hashes,
            "started": second(self.started),
            "ended": second(jiff::Timestamp::now()),
            "counts": self.counts,
            "previous": previous,
        })
    }
}

/// Appends a run to `run.jsonl`; the end time is now.
///
/// # Errors
/// [`CaseError::Folder`], or [`CaseError::Changed`] when the chain so far is broken: nothing is added to it then.
pub fn append_run(folder: &Path, record: &RunRecord) -> Result<(), CaseError> {
    let (_, previous) = walk_chain(folder)?;
    let mut line = record.to_json(&previous);
    let own = hash(&line);
    line["hash"] = Value::String(own);
    let path = folder.join(RUNS);
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()))
        .map_err(CaseError::folder("append to", &path))
}

/// Checks the chain of `run.jsonl`; the number of runs in it.
///
/// # Errors
/// [`CaseError::Changed`] names the first line that is not what was written.
pub fn verify_runs(folder: &Path) -> Result<usize, CaseError> {
    walk_chain(folder).map(|(runs, _)| runs)
}

/// Where each EVIDENCE argument lay, in the order of `evidence.source`. A record that cannot be read gives none: a place
/// is only looked at, what lies there is known by its hash.
pub fn recorded_sources(folder: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(folder.join(RUNS)).unwrap_or_default();
    let runs = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    runs.flat_map(|run| run["sources"].as_array().cloned().unwrap_or_default())
        .filter_map(|source| source.as_str().map(PathBuf::from))
        .collect()
}

fn walk_chain(folder: &Path) -> Result<(usize, String), CaseError> {
    let path = folder.join(RUNS);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(CaseError::folder("read", &path)(e)),
    };
    let mut previous = START.to_owned();
    let mut runs = 0;
    for line in text.lines() {
        runs += 1;
        let changed = |expected: &str, found: &str| CaseError::Changed {
            path: path.clone(),
            line: runs,
            expected: expected.to_owned(),
            found: found.to_owned(),
        };
        let mut value: Value = serde_json::from_str(line).map_err(|e| changed("a JSON object", &e.to_string()))?;
        let own = match value.as_object_mut().and_then(|object| object.remove("hash")) {
            Some(Value::String(own)) => own,
            _ => return Err(changed("a hash", "none")),
        };
        let before = value["previous"].as_str().unwrap_or_default();
        if before != previous {
            return Err(changed(&format!("previous {previous}"), before));
        }
        let found = hash(&value);
        if own != found {
            return Err(changed(&format!("content of hash {own}"), &found));
        }
        previous = own;
    }
    Ok((runs, previous))
}

// serde_json keeps object keys sorted (its `preserve_order` is off), so that the text of an object is one.
fn hash(line: &Value) -> String {
    hex(&Sha256::digest(line.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_or_missing_run_breaks_the_chain() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(verify_runs(root.path()).unwrap(), 0);
        for command in ["audit", "analyse", "report"] {
            let mut record = RunRecord::begin(command, vec!["ä \"b\"".to_owned()]);
            record.counts.insert("evidence".to_owned(), 3);
            append_run(root.path(), &record).unwrap();
        }
        assert_eq!(verify_runs(root.path()).unwrap(), 3);
        let path = root.path().join(RUNS);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("analyse", "analyze", 1)).unwrap();
        assert!(matches!(verify_runs(root.path()), Err(CaseError::Changed { line: 2, .. })));
        let without: Vec<&str> = text.lines().enumerate().filter(|(i, _)| *i != 1).map(|(_, l)| l).collect();
        fs::write(&path, without.join("\n")).unwrap();
        assert!(matches!(verify_runs(root.path()), Err(CaseError::Changed { line: 2, .. })));
        assert!(append_run(root.path(), &RunRecord::begin("x", Vec::new())).is_err());
    }
}
