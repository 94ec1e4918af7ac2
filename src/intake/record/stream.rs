//! The unpacked stream of an evidence file: the file itself, or a member of archives inside archives.

use std::fs::File;
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Seek};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use rusqlite::{Connection, OptionalExtension};
use zip::ZipArchive;

use super::super::limits::Limits;
use super::super::names::member_name;

/// One step from an archive to its member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Gzip,
    /// Name as stored, and which of the members that share it.
    Zip(String, usize),
}

/// An evidence file with the archives around it.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) path: String,
    pub(super) sha256: String,
    pub(super) format: Option<String>,
    pub(super) encoding: Option<String>,
    pub(super) source: u32,
    /// The file handed in: itself, or the outermost archive.
    pub(super) top_id: i64,
    pub(super) top_path: String,
    pub(super) top_sha256: String,
    /// From the file handed in to this one.
    pub(super) steps: Vec<Step>,
}

struct Link {
    parent: Option<i64>,
    path: String,
    sha256: String,
    format: Option<String>,
    encoding: Option<String>,
    source: u32,
}

impl Chain {
    /// None when the case has no such evidence.
    pub(super) fn load(conn: &Connection, id: i64) -> Result<Option<Self>, rusqlite::Error> {
        let mut link = conn.prepare_cached(
            "select parent_id, path, coalesce(sha256, ''), format, encoding, source from evidence where evidence_id = ?1",
        )?;
        let mut load = |id: i64| {
            link.query_row([id], |row| {
                Ok(Link {
                    parent: row.get(0)?,
                    path: row.get(1)?,
                    sha256: row.get(2)?,
                    format: row.get(3)?,
                    encoding: row.get(4)?,
                    source: row.get(5)?,
                })
            })
            .optional()
        };
        let Some(own) = load(id)? else { return Ok(None) };
        let mut chain = Self {
            path: own.path.clone(),
            sha256: own.sha256.clone(),
            format: own.format.clone(),
            encoding: own.encoding.clone(),
            source: own.source,
            top_id: id,
            top_path: own.path.clone(),
            top_sha256: own.sha256.clone(),
            steps: Vec::new(),
        };
        let (mut member_id, mut member) = (id, own);
        // Archives nest a few levels deep; a case whose rows point at each other ends here.
        while let Some(parent_id) = member.parent.filter(|_| chain.steps.len() < 16) {
            let Some(parent) = load(parent_id)? else { break };
            let step = if parent.format.as_deref() == Some("zip") {
                let nth: i64 = conn.query_row(
                    "select count(*) from evidence where parent_id = ?1 and path = ?2 and evidence_id < ?3",
                    (parent_id, &member.path, member_id),
                    |row| row.get(0),
                )?;
                let name = member.path.get(parent.path.len() + 1..).unwrap_or_default();
                Step::Zip(name.to_owned(), usize::try_from(nth).unwrap_or_default())
            } else {
                Step::Gzip
            };
            chain.steps.insert(0, step);
            (chain.top_id, chain.top_path, chain.top_sha256) = (parent_id, parent.path.clone(), parent.sha256.clone());
            (member_id, member) = (parent_id, parent);
        }
        Ok(Some(chain))
    }
}

type Use<'u> = dyn FnMut(&mut dyn Read) -> io::Result<()> + 'u;

/// Opens the stream at the end of the steps and hands it to `take`.
#[expect(clippy::disallowed_methods, reason = "this is the intake reader that hashes")]
pub(super) fn open(place: &Path, steps: &[Step], take: &mut Use<'_>) -> io::Result<()> {
    let mut file = File::open(place)?;
    match steps.split_first() {
        Some((Step::Zip(name, nth), rest)) => member(BufReader::new(file), name, *nth, rest, take),
        _ => descend(&mut file, steps, take),
    }
}

fn descend(stream: &mut dyn Read, steps: &[Step], take: &mut Use<'_>) -> io::Result<()> {
    match steps.split_first() {
        None => take(stream),
        Some((Step::Gzip, rest)) => {
            let decoder = MultiGzDecoder::new(BufReader::with_capacity(128 * 1024, stream));
            descend(&mut Lenient { inner: decoder, ended: false }, rest, take)
        }
        Some((Step::Zip(name, nth), rest)) => {
            let most = Limits::default().nested_zip_bytes;
            let mut content = Vec::new();
            stream.take(most + 1).read_to_end(&mut content)?;
            if content.len() as u64 > most {
                return Err(io::Error::other("a zip inside an archive is larger than the limit of the import"));
            }
            member(Cursor::new(content), name, *nth, rest, take)
        }
    }
}

fn member<R: Read + Seek>(archive: R, name: &str, nth: usize, rest: &[Step], take: &mut Use<'_>) -> io::Result<()> {
    let mut archive = ZipArchive::new(archive).map_err(io::Error::other)?;
    let mut same = 0;
    for index in 0..archive.len() {
        // Without unpacking first: the import listed members that it could not unpack, too.
        let found = match archive.by_index_raw(index) {
            Ok(member) if member.is_dir() => continue,
            Ok(member) => member_name(member.name_raw()) == name,
            Err(_) => format!("(member {index})") == name,
        };
        if !found {
            continue;
        }
        if same == nth {
            let member = archive.by_index(index).map_err(io::Error::other)?;
            return descend(&mut Lenient { inner: member, ended: false }, rest, take);
        }
        same += 1;
    }
    Err(io::Error::new(ErrorKind::NotFound, "the archive has no such member"))
}

/// Reads on over `count` bytes.
pub(super) fn skip(stream: &mut dyn Read, count: u64) -> io::Result<()> {
    io::copy(&mut stream.take(count), &mut io::sink()).map(|_| ())
}

/// Ends where an archive is cut off or damaged, as the import does: what was read before was hashed and is evidence too.
struct Lenient<R> {
    inner: R,
    ended: bool,
}

impl<R: Read> Read for Lenient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput
                ) =>
            {
                self.ended = true;
                Ok(0)
            }
            other => other,
        }
    }
}
