//! The project: the folder of the source file, which nothing that is read may leave.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Failure;
use crate::diagnostic::codes;
use crate::diagnostic::machine::Finding;
use crate::source::{Found, LoadError, Loader, MAX_FILE_BYTES};

/// What a project's source file is called.
pub(super) const FILE_NAME: &str = "platform.infra";

/// What messages call standard input.
pub(super) const STDIN: &str = "<stdin>";

/// Reads what stands at a path below the project's folder.
type Load = Box<dyn Fn(&str) -> Result<Found, LoadError> + Sync>;

/// Paths of files, which several threads may add to.
type Files = Arc<Mutex<BTreeSet<PathBuf>>>;

/// Where the source is, and what may be read with it.
pub(super) struct Project {
    /// The folder, as it is shown.
    folder: PathBuf,
    /// The entry file, below the folder.
    entry: String,
    load: Load,
    /// Every file that was read, by its path without links.
    read: Files,
}

impl Project {
    /// The project that a command is about. Reads standard input for `-`.
    pub(super) fn find(path: Option<&Path>) -> Result<Self, Failure> {
        match path {
            None => Self::open(&nearest()?),
            Some(path) if path == Path::new("-") => Self::read(io::stdin().lock()),
            Some(path) if path.is_dir() => Self::open(&path.join(FILE_NAME)),
            Some(path) if is_stream(path) => match File::open(path) {
                Ok(stream) => Self::read(stream),
                Err(error) => Err(Failure::unread(path, &error)),
            },
            Some(path) => Self::open(path),
        }
    }

    fn open(path: &Path) -> Result<Self, Failure> {
        let unusable = |why: &str| Failure::file(codes::SYN005, path, why, "");
        let metadata = fs::metadata(path).map_err(|error| Failure::unread(path, &error))?;
        let entry = path
            .file_name()
            .and_then(OsStr::to_str)
            .ok_or_else(|| unusable("has a name that is no UTF-8 text"))?;
        if !metadata.is_file() {
            return Err(unusable("is no file"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root = fs::canonicalize(folder).map_err(|error| Failure::unread(path, &error))?;
        let files = Arc::new(Mutex::new(BTreeSet::new()));
        let read = Arc::clone(&files);
        Ok(Self {
            folder: folder.to_owned(),
            entry: entry.to_owned(),
            load: Box::new(move |path| load(&root, path, &read)),
            read: files,
        })
    }

    fn read(input: impl Read) -> Result<Self, Failure> {
        let unreadable =
            |error| Failure::file(codes::SYN005, Path::new(STDIN), &format!("cannot be read: {error}"), "");
        let source = read_at_most(input, 0, MAX_FILE_BYTES).map_err(unreadable)?;
        let root = fs::canonicalize(".")
            .map_err(|error| Failure::System(format!("the current folder cannot be read: {error}")))?;
        let files = Arc::new(Mutex::new(BTreeSet::new()));
        let read = Arc::clone(&files);
        Ok(Self {
            folder: PathBuf::from("."),
            entry: STDIN.to_owned(),
            load: Box::new(move |path| match (path, &source) {
                (STDIN, Some(bytes)) => Ok(Found::File(bytes.clone())),
                (STDIN, None) => Err(LoadError::TooLarge),
                _ => load(&root, path, &read),
            }),
            read: files,
        })
    }

    /// The project's folder, relative to the current one where it was named so.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The entry file's path below the project's folder.
    pub(super) fn entry(&self) -> &str {
        &self.entry
    }

    /// Every file that was read so far, by its path without links: no build replaces or removes it.
    pub(super) fn sources(&self) -> BTreeSet<PathBuf> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What reads the project's files.
    pub(super) fn loader(&self) -> Loader<'_> {
        Loader { load: &self.load }
    }
}

/// The nearest `platform.infra` from the current folder upwards.
pub(super) fn nearest() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::System(format!("the current folder cannot be read: {error}")))?;
    let mut path = PathBuf::from(FILE_NAME);
    for _ in here.ancestors() {
        if path.is_file() {
            return Ok(path);
        }
        path = Path::new("..").join(path);
    }
    let said = format!("there is no `{FILE_NAME}` here or in a folder above");
    let help = "name a source file, a folder, or `-` for standard input";
    let finding = Finding::in_file(codes::IMP001, FILE_NAME, &said, Some(help));
    Err(Failure::Files(format!("{said}\n  help: {help}"), vec![finding]))
}

/// Whether a path leads to what the process has open, which is read as standard input is: a shell hands over a pipe so.
fn is_stream(path: &Path) -> bool {
    ["/dev/stdin", "/dev/fd", "/proc/self/fd"].iter().any(|folder| path.starts_with(folder))
}

/// Reads what stands at a path below `root`, which is canonical.
fn load(root: &Path, path: &str, read: &Mutex<BTreeSet<PathBuf>>) -> Result<Found, LoadError> {
    let real = fs::canonicalize(root.join(path)).map_err(|error| refused(&error))?;
    if !real.starts_with(root) {
        return Err(LoadError::Outside);
    }
    let metadata = fs::metadata(&real).map_err(|error| refused(&error))?;
    if metadata.is_dir() {
        return list(&real).map(Found::Folder).map_err(|error| refused(&error));
    }
    if !metadata.is_file() {
        return Err(LoadError::Refused("it is neither a file nor a folder".to_owned()));
    }
    let file = File::open(&real).map_err(|error| refused(&error))?;
    match read_at_most(file, metadata.len(), MAX_FILE_BYTES).map_err(|error| refused(&error))? {
        Some(bytes) => {
            read.lock().unwrap_or_else(PoisonError::into_inner).insert(real);
            Ok(Found::File(bytes))
        }
        None => Err(LoadError::TooLarge),
    }
}

fn list(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Everything there is to read, which is about as many bytes as `expected`; `None` where it is more than `most`.
fn read_at_most(input: impl Read, expected: u64, most: u64) -> io::Result<Option<Vec<u8>>> {
    // With room for one more byte the end is found without asking for more room.
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(most)).unwrap_or_default() + 1);
    input.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

fn refused(error: &io::Error) -> LoadError {
    match error.kind() {
        // A file where the path has a folder is no folder: nothing stands at the path.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => LoadError::Missing,
        _ => LoadError::Refused(error.to_string()),
    }
}
