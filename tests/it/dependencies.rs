//! What is built into the program: no HTTP or TLS client, permissive licences only. The lists are those of deny.toml.
//!
//! What is built is what `cargo tree` says, not `cargo metadata`: the resolver behind metadata and Cargo.lock activates weak
//! optional features (`name?/feature`) as if `name` were there. polars has many of them, so metadata lists object_store,
//! reqwest and rustls though nothing compiles them, and a check on it could never pass. `cargo tree` resolves features as
//! the build does, here for all targets, with build scripts and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

struct Lists {
    banned: BTreeSet<String>,
    allowed: BTreeSet<String>,
}

fn lists() -> Lists {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    let deny: toml::Table = text.parse().unwrap();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    Lists {
        banned: deny["bans"]["deny"].as_array().unwrap().iter().map(|entry| text(&entry["crate"])).collect(),
        allowed: deny["licenses"]["allow"].as_array().unwrap().iter().map(text).collect(),
    }
}

/// Name and version → licence expression, of everything that a build, a test or a build script on any system compiles.
fn built() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal,build,dev", "--target", "all", "--prefix", "none"])
        .args(["--no-dedupe", "--format", "{p}\t{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once('\t'));
    pairs.map(|(package, licence)| (package.to_owned(), licence.to_owned())).collect()
}

/// An SPDX expression, with `/` in the old meaning of OR; OR binds less than AND.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let result = either(&words, &mut at, allowed);
    result && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut result = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        result |= both(words, at, allowed);
    }
    result
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut result = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        result &= one(words, at, allowed);
    }
    result
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let result = either(words, at, allowed);
        *at += 1;
        return result;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return allowed.contains(&format!("{word} WITH {exception}"));
    }
    allowed.contains(*word)
}

#[test]
fn no_network_client_is_built_in() {
    let lists = lists();
    for name in "reqwest hyper h2 rustls ring native-tls openssl openssl-sys curl ureq object_store isahc attohttpc"
        .split_whitespace()
    {
        assert!(lists.banned.contains(name), "deny.toml no longer bans {name}");
    }
    let built = built();
    let name = |package: &String| package.split(' ').next().unwrap_or_default().to_owned();
    assert!(built.keys().any(|package| name(package) == "rusqlite"), "cargo tree lists nothing");
    let found: Vec<_> = built.keys().filter(|package| lists.banned.contains(&name(package))).collect();
    assert!(found.is_empty(), "banned crates are built: {found:?}");
}

#[test]
fn every_licence_is_on_the_list() {
    let lists = lists();
    let built = built();
    let wrong: Vec<_> = built.iter().filter(|(_, licence)| !is_allowed(licence, &lists.allowed)).collect();
    assert!(wrong.is_empty(), "licences that deny.toml does not allow: {wrong:?}");
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()]);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("GPL-3.0 OR MIT AND ISC", true),
        ("(GPL-3.0 OR MIT) AND ISC", true),
        ("(GPL-3.0 OR MIT) AND AGPL-3.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

/// Lines of `cargo tree` with the features of each crate on this system.
fn features(edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", edges, "--prefix", "none", "--no-dedupe", "--format", "{p} {f}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn program_and_tests_are_built_from_the_same_crates() {
    let (program, tests) = (features("normal,build"), features("normal,build,dev"));
    let apart: Vec<&String> = program.difference(&tests).collect();
    assert!(apart.is_empty(), "compiled twice, for their features: {apart:#?}; name these features in Cargo.toml");
}
