//! Reads our own source: every file below `src` and `tests`, and every path that its code names.
//!
//! Called by the rules in `architecture.rs`. It judges nothing.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use syn::visit::{self, Visit};

/// One source file.
pub struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Every path that its code names, resolved to `crate::…` where it is our own.
    pub names: Vec<Name>,
    /// The lines with an `async` function, closure or block outside tests.
    pub async_code: usize,
}

/// One path named in code.
#[derive(Debug)]
pub struct Name {
    /// Its segments: `["crate", "store", "gate"]`, `["tokio", "spawn"]`.
    pub segments: Vec<String>,
    /// Whether only tests see it.
    pub in_test: bool,
}

impl Name {
    /// Whether the path begins with these segments.
    pub fn begins(&self, segments: &[&str]) -> bool {
        self.segments.len() >= segments.len() && self.segments.iter().zip(segments).all(|(a, b)| a == b)
    }
}

impl Source {
    /// The module below the crate's root that the file belongs to: `store` for `src/store/gate.rs`.
    pub fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or(inside);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Whether the file lies in one of these places: a module (`store`) or a file (`worker/retry.rs`).
    pub fn lies_in(&self, homes: &[&str]) -> bool {
        homes
            .iter()
            .any(|home| self.module() == *home || self.path == format!("src/{home}"))
    }
}

/// All files below `src`, in order.
pub static SRC: LazyLock<Vec<Source>> = LazyLock::new(|| sources("src"));

/// All files below `tests`, in order.
pub static TESTS: LazyLock<Vec<Source>> = LazyLock::new(|| sources("tests"));

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a file that was just listed can be read");
        let path = path
            .strip_prefix(root)
            .expect("listed below the root")
            .to_string_lossy()
            .replace('\\', "/");
        (path, text)
    };
    let files: Vec<(String, String)> = paths.iter().map(read).collect();
    let only_tests: HashSet<String> = files
        .iter()
        .flat_map(|(path, text)| test_files(path, text))
        .collect();
    files
        .into_iter()
        .map(|(path, text)| {
            let in_test = path.starts_with("tests/") || only_tests.iter().any(|t| belongs_to(&path, t));
            scan(path, text, in_test)
        })
        .collect()
}

/// Scans one file's text.
pub fn scan(path: String, text: String, in_test: bool) -> Source {
    let file = syn::parse_file(&text).expect("the file compiles, so it parses");
    let mut visitor = Visitor {
        module: module_path(&path),
        in_test,
        names: Vec::new(),
        async_code: 0,
    };
    visitor.visit_file(&file);
    Source {
        path,
        names: visitor.names,
        async_code: visitor.async_code,
        text,
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("can be listed"))
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// `src/store/gate.rs` is the module `store::gate`.
fn module_path(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let stem = inside.strip_suffix(".rs").unwrap_or(inside);
    if ["lib", "main"].contains(&stem) {
        return Vec::new();
    }
    stem.split('/').map(str::to_owned).collect()
}

/// The stems of the files that `#[cfg(test)] mod name;` in this file makes test code.
fn test_files(path: &str, text: &str) -> Vec<String> {
    let file = syn::parse_file(text).expect("the file compiles, so it parses");
    let folder = path.strip_suffix(".rs").unwrap_or(path);
    let beside = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    file.items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(module) if module.content.is_none() && only_for_tests(&module.attrs) => {
                Some(match path_attribute(&module.attrs) {
                    Some(file) => format!("{beside}/{}", file.trim_end_matches(".rs")),
                    None => format!("{folder}/{}", module.ident),
                })
            }
            _ => None,
        })
        .collect()
}

/// The file that `#[path = "…"]` names.
fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(file),
                ..
            }) => Some(file.value()),
            _ => None,
        },
        _ => None,
    })
}

fn belongs_to(path: &str, stem: &str) -> bool {
    path.strip_prefix(stem)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn only_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        syn::Meta::Path(path) => path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "test"),
        syn::Meta::NameValue(_) => false,
    })
}

static PATH: LazyLock<regex::Regex> = LazyLock::new(|| {
    regex::Regex::new(r"[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)+").expect("the pattern is valid")
});

struct Visitor {
    module: Vec<String>,
    in_test: bool,
    names: Vec<Name>,
    async_code: usize,
}

impl Visitor {
    fn name(&mut self, segments: Vec<String>) {
        let segments = self.resolve(segments);
        self.names.push(Name {
            segments,
            in_test: self.in_test,
        });
    }

    /// Turns `super::…` and `self::…` into `crate::…`.
    fn resolve(&self, segments: Vec<String>) -> Vec<String> {
        let first = segments.first().map(String::as_str);
        if !matches!(first, Some("super" | "self")) {
            return segments;
        }
        let up = segments.iter().take_while(|segment| *segment == "super").count();
        let rest = segments
            .iter()
            .skip_while(|segment| ["super", "self"].contains(&segment.as_str()));
        let kept = self.module.len().saturating_sub(up);
        let here = self.module[..kept].iter();
        std::iter::once("crate".to_owned())
            .chain(here.cloned())
            .chain(rest.cloned())
            .collect()
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let mut segments = before.to_vec();
        match tree {
            syn::UseTree::Path(path) => {
                segments.push(path.ident.to_string());
                self.use_tree(&path.tree, &segments);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.use_tree(item, before)),
            syn::UseTree::Name(name) => {
                segments.push(name.ident.to_string());
                self.name(segments);
            }
            syn::UseTree::Rename(rename) => {
                segments.push(rename.ident.to_string());
                self.name(segments);
            }
            syn::UseTree::Glob(_) => self.name(segments),
        }
    }

    /// The arguments of macros and attributes are tokens, not syntax: every `a::b::c` in them counts as a path.
    fn tokens(&mut self, tokens: &str) {
        for found in PATH.find_iter(tokens) {
            self.name(
                found
                    .as_str()
                    .split("::")
                    .map(|segment| segment.trim().to_owned())
                    .collect(),
            );
        }
    }

    fn nested<T>(&mut self, in_test: bool, node: T, visit: impl FnOnce(&mut Self, T)) {
        let before = self.in_test;
        self.in_test |= in_test;
        visit(self, node);
        self.in_test = before;
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        self.nested(only_for_tests(&item.attrs), item, |this, item| {
            visit::visit_item_mod(this, item)
        });
        self.module.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.nested(only_for_tests(&item.attrs), item, |this, item| {
            visit::visit_item_fn(this, item)
        });
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.async_code += usize::from(signature.asyncness.is_some() && !self.in_test);
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.async_code += usize::from(!self.in_test);
        visit::visit_expr_async(self, block);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let in_test = only_for_tests(&item.attrs);
        self.nested(in_test, item, |this, item| this.use_tree(&item.tree, &[]));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.name(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.tokens(&mac.tokens.to_string());
        visit::visit_macro(self, mac);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(&list.tokens.to_string());
        }
        visit::visit_attribute(self, attribute);
    }
}
