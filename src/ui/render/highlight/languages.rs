//! The languages: their words and marks.

/// How a language is read, apart from its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Code,
    /// `$NAME` and `${NAME}` are variables.
    Shell,
    /// `[name]` on its own begins a part.
    Table,
    /// Selectors and properties.
    Style,
    /// Tags.
    Markup,
    /// Lines that came and went.
    Diff,
}

/// A kind of text between marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub open: &'static str,
    pub close: &'static str,
    /// A backslash takes the next character with it.
    pub escapes: bool,
    /// It may go over many lines.
    pub lines: bool,
}

/// Words, parted by blanks.
pub(super) type Words = &'static str;

/// One language.
#[derive(Debug)]
pub(super) struct Language {
    /// What stands behind a fence.
    pub names: Words,
    pub shape: Shape,
    pub comments: &'static [&'static str],
    /// A comment's mark is none within a word.
    pub comment_is_word: bool,
    /// Comments of many lines.
    pub block: Option<(&'static str, &'static str)>,
    pub block_nests: bool,
    /// The longer ones first.
    pub quotes: &'static [Quote],
    /// Words that belong to the text right behind them.
    pub prefixes: Words,
    /// A mark right behind a word is an apostrophe.
    pub quotes_part_words: bool,
    /// `'a` is a name.
    pub lifetimes: bool,
    pub keywords: Words,
    pub kinds: Words,
    pub constants: Words,
    pub functions: Words,
    pub any_case: bool,
    /// What a word may hold besides letters, digits and `_`.
    pub word_parts: &'static str,
    /// What stands before it is a key.
    pub names_before: Option<char>,
    /// A word before a bracket is a function.
    pub calls: bool,
    /// A word with a capital is a type.
    pub capital_kinds: bool,
}

const fn quote(open: &'static str, close: &'static str, escapes: bool, lines: bool) -> Quote {
    Quote { open, close, escapes, lines }
}

const NONE: Language = Language {
    names: "",
    shape: Shape::Code,
    comments: &[],
    comment_is_word: false,
    block: None,
    block_nests: false,
    quotes: &[quote("\"", "\"", true, false), quote("'", "'", true, false)],
    prefixes: "",
    quotes_part_words: false,
    lifetimes: false,
    keywords: "",
    kinds: "",
    constants: "",
    functions: "",
    any_case: false,
    word_parts: "",
    names_before: None,
    calls: false,
    capital_kinds: false,
};
const C_LIKE: Language = Language {
    comments: &["//"],
    block: Some(("/*", "*/")),
    constants: "true false null nullptr NULL",
    calls: true,
    capital_kinds: true,
    ..NONE
};

