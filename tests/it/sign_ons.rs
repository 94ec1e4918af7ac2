//! Who an account is, what counts as its sign-on, and which address it came from; and ids that outlive further evidence.

use crate::tiny::{Tiny, Told, ZONE};

const HOSTILE: &str = "198.51.100.23";
const PARTNER: &str = "203.0.113.40";
const NEW: &str = "203.0.113.99";
const P1: &str = "partnerpartner01";
const ADMIN: &str = "adminadminadmin1";

/// The partner is at home elsewhere, and sign-ons are logged.
fn at_home() -> Tiny {
    let mut tiny = Tiny::new();
    tiny.sign_on("2023-05-21 08:00:00", ADMIN, "10.0.0.5");
    tiny.row("2023-05-22 05:00:00", "file_upload", 100, P1, "974000001", PARTNER, 0, 5000, 40);
    tiny
}

fn takes(tiny: &mut Tiny, at: &str, account: &str, address: &str) {
    tiny.logged(at, account, "974000001", address, 5000);
    tiny.fetched(at, "974000001", address, "200");
}

#[test]
fn every_kind_of_sign_on_counts_and_a_failed_one_is_none() {
    type Prepare = fn(&mut Tiny);
    let cases: [(&str, Prepare, &str); 11] = [
        (
            "web form, row",
            |t| {
                t.web("2023-05-29 10:00:00", "POST", "/human.aspx", NEW, "302");
                t.sign_on("2023-05-29 10:00:00", P1, NEW);
            },
            "unverified",
        ),
        (
            "REST row by login",
            |t| {
                t.sign_on("2023-05-29 10:00:00", "partner1", NEW);
            },
            "unverified",
        ),
        (
            "SFTP",
            |t| {
                t.row("2023-05-29 10:00:00", "sec_signon", 100, "partner1", "", NEW, 0, 0, 40);
            },
            "unverified",
        ),
        (
            "another code of the product",
            |t| {
                t.row("2023-05-29 10:00:00", "ssh_signon", 100, P1, "", NEW, 0, 0, 50);
            },
            "unverified",
        ),
        (
            "token in the web log",
            |t| {
                t.web("2023-05-29 10:00:00", "POST", "/api/v1/token", NEW, "200");
            },
            "unverified",
        ),
        (
            "token of the other path",
            |t| {
                t.web("2023-05-29 10:00:00", "POST", "/api/v1/auth/token", NEW, "200");
            },
            "unverified",
        ),
        (
            "the evening before",
            |t| {
                t.sign_on("2023-05-28 20:00:00", P1, NEW);
            },
            "unverified",
        ),
        (
            "failed row",
            |t| {
                t.row("2023-05-29 10:00:00", "sec_signon", 100, "partner1", "", NEW, 2050, 0, 10);
            },
            "unknown",
        ),
        (
            "refused token",
            |t| {
                t.web("2023-05-29 10:00:00", "POST", "/api/v1/token", NEW, "401");
            },
            "unknown",
        ),
        (
            "form without row",
            |t| {
                t.web("2023-05-29 10:00:00", "POST", "/human.aspx", NEW, "302");
            },
            "unknown",
        ),
        (
            "signed off only",
            |t| {
                t.row("2023-05-29 10:00:00", "sec_signoff", 100, P1, "", NEW, 0, 0, 10);
            },
            "unknown",
        ),
    ];
    for (name, prepare, class) in cases {
        let mut tiny = at_home();
        prepare(&mut tiny);
        takes(&mut tiny, "2023-05-29 10:00:30", P1, NEW);
        let told = tiny.told();
        let last =
            told.text(&format!("select class from session where address = '{NEW}' order by first_utc desc limit 1"));
        assert_eq!(last, class, "{name}");
        let grade = if class == "unknown" { "proven" } else { "possible" };
        assert_eq!(told.only_grade("974000001"), grade, "{name}");
    }
    // Nothing but attempts is refused, whatever status the form was answered with.
    let mut tiny = at_home();
    tiny.web("2023-05-29 10:00:00", "POST", "/human.aspx", NEW, "302");
    tiny.row("2023-05-29 10:00:01", "sec_signon", 100, "partner1", "", NEW, 2050, 0, 10);
    assert_eq!(tiny.told().class(NEW), "refused");
}

