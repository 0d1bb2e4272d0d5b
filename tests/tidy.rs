//! The order of the house: what may import what, how large a file may be, and that whatever is registered is
//! also documented and tested.

#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/closed.rs"]
mod closed;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/typed.rs"]
mod typed;

use std::error::Error;
use std::fs;

use infrac::diagnostic::{CODES, Sink};
use infrac::source::Sources;
use infrac::target::TARGETS;
use infrac::{standard, syntax};
use regex::Regex;

use crate::files::{File, names, repository, root};
use crate::markdown;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A file longer than this holds more than one concept.
const MOST_LINES: usize = 500;

/// Fails with all complaints where there are any.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

fn rust_sources() -> Result<Vec<File>> {
    let files: Vec<File> = repository()?.into_iter().filter(|file| file.is("src", "rs")).collect();
    assert!(files.len() > 10, "the sources are not found");
    Ok(files)
}

#[test]
fn rooms_import_only_from_those_before_them() -> Result {
    let files = rust_sources()?;
    none(&files.iter().flat_map(|file| rooms::offences(&file.path, &file.text)).collect::<Vec<String>>());
    // The check itself: every way to reach a later room is seen.
    for text in [
        "use crate::resolve::resolve;",
        "use crate::{source::Span, resolve};",
        "    let it = crate::resolve::resolve();",
        "pub use super::super::resolve;",
        "use crate::Compilation;",
    ] {
        assert_eq!(rooms::offences("src/syntax/parse.rs", text).len(), 1, "{text}");
    }
    assert_eq!(rooms::offences("src/news.rs", ""), ["src/news.rs is in no room of the order"]);
    assert!(
        rooms::offences("src/cli.rs", "use crate::{Compilation, compile};\nuse crate::source::Span;")
            .is_empty()
    );
    Ok(())
}

/// Circles that are there still. Each is taken apart by moving a small piece that its files share; none is added.
const CIRCLES: &[&str] = &[];

#[test]
fn modules_of_a_folder_import_in_no_circle() -> Result {
    let files = rust_sources()?;
    let found = circles::circles(&files);
    let known = |circle: &&String| CIRCLES.contains(&circle.as_str());
    none(&found.iter().filter(|circle| !known(circle)).cloned().collect::<Vec<String>>());
    let gone = CIRCLES.iter().filter(|circle| !found.iter().any(|it| it == *circle));
    none(
        &gone
            .map(|circle| format!("{circle}: it is none any more; take it off the list"))
            .collect::<Vec<_>>(),
    );
    // The check itself: however a circle is closed, and not where a file imports from the one that it stands in.
    let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
    let of = |one: &str, other: &str| {
        circles::circles(&[
            file("src/a.rs", "mod b; mod c;"),
            file("src/a/b.rs", one),
            file("src/a/b/d.rs", "use super::super::X;"),
            file("src/a/c.rs", other),
        ])
    };
    for (one, other) in [
        ("use super::c::X;", "use super::{Y, b::{self, d::Z}};"),
        ("use crate::a::{c};", "fn f() { crate::a::b::d::f() }"),
    ] {
        assert_eq!(of(one, other), ["a: b, c"], "{one} {other}");
    }
    for (one, other) in [
        ("use super::c::X;", "use super::X; // super::b"),
        ("use super::c::X;", "const A: &str = \"super::b::X\";"),
    ] {
        assert!(of(one, other).is_empty(), "{one} {other}");
    }
    Ok(())
}

