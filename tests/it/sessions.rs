//! Whose session it is: the classes of design.md section 4 in hand-made cases, where one person's work must not become
//! another's guilt, nor one person's good name another's cover.

use crate::tiny::{Tiny, Told, ZONE};

const HOSTILE: &str = "198.51.100.23";
const PARTNER: &str = "203.0.113.40";
const TRAVEL: &str = "203.0.113.99";
/// A balancer that nobody configured.
const BALANCER: &str = "10.20.0.9";

const P1: &str = "partnerpartner01";
const P2: &str = "partnerpartner02";
const P3: &str = "partnerpartner03";
const ADMIN: &str = "adminadminadmin1";

/// Signs on and fetches a file, as both logs show it.
fn works(tiny: &mut Tiny, at: &str, account: &str, file: &str, address: &str) {
    tiny.web(&format!("{at}:00"), "POST", "/human.aspx", address, "302");
    tiny.sign_on(&format!("{at}:00"), account, address);
    fetches(tiny, &format!("{at}:20"), account, file, address);
}

fn fetches(tiny: &mut Tiny, at: &str, account: &str, file: &str, address: &str) {
    tiny.fetched(at, file, address, "200");
    tiny.logged(at, account, file, address, 5000);
}

/// Three partners and the administrator, taking turns behind one address on several days.
fn crowd(address: &str) -> Tiny {
    let mut tiny = Tiny::new();
    tiny.user(P3, "partner3", 100, 10);
    tiny.file("974000003", 100, "2023-05-21 08:00:00", 5000);
    for day in ["22", "23", "24", "25"] {
        for (minute, account, file) in
            [("00", P1, "974000001"), ("06", P2, "974000009"), ("12", P3, "974000003"), ("18", ADMIN, "974000001")]
        {
            works(&mut tiny, &format!("2023-05-{day} 09:{minute}"), account, file, address);
        }
    }
    tiny
}

fn grade_of_download(told: &Told, file: &str, account: &str) -> String {
    told.text(&format!(
        "select group_concat(distinct coalesce(grade, 'none')) from download
         where file_id = '{file}' and account = '{account}' and at_utc > unixepoch('2023-05-27')"
    ))
}

#[test]
fn a_partner_behind_an_unknown_balancer_is_no_thief_and_the_attack_no_partner() {
    let mut tiny = crowd(BALANCER);
    tiny.chain("2023-05-28 10:00", "POST", BALANCER);
    tiny.fetched("2023-05-28 10:01:00", "974000002", BALANCER, "200"); // its row was deleted
    works(&mut tiny, "2023-05-28 10:05", P1, "974000001", BALANCER);
    let told = tiny.told();
    assert_eq!(told.text("select basis from shared_address"), "many_accounts");
    assert_eq!(told.class_of(BALANCER, "partner1"), "known");
    assert_eq!(grade_of_download(&told, "974000001", "partner1"), "none");
    assert_eq!(told.only_grade("974000001"), "possible", "the chain could reach everything");
    let attack = "select class from session as s join session_span as n using (session_no) where n.party = 'attack'";
    assert_eq!(told.text(attack), "hostile");
    assert_eq!(told.only_grade("974000002"), "possible", "no row of the covered log shows it");
    assert_eq!(
        told.text(
            "select s.class from session as s join download as d using (session_no) where d.file_id = '974000002'"
        ),
        "hostile"
    );
    assert_eq!(told.number("select count(*) from finding where grade in ('proven', 'very_likely')"), 0);
    assert_eq!(told.number("select count(*) from mark where rule_id = 'shared-address'"), 1);
}

