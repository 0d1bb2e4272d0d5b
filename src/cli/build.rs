//! `infrac build`: the artifacts of a platform, written or printed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::project::{FILE_NAME, Project};
use super::report::{Report, count, hand_out};
use super::variation::{self, Variation};
use super::{BuildArguments, Failure, Outcome, meant};
use super::{drift, files};
use crate::Parsed;
use crate::diagnostic::codes;
use crate::formats::{self, Format};
use crate::output::{self, Build, Summary};
use crate::platform::{Platform, Runtime, Service};
use crate::target::{self, Artifact, Lowered, ONCE, PLACES, TARGETS, Target};

pub(super) fn run(arguments: &BuildArguments, report: &Report) -> Result<Outcome, Failure> {
    of_project(&meant::project(arguments.source.path.as_deref())?, arguments, report)
}

/// Builds, or compares, what the arguments ask for of a project.
pub(super) fn of_project(
    project: &Project,
    arguments: &BuildArguments,
    report: &Report,
) -> Result<Outcome, Failure> {
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let declared = parsed.environments();
    let builds = if arguments.all {
        std::iter::once(None).chain(declared.iter().cloned().map(Some)).collect()
    } else {
        vec![arguments.source.env.clone()]
    };
    let ways = ways(&parsed, &builds, &declared, &arguments.targets);
    let first_runtime = parsed.runtime();
    // The last one gets the source itself.
    let mut variations: Vec<Variation> = std::iter::repeat_n(parsed, ways.len())
        .zip(ways)
        .map(|(parsed, (environment, runtime))| Variation {
            compilation: parsed.compile(&loader, environment.as_deref(), runtime),
            environment,
            runtime,
        })
        .collect();
    let whole = arguments.targets.is_empty() && (declared.is_empty() || arguments.all);
    let denials = arguments.findings.denials();
    if variation::report(&mut variations, whole, &denials, project, report) {
        report.remark(if arguments.check { "nothing is compared" } else { "nothing is built" });
        return Ok(Outcome::SourceErrors);
    }
    if arguments.out.is_none() && !arguments.stdout {
        let help = "`--out FOLDER` writes to where it leads, if that is meant";
        for environment in &builds {
            stays_inside(project.folder(), &default_folder(project.folder(), environment.as_deref()), help)?;
        }
    }
    let mut outcome = Outcome::Fine;
    let mut drifted = drift::Total::default();
    let whole_build = |lowered: Vec<Lowered>| Build {
        lowered,
        whole: arguments.targets.is_empty(),
        force: arguments.force,
        compare: TARGETS.iter().filter_map(|it| Some((it.format.name, it.compare?))).collect(),
        recreate: arguments.recreate,
        sources: project.sources(),
        places: PLACES,
        once: ONCE,
        theirs: Vec::new(),
    };
    for environment in &builds {
        let seen = arguments.out.as_deref().and_then(|out| seen_from(out, project.folder()));
        let named = environment.as_deref();
        let mut build = whole_build(lowered(&mut variations, named, &arguments.targets, seen, first_runtime));
        build.theirs = theirs(project, &variations);
        if arguments.stdout {
            let artifacts: Vec<&Artifact> = build.lowered.iter().flat_map(|it| &it.artifacts).collect();
            hand_out(&printed(&artifacts))?;
            continue;
        }
        let by_default = || default_folder(project.folder(), environment.as_deref());
        let folder = arguments.out.clone().unwrap_or_else(by_default);
        if arguments.check {
            drifted += drift::report(&folder, &build, named, arguments, report)?;
            continue;
        }
        let summary =
            output::write(&folder, &build).map_err(|error| files::refused(&folder, &error, report))?;
        files::warn_of_damage(&folder, summary.state, report);
        files::warn_of_foreign(&folder, &summary, report);
        files::warn_of_changes(&folder, &summary, report);
        files::note_what_stays(&folder, &summary, report);
        let of_this = variations.iter().filter(|it| it.environment == *environment);
        for platform in of_this.filter_map(|it| it.compilation.platform.as_ref()) {
            files::warn_of_mounts(&folder, platform, &arguments.targets, report);
        }
        report.result(&told(&folder, &summary))?;
    }
    note_others(&declared, &builds, report);
    let all = arguments.all && arguments.targets.is_empty();
    for (environment, folder) in if all { gone(project.folder(), &declared) } else { Vec::new() } {
        let build = whole_build(Vec::new());
        if arguments.check {
            drifted += drift::report(&folder, &build, Some(&environment), arguments, report)?;
            continue;
        }
        let summary =
            output::write(&folder, &build).map_err(|error| files::refused(&folder, &error, report))?;
        report.remark(&format!("the source declares no environment `{environment}` any more"));
        report.result(&told(&folder, &summary))?;
    }
    if arguments.check {
        drifted.say(arguments, report)?;
        outcome = if drifted.differs() { Outcome::Difference } else { Outcome::Fine };
    }
    // The process ends here: to take a large platform apart piece by piece would cost as much as to check it.
    std::mem::forget(variations);
    Ok(outcome)
}

