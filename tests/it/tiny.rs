//! Cases of a few rows, written by hand in a test: every row that matters stands in the test, the rest is a quiet server
//! that speaks once a day in both logs from 2023-05-20 to 2023-06-02 and is dumped at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use abfluss::case::Case;
use jiff::civil::DateTime;

use crate::audit::audit_folder;

/// The server's clock in these cases: UTC+2.
const OFFSET_H: i64 = 2;
pub(crate) const ZONE: &str = "[system]\ntimezone = \"+02:00\"\n";

const FIELDS: &str = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
                      sc-status sc-substatus sc-win32-status time-taken";

pub(crate) fn local(utc: &str) -> String {
    let at: DateTime = utc.parse().unwrap();
    at.checked_add(jiff::Span::new().hours(OFFSET_H)).unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What is still to be written.
pub(crate) struct Tiny {
    log: Vec<(String, String)>,
    web: Vec<(String, String)>,
    pub(crate) files: Vec<String>,
    users: Vec<String>,
    sessions: Vec<String>,
    pub(crate) fields: String,
    pub(crate) quiet_log: bool,
    pub(crate) quiet_web: bool,
    pub(crate) settings: String,
    pub(crate) first_id: u64,
    pub(crate) skip_ids: Vec<u64>,
    pub(crate) drop_days: Vec<String>,
    pub(crate) dumped_local: String,
    pub(crate) with_dump: bool,
    pub(crate) with_iis: bool,
    pub(crate) edit_dump: Option<(String, String)>,
    pub(crate) more: Vec<(String, String)>,
    /// The program of the requests and rows that follow.
    pub(crate) agent: String,
}

/// Concluded.
pub(crate) struct Told {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) case: Case,
}

impl Tiny {
    pub(crate) fn new() -> Self {
        let mut tiny = Self {
            log: Vec::new(),
            web: Vec::new(),
            files: Vec::new(),
            users: Vec::new(),
            sessions: Vec::new(),
            fields: FIELDS.to_owned(),
            quiet_log: true,
            quiet_web: true,
            settings: ZONE.to_owned(),
            first_id: 1,
            skip_ids: Vec::new(),
            drop_days: Vec::new(),
            dumped_local: "2023-06-03 01:55:00".to_owned(),
            with_dump: true,
            with_iis: true,
            edit_dump: None,
            more: Vec::new(),
            agent: "Mozilla/5.0".to_owned(),
        };
        tiny.user("adminadminadmin1", "admin", 100, 30);
        tiny.user("partnerpartner01", "partner1", 100, 10);
        tiny.user("partnerpartner02", "partner2", 200, 10);
        tiny.file("974000001", 100, "2023-05-21 08:00:00", 5000);
        tiny.file("974000002", 100, "2023-05-21 08:00:00", 6000);
        tiny.file("974000009", 200, "2023-05-21 08:00:00", 7000);
        tiny
    }

    pub(crate) fn user(&mut self, id: &str, login: &str, org: u32, permission: u32) -> &mut Self {
        self.users.push(format!("('{id}','{login}',{org},{permission},'{login}',0)"));
        self
    }

    pub(crate) fn deleted_user(&mut self, id: &str, login: &str, org: u32) -> &mut Self {
        self.users.push(format!("('{id}','{login}',{org},10,'{login}',1)"));
        self
    }

    pub(crate) fn file(&mut self, id: &str, org: u32, uploaded_utc: &str, size: u64) -> &mut Self {
        self.files.push(format!(
            "('{id}',{org},966000001,'f{id}.xml',{size},'adminadminadmin1','{}','10.0.0.5','{:0>40}')",
            local(uploaded_utc),
            id
        ));
        self
    }

    /// A file with the name and the SHA-1 of real contents.
    pub(crate) fn file_of(&mut self, id: &str, name: &str, uploaded_utc: &str, contents: &[u8]) -> &mut Self {
        let sha1 = <sha1::Sha1 as sha1::Digest>::digest(contents);
        let sha1: String = sha1.iter().map(|byte| format!("{byte:02x}")).collect();
        self.files.push(format!(
            "('{id}',100,966000001,'{name}',{},'adminadminadmin1','{}','10.0.0.5','{sha1}')",
            contents.len(),
            local(uploaded_utc)
        ));
        self
    }

    pub(crate) fn planted_session(&mut self, account: &str, last_touch_utc: &str) -> &mut Self {
        self.sessions.push(format!("('abc','{account}','',100,'{}',9999,'127.0.0.1')", local(last_touch_utc)));
        self
    }

