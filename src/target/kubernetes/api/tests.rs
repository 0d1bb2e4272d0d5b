//! The tables against the keys, and the compiler's own objects against the tables.

use std::fs;
use std::path::Path;

use super::refusals;
use super::rule::{Rule, When};
use super::table;
use crate::platform::Runtime;
use crate::source::{Found, LoadError, Loader};
use crate::target::kubernetes::{TARGET, object::Object, objects, over};

/// The keys that a rule names.
fn keys(rule: &Rule) -> Vec<&'static str> {
    let with = |keys: &[&'static str], When(key, _): &When| [keys, &[*key]].concat();
    match rule {
        Rule::Needs(keys) | Rule::AtMostOne(keys) | Rule::One(keys) => keys.to_vec(),
        Rule::Form(key, _)
        | Rule::Within(key, ..)
        | Rule::Port(key)
        | Rule::Amount(key, _)
        | Rule::Share(key, _)
        | Rule::Most(key, _) => vec![key],
        // The others are keys of the items.
        Rule::Unique(list, _) => vec![list],
        Rule::Only(keys, when) | Rule::Never(keys, when) | Rule::Wanted(keys, when) => with(keys, when),
        Rule::Look(_) => Vec::new(),
    }
}

#[test]
fn tables_are_about_blocks_and_keys_that_are_there() {
    let known = TARGET.format.keys().expect("the target takes overrides");
    let mut complaints = Vec::new();
    for table in table::all() {
        let Some(block) = known.get(table.block) else {
            complaints.push(format!("{}: no block `{}`", table.function, table.block));
            continue;
        };
        for key in table.rules.iter().flat_map(keys).filter(|key| !block.keys.contains_key(key)) {
            complaints.push(format!("{}: `{}` has no key `{key}`", table.function, table.block));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// What is refused of the compiler's own objects.
fn refused(objects: &[Object], version: crate::platform::Version) -> Vec<String> {
    let found = objects.iter().flat_map(|object| {
        let refusals = refusals(&object.kind, &object.tree, version);
        refusals.into_iter().map(move |refusal| {
            format!("{} {}: {}: {}", object.kind, object.name, refusal.path, refusal.label)
        })
    });
    found.collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
fn objects_of_the_compiler_are_what_an_api_server_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = vec![(root.to_owned(), "platform.infra".to_owned())];
    for entry in fs::read_dir(root.join("tests/ok")).expect("the folder is there") {
        let name = entry.expect("an entry can be read").file_name().to_string_lossy().into_owned();
        if name.ends_with(".infra") {
            sources.push((root.join("tests/ok"), name));
        }
    }
    let (mut judged, mut complaints) = (0, Vec::new());
    for (folder, name) in sources {
        let load = |path: &str| fs::read(folder.join(path)).map(Found::File).map_err(|_| LoadError::Missing);
        let loader = &Loader { load: &load };
        let parsed = crate::Parsed::load(loader, &name);
        if !parsed.runtimes().contains(&Runtime::Kubernetes) {
            continue;
        }
        let environments = parsed.environments();
        let environments = environments.iter().map(|name| Some(name.as_str())).chain([None]);
        for environment in environments {
            let compiled = parsed.clone().compile(loader, environment, Runtime::Kubernetes);
            let Some(platform) = compiled.platform else { continue };
            let version = platform.settings.kubernetes.written_for();
            let made = over::with_files(&platform, |files| objects(&platform, files));
            judged += made.len();
            let found = refused(&made, version);
            complaints.extend(found.into_iter().map(|found| format!("{name} {environment:?}: {found}")));
        }
    }
    assert!(judged > 500, "only {judged} objects");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
