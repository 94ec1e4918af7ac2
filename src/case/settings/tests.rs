use super::*;

fn parse(text: &str) -> Settings {
    Settings::parse(text, "case.toml").unwrap_or_else(|error| panic!("{error}"))
}

fn error(text: &str) -> String {
    Settings::parse(text, "case.toml").unwrap_err().to_string()
}

fn hints(text: &str) -> Vec<String> {
    Settings::parse(text, "case.toml").unwrap_err().hints()
}

const FULL: &str = r#"
[case]
id = "2023-MFT-07"
title = "Verdacht auf Datenabfluss \"Transfer\""
language = "en"
known_at = 2023-06-01T09:30:00+02:00
[system]
platform = "moveit"
timezone = "europe/berlin"
[window]
from = "2023-05-27T00:00:00Z"
to = "2023-06-01T20:00:00+02:00"
[known]
networks = ["10.0.0.0/8", "2001:DB8::/32"]
accounts = ["monitor"]
proxies = "10.20.0.9"
[[known.account]]
name = "partner"
networks = ["203.0.113.0/24"]
[[known.organisation]]
id = 3636
networks = ["198.51.100.0/24", "2001:db8:1::/48"]
[[known.organisation]]
name = "Muster-Kasse"
networks = "192.0.2.7"
[required]
sources = ["iis"]
[[decision]]
session = "s-1"
class = "known"
reason = "a call with the partner"
who = "A. Analyst"
[[insurer]]
name = "Muster-Kasse"
ik = "260326822"
[[logs.fields]]
files = "u_ex*.log"
fields = "date  time c-ip"
"#;

#[test]
fn nothing_stated_means_the_defaults() {
    let settings = parse("");
    assert_eq!(settings, Settings::default());
    assert_eq!(settings.language(), Language::De);
    assert_eq!(settings.platform(), "moveit");
    assert_eq!(settings.required_sources(), ["moveit_audit_log", "iis"]);
}

#[test]
fn every_key_is_read() {
    let settings = parse(FULL);
    assert_eq!(settings.case.known_at.unwrap().to_rfc3339(), "2023-06-01T07:30:00Z");
    assert_eq!(settings.system.timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(settings.window.to.unwrap().to_rfc3339(), "2023-06-01T18:00:00Z");
    assert_eq!(settings.known.networks, ["10.0.0.0/8", "2001:db8::/32"]);
    assert_eq!(settings.known.proxies, ["10.20.0.9"]);
    assert_eq!(settings.known.organisation[0].which, Organisation::Id(3636));
    assert_eq!(settings.known.organisation[0].networks, ["198.51.100.0/24", "2001:db8:1::/48"]);
    assert_eq!(settings.known.organisation[1].which, Organisation::Name("Muster-Kasse".to_owned()));
    assert_eq!(settings.required_sources(), ["iis"]);
    assert_eq!(settings.decision[0].class, SessionClass::Known);
    assert_eq!(settings.insurer[0].ik.as_deref(), Some("260326822"));
    assert_eq!(settings.logs.fields[0].fields, "date time c-ip");
}

#[test]
fn the_printed_settings_read_back_to_the_same_settings() {
    let settings = parse(FULL);
    let printed = settings.to_toml();
    assert_eq!(Settings::parse(&printed, "printed").unwrap(), settings);
    assert_eq!(parse(&printed).to_toml(), printed);
    // Defaults are printed too, and then stay in effect whatever later versions take as default.
    let defaults = parse(&Settings::default().to_toml());
    assert_eq!(defaults.required.sources.as_deref().unwrap(), ["moveit_audit_log", "iis"]);
}

#[test]
fn control_characters_survive_printing_on_one_line() {
    let mut settings = Settings::default();
    settings.case.title = Some("a\nb\t\u{1b}[31m\\\"\u{7f}".to_owned());
    let printed = settings.to_toml();
    assert!(!printed.contains('\u{1b}'));
    assert_eq!(parse(&printed).case.title, settings.case.title);
}

#[test]
fn flat_pairs_name_keys_as_in_the_file() {
    let flat = parse(FULL).flat();
    let value = |key: &str| flat.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
    assert_eq!(value("window.from"), Some("2023-05-27T00:00:00Z"));
    assert_eq!(value("known.networks"), Some("10.0.0.0/8|2001:db8::/32"));
    assert_eq!(value("known.account.1.name"), Some("partner"));
    assert_eq!(value("known.organisation.1.id"), Some("3636"));
    assert_eq!(value("known.organisation.2.name"), Some("Muster-Kasse"));
    assert_eq!(value("decision.1.class"), Some("known"));
    assert_eq!(value("case.language"), Some("en"));
    let mut keys: Vec<_> = flat.iter().map(|(key, _)| key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), flat.len());
}