    /// A row of the audit log; `user` and `address` in quotes or NULL.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn row(
        &mut self,
        utc: &str,
        action: &str,
        org: u32,
        user: &str,
        file: &str,
        address: &str,
        error: u32,
        bytes: u64,
        interface: u32,
    ) -> &mut Self {
        let quote = |text: &str| if text == "NULL" { text.to_owned() } else { format!("'{text}'") };
        let time = if utc == "NULL" { "NULL".to_owned() } else { format!("'{}'", local(utc)) };
        self.log.push((
            utc.to_owned(),
            format!(
                "{time},'{action}',{org},{},966000001,{},{},{error},'',{bytes},0.5,'f{file}.xml','/Home/a',{interface},'{}'",
                quote(user),
                quote(file),
                quote(address),
                self.agent
            ),
        ));
        self
    }

    /// A row by the web interface whose wall clock is given as it stands; `utc` places it in the order of writing.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn row_at(
        &mut self,
        utc: &str,
        local: &str,
        action: &str,
        org: u32,
        user: &str,
        file: &str,
        address: &str,
        bytes: u64,
    ) -> &mut Self {
        let row = format!(
            "'{local}','{action}',{org},'{user}',966000001,'{file}','{address}',0,'',{bytes},0.5,'f{file}.xml','/Home/a',10,'Mozilla/5.0'"
        );
        self.log.push((utc.to_owned(), row));
        self
    }

    pub(crate) fn sign_on(&mut self, utc: &str, user: &str, address: &str) -> &mut Self {
        self.row(utc, "sec_signon", 100, user, "", address, 0, 0, 10)
    }

    pub(crate) fn logged(&mut self, utc: &str, user: &str, file: &str, address: &str, bytes: u64) -> &mut Self {
        self.row(utc, "file_download", 100, user, file, address, 0, bytes, 10)
    }

    pub(crate) fn web(&mut self, utc: &str, method: &str, path: &str, address: &str, status: &str) -> &mut Self {
        let (stem, query) = path.split_once('?').unwrap_or((path, "-"));
        let (status, more) = status.split_once('|').unwrap_or((status, ""));
        let status = if status.contains(' ') { status.to_owned() } else { format!("{status} 0 0") };
        self.web.push((
            utc.to_owned(),
            format!("{utc} 10.20.0.5 {method} {stem} {query} 443 - {address} {} {status} 80{more}", self.agent),
        ));
        self
    }

    pub(crate) fn fetched(&mut self, utc: &str, file: &str, address: &str, status: &str) -> &mut Self {
        self.web(utc, "GET", &format!("/api/v1/files/{file}/download"), address, status)
    }

    /// The whole chain, within a minute; `at` ends in the minute (`2023-05-28 10:00`).
    pub(crate) fn chain(&mut self, at: &str, method: &str, address: &str) -> &mut Self {
        self.web(&format!("{at}:01"), method, "/MOVEitISAPI/MOVEitISAPI.dll?action=m2", address, "200");
        self.web(&format!("{at}:01"), "POST", "/machine2.aspx", "::1", "200");
        self.web(&format!("{at}:03"), "POST", "/guestaccess.aspx", address, "200");
        self.web(&format!("{at}:04"), "POST", "/guestaccess.aspx", address, "200");
        self.web(&format!("{at}:06"), "POST", "/api/v1/token", address, "200")
    }

    pub(crate) fn dump(&self) -> String {
        let mut log = self.log.clone();
        if self.quiet_log {
            for day in days() {
                let utc = format!("{day} 06:00:00");
                log.push((
                    utc.clone(),
                    format!(
                        "'{}','sec_viewlog',100,'adminadminadmin1',0,'','10.0.0.5',0,'',0,0,'','',10,'Mozilla/5.0'",
                        local(&utc)
                    ),
                ));
            }
        }
        log.sort();
        let ids = (self.first_id..).filter(|id| !self.skip_ids.contains(id));
        let log: Vec<String> = log.iter().zip(ids).map(|((_, row), id)| format!("({id},{row})")).collect();
        let mut text = String::from(
            "-- MySQL dump 10.13  Distrib 8.0.33, for Win64 (x86_64)\n--\n-- Host: localhost    Database: moveittransfer\n-- ------------------------------------------------------\n",
        );
        let mut table = |name: &str, columns: &str, rows: &[String]| {
            let columns: Vec<String> =
                columns.split(',').map(|c| c.split_once(' ').unwrap()).map(|(n, t)| format!("  `{n}` {t}")).collect();
            writeln!(
                text,
                "CREATE TABLE `{name}` (\n{}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;",
                columns.join(",\n")
            )
            .unwrap();
            if !rows.is_empty() {
                writeln!(text, "INSERT INTO `{name}` VALUES {};", rows.join(",")).unwrap();
            }
        };
        table(
            "institutions",
            "ID int,Name varchar(256),ShortName varchar(64)",
            &["(0,'System','s')".into(), "(100,'Kasse A','a')".into(), "(200,'Kasse B','b')".into()],
        );
        table(
            "users",
            "Username varchar(128),LoginName varchar(128),InstID int,Permission int,RealName varchar(256),Deleted tinyint",
            &self.users,
        );
        table(
            "folders",
            "ID int,InstID int,Name varchar(256),FolderPath varchar(2500)",
            &["(966000001,100,'a','/Home/a')".into()],
        );
        table(
            "files",
            "ID varchar(12),InstID int,FolderID int,Name varchar(1024),FileSize double,UploadUsername varchar(128),UploadStamp datetime,UploadIP varchar(16),Hash varchar(40)",
            &self.files,
        );
        table(
            "activesessions",
            "SessionID varchar(64),Username varchar(128),LoginName varchar(128),InstID int,LastTouch datetime,Timeout int,IPAddress varchar(16)",
            &self.sessions,
        );
        table(
            "log",
            "ID bigint,LogTime datetime,Action varchar(16),InstID int,Username varchar(128),FolderID int,FileID varchar(12),IPAddress varchar(16),Error int,Message text,XferSize double,Duration double,FileName varchar(1024),FolderPath varchar(2500),InterfaceType tinyint,AgentBrand varchar(1024)",
            &log,
        );
        writeln!(text, "\n-- Dump completed on {}", self.dumped_local).unwrap();
        if let Some((from, to)) = &self.edit_dump {
            assert!(text.contains(from.as_str()), "{from}");
            text = text.replace(from.as_str(), to);
        }
        text
    }

    pub(crate) fn write(&self, evidence: &Path) {
        fs::create_dir_all(evidence.join("W3SVC2")).unwrap();
        if self.with_dump {
            fs::write(evidence.join("db.sql"), self.dump()).unwrap();
        }
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut web = self.web.clone();
        if self.quiet_web {
            for day in days() {
                let tail = if self.fields.ends_with("Forwarded-For") { " -" } else { "" };
                let at = format!("{day} 12:00:00");
                web.push((at.clone(), format!("{at} 10.20.0.5 GET / - 443 - 192.0.2.250 Mozilla/5.0 200 0 0 5{tail}")));
                let at = format!("{day} 23:50:00");
                web.push((at.clone(), format!("{at} 10.20.0.5 GET / - 443 - 192.0.2.250 Mozilla/5.0 200 0 0 5{tail}")));
            }
        }
        web.sort_by(|a, b| a.0.cmp(&b.0));
        for (at, line) in web {
            lines.entry(at[..10].to_owned()).or_default().push(line);
        }
        for (day, lines) in lines.iter().filter(|(day, _)| self.with_iis && !self.drop_days.contains(day)) {
            let name = format!("W3SVC2/u_ex{}{}{}.log", &day[2..4], &day[5..7], &day[8..10]);
            fs::write(evidence.join(name), iis(day, &self.fields, lines)).unwrap();
        }
        for (name, text) in &self.more {
            let path = evidence.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    pub(crate) fn told(&self) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let evidence = folder.path().join("in");
        self.write(&evidence);
        let case = audit_folder(&evidence, &self.settings, &folder.path().join("case"));
        Told { folder, case }
    }
}

