//! Reads one Rust source file into what the layering rules look at: every path the file names, resolved
//! against the crate's modules and the file's own `use` lines, and the keywords that matter.
//!
//! It works on tokens, so comments, strings and doc text never count, while macro bodies do. Code under
//! `#[cfg(test)]` is left out. It does not expand macros, and a name that reaches a module only through
//! another module's glob is not followed.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

pub(crate) type Path = Vec<String>;

/// A path as written, with the module it stands in.
struct Raw {
    segments: Path,
    module: Path,
    line: usize,
}

/// One source file. `file` is relative to the package, with `/`.
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) module: Path,
    /// Files that only tests include, as declared by this one.
    pub(crate) test_files: Vec<String>,
    /// `unsafe`, `async` and `await`, where they stand.
    pub(crate) words: Vec<(String, usize)>,
    raw: Vec<Raw>,
    aliases: BTreeMap<String, (Path, Path)>,
    globs: Vec<(Path, Path)>,
}

impl Source {
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, String> {
        let stream: TokenStream = text.parse().map_err(|error| format!("{file}: not Rust: {error}"))?;
        let mut source = Self {
            file: file.into(),
            module: module_of(file),
            test_files: Vec::new(),
            words: Vec::new(),
            raw: Vec::new(),
            aliases: BTreeMap::new(),
            globs: Vec::new(),
        };
        let module = source.module.clone();
        source.walk(stream, &module);
        Ok(source)
    }

    /// Every path the file names, with its line. A path into this crate starts with `crate`.
    pub(crate) fn paths(&self, modules: &BTreeSet<Path>) -> Vec<(Path, usize)> {
        let mut found: Vec<(Path, usize)> = Vec::new();
        for raw in &self.raw {
            for path in self.resolve(&raw.segments, &raw.module, modules) {
                found.push((path, raw.line));
            }
        }
        found
    }

    /// All that `segments` may mean: itself, and for an unknown first name what each glob could make of it.
    fn resolve(&self, segments: &[String], module: &[String], modules: &BTreeSet<Path>) -> Vec<Path> {
        let path = self.resolve_named(segments, module, modules);
        let mut all = Vec::new();
        if path.first().is_some_and(|first| first != "crate") {
            for (prefix, at) in &self.globs {
                let prefix = self.resolve_named(prefix, at, modules);
                let child = [prefix.as_slice(), &path[..1]].concat();
                if prefix[0] != "crate" || modules.contains(&child[1..]) {
                    all.push([prefix, path.clone()].concat());
                }
            }
        }
        all.push(path);
        all
    }

    fn resolve_named(&self, segments: &[String], module: &[String], modules: &BTreeSet<Path>) -> Path {
        let (mut path, mut module) = (segments.to_vec(), module.to_vec());
        let mut expanded = BTreeSet::new();
        while let Some(first) = path.first().cloned() {
            match first.as_str() {
                "crate" | "hermux" => return in_crate(&[], &path[1..]),
                "" => return path.split_off(1),
                "self" | "super" => {
                    let skip = path.iter().take_while(|s| *s == "self" || *s == "super").count();
                    let ups = path[..skip].iter().filter(|s| *s == "super").count();
                    module.truncate(module.len().saturating_sub(ups));
                    return in_crate(&module, &path[skip..]);
                }
                _ => {}
            }
            let Some((target, at)) = self.aliases.get(&first).filter(|_| expanded.insert(first)) else {
                break;
            };
            path = target.iter().cloned().chain(path.split_off(1)).collect();
            module.clone_from(at);
        }
        let child = [module.as_slice(), &path[..path.len().min(1)]].concat();
        if modules.contains(&child) { in_crate(&module, &path) } else { path }
    }