#[test]
fn an_unknown_key_names_itself_its_place_and_the_nearest_valid_one() {
    assert_eq!(
        error("[window]\nfrom = \"2023-05-27T00:00:00Z\"\n  form = \"x\"\n"),
        "case.toml:3:3: unknown key \"window.form\"; the nearest valid one is \"window.from\""
    );
    assert_eq!(
        error("[windwo]\nfrom = \"x\"\n"),
        "case.toml:1:2: unknown key \"windwo\"; the nearest valid one is \"window\""
    );
    assert_eq!(
        error("[case]\ntimezone = \"UTC\"\n"),
        "case.toml:2:1: unknown key \"case.timezone\"; the nearest valid one is \"system.timezone\""
    );
    assert_eq!(
        error("[[known.account]]\nname = \"a\"\nnetwork = [\"10.0.0.0/8\"]\n").lines().next().unwrap(),
        "case.toml:1:1: known.account.1.networks is missing or empty"
    );
    assert_eq!(hints("[case]\ntitel = \"x\"\n"), ["write case.title, or take the line out"]);
}

#[test]
fn an_organisation_is_named_by_its_number_or_by_its_name() {
    let with = |keys: &str| error(&format!("[[known.organisation]]\n{keys}networks = [\"192.0.2.0/24\"]\n"));
    assert_eq!(with(""), "case.toml:1:1: known.organisation.1.name is missing or empty");
    assert_eq!(
        with("id = 7\nname = \"A\"\n"),
        "case.toml:3:8: known.organisation.1.name: \"A\" stands beside id; state one of them, so that they cannot \
         contradict each other"
    );
    assert_eq!(with("id = \"7\"\n"), "case.toml:2:6: known.organisation.1.id must be a whole number, found string");
    assert_eq!(
        error("[[known.organisation]]\nid = 7\n"),
        "case.toml:1:1: known.organisation.1.networks is missing or empty"
    );
}

#[test]
fn a_wrong_time_names_key_value_and_expected_form() {
    assert_eq!(
        error("[window]\nfrom = \"27.05.2023\"\n"),
        "case.toml:2:8: window.from: \"27.05.2023\" is no point in time; expected RFC 3339 with an offset, e.g. \
         2023-05-27T00:00:00Z or 2023-06-01T09:30:00+02:00"
    );
    let local = error("[case]\nknown_at = 2023-06-01T09:30:00\n");
    assert!(local.starts_with("case.toml:2:12: case.known_at: \"2023-06-01T09:30:00\" is no point in time"), "{local}");
    assert!(error("[window]\nto = \"2023-02-30T00:00:00Z\"").contains("window.to"));
    assert!(error("[window]\nto = 5").contains("window.to must be a time, found integer"));
}

#[test]
fn a_window_must_begin_before_it_ends() {
    let text = "[window]\nfrom = \"2023-06-01T00:00:00Z\"\nto = \"2023-06-01T02:00:00+02:00\"\n";
    assert_eq!(
        error(text),
        "case.toml:3:6: window.from (2023-06-01T00:00:00Z) must be before window.to (2023-06-01T00:00:00Z)"
    );
}

#[test]
fn zones_are_checked_against_the_bundled_rules() {
    for zone in ["UTC", "America/New_York", "+02:00", "-05:30", "+00:00", "+14:00"] {
        let settings = parse(&format!("[system]\ntimezone = \"{zone}\"\n"));
        assert!(settings.system.timezone.as_deref().and_then(super::zone).is_some(), "{zone}");
    }
    for zone in ["MESZ", "+2", "+0200", "+15:00", "+02:60", "", "Europe/Berln"] {
        assert!(error(&format!("[system]\ntimezone = \"{zone}\"\n")).contains("is no time zone"), "{zone}");
    }
    assert_eq!(hints("[system]\ntimezone = \"Europe/Berln\"\n"), ["did you mean \"Europe/Berlin\"?"]);
}

#[test]
fn wrong_networks_are_refused_with_their_place() {
    assert_eq!(
        error("[known]\nnetworks = [\"10.0.0.0/8\", \"10.1.2.3/8\"]\n"),
        "case.toml:2:27: known.networks: \"10.1.2.3/8\" is no network: bits behind /8 are set; the network would be 10.0.0.0/8"
    );
    assert!(
        error("[known]\nproxies = [\"proxy.example\"]\n").contains("known.proxies: \"proxy.example\" is no network")
    );
}