#[test]
fn targets_read_the_platform_alone() -> Result {
    let files = rust_sources()?;
    let of_targets = files.iter().filter(|file| file.path.starts_with("src/target"));
    none(&of_targets.flat_map(|file| closed::offences(&file.path, &file.text)).collect::<Vec<String>>());
    // The check itself: every way to the source is seen.
    for text in [
        "use crate::model::Role;",
        "let kind = crate::model::RunKind::Once;",
        "use crate::origins::ServiceOrigin;",
        "fn lower(platform: &Platform, origins: &str) {",
        "fn constant(text: &Constant) -> &str {",
    ] {
        assert_eq!(closed::offences("src/target/compose/service.rs", text).len(), 1, "{text}");
        assert_eq!(closed::offences("src/target.rs", text).len(), 1, "{text}");
        assert!(closed::offences("src/resolve/service.rs", text).is_empty(), "{text}");
    }
    for text in [
        "use crate::model::fields::HealthField;",
        "/// The block of the model.",
        "    //! the origins",
        "use crate::platform::Role;",
    ] {
        assert!(closed::offences("src/target/compose.rs", text).is_empty(), "{text}");
    }
    Ok(())
}

#[test]
fn rules_read_values_from_the_platform_and_places_from_its_origins() -> Result {
    let files = rust_sources()?;
    let is_of = |file: &&File| file.path.starts_with("src/check") || file.path.starts_with("src/origins");
    none(
        &files
            .iter()
            .filter(is_of)
            .flat_map(|file| closed::offences(&file.path, &file.text))
            .collect::<Vec<String>>(),
    );
    // The check itself: no rule names a block, and none is handed out.
    for text in ["use crate::model::Role;", "fn is_of_shell(word: &Template) -> bool {"] {
        assert_eq!(closed::offences("src/check/service.rs", text).len(), 1, "{text}");
    }
    for text in ["use crate::origins::Origins;", "let said = origins.service(service.id).health();"] {
        assert!(closed::offences("src/check/service.rs", text).is_empty(), "{text}");
    }
    for text in [
        "    pub fn block(self) -> &'a model::Service {",
        "    pub fn dashboards(&self) -> impl Iterator<Item = &Constant> {",
        "    pub document: Arc<Document>,",
        "    pub fn image(\n        self,\n    ) -> Option<&'a Template> {",
    ] {
        assert_eq!(closed::offences("src/origins.rs", text).len(), 1, "{text}");
    }
    for text in [
        "    document: Document,",
        "    pub(crate) fn new(document: Document) -> Self {",
        "pub struct HostOrigin<'a>(pub(super) &'a model::Host);",
        "    pub fn span(self) -> Span {\n        let it: &Constant = self.0;",
    ] {
        assert!(closed::offences("src/origins/service.rs", text).is_empty(), "{text}");
    }
    Ok(())
}

#[test]
fn meaning_is_typed() -> Result {
    let files = rust_sources()?;
    none(&files.iter().flat_map(|file| typed::offences(&file.path, &file.text)).collect::<Vec<String>>());
    // The check itself: each of these ways is seen.
    for text in [
        "let place = std::ptr::from_ref(selector).addr();",
        "let key = Arc::as_ptr(&self.tree) as usize;",
        "known: HashMap<*const Alert, Labels>,",
        "let own = job.exports.own.as_ptr_range();",
        "if told.message.starts_with(\"did you mean\") {",
        "told.message = told.message.replace(\"too few\", \"never\");",
        "told.help.as_deref().filter(|help| help.ends_with('?'))",
        "let asks = told\n    .help\n    .as_deref()\n    .is_some_and(|help| help\n        .contains(\"write\"));",
        "alert.query.text.contains(\"absent\")",
        "!parsed.text().contains(\"info\")",
        "alert\n    .query\n    .text\n    .contains(\"absent\")",
        "COMPONENTS.iter().find(|(_, source)| source.contains(text))",
    ] {
        assert!(!typed::offences("src/check/query.rs", text).is_empty(), "{text}");
    }
    for text in [
        "// told.message.contains(word)",
        "let has = query.labels.contains(label);",
        "#[cfg(test)]\nmod tests {\n    assert!(told.message.contains(word));",
        "let messages = Messages::new();",
    ] {
        assert!(typed::offences("src/check/query.rs", text).is_empty(), "{text}");
    }
    Ok(())
}

