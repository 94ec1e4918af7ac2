//! What a mark, a gap or a row of evidence says, in the language of the page. The tables hold English prose for the data
//! files; here the sentence is made anew from the ids and numbers beside it. A rule of the user keeps its own words.

use super::super::table::Row;
use super::super::{Texts, table::Cell};
use super::names::Names;
use crate::model::Timestamp;

const DAY: i64 = 86_400;

/// What was marked: the request with its answer, the account, the object.
pub(in crate::report) fn mark(row: &Row<'_>, t: &Texts) -> String {
    let rule = row.text("rule_id");
    let own = match rule.as_str() {
        "missing-log-ids" => ids(row, t),
        "log-copies-differ" | "log-row-gone" => {
            named(t, &format!("mark_detail.{rule}"), row, &["name", "first_id", "last_id"])
        }
        "file-not-in-inventory" | "serialised-upload-state" | "upload-agent" => {
            named(t, "mark_detail.file", row, &["subject"])
        }
        "indicator-with-access" | "indicator-address" | "shared-address" | "forwarded-not-believed" => {
            named(t, "mark_detail.address", row, &["address"])
        }
        "account-without-record" | "system-permission" => named(t, "mark_detail.planted-account", row, &["account"]),
        "odd-session" => named(t, "mark_detail.planted-session", row, &["account", "timeout", "address"]),
        "unknown-organisation" => named(t, "mark_detail.unknown-organisation", row, &["org_id"]),
        "injection-residue" | "planted-session" | "planted-account" | "host-permit-all" | "external-token" => {
            let values = ["org_id", "account", "timeout", "address", "name"];
            named(t, &format!("mark_detail.{rule}"), row, &values)
        }
        "planted-session-used" | "planted-account-used" => named(t, "mark_detail.action", row, &["action", "account"]),
        _ if row.text("subject_kind") == "request" && row.int("status").is_some() => {
            named(t, "mark_detail.request", row, &["request", "status"])
        }
        _ => None,
    };
    own.unwrap_or_else(|| {
        let parts = [row.text("request"), row.text("detail")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ")
    })
}

/// What a gap's rule counted; empty where rule and times say it all.
pub(in crate::report) fn gap(row: &Row<'_>, t: &Texts) -> String {
    let span = seconds(row, "from").zip(seconds(row, "to"));
    match row.text("rule").as_str() {
        "missing_ids" => ids(row, t).unwrap_or_default(),
        "missing_rollover" => missing_days(row, span, t),
        "silence" => span.map_or_else(String::new, |(from, to)| {
            t.fill("gap_detail.silence", &[("hours", t.decimal((to - from) as f64 / 3600.0))])
        }),
        "rhythm" => {
            let hours = span.map(|(from, to)| t.decimal((to - from) as f64 / 3600.0)).unwrap_or_default();
            t.fill("gap_detail.rhythm", &[("hours", hours), ("weeks", int(row, "items", t))])
        }
        "no_time" => t.count("line", row.int("items").unwrap_or(0)),
        rule @ ("missing_source" | "starts_late" | "ends_early" | "cut_off") => t.get(&format!("gap_detail.{rule}")),
        _ => row.text("detail"),
    }
}

/// What a row of evidence behind a grade says.
pub(in crate::report) fn evidence(row: &Row<'_>, names: &Names<'_>) -> String {
    let (t, detail) = (names.t, row.text("detail"));
    let log_id = |id: &str| t.fill("evidence_detail.log_id", &[("id", id.to_owned())]);
    match row.text("role").as_str() {
        "upload" | "deletion" | "sign_on" | "named" => match detail.strip_prefix("status ") {
            Some(status) => t.fill("evidence_detail.status", &[("status", status.to_owned())]),
            None => detail.strip_prefix("log id ").map_or_else(|| detail.clone(), log_id),
        },
        "coverage_first" | "coverage_last" => t.id("source", &detail),
        "access" => names.rule(&detail),
        "inventory" => t.id("evidence_detail", &detail),
        "gap" | "gap_before" | "gap_after" => {
            detail.split_once(": ").and_then(|(head, _)| head.split_once(' ')).map_or_else(
                || detail.clone(),
                |(source, rule)| format!("{}: {}", t.id("source", source), t.id("gap_rule", rule)),
            )
        }
        _ => match detail.strip_suffix(')').and_then(|d| d.split_once(" (")) {
            Some((reason, place)) if t.find(&format!("file_reason.{reason}")).is_some() => {
                let place = match (place.strip_prefix("log id "), place.strip_prefix("status ")) {
                    (Some(id), _) => log_id(id),
                    (_, Some(status)) => t.fill("evidence_detail.status", &[("status", status.to_owned())]),
                    _ => place.to_owned(),
                };
                format!("{place}. {}", t.id("file_reason", reason))
            }
            _ => detail,
        },
    }
}

fn ids(row: &Row<'_>, t: &Texts) -> Option<String> {
    let (first, last) = (row.int("first_id")?, row.int("last_id")?);
    // Ids have no thousands separators: they are there to be looked up.
    let values = [("first", first.to_string()), ("last", last.to_string())];
    Some(t.fill(if first == last { "gap_detail.missing_id" } else { "gap_detail.missing_ids" }, &values))
}

fn int(row: &Row<'_>, column: &str, t: &Texts) -> String {
    row.int(column).map(|n| t.int(n)).unwrap_or_default()
}

/// The days between the two neighbouring files; none when the files do not end at midnight UTC.
fn missing_days(row: &Row<'_>, span: Option<(i64, i64)>, t: &Texts) -> String {
    let count = t.count("daily_file", row.int("items").unwrap_or(0));
    let Some((from, to)) = span else { return count };
    let first = if from.rem_euclid(DAY) == 0 { from.div_euclid(DAY) } else { from.div_euclid(DAY) + 1 };
    let last = to.div_euclid(DAY) - 1;
    if Some(last - first + 1) != row.int("items") {
        return count;
    }
    let day = |day: i64| {
        let text = t.time(&Timestamp(day * DAY).to_rfc3339());
        text.split(' ').next().unwrap_or_default().to_owned()
    };
    if first == last {
        format!("{count}: {}", day(first))
    } else {
        format!("{count}: {} – {}", day(first), day(last))
    }
}

/// The text with its places filled from columns of the same name; none when the row lacks the first one.
fn named(t: &Texts, key: &str, row: &Row<'_>, columns: &[&'static str]) -> Option<String> {
    let values: Vec<_> = columns
        .iter()
        .map(|column| {
            let value = match row.int(column) {
                Some(n) if *column == "timeout" => t.int(n),
                _ => row.text(column),
            };
            (*column, if value.is_empty() { "–".to_owned() } else { value })
        })
        .collect();
    let known = row.columns.iter().zip(&row.cells).any(|(c, cell)| columns.contains(&c.name) && *cell != Cell::Null);
    known.then(|| t.fill(key, &values))
}

fn seconds(row: &Row<'_>, column: &str) -> Option<i64> {
    Timestamp::parse_rfc3339(&row.text(column)).ok().map(|at| at.0)
}
