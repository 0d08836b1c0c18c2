//! Links between sessions: `@session:<profile>/<id>` as Hermes' `session_search` tool reads it.
//!
//! One reader for everything that names a stored session (D08): a link, `profile/id`, a bare id, each with or without a
//! profile beside it. Pure. Not here: whether there is such a session, and chips, which belong to drafts and editors.

use std::ops::Range;

use crate::base::ids::{ProfileName, StoredId};

/// What a link begins with.
pub const PREFIX: &str = "@session:";

/// A stored session as a text names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionLink {
    /// `None`: of whichever profile has it.
    pub profile: Option<ProfileName>,
    pub id: StoredId,
}

impl SessionLink {
    /// Reads a text that is a link, `profile/id` or an id and nothing else. A `profile` that is given beside it wins over the one
    /// in it, as in Hermes.
    pub fn parse(text: &str, profile: Option<&ProfileName>) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        let (named, id) = match text.split_once('/') {
            Some((named, id)) => (Some(ProfileName::new(named).ok()?), id),
            None => (None, text),
        };
        let id = StoredId::new(id).filter(|id| !id.as_str().contains('/'))?;
        Some(Self { profile: profile.cloned().or(named), id })
    }
}

/// The text that is sent for a session.
pub fn text(profile: &ProfileName, id: &StoredId) -> String {
    format!("{PREFIX}{profile}/{}", id.as_str())
}

/// The links within a text, in order, each with its place in bytes. Only what begins with [`PREFIX`] is one, and only where no
/// word runs into it.
pub fn links(text: &str) -> impl Iterator<Item = (Range<usize>, SessionLink)> {
    let starts = text.match_indices(PREFIX).map(|(at, _)| at);
    starts.filter_map(move |at| {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '/');
        if text.get(..at)?.chars().next_back().is_some_and(word) {
            return None;
        }
        let rest = text.get(at + PREFIX.len()..)?;
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/');
        let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        // What ends a sentence or begins a list is no part of an id.
        let named = rest.get(..end)?.trim_end_matches(['-', '/']);
        Some((at..at + PREFIX.len() + named.len(), SessionLink::parse(named, None)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn name(name: &str) -> ProfileName {
        ProfileName::new(name).unwrap()
    }

    /// D08: the id alone, with its profile in it, with the profile beside it, with both; each as a link or not.
    #[rstest]
    #[case("20261121_a1", None, None)]
    #[case("work/20261121_a1", None, Some("work"))]
    #[case("20261121_a1", Some("work"), Some("work"))]
    #[case("home/20261121_a1", Some("work"), Some("work"))]
    fn every_form_of_a_link_names_the_same_session(
        #[case] said: &str,
        #[case] beside: Option<&str>,
        #[case] profile: Option<&str>,
    ) {
        let want = SessionLink { profile: profile.map(name), id: StoredId::new("20261121_a1").unwrap() };
        let beside = beside.map(name);
        assert_eq!(SessionLink::parse(said, beside.as_ref()), Some(want.clone()));
        assert_eq!(SessionLink::parse(&format!("{PREFIX}{said}\n"), beside.as_ref()), Some(want));
    }

    #[rstest]
    #[case("")]
    #[case("@session:")]
    #[case("work/")]
    #[case("Work/20261121_a1")]
    #[case("/20261121_a1")]
    #[case("work/a/b")]
    #[case("two words")]
    #[case("work/\u{1b}[2J")]
    fn what_names_no_session_is_no_link(#[case] said: &str) {
        assert_eq!(SessionLink::parse(said, None), None);
    }

    /// D01: the exact form.
    #[test]
    fn a_link_is_written_as_hermes_reads_it() {
        let id = StoredId::new("20261121_031858_53abc8").unwrap();
        let written = text(&name("work"), &id);
        assert_eq!(written, "@session:work/20261121_031858_53abc8");
        assert_eq!(SessionLink::parse(&written, None), Some(SessionLink { profile: Some(name("work")), id }));
    }

    #[rstest]
    #[case("see @session:work/a_1, then", &[("@session:work/a_1", Some("work"))])]
    #[case("(@session:a_1).", &[("@session:a_1", None)])]
    #[case("@session:a/b @session:c/d", &[("@session:a/b", Some("a")), ("@session:c/d", Some("c"))])]
    #[case("@session:work/a-1-", &[("@session:work/a-1", Some("work"))])]
    #[case("me@session:work/a_1", &[])]
    #[case("@session: work", &[])]
    #[case("é @session:work/a_1é", &[("@session:work/a_1", Some("work"))])]
    fn links_in_a_text_end_where_the_sentence_goes_on(
        #[case] said: &str,
        #[case] want: &[(&str, Option<&str>)],
    ) {
        let found: Vec<_> = links(said).map(|(at, link)| (&said[at], link.profile)).collect();
        let want: Vec<_> = want.iter().map(|(text, profile)| (*text, profile.map(name))).collect();
        assert_eq!(found, want);
    }

    proptest! {
        /// Whatever a message holds, what is found lies in it, in order, and reads as the same link.
        #[test]
        fn links_lie_in_the_text(said in "(@session:|[a-z0-9_/@: é\u{202e}-]){0,40}") {
            let mut last = 0;
            for (at, link) in links(&said) {
                prop_assert!(at.start >= last && at.end > at.start);
                prop_assert_eq!(SessionLink::parse(&said[at.clone()], None), Some(link));
                last = at.end;
            }
        }
    }
}