#[test]
fn source_files_hold_one_concept() -> Result {
    let too_long = |file: &File| {
        let lines = file.text.lines().count();
        (lines > MOST_LINES).then(|| format!("{} has {lines} lines, more than {MOST_LINES}", file.path))
    };
    let files = rust_sources()?;
    let mut complaints: Vec<String> = files.iter().filter_map(too_long).collect();
    complaints.extend(
        files
            .iter()
            .filter(|file| file.path.ends_with("/mod.rs"))
            .map(|file| format!("{}: use `foo.rs` beside `foo/`", file.path)),
    );
    none(&complaints);
    Ok(())
}

#[test]
fn nothing_is_left_to_be_done() -> Result {
    let left = Regex::new(r"\b(TODO|FIXME|XXX)\b|\b(todo|unimplemented)!|TO BE WRITTEN")?;
    let checked =
        |file: &&File| ["src", "targets", "docs", "grammar"].iter().any(|folder| file.is(folder, ""));
    none(&found(repository()?.iter().filter(checked), &left));
    Ok(())
}

#[test]
fn no_path_of_a_machine_is_left() -> Result {
    let files = repository()?;
    // Somebody's home, and what `tempfile` calls its folders. Users of images have homes as well.
    let mine = files.iter().filter(|file| !file.path.starts_with("src/standard/images/"));
    let mut complaints = found(mine, &Regex::new(r"/(?:home|Users)/|/\.tmp[[:alnum:]]{6}\b")?);
    // The checkout itself; one in a folder such as `/app` has a path that artifacts may hold as well.
    let here = root().display().to_string();
    if here.matches('/').count() > 1 {
        complaints.extend(found(files.iter(), &Regex::new(&format!(r"{}\b", regex::escape(&here)))?));
    }
    none(&complaints);
    Ok(())
}

/// The places where a pattern stands.
fn found<'a>(files: impl Iterator<Item = &'a File>, pattern: &Regex) -> Vec<String> {
    let in_file = |file: &'a File| {
        let lines = file.text.lines().enumerate().filter(|(_, line)| pattern.is_match(line));
        lines
            .map(|(number, line)| format!("{}:{}: {}", file.path, number + 1, line.trim()))
            .collect::<Vec<String>>()
    };
    files.flat_map(in_file).collect()
}

#[test]
fn every_target_is_documented() -> Result {
    let folders = names(&root().join("targets"))?;
    let registered: Vec<&str> = TARGETS.iter().map(|target| target.format.name).collect();
    let mut complaints = Vec::new();
    for name in folders.iter().filter(|name| !registered.contains(&name.as_str())) {
        complaints.push(format!("targets/{name} is no target of the table"));
    }
    for name in registered {
        match fs::read_to_string(root().join("targets").join(name).join("README.md")) {
            Ok(text) if text.lines().count() > 5 => {}
            Ok(_) => complaints.push(format!("targets/{name}/README.md says nothing")),
            Err(error) => complaints.push(format!("targets/{name}/README.md: {error}")),
        }
    }
    none(&complaints);
    Ok(())
}

/// That every code has a page is seen to by the compiler, which embeds it.
#[test]
fn every_page_belongs_to_a_code() -> Result {
    let pages = names(&root().join("docs/codes"))?;
    let is_lost = |page: &&String| !CODES.iter().any(|code| page.strip_suffix(".md") == Some(code.id));
    none(&pages.iter().filter(is_lost).map(|page| format!("docs/codes/{page}")).collect::<Vec<String>>());
    Ok(())
}

