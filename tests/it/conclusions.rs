//! Small cases with a stated truth, each for one way in which a conclusion could go wrong: a partner accused, or a file
//! cleared that nothing clears.

use crate::tiny::{Tiny, ZONE};

const HOSTILE: &str = "198.51.100.23";
const PARTNER: &str = "203.0.113.40";

#[test]
fn a_quiet_server_is_cleared() {
    let told = Tiny::new().told();
    assert_eq!(told.gaps(), "");
    assert_eq!(told.grade("974000001"), "no_indication/covered_without_access");
}

#[test]
fn a_guest_is_known_for_its_package_and_unknown_for_anything_else() {
    let guest = "Guest:a@example.org";
    let mut tiny = Tiny::new();
    tiny.row("2023-05-28 10:00:00", "sec_signon", 100, guest, "", PARTNER, 0, 0, 10);
    tiny.row("2023-05-28 10:00:05", "msg_view", 100, guest, "", PARTNER, 0, 0, 10);
    tiny.logged("2023-05-28 10:00:10", guest, "974000001", PARTNER, 5000);
    tiny.fetched("2023-05-28 10:00:10", "974000001", PARTNER, "200");
    let told = tiny.told();
    assert_eq!(told.class(PARTNER), "guest");
    assert_eq!(told.only_grade("974000001"), "no_indication");

    tiny.fetched("2023-05-28 10:01:10", "974000002", PARTNER, "200");
    let told = tiny.told();
    assert_eq!(told.class(PARTNER), "unknown");
    assert_eq!(told.only_grade("974000002"), "possible");
    assert_eq!(told.only_grade("974000001"), "possible", "its own package was no theft");
}

#[test]
fn behind_a_balancer_only_the_forwarded_address_counts() {
    let fields = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken X-Forwarded-For";
    let with = |proxies: &str, forwarded: &str, logged_as: &str| {
        let mut tiny = Tiny::new();
        tiny.fields = fields.to_owned();
        tiny.settings = format!("{ZONE}[known]\nnetworks = [\"10.0.0.0/8\"]\n{proxies}");
        // A partner with a history, and a thief without any.
        for day in ["22", "29"] {
            tiny.sign_on(&format!("2023-05-{day} 09:00:00"), "partnerpartner01", logged_as);
            tiny.logged(&format!("2023-05-{day} 09:01:00"), "partnerpartner01", "974000001", logged_as, 5000);
            let status = format!("200 0 0|{forwarded}");
            tiny.fetched(&format!("2023-05-{day} 09:01:00"), "974000001", "10.20.0.9", &status);
        }
        tiny.web("2023-05-28 03:00:00", "GET", "/human2.aspx", "10.20.0.9", "200 0 0| 198.51.100.23");
        tiny.told()
    };
    let configured = "proxies = [\"10.20.0.9\"]\n";
    let told = with(configured, " 203.0.113.40", PARTNER);
    assert_eq!((told.class(PARTNER), told.class(HOSTILE)), ("known".into(), "hostile".into()));
    // The audit log shows the balancer: the pair with the web request says who it was.
    let told = with(configured, " 203.0.113.40", "10.20.0.9");
    assert!(!told.class(PARTNER).contains("unknown"), "{}", told.class(PARTNER));
    assert!(!told.class("10.20.0.9").contains("known"), "{}", told.class("10.20.0.9"));
    assert_ne!(told.only_grade("974000001"), "proven");
    // Without a forwarded address the client is not known, whatever network the proxy stands in.
    let told = with(configured, " -", "10.20.0.9");
    assert_eq!(told.number("select count(*) from session where address = '10.20.0.9' and class = 'known'"), 0);
}

#[test]
fn a_name_that_no_account_has_is_unknown_whatever_its_address_did_not_show() {
    // The planted account and the chain are gone; what it did over SFTP is left.
    let mut tiny = Tiny::new();
    tiny.row("2023-05-28 10:00:00", "sec_signon", 100, "gonegonegonegone", "", HOSTILE, 0, 0, 40);
    tiny.row("2023-05-28 10:00:10", "file_download", 100, "gonegonegonegone", "974000001", HOSTILE, 0, 5000, 40);
    let told = tiny.told();
    assert_eq!(told.class(HOSTILE), "unknown");
    assert_eq!(told.only_grade("974000001"), "very_likely");
    assert_eq!(told.only_grade("974000002"), "possible", "the session had access to its organisation");
    assert_eq!(told.only_grade("974000009"), "no_indication", "another organisation");
}

