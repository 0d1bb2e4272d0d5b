//! What git leaves alone: secrets of the host, archives, and copies of what people have edited.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// What nobody but the host may see, copies of data and records of deployments, archives, and what `--force` keeps. What a build writes is kept: a check holds it against the
/// source.
const IGNORED: &[&str] =
    &[".env", ".infrac/", "build/*.tar.gz", "build/*.tar.gz.sha256", "*.orig", "*.orig.[0-9]*"];

/// What asks for the secrets, and must not be left out with them.
const EXAMPLE: &str = ".env.example";

/// Adds what is missing in the list of a folder, whose repository may have others above it; what was done, where anything was.
pub(super) fn add(path: &Path, root: &Path) -> io::Result<Option<String>> {
    let read = |path: &Path| match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        text => text.map(Some),
    };
    let before = read(path)?;
    let text = before.clone().unwrap_or_default();
    let mut missing: Vec<String> = IGNORED
        .iter()
        .filter(|it| !text.lines().any(|line| line.trim() == **it))
        .map(|it| (*it).to_owned())
        .collect();
    let above = root.join(".gitignore");
    let above = if above == path { None } else { read(&above)? };
    let all = format!("{}\n{text}\n{}", above.unwrap_or_default(), missing.join("\n"));
    let is_hidden = hides(&all, EXAMPLE);
    if is_hidden {
        missing.push(format!("!{EXAMPLE}"));
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let added: String = missing.iter().flat_map(|line| [line, "\n"]).collect();
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{gap}{added}").as_bytes())?;
    let verb = if before.is_some() { "added to" } else { "wrote" };
    let shown = path.strip_prefix(".").unwrap_or(path).display();
    let why =
        if is_hidden { format!(": `!{EXAMPLE}`, too, which was ignored with `.env`") } else { String::new() };
    Ok(Some(format!("{verb} {shown}{why}")))
}

/// Whether a list hides a file: the last line that fits decides (git/git:Documentation/gitignore.adoc).
fn hides(text: &str, name: &str) -> bool {
    let mut hidden = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (pattern, hides) = line.strip_prefix('!').map_or((line, true), |pattern| (pattern, false));
        let pattern = pattern.trim_start_matches("**/").trim_start_matches('/');
        if fits_glob(pattern, name) {
            hidden = hides;
        }
    }
    hidden
}

/// Whether a name fits a pattern of git, in which `?` and classes stand for a character, beside `*`.
fn fits_glob(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut names = name.chars();
    match first {
        '*' => {
            let rest = rest.trim_start_matches('*');
            (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| fits_glob(rest, &name[at..]))
        }
        '?' => names.next().is_some() && fits_glob(rest, names.as_str()),
        '[' => {
            let Some((class, rest)) = rest.split_once(']') else { return false };
            let Some(next) = names.next() else { return false };
            let (class, wanted) = match class.strip_prefix(['!', '^']) {
                Some(class) => (class, false),
                None => (class, true),
            };
            let chars: Vec<char> = class.chars().collect();
            let within = chars.contains(&next)
                || chars.windows(3).any(|it| it[1] == '-' && (it[0]..=it[2]).contains(&next));
            within == wanted && fits_glob(rest, names.as_str())
        }
        _ => names.next() == Some(first) && fits_glob(rest, names.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::{EXAMPLE, hides};

    #[test]
    fn the_last_line_that_fits_decides() {
        for hiding in
            [".env*", "*.example", ".env.?xample", "/.env.*", "!.env.example\n.*", "**/.env.ex[a-c]mple"]
        {
            assert!(hides(hiding, EXAMPLE), "{hiding}");
        }
        for other in [".env", "#.env*", ".env*\n!.env.example", ".env.[!e]*", "env*"] {
            assert!(!hides(other, EXAMPLE), "{other}");
        }
    }
}