/// What has to be compiled: each build for each runtime of its targets. A build of the platform as it stands writes beside it
/// what differs in each environment on Kubernetes, the folder of each for Terraform, and its pages.
fn ways(
    parsed: &Parsed,
    builds: &[Option<String>],
    declared: &[String],
    named: &[&'static Target],
) -> Vec<(Option<String>, Runtime)> {
    let runtimes = runtimes(parsed, named);
    let written: Vec<&Format> = match named {
        [] => parsed.targets(),
        named => named.iter().map(|target| target.format).collect(),
    };
    let mut ways: Vec<(Option<String>, Runtime)> =
        builds.iter().flat_map(|build| runtimes.iter().map(|runtime| (build.clone(), *runtime))).collect();
    let with_environments: [&Format; 2] = [&formats::KUBERNETES, &formats::TERRAFORM];
    let of_all = with_environments.into_iter().filter(|format| written.contains(format));
    let mut beside: Vec<Runtime> = of_all.filter_map(|format| format.runtime).collect();
    if written.contains(&&formats::DOCS) {
        beside.extend(&runtimes);
    }
    for runtime in beside.into_iter().filter(|_| builds.contains(&None)) {
        for environment in declared {
            let way = (Some(environment.clone()), runtime);
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    ways
}

/// What the targets make of one build, in the order of the table. `path` is the project's folder as seen from where they go, where
/// that is not the usual place.
pub(super) fn lowered(
    variations: &mut [Variation],
    environment: Option<&str>,
    named: &[&'static Target],
    path: Option<String>,
    any: Runtime,
) -> Vec<Lowered> {
    let (own, others): (Vec<&mut Variation>, Vec<&mut Variation>) =
        variations.iter_mut().partition(|variation| variation.environment.as_deref() == environment);
    let mut own = platforms(own);
    if let Some(path) = path {
        for platform in &mut own {
            platform.project.clone_from(&path);
        }
    }
    let mut lowered: Vec<Lowered> = own
        .iter()
        .flat_map(|platform| {
            let mut wanted = wanted(named, platform);
            wanted.retain(|target| target.format.is_written(platform.runtime, any));
            crate::build(platform, &wanted)
        })
        .collect();
    let all: Vec<&Platform> = own.iter().map(|platform| &**platform).collect();
    crate::join(&mut lowered, &all);
    lowered.sort_by_key(|lowered| TARGETS.iter().position(|target| target.format.name == lowered.target));
    if environment.is_none() {
        let mut environments = platforms(others);
        add_roots(&mut lowered, &environments);
        add_pages(&mut lowered, &environments);
        add_overlays(&mut lowered, &own, &mut environments);
    }
    lowered
}

/// Notes that other environments were not looked at, where the command is about one.
pub(super) fn note_others(declared: &[String], builds: &[Option<String>], report: &Report) {
    let [Some(environment)] = builds else { return };
    if declared.iter().any(|other| other != environment) {
        report.remark(&format!(
            "note: this is about `{environment}` alone; `infrac check` looks at every environment"
        ));
    }
}

/// Refuses to write to a folder below the project's that a link of a person's leads out of it. A link that `--out` names is meant.
pub(super) fn stays_inside(project: &Path, folder: &Path, help: &str) -> Result<(), Failure> {
    let Ok(root) = std::fs::canonicalize(project) else { return Ok(()) };
    let Ok(below) = folder.strip_prefix(project) else { return Ok(()) };
    let mut place = project.to_owned();
    for part in below {
        place.push(part);
        let is_link = std::fs::symlink_metadata(&place).is_ok_and(|found| found.is_symlink());
        if is_link && std::fs::canonicalize(&place).is_ok_and(|real| !real.starts_with(&root)) {
            return Err(Failure::file(
                codes::ART004,
                &place,
                "is a link that leads out of the project",
                help,
            ));
        }
    }
    Ok(())
}

/// The folders of environments that earlier builds wrote and the source does not declare any more.
fn gone(project: &Path, declared: &[String]) -> Vec<(String, PathBuf)> {
    if stays_inside(project, &project.join("build"), "").is_err() {
        return Vec::new();
    }
    let entries = std::fs::read_dir(project.join("build")).into_iter().flatten().flatten();
    let mut gone: Vec<(String, PathBuf)> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry)))
        .filter(|(name, _)| !declared.contains(name))
        .map(|(name, _)| (name.clone(), default_folder(project, Some(&name))))
        // A folder with a source is another project's.
        .filter(|(_, folder)| !folder.join(FILE_NAME).exists() && output::is_built(folder, PLACES))
        .collect();
    gone.sort_unstable();
    gone
}

/// What services are built of or mount of the project itself.
fn theirs(project: &Project, variations: &[Variation]) -> Vec<PathBuf> {
    let platforms = variations.iter().filter_map(|it| it.compilation.platform.as_ref());
    let of_one = |service: &Service| {
        let built = service.build.iter().map(|build| build.context.clone());
        built.chain(service.binds.iter().map(|bind| bind.source.clone())).collect::<Vec<String>>()
    };
    let paths = platforms.flat_map(|platform| platform.services.iter().flat_map(of_one));
    let real = paths.filter_map(|path| std::fs::canonicalize(project.folder().join(path)).ok());
    let root = std::fs::canonicalize(project.folder()).unwrap_or_default();
    // Where the whole project is mounted or built, folders of artifacts are still infrac's.
    real.filter(|path| !root.starts_with(path)).collect()
}

/// The runtimes that the source is compiled for: those of the targets asked for, or of the platform's.
fn runtimes(parsed: &Parsed, named: &[&'static Target]) -> Vec<Runtime> {
    if named.is_empty() {
        return parsed.runtimes();
    }
    let (all, first) = (parsed.runtimes(), parsed.runtime());
    let is_written = |runtime: &Runtime| {
        named.iter().any(|target| match target.format.runtime {
            None if target.format.each_runtime => all.contains(runtime),
            _ => target.format.is_written(*runtime, first),
        })
    };
    Runtime::ALL.into_iter().filter(is_written).collect()
}

fn platforms(variations: Vec<&mut Variation>) -> Vec<&mut Platform> {
    variations.into_iter().filter_map(|variation| variation.compilation.platform.as_mut()).collect()
}

/// Adds the overlays of environments to what Kubernetes' target writes.
fn add_overlays(lowered: &mut [Lowered], platforms: &[&mut Platform], environments: &mut [&mut Platform]) {
    let base = platforms.iter().find(|platform| platform.runtime == Runtime::Kubernetes);
    let kubernetes = lowered.iter_mut().find(|lowered| lowered.target == formats::KUBERNETES.name);
    let (Some(base), Some(kubernetes)) = (base, kubernetes) else { return };
    // They are written where the platform as it stands is, and there only.
    let mut own = Vec::new();
    for environment in environments.iter_mut().filter(|it| it.runtime == Runtime::Kubernetes) {
        own.push(std::mem::replace(&mut environment.project, base.project.clone()));
    }
    let of_cluster: Vec<&Platform> =
        environments.iter().map(|it| &**it).filter(|it| it.runtime == Runtime::Kubernetes).collect();
    kubernetes.artifacts.extend(crate::overlays(base, &of_cluster));
    let of_cluster = environments.iter_mut().filter(|it| it.runtime == Runtime::Kubernetes);
    for (environment, project) in of_cluster.zip(own) {
        environment.project = project;
    }
    // An environment may ask for what the operator sets where the platform as it stands does not.
    let all: Vec<&Platform> = platforms.iter().map(|platform| &**platform).collect();
    crate::join(lowered, &all);
}

/// Adds the folders of environments to what Terraform's target writes.
fn add_roots(lowered: &mut [Lowered], environments: &[&mut Platform]) {
    let terraform = lowered.iter_mut().find(|lowered| lowered.target == formats::TERRAFORM.name);
    let Some(terraform) = terraform else { return };
    let on_host =
        environments.iter().map(|it| &**it).filter(|it| formats::TERRAFORM.runtime == Some(it.runtime));
    terraform.artifacts.extend(crate::roots(&on_host.collect::<Vec<_>>()));
}

/// Adds the pages of environments to the documentation.
fn add_pages(lowered: &mut [Lowered], environments: &[&mut Platform]) {
    let docs = lowered.iter_mut().find(|lowered| lowered.target == formats::DOCS.name);
    let Some(docs) = docs else { return };
    let mut environments: Vec<&Platform> = environments.iter().map(|it| &**it).collect();
    environments.sort_by_key(|platform| platform.runtime);
    docs.artifacts.extend(crate::pages(&environments));
}

/// The targets asked for, each once, in the order of the table; those of the platform where none is named.
fn wanted(named: &[&'static Target], platform: &Platform) -> Vec<&'static Target> {
    if named.is_empty() {
        return target::of(&platform.targets);
    }
    let is_named = |target: &&Target| named.iter().any(|named| named.format == target.format);
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
fn printed(artifacts: &[&Artifact]) -> String {
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
    let folder = files::shown(folder);
    let mut out = String::new();
    for kept in &summary.kept {
        let (path, copy) = (folder.join(&kept.path), folder.join(&kept.copy));
        let (path, copy) = (path.display(), copy.display());
        let _ = writeln!(out, "kept {path} as {copy}, which its owner alone can read");
    }
    for (verb, paths) in [("wrote", &summary.written), ("removed", &summary.removed)] {
        for path in paths {
            let _ = writeln!(out, "{verb} {}", folder.join(path).display());
        }
    }
    let numbers = [
        (summary.written.len(), "written"),
        (summary.removed.len(), "removed"),
        (summary.unchanged.len(), "unchanged"),
    ];
    let numbers: Vec<(usize, &str)> = numbers.into_iter().filter(|(number, _)| *number > 0).collect();
    let first = numbers.first().map(|(number, what)| format!("{} {what}", count(*number, "file")));
    let rest = numbers.iter().skip(1).map(|(number, what)| format!("{number} {what}"));
    let told: Vec<String> = first.into_iter().chain(rest).collect();
    let _ = writeln!(out, "{}", if told.is_empty() { "no files".to_owned() } else { told.join(", ") });
    out
}
