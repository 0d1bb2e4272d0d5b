//! Source files and places in them.
//!
//! A [`Span`] is a range of bytes of one file of [`Sources`]; every tree of the compiler carries
//! spans, so that each message can show its place. Text is normalised once, when it is added: no
//! byte-order mark, and `\n` as the only end of a line.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::hash::HashSet;

/// The largest source file, in bytes. A platform of ten thousand services takes about 8 MiB.
pub const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;

/// A file of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`. Files are smaller than [`MAX_FILE_BYTES`], so offsets fit.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: offset(start), end: offset(end) }
    }

    /// From the start of `self` to the end of `other`, which lies behind it in the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file == other.file && other.end >= self.start {
            Self { end: other.end, ..self }
        } else {
            self
        }
    }
}

/// How many bytes of a text are one block, in which lines are looked for.
const BLOCK: usize = 1_024;

/// A named text, and where its lines are.
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: Cow<'static, str>,
    /// How many lines end before each block; counted when a place is first asked for. Few places are, so where each
    /// line starts is not kept.
    line_ends: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// The name as messages show it: a path below the project's root, or `<stdin>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The normalised text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line_ends(&self) -> &[usize] {
        self.line_ends.get_or_init(|| {
            let blocks = self.text.as_bytes().chunks(BLOCK);
            let ends = blocks.map(|block| memchr::memchr_iter(b'\n', block).count());
            let before = ends.scan(0, |sum, ends| Some(std::mem::replace(sum, *sum + ends)));
            before.collect()
        })
    }

    /// A block, with how many lines end before it.
    fn block(&self, block: usize) -> (usize, &[u8]) {
        let bytes = self.text.as_bytes();
        let before = self.line_ends().get(block).copied().unwrap_or_default();
        (before, bytes.chunks(BLOCK).nth(block).unwrap_or_default())
    }

    /// The zero-based line of a byte offset.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        let offset = (offset as usize).min(self.text.len());
        // The end of the text may be that of its last block.
        let at = (offset / BLOCK).min(self.line_ends().len().saturating_sub(1));
        let (before, block) = self.block(at);
        let within = block.get(..offset - at * BLOCK).unwrap_or(block);
        before + memchr::memchr_iter(b'\n', within).count()
    }

    /// The byte offset at which a zero-based line starts; the end of the text for lines behind it.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        let Some(ends) = line.checked_sub(1) else { return 0 };
        let at = self.line_ends().partition_point(|before| *before <= ends).saturating_sub(1);
        let (before, block) = self.block(at);
        let end = memchr::memchr_iter(b'\n', block).nth(ends - before);
        end.map_or(self.text.len(), |end| at * BLOCK + end + 1)
    }

    /// How many lines the text has.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_of(u32::MAX) + 1
    }
}

fn normalised(text: Cow<'static, str>) -> Cow<'static, str> {
    let (marked, returned) = (text.starts_with('\u{feff}'), memchr::memchr(b'\r', text.as_bytes()).is_some());
    if !marked && !returned {
        return text;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Cow::Owned(text.replace("\r\n", "\n"))
}

/// All source texts of one compilation. Its copies share the texts.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
    embedded: HashSet<FileId>,
}

impl Sources {
    /// Adds a text under a name and normalises it: a byte-order mark is dropped, `\r\n` becomes `\n`.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> FileId {
        let text = normalised(text.into());
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Arc::new(SourceFile { name: name.into(), text, line_ends: OnceLock::new() }));
        id
    }

    /// Adds a text that is a part of the compiler.
    pub fn add_embedded(&mut self, name: impl Into<String>, text: &'static str) -> FileId {
        let id = self.add(name, text);
        self.embedded.insert(id);
        id
    }

    /// The same texts, those of the project by other names.
    #[must_use]
    pub fn called(&self, name: impl Fn(&str) -> String) -> Self {
        let mut called = self.clone();
        for id in self.own_ids() {
            let file = self.file(id);
            called.files[id.0 as usize] = Arc::new(SourceFile {
                name: name(&file.name),
                text: file.text.clone(),
                line_ends: OnceLock::new(),
            });
        }
        called
    }

    /// The texts that are a part of the compiler.
    #[must_use]
    pub fn embedded(&self) -> &HashSet<FileId> {
        &self.embedded
    }

    /// The texts of the project, in the order in which they were added.
    pub fn own(&self) -> impl Iterator<Item = &SourceFile> {
        let ids = (0..).map(FileId).zip(&self.files);
        ids.filter(|(id, _)| !self.embedded.contains(id)).map(|(_, file)| &**file)
    }

    /// The ids of the texts of the project.
    pub fn own_ids(&self) -> impl Iterator<Item = FileId> + '_ {
        (0..).map(FileId).zip(&self.files).map(|(id, _)| id).filter(|id| !self.embedded.contains(id))
    }

    /// The file of an id that [`Sources::add`] returned.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The same, to be kept.
    #[must_use]
    pub fn shared(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.get(id.0 as usize).map(Arc::clone)
    }

    /// The length of all texts, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }

    /// The text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The file of a name, if it was added already.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<FileId> {
        let at = self.files.iter().position(|file| file.name == name)?;
        Some(FileId(u32::try_from(at).unwrap_or(u32::MAX)))
    }
}

/// What stands at a path of the project.
#[derive(Debug)]
pub enum Found {
    /// The bytes of a file.
    File(Vec<u8>),
    /// The names of a folder's entries, sorted.
    Folder(Vec<String>),
}

/// Why nothing could be loaded from a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// Nothing stands there.
    Missing,
    /// The path, or the link it is, leads out of the project's root.
    Outside,
    /// The file is larger than [`MAX_FILE_BYTES`].
    TooLarge,
    /// The system refuses, with its own words.
    Refused(String),
}

/// Where sources come from: the one door through which the pure stages see files. Paths are
/// relative to the project's root, with `/` between their parts.
pub struct Loader<'a> {
    /// Reads a file or lists a folder.
    pub load: &'a (dyn Fn(&str) -> Result<Found, LoadError> + Sync),
}

impl std::fmt::Debug for Loader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loader")
    }
}

/// Joins a relative path to the folder of `base` and takes `.` and `..` out; `None` where it would
/// leave the root or is absolute.
#[must_use]
pub fn join(base: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || Path::new(path).is_absolute() {
        return None;
    }
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Sources};

    #[test]
    fn lines_are_found_wherever_blocks_end() {
        let long = "a".repeat(BLOCK);
        let texts = ["", "\n", "a", "a\nb", "a\n\nb\n"].map(str::to_owned);
        let more = (BLOCK - 2..BLOCK + 2).map(|length| format!("{}\n\nb\n{long}\n", "a".repeat(length)));
        let lined = format!("{}\n{long}{long}{long}\nb", "\n".repeat(BLOCK));
        for text in texts.into_iter().chain(more).chain([lined]) {
            let mut sources = Sources::default();
            let file = sources.add("a", text.clone());
            let file = sources.file(file);
            let behind = text.match_indices('\n').map(|(at, _)| at + 1);
            let starts: Vec<usize> = std::iter::once(0).chain(behind).collect();
            assert_eq!(file.line_count(), starts.len());
            for (line, start) in starts.iter().enumerate() {
                assert_eq!(file.line_start(line), *start);
            }
            assert_eq!(file.line_start(starts.len()), text.len());
            for offset in 0..text.len() + 2 {
                let line = starts.iter().filter(|start| **start <= offset).count() - 1;
                assert_eq!(file.line_of(u32::try_from(offset).unwrap_or(u32::MAX)), line);
            }
        }
    }
}