#[test]
fn the_systems_name_from_outside_is_no_visitor() {
    let mut tiny = at_home();
    tiny.row("2023-05-29 10:00:00", "file_download", 100, "Automation", "974000002", HOSTILE, 0, 6000, 40);
    let told = tiny.told();
    assert_eq!((told.class(HOSTILE), told.only_grade("974000002")), ("unknown".into(), "very_likely".into()));
    let mut tiny = at_home();
    tiny.row("2023-05-29 10:00:00", "file_download", 100, "Automation", "974000002", "SCRIPT", 0, 6000, 0);
    assert_eq!(tiny.told().only_grade("974000002"), "no_indication");
}

#[test]
fn login_and_internal_id_are_one_person_in_any_case() {
    let mut tiny = at_home();
    takes(&mut tiny, "2023-05-23 10:00:00", "PARTNER1", PARTNER);
    takes(&mut tiny, "2023-05-29 10:00:00", "Partner1", PARTNER);
    tiny.row("2023-05-29 11:00:00", "file_download", 100, "guest:a@example.org", "974000001", NEW, 0, 5000, 10);
    let told = tiny.told();
    assert_eq!((told.class(PARTNER), told.class(NEW)), ("known".into(), "guest".into()));
    assert_eq!(
        told.number(&format!("select count(distinct account_id) from log_event where address = '{PARTNER}'")),
        1
    );
}

#[test]
fn a_login_belongs_to_its_organisation() {
    let mut tiny = at_home();
    tiny.user("otherorganisatio", "partner1", 200, 10);
    for (minute, org) in [("00", 100), ("10", 200), ("20", 300)] {
        tiny.row(&format!("2023-05-29 10:{minute}:00"), "file_upload", org, "partner1", "974000001", NEW, 0, 5000, 40);
    }
    let told = tiny.told();
    let who =
        told.text(&format!("select group_concat(coalesce(account_id, actor)) from log_event where address = '{NEW}'"));
    assert_eq!(who, "partnerpartner01,otherorganisatio,none", "a third organisation has no such account");
    // Where one account alone has the login it may act elsewhere: an administrator of the system does.
    let mut tiny = at_home();
    tiny.row("2023-05-29 10:00:00", "file_upload", 200, "partner1", "974000009", PARTNER, 0, 5000, 40);
    assert_eq!(tiny.told().class(PARTNER), "known");
}

