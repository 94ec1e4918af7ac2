//! Events that both logs show, so that their times can be compared.
//!
//! Each has a key that must be the same on both sides: the client, and the file where there is one. A row of the audit log
//! has up to three keys, the sharpest one first: an upload is sought under its file's id, then among all uploads of its client.
//!
//! A client that a log hides (behind a proxy, or no address at all) is nobody in particular. Its sign-ons and messages are
//! left out; its downloads count under the file's id alone.
//!
//! SFTP and FTP never reach the web log, but each of their sign-ons makes the server call itself (`machine.aspx`).

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::{Connection, Row};

use crate::audit::error::AuditError;

/// What an event is; part of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    Download,
    DownloadOfHidden,
    DownloadByAnyone,
    NamelessDownload,
    Upload,
    SignOn,
    ServiceSignOn,
    Message,
}

/// Key of an event: what, client, number of the file (0 for none).
type Key = (What, i64, u32);

/// A row of the audit log.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// `log_event.event_no`, which counts in the order of writing.
    pub(super) event_no: i64,
    /// The server's wall clock.
    pub(super) at_local: i64,
    keys: [u32; 3],
}

/// A line of the web log under one of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) key: u32,
    /// UTC.
    pub(super) at: i64,
    /// `web_access.web_id`.
    pub(super) id: i64,
}

/// Both sides.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Rows of the audit log, in the order of writing, or of time where that order is not to be trusted.
    pub(super) log: Vec<Anchor>,
    /// Requests, sorted.
    web: Vec<Request>,
    /// Rows by key and local time, sorted.
    rows: Vec<(u32, i64)>,
}

const NO_KEY: u32 = u32::MAX;

const WEB: &str = "
    select w.kind, w.client_no, c.kind, w.file_id, w.at_utc, w.web_id
    from web_access as w join client as c on c.client_no = w.client_no
    where w.at_utc is not null
      and (w.kind = 'file_download' and w.status in (200, 206) and w.method <> 'HEAD'
           or w.kind in ('file_upload', 'resumable_upload', 'upload_start') and w.status between 200 and 299
           or w.kind in ('token', 'sign_on_form', 'guest_post', 'loopback_machine'))";

const LOG: &str = "
    select e.kind, l.client_no, c.kind, e.file_id, e.at_local, e.event_no, e.interface_code
    from log_event as e
    join log_client as l on l.address = e.address
    join client as c on c.client_no = l.client_no
    where e.at_local is not null and e.kind in ('download', 'upload', 'sign_on', 'message')
    order by e.event_no";

#[derive(Default)]
struct Numbers {
    files: HashMap<String, u32>,
    keys: HashMap<Key, u32>,
}

fn next(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NO_KEY - 1)
}

impl Numbers {
    fn file(&mut self, file: Option<&str>) -> u32 {
        let Some(file) = file else { return 0 };
        if let Some(number) = self.files.get(file) {
            return *number;
        }
        let number = next(self.files.len() + 1);
        self.files.insert(file.to_owned(), number);
        number
    }

    fn key(&mut self, key: Key) -> u32 {
        let number = next(self.keys.len());
        *self.keys.entry(key).or_insert(number)
    }
}

/// Reads both sides.
pub(super) fn load(db: &Connection) -> Result<Anchors, AuditError> {
    let mut numbers = Numbers::default();
    let mut anchors = Anchors::default();
    let mut statement = db.prepare(LOG)?;
    let mut rows = statement.query([])?;
    let mut any_hidden = false;
    while let Some(row) = rows.next()? {
        let (client, kind, file) = who(row, &mut numbers)?;
        any_hidden |= kind == Client::Hidden;
        let keys =
            log_keys(&mut numbers, row.get_ref(0)?.as_str().unwrap_or_default(), client, kind, file, row.get(6)?);
        if keys[0] != NO_KEY {
            let anchor = Anchor { at_local: row.get(4)?, event_no: row.get(5)?, keys };
            anchors.rows.extend(anchor.keys().map(|key| (key, anchor.at_local)));
            anchors.log.push(anchor);
        }
    }
    let mut statement = db.prepare(WEB)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (client, kind, file) = who(row, &mut numbers)?;
        let (at, id) = (row.get(4)?, row.get(5)?);
        for key in web_keys(row.get_ref(0)?.as_str().unwrap_or_default(), client, kind, file, any_hidden) {
            // What no row of the audit log could be is of no use here.
            if let Some(number) = numbers.keys.get(&key) {
                anchors.web.push(Request { key: *number, at, id });
            }
        }
    }
    anchors.web.sort_unstable();
    anchors.rows.sort_unstable();
    Ok(anchors)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    Known,
    Hidden,
    Server,
}

