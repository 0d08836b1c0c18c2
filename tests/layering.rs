//! The house rules that a compiler does not know: which room may import which, which rooms are pure, where
//! `unsafe` and `ratatui` may stand, and how long a file may be. `docs/ARCHITECTURE.md` explains each.
//!
//! The checker is itself tested below, with planted violations in every spelling Rust offers.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

#[path = "layering/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path as FsPath;

use source::{Path, Source, module_of};

/// Longest file under `src`, in lines.
const LONGEST: usize = 400;

/// Room → what it may import. A room not named here may not exist.
const LAYERS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("model", &["base"]),
    ("proto", &["base", "model"]),
    ("wire", &["base", "model"]),
    ("config", &["base"]),
    ("transport", &["base", "model", "proto"]),
    ("registry", &["base", "model", "proto", "config::limits"]),
    ("history", &["base", "model"]),
    ("index", &["base", "model"]),
    ("store", &["base", "model"]),
    ("supervisor", &["base", "model", "wire", "config"]),
    ("guard", &["base"]),
    ("demo", &["base", "model", "wire"]),
    ("logging", &["base", "config"]),
    (
        "hub",
        &[
            "base",
            "model",
            "proto",
            "wire",
            "config",
            "transport",
            "registry",
            "history",
            "index",
            "store",
            "supervisor",
        ],
    ),
    ("ui", &["base", "model", "proto", "config", "transport"]),
    ("boot", BELOW_BOOT),
    ("cli", BELOW_CLI),
    ("main", BELOW_MAIN),
];
const BELOW_MAIN: &[&str] = &[
    "cli",
    "boot",
    "logging",
    "ui",
    "hub",
    "guard",
    "demo",
    "supervisor",
    "store",
    "index",
    "history",
    "registry",
    "transport",
    "config",
    "wire",
    "proto",
    "model",
    "base",
];
const BELOW_CLI: &[&str] = BELOW_MAIN.split_at(1).1;
const BELOW_BOOT: &[&str] = BELOW_MAIN.split_at(2).1;

/// The ordered areas of `ui` → which of the ordered areas each may import. The others (`term`, `events`,
/// `keymap`, …) are free, but `widget` sees nothing but `view` and `theme`, and nobody sees `run`.
const UI_ORDER: &[(&str, &[&str])] = &[
    ("theme", &[]),
    ("render", &["theme"]),
    ("mirror", &[]),
    ("state", &["render"]),
    ("update", &["render", "mirror", "state"]),
    ("view", &["render", "theme", "mirror", "state"]),
    ("widget", &["view", "theme"]),
];

/// Rooms without await, I/O, clock or runtime, and the parts of them that are exempt.
const PURE: &[&str] = &[
    "base",
    "model",
    "proto",
    "wire",
    "registry",
    "supervisor::slot",
    "supervisor::backoff",
    "ui::mirror",
    "ui::state",
    "ui::update",
    "ui::view",
    "ui::keymap",
];
const NOT_PURE: &[&str] = &["base::clock", "base::sys"];
const IMPURE: &[&str] = &[
    "tokio",
    "tokio_util",
    "tokio_tungstenite",
    "futures_util",
    "rusqlite",
    "rustix",
    "std::env",
    "std::fs",
    "std::io::stderr",
    "std::io::stdin",
    "std::io::stdout",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "crate::base::clock::Clock",
    "crate::base::sys",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Layer,
    UiOrder,
    Pure,
    Ratatui,
    Anyhow,
    Unsafe,
    Length,
}

impl Rule {
    fn explained(self) -> &'static str {
        match self {
            Self::Layer => "a room imports only what its row of the layer table names (§4, I4)",
            Self::UiOrder => "inside `ui`: render, theme ← view ← widget; mirror, state ← update, view (§4)",
            Self::Pure => "a pure room has no await, no I/O, no clock, no runtime (§3, I3)",
            Self::Ratatui => "`ratatui` appears only under `ui` (§3, I4)",
            Self::Anyhow => "`anyhow` is for `main`, `boot` and `cli` alone (§8)",
            Self::Unsafe => "`unsafe` stands only in `base/sys.rs` (§4)",
            Self::Length => "a file is one idea, never over 400 lines (§5)",
        }
    }
}