#[test]
fn a_scan_behind_a_balancer_does_not_succeed_by_a_partners_token() {
    let mut tiny = crowd(BALANCER);
    tiny.agent = "scanner/1".to_owned();
    tiny.web("2023-05-28 10:00:00", "POST", "/moveitisapi/moveitisapi.dll?action=m2", BALANCER, "200");
    tiny.web("2023-05-28 10:00:00", "POST", "/machine2.aspx", "::1", "200");
    tiny.web("2023-05-28 10:00:02", "POST", "/guestaccess.aspx", BALANCER, "200");
    tiny.agent = "Mozilla/5.0".to_owned();
    tiny.web("2023-05-28 10:05:00", "POST", "/api/v1/token", BALANCER, "200");
    tiny.sign_on("2023-05-28 10:05:00", P1, BALANCER);
    tiny.web("2023-05-28 10:05:02", "GET", "/api/v1/folders", BALANCER, "200");
    tiny.web("2023-05-28 10:05:04", "POST", "/api/v1/folders/966000001/files?uploadType=resumable", BALANCER, "200");
    fetches(&mut tiny, "2023-05-28 10:06:00", P1, "974000001", BALANCER);
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from mark where effect = 'hostile'"), 0);
    assert_eq!(told.class_of(BALANCER, "partner1"), "known");
    assert_eq!(grade_of_download(&told, "974000001", "partner1"), "none");
    // The same by one program is one client's chain.
    let mut tiny = crowd(BALANCER);
    tiny.agent = "evil/1".to_owned();
    tiny.chain("2023-05-28 10:00", "POST", BALANCER);
    let told = tiny.told();
    assert_eq!(
        told.text("select group_concat(distinct rule_id) from mark where effect = 'hostile'"),
        "chain-succeeded"
    );
}

#[test]
fn behind_a_balancer_with_hostile_marks_history_alone_vouches_for_nobody() {
    let with = |agent: &str, signs_on: bool, account: &str| {
        let mut tiny = crowd(BALANCER);
        tiny.agent = "evil/1".to_owned();
        tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", BALANCER, "200");
        tiny.agent = agent.to_owned();
        if signs_on {
            tiny.sign_on("2023-05-28 10:04:00", account, BALANCER);
        }
        fetches(&mut tiny, "2023-05-28 10:05:00", account, "974000003", BALANCER);
        let told = tiny.told();
        let class = told.text(
            "select group_concat(class || '/' || reasons) from session where accounts <> ''
             and first_utc > unixepoch('2023-05-28 08:00:00') and address = '10.20.0.9'",
        );
        (class, grade_of_download(&told, "974000003", "partner1"), told.only_grade("974000003"))
    };
    let known = "known/known-address|signed-on|address-shared".to_owned();
    assert_eq!(with("Mozilla/5.0", true, P1), (known, "none".into(), "possible".into()));
    let doubt = "unverified/address-shared".to_owned();
    for (agent, signs_on) in [("Mozilla/5.0", false), ("curl/8", true), ("curl/8", false)] {
        assert_eq!(with(agent, signs_on, P1), (doubt.clone(), "possible".into(), "possible".into()), "{agent}");
    }
    // Never there before, no sign-on: nothing explains it.
    let mut tiny = crowd(BALANCER);
    tiny.user("strangerstranger", "stranger", 100, 10);
    tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", BALANCER, "200");
    tiny.sign_on("2023-05-22 05:00:00", "strangerstranger", PARTNER);
    fetches(&mut tiny, "2023-05-28 10:05:00", "strangerstranger", "974000003", BALANCER);
    assert_eq!(tiny.told().class_of(BALANCER, "stranger"), "unknown");
}

#[test]
fn a_planted_session_of_an_administrator_behind_the_same_balancer_is_never_cleared() {
    // The administrator works that morning too, with the same program; the planted session cannot be told from him.
    for (chain, row_left) in [(true, true), (true, false), (false, true)] {
        let mut tiny = crowd(BALANCER);
        if row_left {
            tiny.planted_session(ADMIN, "2023-05-28 12:30:00");
        }
        if chain {
            tiny.chain("2023-05-28 10:00", "POST", BALANCER);
        }
        works(&mut tiny, "2023-05-28 12:00", ADMIN, "974000001", BALANCER);
        // Came after the chain: only the session itself can have reached it.
        tiny.file("974000008", 100, "2023-05-28 11:30:00", 900);
        fetches(&mut tiny, "2023-05-28 12:10:00", ADMIN, "974000008", BALANCER);
        works(&mut tiny, "2023-05-28 12:12", P1, "974000003", BALANCER);
        let told = tiny.told();
        assert_eq!(told.only_grade("974000008"), "possible", "chain {chain}, row {row_left}");
        assert_eq!(grade_of_download(&told, "974000008", "admin"), "possible");
        assert_eq!(grade_of_download(&told, "974000003", "partner1"), "none");
        assert_eq!(told.number("select count(*) from finding where grade in ('proven', 'very_likely', 'likely')"), 0);
        assert_eq!(
            told.text("select reasons from session where accounts = 'admin' and address = '10.20.0.9' order by first_utc desc limit 1"),
            "planted-session-possible"
        );
        // His own address vouches for him all the same.
        assert_eq!(told.class_of("10.0.0.5", "admin"), "known");
    }
}