    fn walk(&mut self, stream: TokenStream, module: &Path) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut i = 0;
        while i < tokens.len() {
            i = match &tokens[i] {
                TokenTree::Punct(p) if p.as_char() == '#' => self.attribute(&tokens, i, module),
                TokenTree::Ident(ident) => {
                    let (word, line) = (ident.to_string(), ident.span().start().line);
                    if matches!(word.as_str(), "unsafe" | "async" | "await") {
                        self.words.push((word.clone(), line));
                    }
                    match (word.as_str(), tokens.get(i + 1), tokens.get(i + 2)) {
                        ("mod", Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) => {
                            let inner = [module.as_slice(), &[name.to_string()]].concat();
                            self.walk(body.stream(), &inner);
                            i + 3
                        }
                        ("use", Some(next), _) if !is_punct(next, '<') => {
                            let end = end_of(&tokens, i, |t| is_punct(t, ';'));
                            self.use_tree(&tokens[i + 1..end], &[], module);
                            end
                        }
                        ("crate", Some(TokenTree::Ident(name)), next)
                            if i > 0 && is_word(&tokens[i - 1], "extern") =>
                        {
                            let renamed = next.is_some_and(|t| is_word(t, "as"));
                            let alias = tokens.get(i + 3).filter(|_| renamed).map(ToString::to_string);
                            self.bind(vec![name.to_string()], alias, module, line);
                            i + 2
                        }
                        _ => self.path(&tokens, i, module),
                    }
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), module);
                    i + 1
                }
                _ => i + 1,
            };
        }
    }

    /// Reads the path that starts at `i`; gives the index after it.
    fn path(&mut self, tokens: &[TokenTree], i: usize, module: &Path) -> usize {
        let mut segments = vec![plain(&tokens[i])];
        let mut end = i + 1;
        while is_colons(tokens, end) {
            let Some(TokenTree::Ident(_)) = tokens.get(end + 2) else { break };
            segments.push(plain(&tokens[end + 2]));
            end += 3;
        }
        let before = i.checked_sub(1).map(|b| &tokens[b]);
        let is_member = before.is_some_and(|t| is_punct(t, '.') || is_punct(t, '\''));
        if segments.len() > 1 && !is_member {
            if i >= 2 && is_colons(tokens, i - 2) {
                segments.insert(0, String::new());
            }
            self.raw.push(Raw { segments, module: module.clone(), line: tokens[i].span().start().line });
        }
        end
    }

    /// `tokens` is one branch, or several with commas, of a `use`; `prefix` is what stands before it.
    fn use_tree(&mut self, tokens: &[TokenTree], prefix: &[String], module: &Path) {
        for branch in tokens.split(|t| is_punct(t, ',')) {
            let mut path = prefix.to_vec();
            let mut at = 0;
            if is_colons(branch, 0) {
                path.push(String::new());
            }
            while let Some(token) = branch.get(at) {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        let alias = branch.get(at + 1).map(ToString::to_string);
                        self.bind(path, alias, module, token.span().start().line);
                        path = Vec::new();
                        break;
                    }
                    TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                    TokenTree::Ident(_) => path.push(plain(token)),
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.use_tree(&inner, &path, module);
                        path.clear();
                        break;
                    }
                    TokenTree::Punct(p) if p.as_char() == '*' => {
                        let line = token.span().start().line;
                        self.raw.push(Raw { segments: path.clone(), module: module.clone(), line });
                        self.globs.push((std::mem::take(&mut path), module.clone()));
                        break;
                    }
                    _ => {}
                }
                at += 1;
            }
            if let (false, Some(last)) = (path.is_empty(), branch.last()) {
                self.bind(path, None, module, last.span().start().line);
            }
        }
    }

    fn bind(&mut self, path: Path, alias: Option<String>, module: &Path, line: usize) {
        if let Some(name) = alias.or_else(|| path.last().cloned()) {
            self.aliases.insert(name, (path.clone(), module.clone()));
        }
        self.raw.push(Raw { segments: path, module: module.clone(), line });
    }

    /// Handles the attribute at `i`; under `cfg(test)` the item after it is left out.
    fn attribute(&mut self, tokens: &[TokenTree], i: usize, module: &Path) -> usize {
        let inner = tokens.get(i + 1).is_some_and(|t| is_punct(t, '!'));
        let at = i + 1 + usize::from(inner);
        let Some(TokenTree::Group(group)) = tokens.get(at) else { return i + 1 };
        if !is_cfg_test(&group.stream()) {
            self.walk(group.stream(), module);
            return at + 1;
        }
        if inner {
            return tokens.len();
        }
        let mut start = at + 1;
        let mut path_attribute = None;
        while let (Some(hash), Some(TokenTree::Group(more))) = (tokens.get(start), tokens.get(start + 1)) {
            if !is_punct(hash, '#') {
                break;
            }
            let parts: Vec<TokenTree> = more.stream().into_iter().collect();
            if let [name, _, TokenTree::Literal(value)] = parts.as_slice()
                && is_word(name, "path")
            {
                path_attribute = Some(value.to_string().trim_matches('"').to_owned());
            }
            start += 2;
        }
        let ends_with_semicolon = tokens[start.min(tokens.len())..]
            .iter()
            .take(2)
            .any(|t| ["use", "const", "static", "type", "let"].iter().any(|w| is_word(t, w)))
            && !tokens[start..].iter().take(4).any(|t| is_word(t, "fn"));
        let end = end_of(tokens, start, |t| {
            is_punct(t, ';')
                || (!ends_with_semicolon
                    && matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace))
        });
        if let Some(m) = tokens[start.min(end)..end].iter().position(|t| is_word(t, "mod"))
            && tokens.get(end).is_some_and(|t| is_punct(t, ';'))
            && let Some(name) = tokens.get(start + m + 1)
        {
            self.test_files.push(self.file_of_child(&name.to_string(), path_attribute));
        }
        end + 1
    }

    fn file_of_child(&self, name: &str, path_attribute: Option<String>) -> String {
        let (dir, stem) = self.file.rsplit_once('/').unwrap_or(("", &self.file));
        match (path_attribute, stem.trim_end_matches(".rs")) {
            (Some(path), _) => format!("{dir}/{path}"),
            (None, "mod" | "lib" | "main") => format!("{dir}/{name}.rs"),
            (None, stem) => format!("{dir}/{stem}/{name}.rs"),
        }
    }
}

/// `src/ui/view/chat.rs` is the module `ui::view::chat`; `src/lib.rs` is the root.
pub(crate) fn module_of(file: &str) -> Path {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Path = path.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}

fn in_crate(module: &[String], rest: &[String]) -> Path {
    std::iter::once("crate".to_owned()).chain(module.iter().cloned()).chain(rest.iter().cloned()).collect()
}

fn end_of(tokens: &[TokenTree], from: usize, ends: impl Fn(&TokenTree) -> bool) -> usize {
    tokens.iter().skip(from).position(ends).map_or(tokens.len(), |n| from + n)
}

fn is_cfg_test(attribute: &TokenStream) -> bool {
    let text = attribute.to_string();
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    text.starts_with("cfg")
        && !text.starts_with("cfg_attr")
        && words.any(|w| w == "test")
        && !text.contains("not")
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(p) if p.as_char() == c)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_some_and(|t| is_punct(t, ':')) && tokens.get(at + 1).is_some_and(|t| is_punct(t, ':'))
}

fn plain(token: &TokenTree) -> String {
    token.to_string().trim_start_matches("r#").to_owned()
}
