//! `infrac bundle`: what a build of an environment writes, in one archive that is the same on every machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use super::build::{lowered, note_others, stays_inside};
use super::files::shown;
use super::project::{Project, STDIN};
use super::report::{Report, count};
use super::variation::{self, Variation};
use super::{BundleArguments, Failure, Outcome, meant};
use crate::Parsed;
use crate::diagnostic::codes;
use crate::digest::{Digest, Hasher};
use crate::output::{self, Build};
use crate::platform::Platform;
use crate::source::Sources;
use crate::target::{Lowered, ONCE, PLACES};

/// What says, in the archive, what it was made from.
const ORIGIN: &str = "BUILD";

pub(super) fn run(arguments: &BundleArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = meant::project(arguments.source.path.as_deref())?;
    expect_place(arguments)?;
    let loader = project.loader();
    let parsed = Parsed::load(&loader, project.entry());
    let builds = if arguments.all {
        std::iter::once(None).chain(parsed.environments().into_iter().map(Some)).collect()
    } else {
        vec![arguments.source.env.clone()]
    };
    let compiled = |environment: &Option<String>, runtime| Variation {
        environment: environment.clone(),
        runtime,
        compilation: parsed.clone().compile(&loader, environment.as_deref(), runtime),
    };
    let runtimes = parsed.runtimes();
    let ways = builds.iter().flat_map(|build| runtimes.iter().map(move |runtime| (build, *runtime)));
    let mut variations: Vec<Variation> = ways.map(|(build, runtime)| compiled(build, runtime)).collect();
    let denials = arguments.findings.denials();
    if variation::report(&mut variations, arguments.all, &denials, &project, report) {
        report.remark("nothing is packed");
        return Ok(Outcome::SourceErrors);
    }
    let platforms = || variations.iter().filter_map(|it| it.compilation.platform.as_ref());
    let held: BTreeSet<String> = platforms().flat_map(Platform::of_the_project).collect();
    if !held.is_empty() {
        let held = held.into_iter().collect::<Vec<String>>().join("\n  ");
        let path = project.folder().join(project.entry());
        let why = format!("is not packed: an archive does not hold the project's own files\n  {held}");
        let help =
            "push images and name them by `image`; pass files on by `config \"/path\" { from = \"file\" }`";
        return Err(Failure::file(codes::ART007, &path, &why, help));
    }
    let Some(name) = platforms().next().map(|platform| platform.name.clone()) else {
        return Ok(Outcome::SourceErrors);
    };
    let source = of_sources(&project, variations.first().map(|first| &first.compilation.sources))?;
    for environment in &builds {
        let name =
            environment.as_ref().map_or_else(|| name.clone(), |environment| format!("{name}-{environment}"));
        let lowered = lowered(&mut variations, environment.as_deref(), &[], None, parsed.runtime());
        let archive = packed(&project, lowered, &name, environment.as_deref(), &source)?;
        let file = format!("{name}.tar.gz");
        let to = match &arguments.to {
            Some(folder) if arguments.all || folder.is_dir() => folder.join(file),
            Some(path) => path.clone(),
            None => {
                let folder = project.folder().join("build");
                stays_inside(
                    project.folder(),
                    &folder,
                    "`--to PATH` writes to where it leads, if that is meant",
                )?;
                folder.join(file)
            }
        };
        hand_over(&archive, &to, report)?;
    }
    note_others(&parsed.environments(), &builds, report);
    Ok(Outcome::Fine)
}

/// The ends of names of archives of other kinds.
const OTHERS: &[&str] = &[".zip", ".7z", ".rar", ".tar", ".tar.bz2", ".tar.xz", ".tar.zst"];

/// Refuses a place where no archive of this kind belongs.
fn expect_place(arguments: &BundleArguments) -> Result<(), Failure> {
    let Some(to) = &arguments.to else { return Ok(()) };
    let said = to.to_string_lossy();
    if said == "-" {
        return Err(Failure::Usage(
            "an archive is written to a file, since its digest stands beside it\n  help: `--to NAME.tar.gz`"
                .to_owned(),
        ));
    }
    if let Some(end) = OTHERS.iter().find(|end| said.to_lowercase().ends_with(**end)) {
        let name = &said[..said.len() - end.len()];
        return Err(Failure::Usage(format!(
            "archives are made with tar and gzip, and `{said}` would be taken for another kind\n  help: `--to {name}.tar.gz`"
        )));
    }
    if arguments.all && (to.is_file() || said.ends_with(".tar.gz") || said.ends_with(".tgz")) {
        return Err(Failure::Usage(format!(
            "with `--all` there are several archives, and `{said}` is one\n  help: `--to FOLDER/`"
        )));
    }
    Ok(())
}

/// An archive, and how many files it holds.
type Archive = (Vec<u8>, usize);

/// The archive of a build.
fn packed(
    project: &Project,
    lowered: Vec<Lowered>,
    name: &str,
    environment: Option<&str>,
    source: &Digest,
) -> Result<Archive, Failure> {
    let build = Build {
        compare: Vec::new(),
        recreate: false,
        lowered,
        whole: true,
        force: false,
        sources: project.sources(),
        places: PLACES,
        theirs: Vec::new(),
        once: ONCE,
    };
    let refused = |error: &dyn std::fmt::Display| Failure::System(format!("nothing is packed: {error}"));
    let stage = tempfile::tempdir().map_err(|error| refused(&error))?;
    output::write(stage.path(), &build).map_err(|error| refused(&error))?;
    let origin = format!(
        "infrac {}\nsource sha256:{source}\nenvironment {}\n",
        env!("CARGO_PKG_VERSION"),
        environment.unwrap_or("-"),
    );
    archive(stage.path(), name, &origin).map_err(|error| refused(&error))
}

/// Writes an archive, and its digest beside it.
fn hand_over((archive, files): &Archive, to: &Path, report: &Report) -> Result<(), Failure> {
    let digest = Digest::of(archive);
    // A path that ends in `..` has no name, and cannot be written to either.
    let file_name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sums = format!("{digest}  {file_name}\n");
    let mut beside = to.to_owned().into_os_string();
    beside.push(".sha256");
    put(to, archive)
        .and_then(|()| put(Path::new(&beside), sums.as_bytes()))
        .map_err(|error| Failure::unwritten(to, &error))?;
    report.result(&format!(
        "packed {} into {}\nsha256 {digest}\n",
        count(*files, "file"),
        shown(to).display()
    ))
}

/// The digest of everything that was read, byte for byte: sources, files that they pass on, templates. Names and contents, in the
/// order of the names; what did not come from a file has the text that was compiled.
fn of_sources(project: &Project, compiled: Option<&Sources>) -> Result<Digest, Failure> {
    let root =
        fs::canonicalize(project.folder()).map_err(|error| Failure::unread(project.folder(), &error))?;
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for path in project.sources() {
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
        files.insert(name, fs::read(&path).map_err(|error| Failure::unread(&path, &error))?);
    }
    let texts = compiled.into_iter().flat_map(Sources::own).filter(|file| file.name() == STDIN);
    files.extend(texts.map(|file| (STDIN.to_owned(), file.text().as_bytes().to_vec())));
    let mut hasher = Hasher::default();
    for (name, bytes) in files {
        for piece in [name.as_bytes(), b"\0", &bytes, b"\0"] {
            hasher.update(piece);
        }
    }
    Ok(hasher.finish())
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