#[derive(Debug)]
struct Violation {
    file: String,
    line: usize,
    rule: Rule,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, what } = self;
        write!(f, "{file}:{line}: {what}: {}; see docs/ARCHITECTURE.md", rule.explained())
    }
}

/// Checks a whole tree, given as (path from the package root, text).
fn check(files: &[(String, String)]) -> Vec<Violation> {
    let sources: Vec<Source> = files.iter().map(|(f, text)| Source::parse(f, text).unwrap()).collect();
    let tests: BTreeSet<&String> = sources.iter().flat_map(|s| &s.test_files).collect();
    let modules: BTreeSet<Path> = files.iter().flat_map(|(f, _)| prefixes(&module_of(f))).collect();
    let mut found = Vec::new();
    for (source, (file, text)) in sources.iter().zip(files) {
        let mut say = |line, rule, what: String| {
            found.push(Violation { file: file.clone(), line, rule, what });
        };
        let lines = text.lines().count();
        if lines > LONGEST {
            say(lines, Rule::Length, format!("{lines} lines"));
        }
        for (_, line) in source.words.iter().filter(|(word, _)| word == "unsafe") {
            if file != "src/base/sys.rs" {
                say(*line, Rule::Unsafe, "`unsafe`".into());
            }
        }
        if tests.contains(file) {
            continue;
        }
        let pure = within(&source.module, PURE) && !within(&source.module, NOT_PURE);
        for (word, line) in source.words.iter().filter(|(word, _)| pure && word != "unsafe") {
            say(*line, Rule::Pure, format!("`{word}`"));
        }
        for (path, line) in source.paths(&modules) {
            for rule in broken(&source.module, &path, &modules, pure) {
                say(line, rule, format!("`{}`", path.join("::")));
            }
        }
    }
    found
}

/// The rules that naming `path` in `module` breaks.
fn broken(module: &Path, path: &Path, modules: &BTreeSet<Path>, pure: bool) -> Vec<Rule> {
    let mut rules = Vec::new();
    let room = module.first().map_or("lib", String::as_str);
    let outside = path.first().map_or("", String::as_str);
    if outside == "ratatui" && room != "ui" {
        rules.push(Rule::Ratatui);
    }
    if outside == "anyhow" && !["main", "boot", "cli"].contains(&room) {
        rules.push(Rule::Anyhow);
    }
    if pure && within(path, IMPURE) {
        rules.push(Rule::Pure);
    }
    if outside != "crate" || room == "lib" {
        return rules;
    }
    let inner = &path[1..];
    let Some(target) = inner.first() else { return rules };
    if target != room && modules.contains(std::slice::from_ref(target)) {
        let allowed = LAYERS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, allowed)| allowed);
        if !within(inner, allowed) {
            rules.push(Rule::Layer);
        }
    }
    if let ("ui", "ui", Some(from), Some(to)) = (room, target.as_str(), module.get(1), inner.get(1)) {
        let is_area = modules.contains(&inner[..2]);
        let ordered = |area: &str| UI_ORDER.iter().find(|(name, _)| *name == area);
        let allowed = match (ordered(from), ordered(to)) {
            _ if from == to || from == "run" || !is_area => true,
            (Some((_, may)), Some(_)) => may.contains(&to.as_str()),
            _ => to != "run" && from != "widget",
        };
        if !allowed {
            rules.push(Rule::UiOrder);
        }
    }
    rules
}

/// Whether `path` is one of `places` or below one.
fn within(path: &[String], places: &[&str]) -> bool {
    places.iter().any(|place| {
        let mut parts = place.split("::");
        let mut path = path.iter();
        parts.all(|part| path.next().is_some_and(|p| p == part))
    })
}