#[test]
fn a_partner_whose_account_was_removed_since_is_known_by_its_history() {
    let mut tiny = Tiny::new();
    for day in ["22", "29"] {
        tiny.sign_on(&format!("2023-05-{day} 09:00:00"), "removedpartner01", PARTNER);
        tiny.logged(&format!("2023-05-{day} 09:01:00"), "removedpartner01", "974000001", PARTNER, 5000);
        tiny.fetched(&format!("2023-05-{day} 09:01:00"), "974000001", PARTNER, "200");
    }
    tiny.web("2023-05-28 03:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    let told = tiny.told();
    assert_eq!(
        told.text("select class from session where address = '203.0.113.40' order by first_utc desc limit 1"),
        "known"
    );
    assert_eq!(told.only_grade("974000001"), "possible");
}

#[test]
fn rows_without_a_name_from_outside_are_not_the_servers_own() {
    let mut tiny = Tiny::new();
    tiny.row("2023-05-28 10:00:10", "file_download", 100, "NULL", "974000001", HOSTILE, 0, 5000, 40);
    let told = tiny.told();
    assert_eq!(told.class(HOSTILE), "unknown");
    assert_eq!(told.only_grade("974000001"), "very_likely");
    // Nor is a row without a time or an address a reason to clear anything.
    let mut tiny = Tiny::new();
    tiny.row("NULL", "file_download", 100, "gonegonegonegone", "974000001", HOSTILE, 0, 5000, 40);
    assert_eq!(tiny.told().grade("974000001"), "not_excluded/gap_while_present");
    let mut tiny = Tiny::new();
    tiny.row("2023-05-28 10:00:10", "file_download", 100, "gonegonegonegone", "974000001", "NULL", 0, 5000, 40);
    assert_eq!(tiny.told().only_grade("974000001"), "very_likely");
}

#[test]
fn a_planted_session_is_found_by_its_use_and_flags_no_partner() {
    let mut tiny = Tiny::new();
    tiny.planted_session("adminadminadmin1", "2023-05-28 10:05:00");
    tiny.logged("2023-05-28 10:00:10", "adminadminadmin1", "974000001", HOSTILE, 5000);
    tiny.fetched("2023-05-28 10:00:10", "974000001", HOSTILE, "200");
    let told = tiny.told();
    assert_eq!(told.class(HOSTILE), "hostile");
    assert_eq!(told.only_grade("974000001"), "proven");
    assert_eq!(told.class("10.0.0.5"), "known", "the administrator's own address");

    // Planted and not used, as far as the logs show: nobody else's work turns into theft.
    let mut tiny = Tiny::new();
    tiny.planted_session("adminadminadmin1", "2023-05-28 10:05:00");
    tiny.logged("2023-05-29 10:00:10", "partnerpartner01", "974000001", PARTNER, 5000);
    tiny.fetched("2023-05-29 10:00:10", "974000001", PARTNER, "200");
    let told = tiny.told();
    assert_eq!(told.class(PARTNER), "known");
    assert_eq!(told.only_grade("974000001"), "no_indication");
    assert_eq!(told.class("10.0.0.5"), "known");
}

#[test]
fn the_chain_is_found_with_get_and_post_and_probes_are_none() {
    for method in ["GET", "POST"] {
        let told = Tiny::new().chain("2023-05-28 10:00", method, HOSTILE).told();
        assert_eq!(told.class(HOSTILE), "hostile", "{method}");
        assert_eq!(told.only_grade("974000009"), "possible");
    }
    for status in ["302", "404", "401"] {
        let mut tiny = Tiny::new();
        tiny.web("2023-05-28 10:00:00", "GET", "/", HOSTILE, "200");
        tiny.web("2023-05-28 10:00:01", "POST", "/moveitisapi/moveitisapi.dll?action=m2", HOSTILE, status);
        tiny.web("2023-05-28 10:00:02", "POST", "/guestaccess.aspx", HOSTILE, status);
        tiny.web("2023-05-28 10:00:03", "GET", "/human2.aspx", HOSTILE, status);
        let told = tiny.told();
        assert_eq!(told.class(HOSTILE), "refused", "{status}");
        assert_eq!(told.only_grade("974000001"), "no_indication");
    }
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:01", "POST", "/moveitisapi/moveitisapi.dll?action=m2", HOSTILE, "404");
    tiny.web("2023-05-28 10:00:02", "POST", "/guestaccess.aspx", HOSTILE, "200");
    let told = tiny.told();
    assert_eq!(told.class(HOSTILE), "refused");
    assert_eq!(told.only_grade("974000001"), "no_indication");
}

#[test]
fn the_shell_answers_with_200_only() {
    for (status, class) in [("200", "hostile"), ("404", "refused"), ("302", "refused")] {
        let told = Tiny::new().web("2023-05-28 10:00:01", "GET", "/human2.aspx", HOSTILE, status).told();
        assert_eq!(told.class(HOSTILE), class, "{status}");
    }
}

#[test]
fn a_listed_address_needs_access() {
    let listed = "198.27.75.110";
    let told = Tiny::new().web("2023-05-28 10:00:01", "GET", "/", listed, "200").told();
    assert_eq!(told.class(listed), "visitor");
    assert_eq!(told.text("select rule_id from mark where rule_id like 'indicator%'"), "indicator-address");
    let told = Tiny::new().fetched("2023-05-28 10:00:01", "974000001", listed, "200").told();
    assert_eq!((told.class(listed), told.only_grade("974000001")), ("hostile".into(), "possible".into()));
    let mut tiny = Tiny::new();
    tiny.row("2023-05-28 10:00:10", "file_download", 100, "Guest:a@example.org", "974000001", listed, 0, 5000, 10);
    assert_eq!(tiny.told().class(listed), "hostile");
    let told = Tiny::new().sign_on("2023-05-28 10:00:10", "partnerpartner01", listed).told();
    assert_eq!(told.class(listed), "hostile");
}

#[test]
fn what_an_answer_shows() {
    let grade = |method: &str, status: &str| {
        let mut tiny = Tiny::new();
        tiny.web("2023-05-28 10:00:01", "GET", "/human2.aspx", HOSTILE, "200");
        tiny.web("2023-05-28 10:00:05", method, "/api/v1/files/974000001/download", HOSTILE, status);
        tiny.skip_ids = vec![10]; // rows are missing that day: the audit log's silence says nothing
        tiny.told().only_grade("974000001")
    };
    assert_eq!(grade("GET", "200"), "likely");
    assert_eq!(grade("GET", "206"), "likely");
    assert_eq!(grade("GET", "304"), "possible");
    assert_eq!(grade("HEAD", "200"), "possible");
    assert_eq!(grade("GET", "404"), "possible");
    // Cut short: the first bytes left all the same.
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:01", "GET", "/human2.aspx", HOSTILE, "200");
    tiny.fetched("2023-05-28 10:00:05", "974000001", HOSTILE, "200 0 64");
    tiny.row("2023-05-28 10:00:05", "file_download", 100, "gonegonegonegone", "974000001", HOSTILE, 0, 100, 10);
    let told = tiny.told();
    assert_eq!(told.only_grade("974000001"), "proven");
    assert_eq!(told.text("select extent from finding where file_id = '974000001'"), "aborted");
    // An empty file has no byte that could leave.
    let mut tiny = Tiny::new();
    tiny.file("974000005", 100, "2023-05-21 08:00:00", 0);
    tiny.web("2023-05-28 10:00:01", "GET", "/human2.aspx", HOSTILE, "200");
    tiny.fetched("2023-05-28 10:00:05", "974000005", HOSTILE, "200");
    tiny.row("2023-05-28 10:00:05", "file_download", 100, "gonegonegonegone", "974000005", HOSTILE, 0, 0, 10);
    assert_ne!(tiny.told().only_grade("974000005"), "proven");
}

#[test]
fn bytes_in_the_web_log_are_contradicted_by_a_failed_row() {
    let mut tiny = Tiny::new();
    tiny.fields = tiny.fields.replace("sc-win32-status time-taken", "sc-win32-status time-taken sc-bytes");
    tiny.quiet_web = false;
    tiny.web("2023-05-20 10:00:01", "GET", "/", "192.0.2.250", "200 0 0| 500");
    tiny.web("2023-05-28 10:00:01", "GET", "/human2.aspx", HOSTILE, "200 0 0| 900");
    tiny.fetched("2023-05-28 10:00:05", "974000001", HOSTILE, "200 0 0| 4000");
    tiny.row("2023-05-28 10:00:05", "file_download", 100, "gonegonegonegone", "974000001", HOSTILE, 2100, 0, 10);
    assert_eq!(tiny.told().only_grade("974000001"), "likely");
}