/// The compiler knows no platform, not even the one it is shown with: whatever `platform.infra` calls a service
/// of its own stands nowhere in the compiler, its components or its templates.
#[test]
fn the_compiler_does_not_know_the_flagship() -> Result {
    let mut sources = Sources::default();
    let text = fs::read_to_string(root().join("platform.infra"))?;
    let id = sources.add("platform.infra", text);
    let file = syntax::parse(&sources, id, &mut Sink::default());
    let own = file.entries.iter().filter(|entry| ["platform", "service"].contains(&entry.key.text.as_str()));
    let labels = own.filter_map(|entry| Some(&entry.label.as_ref()?.text));
    // Gateway API has the word as well, and so has the language.
    let names: Vec<String> =
        labels.filter(|name| *name != "gateway").map(|name| regex::escape(name)).collect();
    assert!(names.len() > 1, "the names are not found: {names:?}");
    let pattern = Regex::new(&format!(r"(?i)(?:^|[^a-z0-9])(?:{})(?:[^a-z0-9]|$)", names.join("|")))?;
    none(&found(
        repository()?
            .iter()
            .filter(|file| {
                // What programs export and read is called as their makers call it.
                (file.is("src", "") && !file.is("src/standard/metrics", ""))
                    || (file.is("targets", "") && !file.path.ends_with("keys.txt"))
            })
            .filter(|file| {
                // Where a Gateway and an Ingress lead is called as their APIs call it.
                !file.is("src/target/kubernetes/objects/gateway", "")
                    // Where Terraform keeps its state is called as it calls it.
                    && file.path != "src/target/terraform/state.rs"
            }),
        &pattern,
    ));
    Ok(())
}

