//! `infrac bundle`: what a build of an environment writes, in one archive that is the same on every machine.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use super::build::{lowered, shown};
use super::project::Project;
use super::report::{Report, count};
use super::variation::{self, Variation};
use super::{BundleArguments, Failure, Outcome};
use crate::Parsed;
use crate::digest::{Digest, Hasher};
use crate::output::{self, Build};
use crate::platform::Platform;
use crate::source::Sources;
use crate::target::{ONCE, PLACES};

/// What says, in the archive, what it was made from.
const ORIGIN: &str = "BUILD";

pub(super) fn run(arguments: &BundleArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.source.path.as_deref())?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let environment = arguments.source.env.as_deref();
    let any = parsed.runtime();
    let mut variations: Vec<Variation> = parsed
        .runtimes()
        .into_iter()
        .map(|runtime| Variation {
            environment: environment.map(str::to_owned),
            runtime,
            compilation: parsed.clone().compile(&loader, environment, runtime),
        })
        .collect();
    let denials = arguments.findings.denials();
    if variation::report(&mut variations, false, &denials, project.folder(), report) {
        report.remark("nothing is packed");
        return Ok(Outcome::SourceErrors);
    }
    let platforms = || variations.iter().filter_map(|it| it.compilation.platform.as_ref());
    let held: Vec<String> = platforms().flat_map(of_the_project).collect();
    if !held.is_empty() {
        let held = held.join("\n  ");
        return Err(Failure::System(format!(
            "nothing is packed: an archive does not hold the project's own files\n  {held}\nhelp: push images and name them by `image`; pass files on by `config \"/path\" {{ from = \"file\" }}`"
        )));
    }
    let Some(name) = platforms().next().map(|platform| platform.name.clone()) else {
        return Ok(Outcome::SourceErrors);
    };
    let source = variations.first().map(|first| of_sources(&first.compilation.sources));
    let name = environment.map_or_else(|| name.clone(), |environment| format!("{name}-{environment}"));
    let build = Build {
        compare: Vec::new(),
        recreate: false,
        lowered: lowered(&mut variations, environment, &[], None, any),
        whole: true,
        force: false,
        sources: project.sources(),
        places: PLACES,
        once: ONCE,
    };
    let refused = |error: &dyn std::fmt::Display| Failure::System(format!("nothing is packed: {error}"));
    let stage = tempfile::tempdir().map_err(|error| refused(&error))?;
    output::write(stage.path(), &build).map_err(|error| refused(&error))?;
    let origin = format!(
        "infrac {}\nsource sha256:{}\nenvironment {}\n",
        env!("CARGO_PKG_VERSION"),
        // There is one runtime at least.
        source.map(|digest| digest.to_string()).unwrap_or_default(),
        environment.unwrap_or("-"),
    );
    let (archive, files) = archive(stage.path(), &name, &origin).map_err(|error| refused(&error))?;
    let by_default = || project.folder().join("build").join(format!("{name}.tar.gz"));
    let to = arguments.to.clone().unwrap_or_else(by_default);
    let digest = Digest::of(&archive);
    // A path that ends in `..` has no name, and cannot be written to either.
    let file_name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sums = format!("{digest}  {file_name}\n");
    let mut beside = to.clone().into_os_string();
    beside.push(".sha256");
    put(&to, &archive)
        .and_then(|()| put(Path::new(&beside), sums.as_bytes()))
        .map_err(|error| Failure::System(format!("`{}` cannot be written: {error}", to.display())))?;
    report.result(&format!(
        "packed {} into {}\nsha256 {digest}\n",
        count(files, "file"),
        shown(&to).display()
    ))?;
    Ok(Outcome::Fine)
}

/// What a build refers to in the project's own folder, in words.
fn of_the_project(platform: &Platform) -> Vec<String> {
    let is_below = |path: &str| !path.starts_with(['/', '~']);
    let of_one = |service: &crate::platform::Service| {
        let builds = service.build.iter().filter(|_| service.image.is_none());
        let builds = builds.map(|build| format!("`{}` is built in `{}`", service.path, build.context));
        let binds = service.binds.iter().filter(|bind| is_below(&bind.source));
        let binds = binds.map(|bind| format!("`{}` mounts `{}`", service.path, bind.source));
        builds.chain(binds).collect::<Vec<String>>()
    };
    platform.services.iter().flat_map(of_one).collect()
}

/// The digest of everything that was read: names and texts, in the order of the names.
fn of_sources(sources: &Sources) -> Digest {
    let mut files: Vec<(&str, &str)> = sources.own().map(|file| (file.name(), file.text())).collect();
    files.sort_unstable();
    let mut hasher = Hasher::default();
    for (name, text) in files {
        for piece in [name, "\0", text, "\0"] {
            hasher.update(piece.as_bytes());
        }
    }
    hasher.finish()
}

/// The files of a folder below a folder of a name, without anything that differs from one machine to the next.
fn archive(folder: &Path, name: &str, origin: &str) -> io::Result<(Vec<u8>, usize)> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    files.sort();
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut tar = tar::Builder::new(gzip);
    let mut add = |path: &Path, mode: u32, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        tar.append_data(&mut header, Path::new(name).join(path), content)
    };
    add(Path::new(ORIGIN), 0o644, origin.as_bytes())?;
    for path in &files {
        let place = folder.join(path);
        add(path, mode(&fs::metadata(&place)?), &fs::read(&place)?)?;
    }
    Ok((tar.into_inner()?.finish()?, files.len() + 1))
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0o644
}

/// Every file of a folder and of those below, by its path in there.
fn collect(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else {
            found.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
        }
    }
    Ok(())
}

/// Puts a file there as a whole.
fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".infrac-").tempfile_in(folder)?;
    file.write_all(content)?;
    readable(file.path())?;
    file.persist(path)?;
    Ok(())
}

/// Lets everybody read a file, as new files of a person are.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}
