//! The valid keys, once: the reader checks against them, the hint searches in them, the reference is tested by them.

/// Every valid key. An entry of a list of tables is written like a section.
pub(super) const KEYS: [&str; 36] = [
    "case",
    "case.id",
    "case.title",
    "case.language",
    "case.known_at",
    "system",
    "system.platform",
    "system.timezone",
    "window",
    "window.from",
    "window.to",
    "known",
    "known.networks",
    "known.accounts",
    "known.proxies",
    "known.account",
    "known.account.name",
    "known.account.networks",
    "known.organisation",
    "known.organisation.id",
    "known.organisation.name",
    "known.organisation.networks",
    "required",
    "required.sources",
    "decision",
    "decision.session",
    "decision.class",
    "decision.reason",
    "decision.who",
    "insurer",
    "insurer.name",
    "insurer.ik",
    "logs",
    "logs.fields",
    "logs.fields.files",
    "logs.fields.fields",
];

/// The keys directly inside a section; the top level is the empty section.
pub(super) fn inside(section: &str) -> impl Iterator<Item = &'static str> {
    all().filter(move |key| match key.rsplit_once('.') {
        Some((parent, _)) => parent == section,
        None => section.is_empty(),
    })
}

/// All valid keys.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    KEYS.into_iter()
}

/// Last part of a key.
pub(super) fn leaf(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The valid key that looks most like an unknown one. A key of the same section is preferred when it is as near: people
/// misspell more often than they misplace.
pub(super) fn nearest_key(section: &str, unknown: &str) -> &'static str {
    let distance = |key: &&'static str| {
        let away = usize::from(inside(section).all(|sibling| sibling != *key));
        (strsim::damerau_levenshtein(leaf(key), &unknown.to_lowercase()), away)
    };
    all().min_by_key(distance).unwrap_or("case")
}

/// The text of a closed list that looks most like another.
pub(super) fn nearest<'a>(text: &str, valid: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    valid.min_by_key(|candidate| strsim::damerau_levenshtein(&candidate.to_lowercase(), &text))
}