#[test]
fn closed_lists_name_what_is_possible() {
    assert_eq!(
        error("[system]\nplatform = \"goanywhere\"\n"),
        "case.toml:2:12: system.platform: \"goanywhere\" is unknown; expected one of moveit"
    );
    assert_eq!(
        error("[required]\nsources = [\"ISS\"]\n"),
        "case.toml:2:12: required.sources: \"ISS\" is unknown; expected one of moveit_audit_log, iis"
    );
    assert_eq!(hints("[required]\nsources = [\"ISS\"]\n"), ["did you mean \"iis\"?"]);
    let decision = "[[decision]]\nsession = \"s-1\"\nclass = \"konwn\"\nreason = \"r\"\nwho = \"w\"\n";
    assert!(
        error(decision)
            .starts_with("case.toml:3:9: decision.1.class: \"konwn\" is unknown; expected one of server, hostile")
    );
    assert_eq!(hints(decision), ["did you mean \"known\"?"]);
    assert!(error("[case]\nlanguage = \"fr\"\n").contains("expected one of de, en"));
}

#[test]
fn a_decision_needs_its_reason_and_its_author() {
    let text = error("[[decision]]\nsession = \"s-1\"\nclass = \"known\"\nreason = \" \"\n");
    assert_eq!(
        text,
        "case.toml:1:1: decision.1.who is missing or empty\ncase.toml:4:10: decision.1.reason is missing or empty"
    );
}

#[test]
fn no_required_source_at_all_is_refused() {
    assert_eq!(error("[required]\nsources = []\n"), "case.toml:1:1: required.sources is missing or empty");
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    assert_eq!(error("[case]\nid = 7\n"), "case.toml:2:6: case.id must be a text in quotes, found integer");
    assert_eq!(error("case = 1\n"), "case.toml:1:8: case must be a table, found integer");
    assert!(error("[decision]\nsession = \"x\"\n").contains("decision must be a list of tables"));
    assert!(error("[known]\nnetworks = [1]\n").contains("known.networks must be a list of texts, found integer"));
}

#[test]
fn text_that_is_no_toml_names_its_line() {
    let text = error("[case]\nid = \"x\ntitle = \"y\"\n");
    assert!(text.starts_with("case.toml:2:"), "{text}");
    assert!(text.contains("not valid TOML"), "{text}");
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_lines() {
    let text = error("[window]\nfrom = \"x\"\n[case]\ntitel = \"x\"\n");
    let places: Vec<_> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(places, ["case.toml:2:8:", "case.toml:4:1:"]);
}

#[test]
fn columns_count_characters_not_bytes() {
    assert!(error("[case]\nid = \"ä\" # ü\n[known]\naccounts = [\"äöü\", 5]\n").starts_with("case.toml:4:20:"));
}

#[test]
fn an_ik_must_have_nine_digits_and_its_check_digit() {
    for ik in ["260326823", "26032682", "2603268220", "26032682x"] {
        let text = format!("[[insurer]]\nname = \"x\"\nik = \"{ik}\"\n");
        assert!(error(&text).contains("is no Institutionskennzeichen"), "{ik}");
    }
}

#[test]
fn stated_log_fields_apply_by_file_name_or_by_path() {
    let stated = |files: &str| LogFields { files: files.to_owned(), fields: String::new() };
    for path in
        ["u_ex230528.log", "iis/W3SVC1/u_ex230528.log", "logs.zip!u_ex230528.log", "logs.zip!W3SVC1/u_ex230528.log"]
    {
        assert!(stated("u_ex*.log").applies_to(path), "{path}");
        assert!(!stated("W3SVC2/*").applies_to(path), "{path}");
    }
    assert!(stated("iis/*/u_ex??????.log").applies_to("iis/W3SVC1/u_ex230528.log"));
    assert!(!stated("u_ex?.log").applies_to("u_ex23.log"));
    assert!(stated("*").applies_to("") && !stated("").applies_to("a"));
    assert!(stated("*a*b").applies_to("xaxbxab"));
    let settings = parse(
        "[[logs.fields]]\nfiles = \"a*\"\nfields = \"date time\"\n[[logs.fields]]\nfiles = \"*\"\nfields = \"time date\"\n",
    );
    assert_eq!(settings.log_fields("x/a.log"), Some("date time"));
    assert_eq!(settings.log_fields("x/b.log"), Some("time date"));
    assert!(error("[[logs.fields]]\nfiles = \"*\"\nfields = \"#Fields: date\"\n").contains("without \"#Fields:\""));
    assert!(error("[[logs.fields]]\nfiles = \"*\"\nfields = \"date date\"\n").contains("names a column twice"));
}
