//! Single values out of a YAML file of Hermes', by their place. Nothing is built of the file, no alias is followed and nothing is
//! nested deeper than is looked for, so a hostile file costs no more than reading it.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// The text at each of `places` (keys from the outermost in, at most two): the first document's, and the first of its name. Empty
/// values and `null` are nothing. `None` where the file breaks off before all were seen as not being YAML.
pub(super) fn values<const N: usize>(
    text: &str,
    places: [&[&str]; N],
) -> Result<[Option<String>; N], String> {
    let mut found = [const { None }; N];
    // The keys that lead to where the parser is, of mappings within mappings from the root; what is below anything else is passed over.
    let mut path: Vec<Option<String>> = Vec::new();
    let mut skipped = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        match event {
            Event::DocumentEnd => break,
            Event::SequenceStart(..) => skipped += 1,
            Event::SequenceEnd => {
                skipped = skipped.saturating_sub(1);
                if skipped == 0 {
                    done(&mut path);
                }
            }
            Event::MappingStart(..) => {
                let expects_value = path.last().is_none_or(Option::is_some);
                if skipped > 0 || !expects_value || path.len() >= 2 {
                    skipped += 1;
                } else {
                    path.push(None);
                }
            }
            Event::MappingEnd if skipped > 0 => {
                skipped -= 1;
                if skipped == 0 {
                    done(&mut path);
                }
            }
            Event::MappingEnd => {
                path.pop();
                done(&mut path);
            }
            Event::Scalar(value, style, ..) if skipped == 0 => match path.last_mut() {
                Some(key @ None) => *key = Some(value.into_owned()),
                Some(Some(_)) => {
                    let keys: Vec<&str> = path.iter().flatten().map(String::as_str).collect();
                    for (place, found) in places.iter().zip(&mut found) {
                        if **place == *keys && found.is_none() {
                            let nothing = style == ScalarStyle::Plain && matches!(&*value, "" | "~" | "null");
                            *found = (!nothing && !value.is_empty()).then(|| value.to_string());
                        }
                    }
                    done(&mut path);
                }
                None => {}
            },
            Event::Alias(_) if skipped == 0 => match path.last_mut() {
                Some(key @ None) => *key = Some(String::new()),
                _ => done(&mut path),
            },
            _ => {}
        }
    }
    Ok(found)
}

/// The value of the present key was seen: the next scalar is a key.
fn done(path: &mut [Option<String>]) {
    if let Some(key) = path.last_mut() {
        // A sequence or mapping in the place of a key is one that nobody asks for.
        *key = if key.is_some() { None } else { Some(String::new()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(text: &str) -> Result<(Option<String>, Option<String>), String> {
        values(text, [&["model", "default"], &["model"]]).map(|[a, b]| (a, b))
    }

    #[test]
    fn a_value_is_found_by_its_place_and_nowhere_else() {
        let some = |text: &str| Some(text.to_owned());
        for (text, want) in [
            ("model:\n  default: \"a/b:free\"\n  provider: x\n", (some("a/b:free"), None)),
            ("model: plain # comment\n", (None, some("plain"))),
            (
                "other:\n  model: no\n  default: no\nlist:\n- model: no\n- default: no\nmodel: {default: yes}\n",
                (some("yes"), None),
            ),
            (
                "a: {b: {model: no, c: [1, {default: no}]}}\nmodel: {x: [default, no], default: m}",
                (some("m"), None),
            ),
            ("? [complex, key]\n: 1\n? {a: b}\n: 2\nmodel: m\n", (None, some("m"))),
            ("model: first\nmodel: second\n", (None, some("first"))),
            ("model: null\n", (None, None)),
            ("model:\n", (None, None)),
            ("model: \"null\"\n", (None, some("null"))),
            ("model: &a\n  default: m\nmore: *a\n", (some("m"), None)),
            ("x: &x y\nmodel: *x\n", (None, None)),
            ("model: |\n  one\n  two\n", (None, some("one\ntwo\n"))),
            ("--- one\n--- {model: two}\n", (None, None)),
            ("- model: m\n", (None, None)),
            ("just text", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(two(text), Ok(want), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_yaml_says_so_and_a_bomb_costs_nothing() {
        assert!(two("model: [\n").is_err());
        assert!(two("a: b: c").is_err());
        let level = |n: usize| format!("a{n}: &a{n} [*a{m}, *a{m}, *a{m}, *a{m}]\n", m = n - 1);
        let levels: String = (1..60).map(level).collect();
        let bomb = format!("a0: &a0 [x]\n{levels}model: m\n");
        assert_eq!(two(&bomb), Ok((None, Some("m".to_owned()))));
    }
}