#[test]
fn the_server_itself_is_cleared_unless_a_planted_session_may_be_it() {
    let with = |planted: bool| {
        let mut tiny = Tiny::new();
        if planted {
            tiny.planted_session(ADMIN, "2023-05-28 12:30:00");
        }
        tiny.web("2023-05-28 12:00:00", "POST", "/machine.aspx", "127.0.0.1", "200");
        tiny.fetched("2023-05-28 12:00:00", "974000002", "::1", "200");
        tiny.logged("2023-05-28 12:00:00", ADMIN, "974000001", "127.0.0.1", 5000);
        tiny.logged("2023-05-28 12:00:00", P1, "974000002", "::1", 5000);
        let told = tiny.told();
        assert_eq!(told.only_grade("974000002"), "no_indication");
        assert_eq!(told.class("::1"), "server");
        (told.class("127.0.0.1"), told.only_grade("974000001"))
    };
    assert_eq!(with(false), ("server".into(), "no_indication".into()));
    assert_eq!(with(true), ("unverified".into(), "possible".into()));
}

#[test]
fn what_cannot_be_attributed_behind_a_balancer_is_neither_cleared_nor_pinned_on_a_partner() {
    let mut tiny = crowd(BALANCER);
    tiny.settings = format!("{ZONE}[known]\nnetworks = [\"10.0.0.0/8\"]\n");
    tiny.agent = "evil/1".to_owned();
    tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", BALANCER, "200");
    tiny.agent = "Mozilla/5.0".to_owned();
    works(&mut tiny, "2023-05-28 14:00", P1, "974000001", BALANCER);
    tiny.fetched("2023-05-28 14:01:00", "974000002", BALANCER, "200");
    tiny.web("2023-05-28 14:02:00", "GET", "/api/v1/folders", BALANCER, "200");
    let told = tiny.told();
    assert_eq!(told.class_of(BALANCER, "partner1"), "known");
    let of = |path: &str| {
        told.text(&format!(
            "select s.class || ' ' || s.accounts from session as s join web_session as w using (session_no)
             join web_request as r using (web_id) where r.path = '{path}' and r.at_utc > unixepoch('2023-05-28')"
        ))
    };
    assert_eq!(of("/api/v1/files/974000002/download"), "unknown ", "the network it lies in proves nothing here");
    assert_eq!(of("/api/v1/folders"), "known partner1", "the same program, seconds after his download");
    assert_eq!(told.only_grade("974000002"), "possible");
}

#[test]
fn people_of_one_company_stay_known_each_by_his_own_account() {
    let mut tiny = crowd(PARTNER);
    tiny.chain("2023-05-28 10:00", "POST", HOSTILE);
    for (minute, account, file) in [("00", P1, "974000001"), ("02", P2, "974000009"), ("04", P3, "974000003")] {
        works(&mut tiny, &format!("2023-05-28 10:{minute}"), account, file, PARTNER);
    }
    // One of them has no sign-on that day, and a new browser: held against nobody while the address is clean.
    tiny.agent = "Edge/1".to_owned();
    fetches(&mut tiny, "2023-05-30 08:00:00", P3, "974000003", PARTNER);
    let told = tiny.told();
    for login in ["partner1", "partner2", "partner3"] {
        assert_eq!(told.class_of(PARTNER, login), "known", "{login}");
    }
    assert_eq!(told.class(PARTNER), "known");
    assert_eq!(told.number("select count(*) from download where grade is not null"), 0);
    // One session a person and visit, the sign-on form with it.
    assert_eq!(
        told.text(
            "select group_concat(requests || '+' || log_rows, ' ') from session where address = '203.0.113.40'
             and accounts = 'partner1'"
        ),
        "2+2 2+2 2+2 2+2 2+2"
    );
}

