use super::*;
use proptest::prelude::*;
use rstest::rstest;

/// `⟦k:if⟧ x` for what is told apart; plain stretches as they are.
fn marked(language: &str, source: &str) -> String {
    let mut lexer = Lexer::of(language).unwrap();
    let mut out = String::new();
    for (n, line) in source.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        lexer.line(line, |piece, class| {
            let mark = match class {
                Class::Plain => return out.push_str(piece),
                Class::Keyword => "k",
                Class::String => "s",
                Class::Comment => "c",
                Class::Number => "n",
                Class::Function => "f",
                Class::Kind => "t",
                Class::Added => "+",
                Class::Removed => "-",
            };
            out.extend(["⟦", mark, ":", piece, "⟧"]);
        });
    }
    out
}

#[rstest]
#[case("py", "def f(x: int = 0x1F):  # c", "⟦k:def⟧ ⟦f:f⟧(x: ⟦t:int⟧ = ⟦n:0x1F⟧):  ⟦c:# c⟧")]
#[case("python", "a = f\"{x}\" + 'it\\'s'", "a = ⟦s:f\"{x}\"⟧ + ⟦s:'it\\'s'⟧")]
#[case("python", "\"\"\"one\ntwo # \"\"\" if", "⟦s:\"\"\"one⟧\n⟦s:two # \"\"\"⟧ ⟦k:if⟧")]
#[case("python", "@dataclass\nclass Foo(Bar):", "⟦f:@dataclass⟧\n⟦k:class⟧ ⟦f:Foo⟧(⟦t:Bar⟧):")]
#[case(
    "rs",
    "impl<'a> Foo<'a> { fn x() -> char { 'x' } }",
    "⟦k:impl⟧<⟦t:'a⟧> ⟦t:Foo⟧<⟦t:'a⟧> { ⟦k:fn⟧ ⟦f:x⟧() -> ⟦t:char⟧ { ⟦s:'x'⟧ } }"
)]
#[case(
    "rust",
    "/* a /* b */ c */ let s = r#\"a\"b\"#;",
    "⟦c:/* a /* b */ c */⟧ ⟦k:let⟧ s = ⟦s:r#\"a\"b\"#⟧;"
)]
#[case("rust", "#[derive(Debug)]\nlet r = 0..10;", "⟦c:#[derive(Debug)]⟧\n⟦k:let⟧ r = ⟦n:0⟧..⟦n:10⟧;")]
#[case("rust", "println!(\"{}\", MAX); std::io::x()", "⟦f:println⟧!(⟦s:\"{}\"⟧, ⟦n:MAX⟧); std::io::⟦f:x⟧()")]
#[case(
    "sh",
    "for f in *.txt; do echo \"$f\" ${#f} x#y # c",
    "⟦k:for⟧ f ⟦k:in⟧ *.txt; ⟦k:do⟧ ⟦f:echo⟧ ⟦s:\"$f\"⟧ ⟦t:${#f}⟧ x#y ⟦c:# c⟧"
)]
#[case("bash", "echo 'a\nb' $HOME", "⟦f:echo⟧ ⟦s:'a⟧\n⟦s:b'⟧ ⟦t:$HOME⟧")]
#[case("ts", "const x: string = `a\n${b}`; // c", "⟦k:const⟧ x: ⟦t:string⟧ = ⟦s:`a⟧\n⟦s:${b}`⟧; ⟦c:// c⟧")]
#[case("js", "let s = 'open\nlet t", "⟦k:let⟧ s = ⟦s:'open⟧\n⟦k:let⟧ t")]
#[case("json", "{\"a\": [1.5e3, true, \"x\"]}", "{⟦f:\"a\"⟧: [⟦n:1.5e3⟧, ⟦n:true⟧, ⟦s:\"x\"⟧]}")]
#[case("toml", "[a.b]\nkey-1 = \"v\" # c", "⟦t:[a.b]⟧\n⟦f:key-1⟧ = ⟦s:\"v\"⟧ ⟦c:# c⟧")]
#[case("yaml", "- name: don't  # c\n  on: true", "- ⟦f:name⟧: don't  ⟦c:# c⟧\n  ⟦f:on⟧: ⟦n:true⟧")]
#[case(
    "go",
    "func (s *Srv) Run() error { return nil }",
    "⟦k:func⟧ (s *⟦t:Srv⟧) ⟦f:Run⟧() ⟦t:error⟧ { ⟦k:return⟧ ⟦n:nil⟧ }"
)]
#[case(
    "c++",
    "#include <x>\n/* a\nb */ int x = 'a';",
    "⟦k:#include⟧ <x>\n⟦c:/* a⟧\n⟦c:b */⟧ ⟦t:int⟧ x = ⟦s:'a'⟧;"
)]
#[case("java", "@Override public void run() {}", "⟦f:@Override⟧ ⟦k:public⟧ ⟦t:void⟧ ⟦f:run⟧() {}")]
#[case("sql", "SELECT a FROM t WHERE b = 'x' -- c", "⟦k:SELECT⟧ a ⟦k:FROM⟧ t ⟦k:WHERE⟧ b = ⟦s:'x'⟧ ⟦c:-- c⟧")]
#[case(
    "html",
    "<a href=\"x\">T &amp; U</a><!-- c\nd -->",
    "⟦k:<a⟧ ⟦f:href⟧=⟦s:\"x\"⟧⟦k:>⟧T ⟦n:&amp;⟧ U⟦k:</a>⟧⟦c:<!-- c⟧\n⟦c:d -->⟧"
)]
#[case("css", ".a { color: #fff; margin: 2px }", "⟦t:.a⟧ { ⟦f:color⟧: ⟦t:#fff⟧; ⟦f:margin⟧: ⟦n:2px⟧ }")]
#[case(
    "diff",
    "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z",
    "⟦k:--- a⟧\n⟦k:+++ b⟧\n⟦f:@@ -1 +1 @@⟧\n⟦-:-x⟧\n⟦+:+y⟧\n z"
)]
fn words_texts_and_comments_are_told_apart(#[case] language: &str, #[case] source: &str, #[case] want: &str) {
    assert_eq!(marked(language, source), want);
}

#[test]
fn what_is_not_known_or_no_code_has_no_colours() {
    for name in ["", "markdown", "text", "brainfuck"] {
        assert!(Lexer::of(name).is_none(), "{name}");
    }
}

/// SEC-45: a line that no one reads costs nothing.
#[test]
fn a_giant_line_stays_plain() {
    let line = "\"'`/*".repeat(1_000);
    assert_eq!(marked("js", &line), line);
}

proptest! {
    /// Nothing is lost, doubled or moved, whatever the language and the text.
    #[test]
    fn the_stretches_of_a_line_are_the_line(
        which in 0..LANGUAGES.len(),
        lines in proptest::collection::vec("[a-zA-Z0-9 \"'`#/*$@<>&;:=(){}\\[\\]\\\\!.,_漢-]{0,40}", 1..5),
    ) {
        let mut lexer = Lexer { language: &LANGUAGES[which], open: Open::Nothing };
        for line in &lines {
            let mut whole = String::new();
            lexer.line(line, |piece, _| {
                assert!(!piece.is_empty());
                whole.push_str(piece);
            });
            prop_assert_eq!(&whole, line);
        }
    }
}
