//! The programs that a line of a shell starts, as far as they can be read off it.

use super::{SHELLS, is_line};

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

/// The sign before what is no command of its own: the words of one go on behind a line that it puts in.
const GOES_ON: &str = "$()";

/// How deep lines in lines are looked into.
const MAX_NESTED: usize = 8;

/// The programs that a line starts. Each stands with what is tried where it fails, so that one of them is enough.
pub(super) fn programs(line: &str) -> Vec<Vec<String>> {
    read(line, 0).unwrap_or_default()
}

/// The programs of a line and of those within it; `None` where it asks by itself what there is.
fn read(line: &str, depth: usize) -> Option<Vec<Vec<String>>> {
    if depth > MAX_NESTED {
        return Some(Vec::new());
    }
    let Commands { found: commands, within, functions } = commands(line);
    let asks = |(_, words): &(&str, Vec<&str>)| {
        words.iter().any(|word| matches!(*word, "which" | "type" | "hash"))
            || words.windows(2).any(|pair| matches!(pair, ["command", "-v" | "-V"]))
    };
    if commands.iter().any(asks) {
        return None;
    }
    let mut found: Vec<Vec<&str>> = Vec::new();
    for (before, words) in commands.iter().filter(|(before, _)| *before != GOES_ON) {
        let started = started(words);
        let other = *before == "||" && !started.first().is_some_and(|first| ENDS.contains(first));
        match found.last_mut().filter(|_| other) {
            Some(first) => first.extend(started.last()),
            None => found.extend(started.into_iter().map(|program| vec![program])),
        }
    }
    let own = |program: &&str| BUILT_IN.contains(program) || functions.contains(program);
    found.retain(|ways| !ways.iter().any(own));
    let owned = |ways: Vec<&str>| ways.into_iter().map(str::to_owned).collect();
    let mut found: Vec<Vec<String>> = found.into_iter().map(owned).collect();
    for line in within {
        // What a substitution finds out is what the line around it asks.
        found.extend(read(line, depth + 1)?);
    }
    for line in commands.iter().filter_map(|(_, words)| line_of_shell(words)) {
        found.extend(read(&line, depth + 1).unwrap_or_default());
    }
    let mut told: Vec<Vec<String>> = Vec::with_capacity(found.len());
    for ways in found {
        if !told.contains(&ways) {
            told.push(ways);
        }
    }
    Some(told)
}

/// The line that a command hands to a shell: `sh -c '…'`.
fn line_of_shell(words: &[&str]) -> Option<String> {
    let shell = *started(words).last().filter(|program| SHELLS.contains(program))?;
    let mut behind = words.iter().skip_while(|word| program(word) != Some(shell)).skip(1);
    let option = behind.find(|word| is_line(word) || !word.starts_with('-'))?;
    let line = behind.next().filter(|_| is_line(option))?;
    let between = |quote: char| line.strip_prefix(quote)?.strip_suffix(quote);
    match (between('\''), between('"')) {
        (Some(line), _) => Some(line.to_owned()),
        (_, Some(line)) => Some(unescaped(line)),
        _ => Some((*line).to_owned()),
    }
}

/// What stands between double quotation marks, as the shell reads it (POSIX.1-2024, 2.2.3).
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match rest.peek() {
            Some('"' | '\\' | '$' | '`') if c == '\\' => out.extend(rest.next()),
            _ => out.push(c),
        }
    }
    out
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

/// What a line consists of.
struct Commands<'a> {
    /// Each command with the sign before it and its words, without redirections. What stands between quotation marks
    /// is one word.
    found: Vec<(&'a str, Vec<&'a str>)>,
    /// The lines of `"$(…)"` between quotation marks.
    within: Vec<&'a str>,
    /// The functions that it defines.
    functions: Vec<&'a str>,
}

fn commands(line: &str) -> Commands<'_> {
    let mut found: Vec<(&str, Vec<&str>)> = vec![("", Vec::new())];
    let mut within = Vec::new();
    let mut functions = Vec::new();
    // The words that end the texts which the next lines hold: `<<EOF`.
    let mut texts: Vec<&str> = Vec::new();
    // Whether each bracket that is open puts in what its line writes, and whether a backtick is open.
    let mut open: Vec<bool> = Vec::new();
    let mut ticked = false;
    let mut at = 0;
    while let Some(next) = line[at..].chars().next() {
        let rest = &line[at..];
        if let Some(length) = passed_over(line, at) {
            at += length;
            continue;
        }
        if next == '\n' && !texts.is_empty() {
            at += texts.drain(..).fold(0, |length, end| length + text(&rest[length..], end));
            found.push(("\n", Vec::new()));
            continue;
        }
        if let (Some((_, words)), Some(behind)) = (found.last_mut(), rest.strip_prefix('('))
            && let ([name], Some(behind)) = (words.as_slice(), behind.trim_start().strip_prefix(')'))
        {
            functions.push(*name);
            words.clear();
            at = line.len() - behind.len();
            continue;
        }
        let sign = ["||", "&&", ";;", "$(", ";", "|", "&", "(", ")", "`", "\n"];
        let sign = sign.iter().find_map(|sign| rest.starts_with(sign).then(|| &rest[..sign.len()]));
        if let Some(sign) = sign.filter(|_| !rest.starts_with("$((")) {
            let goes_on = match sign {
                "(" | "$(" => {
                    open.push(sign == "$(");
                    false
                }
                ")" => open.pop() == Some(true),
                "`" => {
                    ticked = !ticked;
                    !ticked
                }
                _ => false,
            };
            found.push((if goes_on { GOES_ON } else { sign }, Vec::new()));
            at += sign.len();
            continue;
        }
        if next.is_whitespace() {
            at += next.len_utf8();
            continue;
        }
        let end = at + word(rest, &mut within);
        let text = &line[at..end];
        at = end;
        let opens = text.strip_prefix("<<").filter(|behind| !behind.starts_with('<'));
        let redirects = text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['<', '>']);
        if !redirects {
            if let Some((_, words)) = found.last_mut() {
                words.push(text);
            }
        } else if text.ends_with(['<', '>']) {
            // Its target is the next word.
            at += line[at..].len() - line[at..].trim_start_matches(' ').len();
            let from = at;
            at += word(&line[at..], &mut within);
            texts.extend(opens.map(|_| &line[from..at]));
        } else {
            texts.extend(opens);
        }
    }
    found.retain(|(_, words)| !words.is_empty());
    Commands { found, within, functions }
}

