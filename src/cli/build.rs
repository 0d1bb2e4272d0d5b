//! `infrac build`: the artifacts of a platform, written or printed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::project::Project;
use super::report::{Report, count, print};
use super::{BuildArguments, Failure, Outcome};
use crate::output::{self, Summary};
use crate::target::{Artifact, TARGETS, Target};
use crate::{build, compile, losses};

pub(super) fn run(arguments: &BuildArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.path.as_deref())?;
    let environment = arguments.source.env.as_deref();
    let targets = wanted(&arguments.targets);
    let mut compilation = compile(&project.loader(), project.entry(), environment);
    let losses = losses(&compilation, &targets);
    compilation.diagnostics.extend(losses);
    report.diagnostics(&compilation);
    let Some(platform) = &mut compilation.platform else {
        report.remark("nothing is built");
        return Ok(Outcome::SourceErrors);
    };
    if let Some(path) = arguments.out.as_deref().and_then(|out| seen_from(out, project.folder())) {
        platform.project = path;
    }
    let artifacts = build(platform, &targets);
    if arguments.stdout {
        print(&printed(&artifacts))?;
    } else {
        let folder = arguments.out.clone().unwrap_or_else(|| default_folder(project.folder(), environment));
        let summary =
            output::write(&folder, &artifacts).map_err(|error| Failure::System(error.to_string()))?;
        report.result(&told(&folder, &summary))?;
    }
    Ok(Outcome::Fine)
}

/// The targets asked for, each once, in the order of the table; all of them where none is named.
fn wanted(named: &[&'static Target]) -> Vec<&'static Target> {
    let is_named = |target: &&Target| named.is_empty() || named.iter().any(|named| named.name == target.name);
    TARGETS.iter().filter(is_named).collect()
}

fn default_folder(project: &Path, environment: Option<&str>) -> PathBuf {
    match environment {
        Some(environment) => project.join("build").join(environment),
        None => project.to_owned(),
    }
}

/// The project's folder as seen from another one, which may not exist yet; `None` where either has no
/// place in the file system, or no name in UTF-8.
fn seen_from(folder: &Path, project: &Path) -> Option<String> {
    let (folder, project) = (std::path::absolute(folder).ok()?, std::fs::canonicalize(project).ok()?);
    let folder = std::fs::canonicalize(&folder).unwrap_or(folder);
    let shared = folder.components().zip(project.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Some(".."));
    let down = project.components().skip(shared).map(|part| part.as_os_str().to_str());
    let parts: Vec<&str> = up.chain(down).collect::<Option<_>>()?;
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

/// One artifact as it is, several with their paths.
fn printed(artifacts: &[Artifact]) -> String {
    if let [artifact] = artifacts {
        return artifact.content.clone();
    }
    let mut out = String::new();
    for artifact in artifacts {
        let gap = if out.is_empty() { "" } else { "\n" };
        let end = if artifact.content.ends_with('\n') { "" } else { "\n" };
        let _ = write!(out, "{gap}==> {} <==\n{}{end}", artifact.path, artifact.content);
    }
    out
}

fn told(folder: &Path, summary: &Summary) -> String {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    let mut out = String::new();
    for path in &summary.written {
        let _ = writeln!(out, "wrote {}", folder.join(path).display());
    }
    let _ = match (summary.written.len(), summary.unchanged.len()) {
        (0, unchanged) => writeln!(out, "{} unchanged", count(unchanged, "file")),
        (written, 0) => writeln!(out, "{} written", count(written, "file")),
        (written, unchanged) => writeln!(out, "{} written, {unchanged} unchanged", count(written, "file")),
    };
    out
}