fn prefixes(module: &Path) -> Vec<Path> {
    (1..=module.len()).map(|n| module[..n].to_vec()).collect()
}

fn files_under(dir: &FsPath, root: &FsPath, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_under(&path, root, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn report(found: &[Violation]) -> String {
    found.iter().map(|v| format!("  {v}")).collect::<Vec<_>>().join("\n")
}

/// I3, I4, SEC-51.
#[test]
fn the_source_keeps_the_house_rules() {
    let root = FsPath::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    files_under(&root.join("src"), root, &mut files);
    files.sort();
    assert!(files.len() > 20, "only {} files found: looking in the wrong place", files.len());
    let rooms: BTreeSet<String> = files.iter().filter_map(|(f, _)| module_of(f).into_iter().next()).collect();
    for room in &rooms {
        assert!(LAYERS.iter().any(|(name, _)| name == room), "src/{room} has no row in the layer table");
    }
    let found = check(&files);
    assert!(found.is_empty(), "{} house rules broken:\n{}", found.len(), report(&found));
}

/// A small house with one file of each kind; `text` is planted into `file`.
fn with_planted(file: &str, text: &str) -> Vec<Violation> {
    let mut house: Vec<(String, String)> = [
        "src/lib.rs",
        "src/main.rs",
        "src/base/mod.rs",
        "src/base/sys.rs",
        "src/base/clock.rs",
        "src/model/mod.rs",
        "src/proto/mod.rs",
        "src/wire/mod.rs",
        "src/config/limits.rs",
        "src/config/settings.rs",
        "src/registry/mod.rs",
        "src/registry/pool.rs",
        "src/supervisor/slot.rs",
        "src/hub/mod.rs",
        "src/boot.rs",
        "src/cli/mod.rs",
        "src/ui/mod.rs",
        "src/ui/run.rs",
        "src/ui/term.rs",
        "src/ui/theme.rs",
        "src/ui/render/mod.rs",
        "src/ui/state/mod.rs",
        "src/ui/update/mod.rs",
        "src/ui/view/mod.rs",
        "src/ui/widget/mod.rs",
    ]
    .iter()
    .map(|f| ((*f).to_owned(), String::new()))
    .collect();
    match house.iter_mut().find(|(f, _)| f == file) {
        Some((_, planted)) => text.clone_into(planted),
        None => house.push((file.to_owned(), text.to_owned())),
    }
    check(&house)
}

#[test]
fn every_planted_violation_is_found_on_its_line() {
    use Rule::{Anyhow, Layer, Pure, Ratatui, UiOrder, Unsafe};
    let planted: &[(&str, &str, Rule)] = &[
        // Every spelling of one upward import.
        ("src/base/mod.rs", "use crate::model::World;", Layer),
        ("src/base/mod.rs", "use crate::{\n model::World};", Layer),
        ("src/base/mod.rs", "use {std::fmt, crate::{model::{World, Patch}}};", Layer),
        ("src/model/world.rs", "use super::super::proto::Command;", Layer),
        ("src/model/world.rs", "use super::{super::proto as p};", Layer),
        ("src/model/world.rs", "fn f() { super::super::proto::go() }", Layer),
        ("src/model/mod.rs", "fn f() -> crate::proto::Command { g() }", Layer),
        ("src/model/mod.rs", "use crate as house; fn f() { house::wire::go() }", Layer),
        ("src/model/mod.rs", "use crate::{self as house}; fn f() { house::wire::go() }", Layer),
        ("src/model/mod.rs", "use super as up; use up::wire as w;", Layer),
        ("src/model/mod.rs", "use crate::*; fn f() { wire::go() }", Layer),
        ("src/model/mod.rs", "mod inner { fn f() { super::super::wire::go() } }", Layer),
        ("src/model/mod.rs", "fn f() { println!(\"{}\", crate::wire::go()) }", Layer),
        ("src/model/mod.rs", "macro_rules! m { () => { $crate::wire::go() } }", Layer),
        ("src/model/mod.rs", "pub use crate::wire;", Layer),
        ("src/model/mod.rs", "fn f() { <crate::wire::T as Default>::default(); }", Layer),
        ("src/model/mod.rs", "fn f() { crate::r#wire::go() }", Layer),
        ("src/model/mod.rs", "#[derive(crate::wire::Derive)] struct S;", Layer),
        ("src/model/mod.rs", "#[cfg(not(test))] use crate::wire;", Layer),
        ("src/main.rs", "use hermux::model as r; use r::x; use ratatui::Frame;", Ratatui),
        // Neighbours of one brace, and the one room that sees a part of another.
        ("src/proto/mod.rs", "use crate::wire::Frame;", Layer),
        ("src/registry/mod.rs", "use crate::config::settings::Config;", Layer),
        ("src/registry/mod.rs", "use crate::config; fn f() { config::limits::go() }", Layer),
        ("src/boot.rs", "use crate::cli::Args;", Layer),
        ("src/hub/mod.rs", "use crate::ui::run;", Layer),
        // The terminal sees the hub through messages alone.
        ("src/ui/run.rs", "use crate::registry as r;", Layer),
        ("src/ui/view/mod.rs", "fn f(r: &crate::registry::Registry) {}", Layer),
        ("src/hub/mod.rs", "use ratatui::text::Line;", Ratatui),
        ("src/model/mod.rs", "fn f() -> ::ratatui::text::Line { g() }", Ratatui),
        // Inside the terminal.
        ("src/ui/theme.rs", "use super::view::Screen;", UiOrder),
        ("src/ui/render/mod.rs", "use crate::ui::state::UiState;", UiOrder),
        ("src/ui/view/mod.rs", "use crate::ui::{theme::Role, widget::Chat};", UiOrder),
        ("src/ui/view/mod.rs", "use super::update::step;", UiOrder),
        ("src/ui/update/mod.rs", "use super::view::Screen;", UiOrder),
        ("src/ui/widget/mod.rs", "use super::state::UiState;", UiOrder),
        ("src/ui/widget/mod.rs", "use super::term::size;", UiOrder),
        ("src/ui/term.rs", "use super::run::run;", UiOrder),
        // Purity.
        ("src/registry/mod.rs", "use tokio::sync::mpsc;", Pure),
        ("src/registry/mod.rs", "use std::{fmt, fs};", Pure),
        ("src/registry/mod.rs", "use std as s; fn f() { s::fs::read(p) }", Pure),
        ("src/registry/mod.rs", "use std::time; fn f() { time::Instant::now(); }", Pure),
        ("src/registry/mod.rs", "use std::time::*; fn f() { Instant::now(); }", Pure),
        ("src/registry/mod.rs", "extern crate tokio as t;", Pure),
        ("src/registry/pool.rs", "use crate::base::clock::{Clock, Tick};", Pure),
        ("src/supervisor/slot.rs", "fn f() { std::process::exit(1) }", Pure),
        ("src/wire/mod.rs", "async fn f() {}", Pure),
        ("src/wire/mod.rs", "fn f() { select! { x = y.await => 1 } }", Pure),
        ("src/ui/update/mod.rs", "fn f() { std::thread::spawn(g); }", Pure),
        // The rest.
        ("src/hub/mod.rs", "use anyhow::Result;", Anyhow),
        ("src/hub/mod.rs", "fn f() { unsafe { g() } }", Unsafe),
        ("src/hub/mod.rs", "#[cfg(test)] mod tests { }\nunsafe impl Send for S {}", Unsafe),
    ];
    for (file, text, rule) in planted {
        let found = with_planted(file, text);
        let line = 1 + text.find("model::World}").or(text.find("unsafe impl")).map_or(0, |_| 1);
        let right = found.iter().any(|v| v.rule == *rule && v.file == *file && (v.line == line));
        assert!(right, "`{text}` in {file} should break {rule:?} on line {line}; found:\n{}", report(&found));
    }
}

#[test]
fn what_is_allowed_is_not_reported() {
    let allowed: &[(&str, &str)] = &[
        ("src/model/mod.rs", "use crate::base::Tick; pub(crate) use self::inner::X;"),
        ("src/model/mod.rs", "// use crate::wire;\n/// crate::hub::run and tokio::spawn\nfn f() {}"),
        ("src/model/mod.rs", "const S: &str = \"crate::wire::go() unsafe { std::fs::read }\";"),
        ("src/model/mod.rs", "#[cfg(test)] mod tests { use crate::wire; fn f() { std::fs::read(p); } }"),
        ("src/model/mod.rs", "#[cfg(test)] use crate::wire::{a, b};\nfn f() {}"),
        ("src/model/mod.rs", "#[cfg(all(test, unix))] #[allow(x)] fn f() { std::fs::read(p); }\nfn g() {}"),
        ("src/model/mod.rs", "use std::time::Duration; fn f(d: Duration) -> impl Fn() + use<> { g }"),
        ("src/model/mod.rs", "struct S { r#async: bool }"),
        ("src/registry/mod.rs", "use crate::config::limits::Limits; use crate::proto::Command;"),
        ("src/base/sys.rs", "fn f() { unsafe { std::process::exit(1) } }"),
        ("src/base/clock.rs", "fn f() { std::time::Instant::now(); }"),
        ("src/hub/mod.rs", "use crate::{registry::step, transport::Port, supervisor}; async fn f() {}"),
        ("src/boot.rs", "use crate::{hub, ui}; use anyhow::Result;"),
        ("src/cli/mod.rs", "use crate::boot::solo;"),
        ("src/main.rs", "use hermux::cli; fn main() { hermux::boot::run() }"),
        ("src/ui/widget/mod.rs", "use ratatui::Frame; use super::{theme::Role, view::Screen};"),
        ("src/ui/view/mod.rs", "use crate::ui::{render::wrap, theme, state::UiState};"),
        ("src/ui/run.rs", "use super::{term, widget, update}; use crate::transport; async fn f() {}"),
        ("src/lib.rs", "pub mod base; pub use hub::x;"),
    ];
    for (file, text) in allowed {
        let found = with_planted(file, text);
        assert!(found.is_empty(), "`{text}` in {file} is allowed; found:\n{}", report(&found));
    }
}

#[test]
fn a_sibling_test_file_is_free_only_when_a_test_module_declares_it() {
    let text = "use crate::wire; fn f() { std::fs::read(p); }";
    let with = |declaration: &str| {
        check(&[
            ("src/wire/mod.rs".into(), String::new()),
            ("src/model/world.rs".into(), declaration.into()),
            ("src/model/world_tests.rs".into(), text.into()),
        ])
    };
    let declared = with("#[cfg(test)] #[path = \"world_tests.rs\"] mod tests;\nfn f() {}");
    assert!(declared.is_empty(), "{}", report(&declared));
    assert!(!with("").is_empty());
}

#[test]
fn a_file_over_400_lines_is_reported() {
    assert!(with_planted("src/model/mod.rs", &"fn f() {}\n".repeat(LONGEST)).is_empty());
    let found = with_planted("src/model/mod.rs", &"fn f() {}\n".repeat(LONGEST + 1));
    assert_eq!(found.len(), 1, "{}", report(&found));
    assert_eq!(found[0].rule, Rule::Length);
}

/// The person who broke a rule learns which, where, and where it is explained.
#[test]
fn a_report_names_file_line_rule_and_explanation() {
    let found = with_planted("src/ui/run.rs", "\nuse crate::registry::step;");
    let text = found.first().expect("found").to_string();
    for part in ["src/ui/run.rs:2:", "crate::registry::step", "layer table", "docs/ARCHITECTURE.md"] {
        assert!(text.contains(part), "{text:?} lacks {part:?}");
    }
}
