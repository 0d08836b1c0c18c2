//! Code as it was written, to be copied. Asked for by a key, so the whole text may be parsed for it.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// What stands in the last block of code of `source` whose fence is closed, else in the last one; without the marks of the
/// quotes and lists that it stands in, and without its last line's end.
pub fn last_code(source: &str) -> Option<String> {
    let (mut closed, mut open) = (None, None);
    let mut inside: Option<String> = None;
    for (event, range) in Parser::new(source).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => inside = Some(String::new()),
            Event::Text(text) => {
                if let Some(code) = &mut inside {
                    code.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some(mut code) = inside.take() else { continue };
                if code.ends_with('\n') {
                    code.pop();
                }
                *(if is_closed(source.get(range).unwrap_or_default()) { &mut closed } else { &mut open }) =
                    Some(code);
            }
            _ => {}
        }
    }
    closed.or(open)
}

/// Whether a block's last line is a fence, and not its first one.
fn is_closed(block: &str) -> bool {
    let Some((_, last)) = block.trim_end().rsplit_once('\n') else { return false };
    let last = last.trim_start_matches([' ', '>']);
    last.len() >= 3 && (last.bytes().all(|b| b == b'`') || last.bytes().all(|b| b == b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a\n```sh\nls\n```\nb\n```\none\n\ntwo\n```\nc\n```\nopen", Some("one\n\ntwo"))]
    #[case("```\nopen **raw** &amp;\n", Some("open **raw** &amp;"))]
    #[case("~~~py\nx = '```'\n~~~", Some("x = '```'"))]
    #[case("````md\n```sh\nls\n```\n````", Some("```sh\nls\n```"))]
    #[case("1. a\n   ```\n   x\n     y\n   ```", Some("x\n  y"))]
    #[case("> ```\n> x\n> ```", Some("x"))]
    #[case("```\n```", Some(""))]
    #[case("no `code` block\n\n    indented", None)]
    fn the_last_code_block_is_found_whole(#[case] source: &str, #[case] want: Option<&str>) {
        assert_eq!(last_code(source).as_deref(), want, "{source}");
    }
}