/// All of them; the first that has a name is taken.
pub(super) static LANGUAGES: &[Language] = &[
    Language {
        names: "python py python3 pycon pyi",
        comments: &["#"],
        quotes: &[
            quote("\"\"\"", "\"\"\"", true, true),
            quote("'''", "'''", true, true),
            quote("\"", "\"", true, false),
            quote("'", "'", true, false),
        ],
        prefixes: "f r b u F R B fr rf br rb",
        keywords: "and as assert async await break class continue def del elif else except finally for from \
            global if import in is lambda nonlocal not or pass raise return try while with yield match \
            case",
        kinds: "int str float bool bytes list dict set tuple object type",
        constants: "True False None self cls",
        calls: true,
        capital_kinds: true,
        ..NONE
    },
    Language {
        names: "rust rs",
        block_nests: true,
        quotes: &[
            quote("r##\"", "\"##", false, true),
            quote("r#\"", "\"#", false, true),
            quote("r\"", "\"", false, true),
            quote("\"", "\"", true, true),
            quote("'", "'", true, false),
        ],
        prefixes: "b c",
        lifetimes: true,
        keywords: "as async await break const continue crate dyn else enum extern fn for if impl in let loop \
            match mod move mut pub ref return static struct super trait type union unsafe use where \
            while",
        kinds: "bool char str i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64",
        constants: "true false self",
        ..C_LIKE
    },
    Language {
        names: "bash sh shell zsh console shell-session fish dockerfile docker make makefile",
        shape: Shape::Shell,
        comments: &["#"],
        comment_is_word: true,
        quotes: &[quote("\"", "\"", true, true), quote("'", "'", false, true)],
        keywords: "if then else elif fi for while until do done case esac in function select return exit break \
            continue local export readonly declare unset shift trap set source eval exec FROM RUN COPY \
            ADD CMD ENTRYPOINT ENV ARG WORKDIR EXPOSE USER VOLUME LABEL",
        functions: "echo printf cd test read sudo cat grep sed awk find xargs curl git docker cargo npm npx pip \
            python python3 uv make mkdir rm cp mv ls chmod chown ssh tar kubectl apt apt-get brew \
            systemctl hermes hermux",
        constants: "true false",
        word_parts: "-",
        ..NONE
    },
    Language {
        names: "javascript js jsx typescript ts tsx mjs cjs node",
        quotes: &[quote("\"", "\"", true, false), quote("'", "'", true, false), quote("`", "`", true, true)],
        keywords: "abstract as async await break case catch class const continue debugger declare default \
            delete do else enum export extends finally for from function get if implements import in \
            instanceof interface keyof let namespace new of private protected public readonly return \
            satisfies set static super switch throw try type typeof var void while with yield",
        kinds: "any bigint boolean never number object string symbol unknown",
        constants: "true false null undefined this NaN Infinity",
        ..C_LIKE
    },
    Language {
        names: "json jsonc json5 jsonl",
        names_before: Some(':'),
        calls: false,
        capital_kinds: false,
        ..C_LIKE
    },
    Language {
        names: "toml ini cfg conf properties env dotenv systemd",
        shape: Shape::Table,
        comments: &["#", ";"],
        comment_is_word: true,
        quotes: &[
            quote("\"\"\"", "\"\"\"", true, true),
            quote("'''", "'''", false, true),
            quote("\"", "\"", true, false),
            quote("'", "'", false, false),
        ],
        quotes_part_words: true,
        constants: "true false inf nan",
        word_parts: "-.",
        names_before: Some('='),
        ..NONE
    },
    Language {
        names: "yaml yml",
        comments: &["#"],
        comment_is_word: true,
        quotes: &[quote("\"", "\"", true, true), quote("'", "'", false, true)],
        quotes_part_words: true,
        constants: "true false null yes no on off",
        word_parts: "-./",
        names_before: Some(':'),
        ..NONE
    },
    Language {
        names: "go golang",
        quotes: &[quote("\"", "\"", true, false), quote("'", "'", true, false), quote("`", "`", false, true)],
        keywords: "break case chan const continue default defer else fallthrough for func go goto if import \
            interface map package range return select struct switch type var",
        kinds: "any bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune \
            string uint uint8 uint16 uint32 uint64 uintptr",
        constants: "true false nil iota",
        ..C_LIKE
    },
    Language {
        names: "c h cpp c++ cc cxx hpp hh objc cuda glsl proto protobuf",
        keywords: "alignas alignof auto break case catch class co_await co_return co_yield concept const \
            consteval constexpr continue default delete do else enum explicit export extern final for \
            friend goto if inline message mutable namespace new noexcept operator override private \
            protected public register requires return service sizeof static static_assert struct switch \
            syntax template throw try typedef typename union using virtual volatile while",
        kinds: "bool char double float int long short signed unsigned void wchar_t size_t ssize_t ptrdiff_t \
            int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t string",
        constants: "true false NULL nullptr this",
        ..C_LIKE
    },
    Language {
        names: "java kotlin kt scala csharp cs c# swift dart groovy php",
        quotes: &[
            quote("\"\"\"", "\"\"\"", true, true),
            quote("\"", "\"", true, false),
            quote("'", "'", true, false),
        ],
        keywords: "abstract as assert async await break case catch class companion const continue data default \
            defer do else enum extends extension final finally for foreach fun func function get guard \
            if implements import in init instanceof interface internal is let namespace native new \
            object open operator out override package permits private protected protocol public readonly \
            record ref return sealed set static strictfp struct super switch synchronized this throw \
            throws trait transient try typealias using val var virtual volatile when where while with \
            yield",
        kinds: "boolean bool byte char double float int long short string void",
        constants: "true false null nil self",
        ..C_LIKE
    },
    Language {
        names: "sql sqlite postgres postgresql psql mysql plsql",
        comments: &["--"],
        quotes: &[
            quote("'", "'", false, true),
            quote("\"", "\"", false, false),
            quote("`", "`", false, false),
        ],
        keywords: "add all alter analyze and as asc begin between by cascade case check column commit \
            constraint create cross database default delete desc distinct drop else end except exists \
            explain foreign from full function grant group having if in index inner insert intersect \
            into is join key left like limit not offset on or order outer over partition pragma primary \
            references replace returning right rollback select set table then transaction trigger union \
            unique update using values view when where with",
        kinds: "bigint blob boolean char date decimal float int integer json jsonb numeric real serial \
            smallint text time timestamp uuid varchar",
        constants: "true false null",
        any_case: true,
        capital_kinds: false,
        ..C_LIKE
    },
    Language {
        names: "html xml svg vue svelte xhtml htm",
        shape: Shape::Markup,
        block: Some(("<!--", "-->")),
        ..NONE
    },
    Language {
        names: "css scss less sass",
        shape: Shape::Style,
        block: Some(("/*", "*/")),
        names_before: Some(':'),
        word_parts: "-",
        calls: true,
        ..NONE
    },
    Language { names: "diff patch udiff", shape: Shape::Diff, ..NONE },
    Language {
        names: "lua ruby rb perl r elixir julia",
        comments: &["#", "--"],
        comment_is_word: true,
        keywords: "and begin break case class def do else elseif elsif end ensure for fn function if in local \
            module my next not or repeat require rescue return sub then unless until use when while \
            yield",
        constants: "true false nil self TRUE FALSE NULL",
        calls: true,
        capital_kinds: true,
        ..NONE
    },
];
