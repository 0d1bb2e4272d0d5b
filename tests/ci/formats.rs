//! What machines read of all that fixtures cause holds to its schema.
//!
//! `sarif-2.1.0.json` is the schema of SARIF 2.1.0 as Microsoft's tools for it ship it (npm `@microsoft/sarif-multitool-linux`
//! 5.7.0, under the MIT licence, Copyright (c) Microsoft).

use std::path::Path;

use infrac::diagnostic::Guard;
use infrac::diagnostic::machine::{self, Finding, Format, Variant};
use infrac::view::Model;

use super::write;
use crate::case::Case;
use crate::files::root;
use crate::fixtures::project::Fixture;
use crate::judge::Judge;
use crate::sample;

/// The files whose schema it is, all by one process.
fn judged(judge: &Judge, folder: &Path, schema: &Path, files: &[String]) -> Result<(), String> {
    let schema = schema.display().to_string();
    let verdict = judge.ask(folder, &[&schema, "-"], &files.join("\n"));
    if verdict.accepted { Ok(()) } else { Err(verdict.complaint) }
}

#[test]
fn findings_hold_to_their_schemas() {
    let Some(judge) = Judge::find("schema-check") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schema = folder.path().join("schema");
    write(&schema, &machine::schema());
    let sarif = root().join("tests/ci/sarif-2.1.0.json");
    let (mut of_json, mut of_sarif) = (Vec::new(), Vec::new());
    for fixture in Fixture::all("fail").iter().filter(|fixture| sample::takes(&fixture.name, 4)) {
        let compilation = fixture.compile();
        let guard = Guard::new(&compilation.diagnostics, &compilation.sources);
        let variant = Variant { environment: Some("production".to_owned()), runtime: Some("compose") };
        let finding =
            |diagnostic| Finding::of(diagnostic, &guard, &variant, &|name| format!("deploy/{name}"));
        let findings: Vec<Finding> = compilation.diagnostics.iter().map(finding).collect();
        for (format, files, end) in
            [(Format::Json, &mut of_json, "json"), (Format::Sarif, &mut of_sarif, "sarif")]
        {
            let name = format!("{}.{end}", fixture.name);
            write(folder.path().join(&name), machine::print(&findings, format).as_str());
            files.push(name);
        }
    }
    assert!(of_json.len() > 20, "there are few fixtures");
    for (schema, files, right, wrong) in [
        (&schema, &of_json, "\"severity\": \"error\"", "\"severity\": \"fatal\""),
        (&sarif, &of_sarif, "\"level\": \"error\"", "\"level\": \"fatal\""),
    ] {
        judged(&judge, folder.path(), schema, files).unwrap_or_else(|complaint| panic!("{complaint}"));
        // The judge itself: one wrong word in one of the files is seen.
        let text = |name: &String| std::fs::read_to_string(folder.path().join(name)).expect("it was written");
        let broken = files.iter().map(text).find(|text| text.contains(right)).expect("a fixture has errors");
        let name = if schema == &sarif { "broken.sarif" } else { "broken.json" };
        write(folder.path().join(name), &broken.replacen(right, wrong, 1));
        let complaint = judged(&judge, folder.path(), schema, &[name.to_owned()]).expect_err("it is broken");
        assert!(complaint.contains("fatal"), "{complaint}");
    }
}

/// The resolved platform, of every platform of the tests with each environment on each runtime; and no secret's value is in it.
#[test]
fn models_hold_to_their_schema() {
    let Some(judge) = Judge::find("schema-check") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schema = folder.path().join("schema");
    write(&schema, &Model::schema());
    let mut files = Vec::new();
    for case in Case::all() {
        let compilation = case.compilation();
        let platform = compilation.platform.as_ref().expect("it builds");
        let origins = compilation.origins.as_ref().expect("it is read");
        let name = format!("{}.json", case.name());
        write(folder.path().join(&name), &Model::of(platform, origins, &compilation.sources).json());
        files.push(name);
    }
    assert!(files.len() > 20, "there are few platforms");
    judged(&judge, folder.path(), &schema, &files).unwrap_or_else(|complaint| panic!("{complaint}"));
    let text = std::fs::read_to_string(folder.path().join(&files[0])).expect("it was written");
    let broken = text.replacen("\"runtime\": ", "\"runtimes\": ", 1);
    assert_ne!(text, broken, "no runtime to rename");
    write(folder.path().join("broken.json"), &broken);
    let complaint =
        judged(&judge, folder.path(), &schema, &["broken.json".to_owned()]).expect_err("it is broken");
    assert!(complaint.contains("runtime"), "{complaint}");
}
