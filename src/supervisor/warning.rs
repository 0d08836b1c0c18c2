//! What Hermes warns of while it starts and then goes on without: it prints that, and says it nowhere else. Pure.

use crate::base::text::Untrusted;

/// The words of `hermes` 0.19 before a config file that is no YAML, and after what is wrong with it.
const CONFIG: (&str, &str) = ("hermes config: Failed to parse ", ". Falling back to default config");
/// Characters of what is wrong that are repeated.
const MOST: usize = 300;

/// What is wrong with the profile's config file, by the first lines that its backend wrote. Another wording is no warning.
pub(super) fn config(log: &[Untrusted]) -> Option<Untrusted> {
    let (begin, end) = CONFIG;
    let mut lines = log.iter().skip_while(|line| !line.raw().contains(begin));
    let (_, first) = lines.next()?.raw().split_once(begin)?;
    let mut words = vec![first];
    words.extend(lines.map(Untrusted::raw));
    let whole = words.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let wrong = whole.split_once(end).map_or(first, |(wrong, _)| wrong);
    Some(wrong.chars().take(MOST).collect::<String>().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_that_hermes_ignores_is_told_in_its_own_words() {
        let log: Vec<Untrusted> = [
            "⚠️  hermes config: Failed to parse /h/config.yaml: while parsing a flow sequence",
            "  in \"/h/config.yaml\", line 2, column 12",
            "did not find expected ',' or ']'",
            "  in \"/h/config.yaml\", line 3, column 3. Falling back to default config — every user override is IGNORED.",
            "HERMES_BACKEND_READY port=38869",
        ]
        .map(Untrusted::from)
        .into();
        let told = config(&log).expect("a warning");
        assert_eq!(
            told.raw(),
            "/h/config.yaml: while parsing a flow sequence in \"/h/config.yaml\", line 2, column 12 did not find expected \
             ',' or ']' in \"/h/config.yaml\", line 3, column 3"
        );
        assert_eq!(config(&log[4..]), None);
        assert_eq!(
            config(&log[..1]).expect("a warning").raw(),
            "/h/config.yaml: while parsing a flow sequence"
        );
    }
}