/// A component is data: outside of the table that embeds it, its name stands in no text of the Rust sources. Where
/// the name is a word of the language (a protocol, `Redis = "redis"`) or one of the targets, it means the program. So do the
/// names of clients whose options take a credential.
#[test]
fn the_compiler_does_not_know_its_components() -> Result {
    let names: Vec<String> = standard::COMPONENTS.iter().map(|(name, _)| regex::escape(name)).collect();
    let pattern = Regex::new(&format!(r#"^[^/]*"[^"]*\b(?:{})\b[^"]*""#, names.join("|")))?;
    let is_word = Regex::new(r#": [A-Z]\w* = "[\w-]+",$"#)?;
    // Programs that take credentials are called as their makers call them, whatever runs them.
    let excepted = [
        "src/standard",
        "src/target",
        "src/formats.rs",
        "src/model/target.rs",
        "src/formats.rs",
        "src/diagnostic/credential",
        "src/diagnostic/guard",
        // Plugins of Grafana are called as it calls them, whatever they ask.
        "src/platform/source.rs",
        // What people know by a word of another language is answered with what says it here, a component among the rest.
        "src/schema/foreign",
        // What an operator runs in a cluster is called as it calls it, whatever the platform's own is called.
        "src/platform/cluster.rs",
    ];
    let is_excepted = |path: &str| excepted.iter().any(|start| path.starts_with(start));
    let mut complaints = found(rust_sources()?.iter().filter(|file| !is_excepted(&file.path)), &pattern);
    complaints.retain(|complaint| !is_word.is_match(complaint));
    none(&complaints);
    Ok(())
}

/// Those of `docs/codes` are judged with the fixtures, where it is known which code they show.
#[test]
fn examples_in_the_documentation_are_true() -> Result {
    let mut blocks = 0;
    let mut complaints = Vec::new();
    for file in repository()?.iter().filter(|file| file.is("", "md") && !file.is("docs/codes", "")) {
        for block in markdown::blocks(&file.text) {
            blocks += 1;
            complaints.extend(
                markdown::judge(&block).err().map(|error| format!("{}:{}: {error}", file.path, block.line)),
            );
        }
    }
    assert!(blocks > 0, "the examples are not found");
    none(&complaints);
    Ok(())
}

/// Where all standard components are listed, all are, and nothing else.
#[test]
fn every_standard_component_is_listed() -> Result {
    let mut known: Vec<&str> = standard::COMPONENTS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    let word = Regex::new("`([^`]+)`")?;
    for (file, start, end) in [
        ("docs/guide/components.md", "The standard components ship", "They stand"),
        ("CHANGELOG.md", "The standard ones: ", ".\n"),
    ] {
        let text = fs::read_to_string(root().join(file))?;
        let list = text.split_once(start).and_then(|(_, rest)| rest.split_once(end));
        let (list, _) = list.ok_or_else(|| format!("{file} has no list of the standard components"))?;
        let mut listed: Vec<&str> =
            word.captures_iter(list).filter_map(|found| found.get(1)).map(|found| found.as_str()).collect();
        listed.sort_unstable();
        assert_eq!(listed, known, "{file}");
    }
    Ok(())
}

/// The reference is what the schema says: `cargo run -- schema > docs/reference.md`.
#[test]
fn the_reference_is_not_stale() {
    let written = std::fs::read_to_string("docs/reference.md").unwrap_or_default();
    let current = infrac::schema::markdown(infrac::model::Document::SCHEMA);
    assert!(written == current, "docs/reference.md is stale: cargo run -- schema > docs/reference.md");
}

/// The pages of components are what their sources say, and each example on them compiles.
#[test]
fn the_pages_of_components_are_not_stale() -> Result {
    let mut complaints = Vec::new();
    let pages = names(&root().join("docs/components"))?;
    for (name, _) in infrac::standard::COMPONENTS {
        let page = infrac::manual::page(name).unwrap_or_default();
        let written =
            fs::read_to_string(root().join(format!("docs/components/{name}.md"))).unwrap_or_default();
        if written != page {
            complaints.push(format!(
                "docs/components/{name}.md is stale: infrac explain {name} > docs/components/{name}.md"
            ));
        }
    }
    let is_lost = |page: &&String| {
        let name = page.strip_suffix(".md");
        !infrac::standard::COMPONENTS.iter().any(|(known, _)| Some(*known) == name)
    };
    complaints.extend(
        pages.iter().filter(is_lost).map(|page| format!("docs/components/{page} is of no component")),
    );
    none(&complaints);
    Ok(())
}

/// The picture of the stages shows every target as one that exists.
#[test]
fn the_picture_shows_every_target() -> Result {
    let picture = fs::read_to_string(root().join("docs/picture.svg"))?;
    let word = Regex::new(
        "(?s)<rect class=\"(built|planned)\"[^>]*/>\\s*<text class=\"middle\" x=\"786\"[^>]*>([^<]*)<",
    )?;
    let shown = |kind: &str| -> String {
        let boxes = word.captures_iter(&picture).filter(|found| &found[1] == kind);
        boxes.map(|found| found[2].to_lowercase()).collect::<Vec<_>>().join(" ")
    };
    let (built, planned) = (shown("built"), shown("planned"));
    for target in infrac::target::TARGETS {
        assert!(
            built.contains(target.format.name),
            "docs/picture.svg does not show `{}` as built",
            target.format.name
        );
        assert!(
            !planned.contains(target.format.name),
            "docs/picture.svg shows `{}` as planned",
            target.format.name
        );
    }
    Ok(())
}

/// What stands beside the README of each target is what the target declares.
#[test]
fn the_coverage_of_targets_is_not_stale() {
    let mut complaints = Vec::new();
    for target in TARGETS {
        let name = target.format.name;
        let written =
            fs::read_to_string(root().join("targets").join(name).join("coverage.md")).unwrap_or_default();
        if written != infrac::coverage::lists::markdown(target) {
            complaints.push(format!(
                "targets/{name}/coverage.md is stale: cargo run -- targets {name} --markdown > targets/{name}/coverage.md"
            ));
        }
    }
    none(&complaints);
}

/// A file of tests is a module of one of the two programs, or it is not run.
#[test]
fn every_file_of_tests_is_run() -> Result {
    let programs = ["suite.rs", "quick.rs"];
    let declared: String = programs
        .iter()
        .map(|program| fs::read_to_string(root().join("tests").join(program)))
        .collect::<std::io::Result<_>>()?;
    let files = names(&root().join("tests"))?;
    let modules = files.iter().filter_map(|name| name.strip_suffix(".rs"));
    let is_lost = |name: &&str| {
        !programs.contains(&format!("{name}.rs").as_str())
            && !declared.lines().any(|line| line == format!("mod {name};"))
    };
    none(
        &modules
            .filter(is_lost)
            .map(|name| format!("tests/{name}.rs is a module of no program"))
            .collect::<Vec<_>>(),
    );
    Ok(())
}