/// How much of a line that starts at a place is no command: a comment, what is worked out, `((…))`, and the items of a
/// list, `a=(…)`.
fn passed_over(line: &str, at: usize) -> Option<usize> {
    let rest = &line[at..];
    let to = |end: &str| rest.find(end).map_or(rest.len(), |found| found + end.len());
    match rest.as_bytes() {
        [b'#', ..] => Some(rest.find('\n').unwrap_or(rest.len())),
        [b'(', b'(', ..] => Some(to("))")),
        [b'(', ..] if line[..at].ends_with('=') => Some(to(")")),
        _ => None,
    }
}

/// How long the text is that starts behind an end of a line and ends with a word on a line of its own.
fn text(rest: &str, end: &str) -> usize {
    let end = end.trim_start_matches('-').trim_matches(['"', '\'', '\\']);
    let mut length = 0;
    // What is before the first end of a line is none of it.
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        if number > 0 && line.trim() == end {
            return length + line.trim_end_matches('\n').len();
        }
        length += line.len();
    }
    length
}

/// How long the word is that a text starts with. The lines that it puts in between quotation marks go to `within`.
fn word<'a>(text: &'a str, within: &mut Vec<&'a str>) -> usize {
    // What closes what is open, the innermost last.
    let mut open: Vec<char> = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let rest = &text[at..];
        match (open.last(), c) {
            (Some('\''), _) => {
                open.pop_if(|close| *close == c);
            }
            (_, '\\') => drop(chars.next()),
            (Some(close), _) if *close == c => {
                open.pop();
                if open.len() == 1 && c != '"' && start > 0 {
                    within.push(&text[start..at]);
                    start = 0;
                }
            }
            // A number that is worked out is no line.
            (None | Some('"'), '$') if rest.starts_with("$((") => {
                open.extend([')', ')']);
                chars.nth(1);
            }
            (Some('"'), '$') if rest.starts_with("$(") => {
                chars.next();
                if open.len() == 1 {
                    start = at + 2;
                }
                open.push(')');
            }
            (Some('"'), '`') => {
                if open.len() == 1 {
                    start = at + 1;
                }
                open.push('`');
            }
            (Some(')'), '(') => open.push(')'),
            (None | Some(')'), '"' | '\'') => open.push(c),
            // `2>&1` is one word, and so is a variable in `${…}`.
            (None, '&') if before == '>' => {}
            (None, c) if c.is_whitespace() || ";|&()`".contains(c) => return at.max(1),
            _ => {}
        }
        before = c;
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
            ("test \"$(curl a)\" = ok", "curl"),
            ("test $(date +%s) -gt 0 && nc a", "date nc"),
            ("test `date +%s` -gt `wget a` -a x && (nc a) ", "date wget nc"),
            ("case $1 in a) curl a ;; esac", "curl"),
            ("test x = \"a; b $(wget -qO- \"http://a/$(hostname)\" | grep b)\"", "wget grep hostname"),
            ("test \"`curl a`\" = 1 && nc b", "nc curl"),
            ("test '$(curl a)' = \"\\$(wget b)\"", ""),
            ("test -n \"$(command -v curl)\" && curl a", ""),
            ("test $((x + 1)) -gt \"$((y * 2))\" && nc a", "nc"),
            ("sh -c 'curl a || exit 1'", "sh curl"),
            ("timeout 5 bash -ec \"wget a | grep \\\"b; c\\\"\"", "timeout bash wget grep"),
            ("bash -e -c 'sh -c \"curl a\"' || nc b", "bash/nc sh curl"),
            ("sh /check -c 'curl a'; sh -c", "sh"),
            ("sh -c 'command -v curl && curl a'; nc b", "sh nc"),
            ("test \"$(curl", ""),
            ("# was: $(curl a)\nnc b # wget\n", "nc"),
            ("cat - <<EOF && nc a\nwget x\nEOF\ncurl b", "cat nc curl"),
            ("cat << 'E' <<-F\nwget\nE\nhead\n\tF\ncurl b; cat <<G", "cat curl"),
            ("a=(wget b); (( a > 1 )) && curl b", "curl"),
            ("ask() { curl a; }; ask || nc b; b () (wget c)", "curl wget"),
            ("cat <<<wget", "cat"),
            ("exec 3<>/dev/tcp/127.0.0.1/80 && echo a >&3", ""),
            ("$TOOL a; \"${X}\" b; ü", ""),
            ("", ""),
        ] {
            let found: Vec<String> = programs(line).into_iter().map(|ways| ways.join("/")).collect();
            assert_eq!(found.join(" "), expected, "{line}");
        }
    }
}
