//! The programs that a line of a shell starts, as far as they can be read off it.

/// What a shell knows by itself (POSIX.1-2024, "Shell Command Language" and "Special Built-In Utilities"; `[[`,
/// `source` and what follows are those of bash).
const BUILT_IN: &[&str] = &[
    ".", ":", "alias", "bg", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export",
    "false", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return",
    "set", "shift", "test", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait",
    "declare", "let", "mapfile", "shopt", "source",
];

/// Words behind which a command follows.
const BEFORE: &[&str] = &["if", "then", "else", "elif", "while", "until", "do", "!", "{", "time"];

/// Words behind which none follows before the next sign that parts commands.
const OTHER: &[&str] = &["for", "case", "select", "function", "in", "done", "fi", "esac", "}"];

/// Programs that start the one behind their options; with how many words that belong to themselves.
const STARTERS: &[(&str, usize)] =
    &[("exec", 0), ("command", 0), ("env", 0), ("nohup", 0), ("nice", 0), ("setsid", 0), ("timeout", 1)];

/// What is no other way behind `||`, but tells that the first has failed.
const ENDS: &[&str] = &["exit", "false", "true", "return", "kill", "echo", "printf", ":"];

/// Where programs of an image are.
const FOLDERS: &[&str] = &["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"];

/// The programs that a line starts. Each stands with what is tried where it fails, so that one of them is enough.
pub(super) fn programs(line: &str) -> Vec<Vec<&str>> {
    let commands = commands(line);
    // It asks by itself what there is.
    let asks = |(_, words): &(&str, Vec<&str>)| {
        words.iter().any(|word| matches!(*word, "which" | "type" | "hash"))
            || words.windows(2).any(|pair| matches!(pair, ["command", "-v" | "-V"]))
    };
    if commands.iter().any(asks) {
        return Vec::new();
    }
    let mut found: Vec<Vec<&str>> = Vec::new();
    for (before, words) in &commands {
        let started = started(words);
        let other = *before == "||" && !started.first().is_some_and(|first| ENDS.contains(first));
        match found.last_mut().filter(|_| other) {
            Some(first) => first.extend(started.last()),
            None => found.extend(started.into_iter().map(|program| vec![program])),
        }
    }
    found.retain(|ways| ways.iter().all(|program| !BUILT_IN.contains(program)));
    found
}

/// The programs that the words of a command start.
fn started<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut own = 0;
    for word in words {
        let assigns = word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && is_plain(name));
        if assigns || BEFORE.contains(word) || (word.starts_with('-') && !found.is_empty()) {
            continue;
        }
        if own > 0 {
            own -= 1;
            continue;
        }
        let Some(program) = program(word).filter(|program| !OTHER.contains(program)) else { break };
        found.push(program);
        match STARTERS.iter().find(|(name, _)| *name == program) {
            Some((_, words)) => own = *words,
            None => break,
        }
    }
    found
}

/// The program that a word names: as it is, or where the programs of images are.
pub(super) fn program(word: &str) -> Option<&str> {
    let name = FOLDERS.iter().find_map(|folder| word.strip_prefix(folder)).unwrap_or(word);
    is_plain(name).then_some(name)
}

fn is_plain(name: &str) -> bool {
    // What begins with a digit is mostly a number: of a signal, of seconds.
    name.starts_with(|c: char| !c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The commands of a line, each with the sign before it and its words, without redirections. What stands between
/// quotation marks is one word.
fn commands(line: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = vec![("", Vec::new())];
    let mut at = 0;
    while let Some(next) = line[at..].chars().next() {
        let rest = &line[at..];
        let sign = ["||", "&&", ";;", "$(", ";", "|", "&", "(", ")", "`", "\n"];
        if let Some(sign) = sign.iter().find_map(|sign| rest.starts_with(sign).then(|| &rest[..sign.len()])) {
            found.push((sign, Vec::new()));
            at += sign.len();
            continue;
        }
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        let end = at + word(rest);
        let text = &line[at..end];
        at = end;
        let redirects = text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['<', '>']);
        if !redirects {
            if let Some((_, words)) = found.last_mut() {
                words.push(text);
            }
        } else if text.ends_with(['<', '>']) {
            // Its target is the next word.
            at += line[at..].len() - line[at..].trim_start_matches(' ').len();
            at += word(&line[at..]);
        }
    }
    found.retain(|(_, words)| !words.is_empty());
    found
}

/// How long the word is that a text starts with.
fn word(text: &str) -> usize {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') && before != '\\' => quote = Some(c),
            // `2>&1` is one word, and so is a variable in `${…}`.
            None if c == '&' && before == '>' => {}
            None if c.is_whitespace() || ";|&()`".contains(c) => return at.max(1),
            None => {}
        }
        before = if before == '\\' { ' ' } else { c };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::programs;

    #[test]
    fn programs_are_found_in_lines() {
        for (line, expected) in [
            ("curl -fsS http://localhost/ || exit 1", "curl"),
            ("curl a || wget b || exit 1", "curl/wget"),
            ("exec curl a", "curl"),
            ("if curl -f a; then exit 0; else exit 1; fi", "curl"),
            ("(curl a)", "curl"),
            ("! curl a", "curl"),
            ("/usr/bin/curl a", "curl"),
            ("/app/check a", ""),
            ("cat /x | grep y && curl z", "cat grep curl"),
            ("A=1 B=2 curl z 2>&1 >/dev/null", "curl"),
            ("> /dev/null curl z", "curl"),
            ("timeout -s 9 5s curl z", "timeout"),
            ("timeout 5 curl z", "timeout curl"),
            ("x=$(curl a) && test \"$x\" = 'a; b | c'", "curl"),
            ("test -f /x && kill -0 1 && cd /", ""),
            ("command -v curl && curl a", ""),
            ("if ! command -v curl; then exit 0; fi; curl a", ""),
            ("for i in a b; do nc -z $i 1; done", "nc"),
            ("exec 3<>/dev/tcp/127.0.0.1/80 && echo a >&3", ""),
            ("$TOOL a; \"${X}\" b; ü", ""),
            ("", ""),
        ] {
            let found: Vec<String> = programs(line).iter().map(|ways| ways.join("/")).collect();
            assert_eq!(found.join(" "), expected, "{line}");
        }
    }
}
