//! The files of the repository, as a clone has them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A text file.
pub(crate) struct File {
    /// Below the repository's root, with `/` between its parts.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

impl File {
    /// Whether it stands below a folder and its name ends so; `""` is any.
    pub(crate) fn is(&self, folder: &str, extension: &str) -> bool {
        let below =
            folder.is_empty() || self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        below && (extension.is_empty() || Path::new(&self.path).extension().is_some_and(|it| it == extension))
    }
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file, sorted. What `.gitignore` names is left out, and so are files that are no UTF-8 text.
pub(crate) fn repository() -> io::Result<Vec<File>> {
    let ignored = fs::read_to_string(root().join(".gitignore"))?;
    let ignored: Vec<&str> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('/'))
        .map(|line| line.trim_end_matches('/'))
        .collect();
    let mut files = Vec::new();
    collect(&root(), &|path| path == ".git" || ignored.contains(&path), &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(folder: &Path, is_ignored: &dyn Fn(&str) -> bool, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let below = path.strip_prefix(root()).unwrap_or(&path).display().to_string().replace('\\', "/");
        if is_ignored(&below) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(&path, is_ignored, files)?;
        } else if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            files.push(File { path: below, text });
        }
    }
    Ok(())
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
    let mut names = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

/// The files in a folder below the root whose names end so, sorted.
pub(crate) fn those(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = root().join(folder);
    let names = names(&folder).unwrap_or_else(|error| panic!("{error}"));
    let files = names.iter().map(|name| folder.join(name));
    let files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|it| it == extension)).collect();
    assert!(!files.is_empty(), "no .{extension} in {}", folder.display());
    files
}
