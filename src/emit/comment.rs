//! The header of a file in the comments of its own format.

/// How a format starts a comment, by the extension of its files. JSON has none; for formats that are
/// not listed nobody knows.
const COMMENTS: &[(&str, &[&str])] = &[
    (
        "#",
        &[
            "sh",
            "bash",
            "yaml",
            "yml",
            "toml",
            "conf",
            "cnf",
            "cfg",
            "env",
            "pem",
            "properties",
            "py",
            "rb",
            "tf",
        ],
    ),
    // `#` is no comment to PHP's reader of such files.
    (";", &["ini"]),
    ("//", &["js", "mjs", "cjs", "ts"]),
    ("--", &["sql", "lua"]),
];

/// Puts a header above a text, behind the line `#!…` where there is one, in the comments of the format
/// that the extension of `path` names. A text of a format without comments stays as it is.
#[must_use]
pub fn with_header(path: &str, header: &[String], text: &str) -> String {
    let extension =
        path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension);
    let mark = extension.and_then(|extension| {
        COMMENTS.iter().find(|(_, extensions)| extensions.contains(&extension)).map(|(mark, _)| *mark)
    });
    let Some(mark) = mark else { return text.to_owned() };
    let (first, rest) = match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("#!") => (Some(first), rest),
        _ => (None, text),
    };
    let mut out = String::new();
    if let Some(first) = first {
        out.push_str(first);
        out.push('\n');
    }
    for line in header {
        out.push_str(format!("{mark} {line}").trim_end());
        out.push('\n');
    }
    out.push('\n');
    out.push_str(rest);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::with_header;

    #[test]
    fn the_header_speaks_the_language_of_the_file() {
        let header = ["made".to_owned()];
        for (path, text, expected) in [
            ("a/b.js", "x", "// made\n\nx\n"),
            ("run.sh", "#!/bin/sh\nx\n", "#!/bin/sh\n# made\n\nx\n"),
            ("users.sql", "x;", "-- made\n\nx;\n"),
            ("php.ini", "x = 1", "; made\n\nx = 1\n"),
            ("a.json", "{}", "{}"),
            ("conf.d/VERSION", "1", "1"),
        ] {
            assert_eq!(with_header(path, &header, text), expected, "{path}");
        }
    }
}
