//! Whose session it is.

use super::Language;

/// Class of a session; the first that applies, in this order. `queries/audit` decides and keeps the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionClass {
    /// Loopback requests and the system's own tasks.
    Server,
    /// A success of the attack.
    Hostile,
    /// An existing account from an address that is configured or was in use by it before.
    Known,
    /// A package or link opened with its own token.
    Guest,
    /// An existing account with a successful sign-on from an address never seen for it.
    Unverified,
    /// Probes that the server refused.
    Refused,
    /// Public pages only.
    Visitor,
    /// Access to data that none of the above explains.
    Unknown,
}

impl SessionClass {
    /// All classes in the order in which they apply.
    pub const ALL: [SessionClass; 8] = [
        SessionClass::Server,
        SessionClass::Hostile,
        SessionClass::Known,
        SessionClass::Guest,
        SessionClass::Unverified,
        SessionClass::Refused,
        SessionClass::Visitor,
        SessionClass::Unknown,
    ];

    /// The id used in every output and in SQL.
    pub fn id(self) -> &'static str {
        match self {
            SessionClass::Server => "server",
            SessionClass::Hostile => "hostile",
            SessionClass::Known => "known",
            SessionClass::Guest => "guest",
            SessionClass::Unverified => "unverified",
            SessionClass::Refused => "refused",
            SessionClass::Visitor => "visitor",
            SessionClass::Unknown => "unknown",
        }
    }

    /// The class of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.id() == id)
    }

    /// The term used in sentences.
    pub fn term(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::De, SessionClass::Server) => "Server selbst",
            (Language::De, SessionClass::Hostile) => "feindlich",
            (Language::De, SessionClass::Known) => "bekannt",
            (Language::De, SessionClass::Guest) => "Gast",
            (Language::De, SessionClass::Unverified) => "nicht verifiziert",
            (Language::De, SessionClass::Refused) => "abgewiesen",
            (Language::De, SessionClass::Visitor) => "Besucher",
            (Language::De, SessionClass::Unknown) => "unbekannt",
            (Language::En, class) => class.id(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        for class in SessionClass::ALL {
            assert_eq!(SessionClass::from_id(class.id()), Some(class));
        }
    }
}