pub(crate) fn iis(day: &str, fields: &str, lines: &[String]) -> String {
    format!(
        "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: {day} 00:00:00\n#Fields: {fields}\n{}\n",
        lines.join("\n")
    )
}

fn days() -> Vec<String> {
    (20..=31).map(|d| format!("2023-05-{d}")).chain((1..=2).map(|d| format!("2023-06-0{d}"))).collect()
}

impl Told {
    pub(crate) fn text(&self, sql: &str) -> String {
        let db = self.case.connection();
        db.query_row(sql, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.case.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// `grade/reason`.
    pub(crate) fn grade(&self, file: &str) -> String {
        self.text(&format!("select grade || '/' || reason from finding where file_id = '{file}'"))
    }

    /// Grade alone.
    pub(crate) fn only_grade(&self, file: &str) -> String {
        self.text(&format!("select grade from finding where file_id = '{file}'"))
    }

    /// The classes of an address, joined.
    pub(crate) fn class(&self, address: &str) -> String {
        self.text(&format!(
            "select group_concat(class, ' ') from (select distinct class from session where address = '{address}' order by 1)"
        ))
    }

    /// The classes of the sessions of an address in which an account acts, joined.
    pub(crate) fn class_of(&self, address: &str, login: &str) -> String {
        self.text(&format!(
            "select group_concat(class, ' ') from (select distinct class from session
             where address = '{address}' and accounts = '{login}' order by 1)"
        ))
    }

    /// Rules of gaps of required sources inside the window, joined.
    pub(crate) fn gaps(&self) -> String {
        self.text("select group_concat(rule, ' ') from (select distinct rule from gap where in_window order by 1)")
    }
}
