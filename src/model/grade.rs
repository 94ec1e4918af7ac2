//! Grades of certainty and the language of their terms.

use serde::{Deserialize, Serialize};

/// Language of the texts in the report. Ids of grades and classes stay English in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German, the default.
    #[default]
    De,
    /// English.
    En,
}

/// How certain it is that a file left the system, strongest first. What each needs is defined in
/// docs/concepts/grades.md; `queries/audit` decides, nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Two independent sources show content going to an unknown or hostile session.
    Proven,
    /// One source shows at least one content byte leaving, nothing contradicts.
    VeryLikely,
    /// A successful request without any sign of bytes, or one step less for a contradiction.
    Likely,
    /// A session that belongs to nobody had access while the file was there, or an unverified session fetched it.
    Possible,
    /// The file was there inside the window while a required source has a gap.
    NotExcluded,
    /// Inventory or time base do not allow a statement.
    NotAssessable,
    /// Every required source covers the time; no such access.
    NoIndication,
    /// Not on the server inside the window, shown by a source the attacker could not write.
    Excluded,
}

impl Grade {
    /// All grades, strongest first.
    pub const ALL: [Grade; 8] = [
        Grade::Proven,
        Grade::VeryLikely,
        Grade::Likely,
        Grade::Possible,
        Grade::NotExcluded,
        Grade::NotAssessable,
        Grade::NoIndication,
        Grade::Excluded,
    ];

    /// The id used in every output and in SQL.
    pub fn id(self) -> &'static str {
        match self {
            Grade::Proven => "proven",
            Grade::VeryLikely => "very_likely",
            Grade::Likely => "likely",
            Grade::Possible => "possible",
            Grade::NotExcluded => "not_excluded",
            Grade::NotAssessable => "not_assessable",
            Grade::NoIndication => "no_indication",
            Grade::Excluded => "excluded",
        }
    }

    /// The grade of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.id() == id)
    }

    /// The term used in sentences.
    pub fn term(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::De, Grade::Proven) => "belegt",
            (Language::De, Grade::VeryLikely) => "sehr wahrscheinlich",
            (Language::De, Grade::Likely) => "wahrscheinlich",
            (Language::De, Grade::Possible) => "möglich",
            (Language::De, Grade::NotExcluded) => "nicht auszuschließen",
            (Language::De, Grade::NotAssessable) => "nicht beurteilbar",
            (Language::De, Grade::NoIndication) => "keine Hinweise",
            (Language::De, Grade::Excluded) => "ausgeschlossen",
            (Language::En, Grade::Proven) => "proven",
            (Language::En, Grade::VeryLikely) => "very likely",
            (Language::En, Grade::Likely) => "likely",
            (Language::En, Grade::Possible) => "possible",
            (Language::En, Grade::NotExcluded) => "cannot be excluded",
            (Language::En, Grade::NotAssessable) => "cannot be assessed",
            (Language::En, Grade::NoIndication) => "no indication",
            (Language::En, Grade::Excluded) => "excluded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_stand_in_order_of_strength() {
        for grade in Grade::ALL {
            assert_eq!(Grade::from_id(grade.id()), Some(grade));
        }
        assert!(Grade::Proven < Grade::VeryLikely && Grade::NoIndication < Grade::Excluded);
    }
}