#[test]
fn two_accounts_of_one_person_are_one_session() {
    let mut tiny = Tiny::new();
    for day in ["22", "23", "24"] {
        works(&mut tiny, &format!("2023-05-{day} 09:00"), P1, "974000001", PARTNER);
        works(&mut tiny, &format!("2023-05-{day} 09:05"), ADMIN, "974000001", PARTNER);
    }
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from shared_address"), 0);
    assert_eq!(told.number("select count(*) from session where address = '203.0.113.40'"), 3);
}

#[test]
fn forwarded_addresses_without_a_configured_proxy_are_noted() {
    let with = |settings: &str| {
        let mut tiny = Tiny::new();
        tiny.fields.push_str(" X-Forwarded-For");
        tiny.settings = format!("{ZONE}{settings}");
        for n in 1..=3 {
            tiny.web("2023-05-28 10:00:00", "GET", "/", BALANCER, &format!("200 0 0| 203.0.113.{n}"));
        }
        tiny.sign_on("2023-05-28 10:00:00", P1, "203.0.113.2");
        tiny.told().text("select group_concat(detail) from mark where rule_id = 'forwarded-not-believed'")
    };
    assert_eq!(with(""), "10.20.0.9: 3 forwarded values, 1 of them addresses of the audit log");
    assert_eq!(with("[known]\nproxies = [\"10.20.0.9\"]\n"), "");
}

#[test]
fn networks_of_an_organisation_hold_for_its_accounts_only() {
    for (stated, class) in
        [("id = 100", "known"), ("name = \"kasse a\"", "known"), ("name = \"b\"", "unknown"), ("id = 200", "unknown")]
    {
        let mut tiny = Tiny::new();
        tiny.sign_on("2023-05-21 08:00:00", ADMIN, "10.0.0.5");
        tiny.row("2023-05-22 05:00:00", "file_upload", 100, P1, "974000001", "192.0.2.77", 0, 5000, 40);
        tiny.settings = format!("{ZONE}[[known.organisation]]\n{stated}\nnetworks = [\"203.0.113.0/24\"]\n");
        tiny.logged("2023-05-29 10:00:00", P1, "974000001", PARTNER, 5000);
        let told = tiny.told();
        assert_eq!(told.class(PARTNER), class, "{stated}");
        if class == "known" {
            let reasons = told.text("select reasons from session where address = '203.0.113.40'");
            assert_eq!(reasons, "known-organisation-network|no-sign-on-seen");
        }
    }
}

#[test]
fn travel_is_unverified_and_the_partner_at_home_stays_known_in_the_same_night() {
    let mut tiny = Tiny::new();
    works(&mut tiny, "2023-05-22 09:00", P1, "974000001", PARTNER);
    tiny.web("2023-05-28 02:50:00", "GET", "/human2.aspx", HOSTILE, "200");
    works(&mut tiny, "2023-05-28 03:00", P1, "974000001", PARTNER);
    works(&mut tiny, "2023-05-28 03:10", P1, "974000001", TRAVEL);
    tiny.file("974000008", 100, "2023-05-28 12:00:00", 900);
    fetches(&mut tiny, "2023-05-28 13:00:00", P1, "974000008", TRAVEL);
    // The same account from a third address, without any sign-on.
    tiny.file("974000007", 100, "2023-05-28 12:00:00", 900);
    fetches(&mut tiny, "2023-05-28 13:30:00", P1, "974000007", "203.0.113.200");
    let told = tiny.told();
    assert_eq!(told.class(PARTNER), "known");
    assert_eq!(told.class(TRAVEL), "unverified");
    assert_eq!(told.only_grade("974000008"), "possible");
    assert_eq!(told.text("select transfer_grade from finding where file_id = '974000008'"), "proven");
    assert_eq!((told.class("203.0.113.200"), told.only_grade("974000007")), ("unknown".into(), "proven".into()));
}