fn who(row: &Row<'_>, numbers: &mut Numbers) -> Result<(i64, Client, u32), AuditError> {
    let kind = match row.get_ref(2)?.as_str().unwrap_or_default() {
        "client" => Client::Known,
        "server" => Client::Server,
        _ => Client::Hidden,
    };
    let file = numbers.file(row.get_ref(3)?.as_str().ok());
    Ok((row.get(1)?, kind, file))
}

/// Interface codes 10 (web) and none may reach the web log; 40 is FTP; others are not documented and may be either.
fn log_keys(
    numbers: &mut Numbers,
    kind: &str,
    client: i64,
    who: Client,
    file: u32,
    interface: Option<i64>,
) -> [u32; 3] {
    let by_web = interface != Some(40);
    let keys: [Option<Key>; 3] = match (kind, who) {
        ("download", Client::Hidden) if file > 0 => [Some((What::DownloadByAnyone, 0, file)), None, None],
        ("download", Client::Known) if by_web && file > 0 => {
            // Behind it: requests of hidden clients for the file, or of this client without the file's name.
            let hidden = Some((What::DownloadOfHidden, 0, file));
            [Some((What::Download, client, file)), hidden, Some((What::NamelessDownload, client, 0))]
        }
        ("download", Client::Known) if by_web => [Some((What::NamelessDownload, client, 0)), None, None],
        ("upload", Client::Known) if by_web => {
            [Some((What::Upload, client, file)), Some((What::Upload, client, 0)), None]
        }
        ("sign_on", Client::Known) if by_web && matches!(interface, None | Some(10)) => {
            [Some((What::SignOn, client, 0)), None, None]
        }
        ("sign_on", Client::Known) if by_web => {
            [Some((What::SignOn, client, 0)), Some((What::ServiceSignOn, 0, 0)), None]
        }
        ("sign_on", _) if !by_web => [Some((What::ServiceSignOn, 0, 0)), None, None],
        ("message", Client::Known) => [Some((What::Message, client, 0)), None, None],
        _ => [None, None, None],
    };
    keys.map(|key| key.map_or(NO_KEY, |key| numbers.key(key)))
}

fn web_keys(kind: &str, client: i64, who: Client, file: u32, any_hidden: bool) -> impl Iterator<Item = Key> {
    let keys: [Option<Key>; 2] = match (kind, who) {
        ("file_download", Client::Known) if file > 0 => {
            [Some((What::Download, client, file)), any_hidden.then_some((What::DownloadByAnyone, 0, file))]
        }
        ("file_download", Client::Known) => [Some((What::NamelessDownload, client, 0)), None],
        ("file_download", Client::Hidden) if file > 0 => {
            [Some((What::DownloadOfHidden, 0, file)), Some((What::DownloadByAnyone, 0, file))]
        }
        ("file_upload" | "upload_start" | "resumable_upload", Client::Known) => {
            [Some((What::Upload, client, 0)), (file > 0).then_some((What::Upload, client, file))]
        }
        ("token" | "sign_on_form", Client::Known) => [Some((What::SignOn, client, 0)), None],
        ("guest_post", Client::Known) => [Some((What::Message, client, 0)), None],
        ("loopback_machine", _) => [Some((What::ServiceSignOn, 0, 0)), None],
        _ => [None, None],
    };
    keys.into_iter().flatten()
}

impl Anchor {
    /// The keys it has, the sharper one first.
    pub(super) fn keys(&self) -> impl Iterator<Item = u32> + '_ {
        self.keys.iter().copied().filter(|key| *key != NO_KEY)
    }
}

impl Anchors {
    /// Requests of a key in a span of time, in order.
    pub(super) fn web_between(&self, key: u32, times: Range<i64>) -> &[Request] {
        let from = self.web.partition_point(|w| (w.key, w.at) < (key, times.start));
        let to = self.web.partition_point(|w| (w.key, w.at) < (key, times.end));
        &self.web[from..to.max(from)]
    }

    /// The rows in the order of the wall clock, where the ids are no order.
    pub(super) fn by_time(mut self) -> Self {
        self.log.sort_by_key(|a| (a.at_local, a.event_no));
        self
    }

    /// All requests, sorted.
    pub(super) fn web(&self) -> &[Request] {
        &self.web
    }

    /// Whether a row of this key stands near a local time, the row at `but_at` left out.
    pub(super) fn row_near(&self, key: u32, times: Range<i64>, but_at: i64) -> bool {
        let from = self.rows.partition_point(|r| *r < (key, times.start));
        self.rows[from..].iter().take_while(|r| **r < (key, times.end)).any(|r| r.1 != but_at)
    }
}