#[test]
fn an_account_made_anew_has_its_predecessors_addresses_and_no_others() {
    let mut tiny = Tiny::new();
    tiny.sign_on("2023-05-21 08:00:00", ADMIN, "10.0.0.5");
    tiny.deleted_user("oldaccountoldacc", "Partner3", 100);
    tiny.user("newaccountnewacc", "partner3", 100, 10);
    takes(&mut tiny, "2023-05-22 10:00:00", "oldaccountoldacc", PARTNER);
    tiny.web("2023-05-28 03:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    takes(&mut tiny, "2023-05-29 10:00:00", "newaccountnewacc", PARTNER);
    let told = tiny.told();
    assert_eq!((told.class(PARTNER), told.only_grade("974000001")), ("known".into(), "possible".into()));
    takes(&mut tiny, "2023-05-29 12:00:00", "newaccountnewacc", NEW);
    assert_eq!(tiny.told().class(NEW), "unknown");
    // Another organisation's account of that name is another person.
    let mut tiny = Tiny::new();
    tiny.sign_on("2023-05-21 08:00:00", ADMIN, "10.0.0.5");
    tiny.deleted_user("oldaccountoldacc", "partner3", 200);
    tiny.user("newaccountnewacc", "partner3", 100, 10);
    takes(&mut tiny, "2023-05-22 10:00:00", "oldaccountoldacc", PARTNER);
    tiny.web("2023-05-28 03:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    takes(&mut tiny, "2023-05-29 10:00:00", "newaccountnewacc", PARTNER);
    assert_eq!(tiny.told().class(PARTNER), "known unknown");
}

#[test]
fn rows_under_a_former_login_are_the_accounts_own() {
    let mut tiny = at_home();
    takes(&mut tiny, "2023-05-29 10:00:00", "formername", PARTNER);
    assert_eq!(tiny.told().class(PARTNER), "known unknown", "nobody knows the name");
    // A dump from before the renaming does.
    let folder = tempfile::tempdir().unwrap();
    tiny.write(folder.path());
    let dump = std::fs::read_to_string(folder.path().join("db.sql")).unwrap();
    let older =
        dump.replace("'partner1'", "'FormerName'").replace("completed on 2023-06-03", "completed on 2023-05-30");
    assert_ne!(dump, older);
    tiny.more.push(("older/db.sql".into(), older));
    let told = tiny.told();
    assert_eq!(told.class(PARTNER), "known");
    assert_eq!(told.text("select login from account where account_id = 'partnerpartner01'"), "partner1");
}

#[test]
fn an_address_written_as_ipv6_and_cut_is_the_client_it_fits() {
    let cut = &"::ffff:203.0.113.40"[..16];
    let with = |others: &[&str]| {
        let mut tiny = at_home();
        for other in others {
            tiny.web("2023-05-29 09:00:00", "GET", "/", other, "200");
        }
        tiny.fetched("2023-05-29 10:00:00", "974000001", PARTNER, "200");
        tiny.row("2023-05-29 10:00:01", "file_download", 100, P1, "974000001", cut, 0, 5000, 10);
        tiny.told()
    };
    let told = with(&["198.51.100.40"]);
    assert_eq!((told.class(PARTNER), told.class(cut)), ("known".into(), String::new()));
    // Two clients fit: the pair of both logs still tells them apart.
    let told = with(&["203.0.113.41"]);
    assert_eq!(told.text("select kind from client where address like '::ffff:%'"), "cut");
    assert_eq!((told.class(PARTNER), told.class(cut)), ("known".into(), String::new()));
}

#[test]
fn a_cut_address_lies_in_a_network_only_where_all_that_it_may_have_been_does() {
    for (network, class) in
        [("2001:db8:85a3::/48", "known"), ("2001:db8:85a3:1::/64", "known"), ("2001:db8:85a3:1::/80", "unknown")]
    {
        let mut tiny = at_home();
        tiny.settings = format!("{ZONE}[known]\nnetworks = [\"{network}\"]\n");
        let cut = "2001:db8:85a3:1:";
        assert_eq!(cut.len(), 16);
        tiny.row("2023-05-29 10:00:00", "file_download", 100, P1, "974000001", cut, 0, 5000, 40);
        assert_eq!(tiny.told().class(cut), class, "{network}");
    }
}

#[test]
fn a_decision_survives_further_evidence_of_the_sessions_beginning() {
    let id = |told: &Told| told.text(&format!("select session_id from session where address = '{NEW}'"));
    let decided = |told: &Told| {
        told.text(&format!("select group_concat(class || '/' || derived_class) from session where address = '{NEW}'"))
    };
    let decision = |id: &str, class: &str| {
        format!("[[decision]]\nsession = \"{id}\"\nclass = \"{class}\"\nreason = \"a call\"\nwho = \"Muster\"\n")
    };
    let case = || {
        let mut tiny = at_home();
        for minute in ["40", "55"] {
            tiny.web(&format!("2023-05-28 23:{minute}:00"), "GET", "/", NEW, "200");
        }
        tiny.web("2023-05-29 00:09:30", "POST", "/human.aspx", NEW, "302");
        tiny.sign_on("2023-05-29 00:10:00", P1, NEW);
        takes(&mut tiny, "2023-05-29 00:10:30", P1, NEW);
        tiny
    };
    let whole = case().told();
    let mut without_day = case();
    without_day.drop_days = vec!["2023-05-28".into()];
    let mut without_web = case();
    without_web.with_iis = false;
    let (whole_id, day_id, log_id) = (id(&whole), id(&without_day.told()), id(&without_web.told()));
    assert!(whole_id != day_id && day_id != log_id && log_id != whole_id, "the first second is another each time");
    for earlier in [&whole_id, &day_id, &log_id] {
        let mut tiny = case();
        tiny.settings.push_str(&decision(earlier, "known"));
        assert_eq!(decided(&tiny.told()), "known/unverified", "{earlier}");
    }
    // The present id goes before a former one; two former ones that contradict each other decide nothing.
    let mut tiny = case();
    tiny.settings.push_str(&(decision(&day_id, "known") + &decision(&whole_id, "hostile")));
    assert_eq!(decided(&tiny.told()), "hostile/unverified");
    let mut tiny = case();
    tiny.settings.push_str(&(decision(&day_id, "known") + &decision(&log_id, "hostile")));
    assert_eq!(decided(&tiny.told()), "unverified/unverified");
}

#[test]
fn uploads_in_the_inventory_are_history_also_without_an_audit_log() {
    let mut tiny = Tiny::new();
    tiny.edit_dump = Some(("`log`".into(), "`other`".into()));
    for (at, address) in [("2023-05-29 10:00:00", "10.0.0.5"), ("2023-05-29 11:00:00", NEW)] {
        tiny.fetched(at, "974000001", address, "200");
    }
    tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    let told = tiny.told();
    assert_eq!((told.class("10.0.0.5"), told.class(NEW)), ("known".into(), "unknown".into()));
    assert_eq!(told.number("select count(*) from log_event"), 0);
}