#[test]
fn an_address_with_a_hostile_mark_is_nobodys_history() {
    let mut tiny = Tiny::new();
    works(&mut tiny, "2023-05-22 09:00", P1, "974000001", PARTNER);
    // The thief had tried the account days before, from where the shell was called later.
    works(&mut tiny, "2023-05-23 02:00", P1, "974000001", HOSTILE);
    tiny.web("2023-05-28 02:50:00", "GET", "/human2.aspx", HOSTILE, "200");
    works(&mut tiny, "2023-05-29 02:00", P1, "974000001", HOSTILE);
    let told = tiny.told();
    assert_eq!(told.class(HOSTILE), "hostile unverified");
    assert_eq!(told.number("select count(*) from known_address where account_id = 'partnerpartner01'"), 1);
    assert_eq!(told.only_grade("974000001"), "possible");
}

#[test]
fn a_balancer_that_the_audit_log_looks_behind_is_recognised_by_its_downloads() {
    let homes =
        [(P1, "203.0.113.41", "974000001"), (P2, "203.0.113.42", "974000009"), (P3, "203.0.113.43", "974000003")];
    let with = |days: &[u32]| {
        let mut tiny = Tiny::new();
        tiny.settings = format!("{ZONE}[known]\nnetworks = [\"10.20.0.0/16\"]\n");
        tiny.user(P3, "partner3", 100, 10);
        tiny.file("974000003", 100, "2023-05-21 08:00:00", 5000);
        for day in days {
            for (hour, (account, home, file)) in (8..).zip(homes) {
                tiny.web(&format!("2023-05-{day} {hour:02}:00:00"), "POST", "/human.aspx", BALANCER, "302");
                tiny.sign_on(&format!("2023-05-{day} {hour:02}:00:00"), account, home);
                tiny.fetched(&format!("2023-05-{day} {hour:02}:01:00"), file, BALANCER, "200");
                tiny.logged(&format!("2023-05-{day} {hour:02}:01:02"), account, file, home, 5000);
            }
        }
        tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", BALANCER, "200");
        tiny.fetched("2023-05-28 10:03:00", "974000002", BALANCER, "200");
        tiny.logged("2023-05-28 10:03:01", "gonegonegonegone", "974000002", HOSTILE, 5000);
        tiny.told()
    };
    let told = with(&[22, 23, 29]);
    assert_eq!(told.text("select kind from client where address = '10.20.0.9'"), "front");
    for (_, home, file) in homes {
        assert_eq!((told.class(home), told.only_grade(file)), ("known".into(), "possible".into()));
    }
    assert_eq!(told.only_grade("974000002"), "proven", "fetched beside the shell, under a name that no account has");
    assert_eq!(told.number("select count(*) from session where address = '10.20.0.9' and class = 'known'"), 0);
    assert_eq!(told.text("select detail from mark where rule_id = 'shared-address'").split(':').next(), Some(BALANCER));
    // One day is chance.
    assert_eq!(with(&[29]).text("select kind from client where address = '10.20.0.9'"), "client");
}

/// The suite's balancer, which the audit log looks behind, with its setting taken away: pages, bursts, scripts and all.
#[test]
fn the_generated_balancer_is_no_harm_without_its_setting() {
    use crate::generator::cases::{Options, find, generate};
    let folder = tempfile::tempdir().unwrap();
    generate(find("balancer").unwrap(), Options { seed: 3, ..Options::default() }, folder.path()).unwrap();
    let truth = std::fs::read_to_string(folder.path().join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_str(&truth).unwrap();
    let taken: Vec<&str> = truth["taken"].as_array().unwrap().iter().map(|t| t["file_id"].as_str().unwrap()).collect();
    assert!(taken.len() > 10);
    let case = crate::audit::audit_folder(&folder.path().join("evidence"), "", &folder.path().join("case"));
    let mut findings = case.connection().prepare("select file_id, grade from finding").unwrap();
    let findings: Vec<(String, String)> =
        findings.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(Result::unwrap).collect();
    for (file, grade) in findings {
        let sure = ["proven", "very_likely", "likely"].contains(&grade.as_str());
        match taken.contains(&file.as_str()) {
            true => assert!(sure || grade == "possible", "{file} was taken and is {grade}"),
            false => assert!(!sure, "{file} was not taken and is {grade}"),
        }
    }
    let proven: i64 =
        case.connection().query_row("select count(*) from finding where grade = 'proven'", [], |r| r.get(0)).unwrap();
    assert!(proven > 5, "the rows of the planted session pair with the balancer's requests");
}
