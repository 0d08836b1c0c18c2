//! What is said about where a link leads (SEC-06). hermux makes no link of the terminal (OSC 8): the target stands next
//! to the text, and a target that pretends to be another one is called out.

use crate::base::text;

/// Cells of a target; the host stands at its beginning.
const CELLS: usize = 80;

/// How a link may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// To a web page, and it looks like where it leads.
    Web,
    /// To a file, a mail address, another kind of target.
    Other,
    /// It looks like another target than it is.
    Odd,
}

/// Judges `target` by itself.
pub(super) fn judge(target: &str) -> Trust {
    match authority(target) {
        None => Trust::Other,
        Some(authority) if authority.contains('@') || !authority.is_ascii() => Trust::Odd,
        Some(_) => Trust::Web,
    }
}

/// Judges a link whose text is `shown`, and says what has to stand behind it.
pub(super) fn note(shown: &str, target: &str) -> (Trust, Option<String>) {
    let shown = shown.trim();
    let forged = match (authority(shown), authority(target)) {
        (Some(said), Some(meant)) => !said.eq_ignore_ascii_case(meant),
        (Some(_), None) => true,
        (None, _) => false,
    };
    let trust = if forged { Trust::Odd } else { judge(target) };
    let whole = text::label(target, CELLS);
    let note = match trust {
        Trust::Odd if shown == target => Some(format!(" (⚠ leads to {})", host(target))),
        Trust::Odd => Some(format!(" (⚠ leads to {}: {whole})", host(target))),
        _ if target.is_empty() || says(shown, target) => None,
        _ => Some(format!(" ({whole})")),
    };
    (trust, note)
}

/// Whether the text is the target, up to what a browser adds.
fn says(shown: &str, target: &str) -> bool {
    let bare = |url: &str| {
        let url = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
        url.strip_prefix("mailto:").unwrap_or(url).trim_end_matches('/').to_owned()
    };
    bare(shown) == bare(target)
}

/// Between `http://` and the path. A browser takes a backslash for a slash.
fn authority(url: &str) -> Option<&str> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))?;
    let rest = url.get(scheme.len()..)?;
    let host = rest.split(['/', '?', '#', '\\']).next().filter(|host| !host.is_empty())?;
    Some(host)
}

fn host(url: &str) -> String {
    let authority = authority(url).unwrap_or(url);
    text::label(authority.rsplit('@').next().unwrap_or(authority), CELLS)
}

/// The first web address in running text, as its place.
pub(super) fn find(text: &str) -> Option<std::ops::Range<usize>> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("http").map(|at| from + at) {
        let tail = text.get(at..)?;
        let joined = text.get(..at)?.chars().next_back().is_some_and(char::is_alphanumeric);
        if !joined && authority(tail).is_some_and(|host| !host.starts_with([' ', '<', '"'])) {
            let end = tail.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`'));
            let url = trimmed(tail.get(..end.unwrap_or(tail.len()))?);
            if authority(url).is_some() {
                return Some(at..at + url.len());
            }
        }
        from = at + 4;
    }
    None
}

/// An address does not end with what ends a sentence, nor with a bracket that it did not open.
fn trimmed(mut url: &str) -> &str {
    while let Some(last) = url.chars().next_back() {
        let open = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => None,
            ')' => Some('('),
            ']' => Some('['),
            '}' => Some('{'),
            _ => break,
        };
        if open.is_some_and(|open| url.matches(open).count() >= url.matches(last).count()) {
            break;
        }
        url = url.get(..url.len() - last.len_utf8()).unwrap_or_default();
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// SEC-06.
    #[rstest]
    #[case("docs", "https://docs.rs/x", Trust::Web, Some(" (https://docs.rs/x)"))]
    #[case("https://docs.rs/x", "https://docs.rs/x", Trust::Web, None)]
    #[case("docs.rs/x", "https://docs.rs/x/", Trust::Web, None)]
    #[case("a@b.c", "mailto:a@b.c", Trust::Other, None)]
    #[case("main.rs", "src/main.rs", Trust::Other, Some(" (src/main.rs)"))]
    #[case("run", "javascript:alert(1)", Trust::Other, Some(" (javascript:alert(1))"))]
    #[case("bank", "https://xn--pypal-4ve.com/", Trust::Web, Some(" (https://xn--pypal-4ve.com/)"))]
    #[case(
        "https://bank.com",
        "https://evil.example/x",
        Trust::Odd,
        Some(" (⚠ leads to evil.example: https://evil.example/x)")
    )]
    #[case("https://bank.com", "evil.sh", Trust::Odd, Some(" (⚠ leads to evil.sh: evil.sh)"))]
    #[case(
        "bank",
        "https://bank.com@evil.example/",
        Trust::Odd,
        Some(" (⚠ leads to evil.example: https://bank.com@evil.example/)")
    )]
    #[case(
        "https://bank.com@evil.example/",
        "https://bank.com@evil.example/",
        Trust::Odd,
        Some(" (⚠ leads to evil.example)")
    )]
    #[case(
        "bank",
        "https://evil.example\\@bank.com/",
        Trust::Web,
        Some(" (https://evil.example\\@bank.com/)")
    )]
    #[case("b", "https://b\u{430}nk.com", Trust::Odd, Some(" (⚠ leads to bаnk.com: https://bаnk.com)"))]
    fn a_target_stands_next_to_its_text(
        #[case] shown: &str,
        #[case] target: &str,
        #[case] trust: Trust,
        #[case] said: Option<&str>,
    ) {
        assert_eq!(note(shown, target), (trust, said.map(str::to_owned)));
    }

    /// SEC-06.
    #[test]
    fn a_long_target_is_cut_behind_its_host() {
        let (_, said) = note("x", &format!("https://a.example/{}", "y".repeat(200)));
        let said = said.unwrap();
        assert!(said.starts_with(" (https://a.example/yyy") && said.ends_with("y…)"));
        assert_eq!(text::width::of(&said), CELLS + 3);
    }

    #[rstest]
    #[case("see https://a.b/c.", Some("https://a.b/c"))]
    #[case("(https://a.b/c)", Some("https://a.b/c"))]
    #[case("https://a.b/c_(d), x", Some("https://a.b/c_(d)"))]
    #[case("xhttps://a.b http://c.d", Some("http://c.d"))]
    #[case("http:// and https://", None)]
    #[case("**https://a.b**", Some("https://a.b"))]
    fn web_addresses_are_found_in_text(#[case] text: &str, #[case] want: Option<&str>) {
        assert_eq!(find(text).map(|range| &text[range]), want);
    }
}
