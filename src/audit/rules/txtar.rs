//! Several files in one text: each begins with a line `-- path --`, what stands before the first is a comment. The layout is
//! that of txtar, known from the tests of the Go tools (golang.org/x/tools/txtar); it needs no quoting and reads well in a
//! review.

use std::path::{Component, Path};

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path, below the folder it is unpacked into.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The comment before the first file, and the files in order.
///
/// # Errors
/// Plain English: a path that leads out of the folder or comes twice, or no file at all.
pub fn members(text: &str) -> Result<(String, Vec<Member>), String> {
    let mut comment = String::new();
    let mut found: Vec<Member> = Vec::new();
    for line in text.split_inclusive('\n') {
        let marker = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
        if let Some(path) = marker.map(str::trim).filter(|path| !path.is_empty()) {
            if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) || path.contains('\\') {
                return Err(format!("the path {path:?} leads out of its folder"));
            }
            if found.iter().any(|member| member.path == path) {
                return Err(format!("the path {path:?} comes twice"));
            }
            found.push(Member { path: path.to_owned(), text: String::new() });
        } else if let Some(member) = found.last_mut() {
            member.text.push_str(line);
        } else {
            comment.push_str(line);
        }
    }
    if found.is_empty() {
        return Err("no file in it; expected lines such as `-- iis/u_ex230528.log --`".to_owned());
    }
    Ok((comment.trim().to_owned(), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_follow_their_markers() {
        let (comment, found) = members("why\n-- a/b.log --\n#Fields: x\n-- Dump\n\n-- c.sql --\n").unwrap();
        assert_eq!(comment, "why");
        assert_eq!(found[0], Member { path: "a/b.log".into(), text: "#Fields: x\n-- Dump\n\n".into() });
        assert_eq!(found[1], Member { path: "c.sql".into(), text: String::new() });
    }

    #[test]
    fn no_path_leads_out() {
        for path in ["../a", "/a", "a/../../b", "a\\b"] {
            assert!(members(&format!("-- {path} --\nx\n")).unwrap_err().contains("leads out"), "{path}");
        }
        assert!(members("-- a --\n-- a --\n").unwrap_err().contains("twice"));
        assert!(members("just words\n").is_err());
    }
}
