//! `docs/reference/findings.schema.json` says exactly what `findings.json` holds.

use abfluss::model::Language;
use serde_json::Value;

use super::case;

/// The part of JSON Schema that the file uses: type, enum, required, properties, additionalProperties, items.
fn check(value: &Value, schema: &Value, at: &str, faults: &mut Vec<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !(allowed.contains(&kind) || kind == "integer" && allowed.contains(&"number")) {
        faults.push(format!("{at}: {kind} instead of {allowed:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        faults.push(format!("{at}: {value} is none of the values stated"));
    }
    if let Some(items) = value.as_array() {
        items.iter().enumerate().for_each(|(n, item)| check(item, &schema["items"], &format!("{at}[{n}]"), faults));
    }
    if let Some(object) = value.as_object() {
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(key) {
                faults.push(format!("{at}: {key} is missing"));
            }
        }
        for (key, inner) in object {
            match schema["properties"].get(key) {
                Some(stated) => check(inner, stated, &format!("{at}.{key}"), faults),
                None => faults.push(format!("{at}: {key} is not stated")),
            }
        }
    }
}

#[test]
fn findings_follow_the_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../../docs/reference/findings.schema.json")).unwrap();
    for (conn, language) in [(case::hostile(), Language::De), (case::quiet(true), Language::En)] {
        let dir = tempfile::tempdir().unwrap();
        case::report(&conn, language, dir.path());
        let json = std::fs::read_to_string(dir.path().join("findings.json")).unwrap();
        let mut faults = Vec::new();
        check(&serde_json::from_str(&json).unwrap(), &schema, "$", &mut faults);
        assert!(faults.is_empty(), "{faults:#?}");
        // Rows of tables stand on one line each, so that the file can be searched by line.
        assert!(json.lines().any(|line| line.trim_start().starts_with("{\"file_id\": \"") || language == Language::En));
    }
}
