//! Options of well-known clients and servers that take a credential, as the programs' own pages name them. Options whose
//! names say it (`--password`) need no entry: the next word is taken for what it is called.

use std::ops::Range;

use super::found::Found;
use super::mark;
use super::value::is_value;

/// Names that are too short for a mark, or are words of their own.
const SHORT: &[&str] = &["zip", "bcp", "mc", "mcli", "az", "7z", "http", "https"];

/// How the value of an option is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// `-a VALUE`.
    Next,
    /// `-pVALUE`.
    Joined,
    /// Either.
    Both,
    /// `-u NAME:VALUE`, or joined.
    Behind(char),
}

use How::{Behind, Both, Joined, Next};

/// Names of programs, `*` for what follows; the option; how its value is written.
const OPTIONS: &[(&[&str], &[&str], How)] = &[
    (&["redis-cli", "valkey-cli", "keydb-cli"], &["-a"], Next),
    (&["mysql*", "mariadb*"], &["-p"], Joined),
    (&["mongo*"], &["-p"], Both),
    (&["rabbitmqadmin", "elasticsearch-users", "cypher-shell", "cqlsh", "ncftp*"], &["-p"], Next),
    (&["curl"], &["-u", "-U", "--user", "--proxy-user"], Behind(':')),
    (&["curl"], &["--oauth2-bearer"], Next),
    (&["http", "https"], &["-a", "--auth"], Behind(':')),
    (&["skopeo", "buildah", "podman"], &["--creds", "--src-creds", "--dest-creds"], Behind(':')),
    (&["sshpass"], &["-p"], Both),
    (&["smbclient", "rpcclient"], &["-U", "--user"], Behind('%')),
    (&["lftp"], &["-u", "--user"], Behind(',')),
    (&["zip", "unzip"], &["-P"], Next),
    (&["7z", "7za", "7zr"], &["-p"], Joined),
    (&["ldap*"], &["-w"], Both),
    (&["snmp*"], &["-A", "-X"], Next),
    (&["sqlcmd", "bcp", "mosquitto_*"], &["-P"], Both),
    (&["etcdctl"], &["--user"], Behind(':')),
    (&["ttyd"], &["-c", "--credential"], Behind(':')),
    (&["gost"], &["-L", "-F"], Behind(':')),
    (&["ss-server", "ss-local", "ssserver", "sslocal"], &["-k"], Next),
    (&["consul"], &["-encrypt"], Next),
    (&["vault"], &["-dev-root-token-id"], Next),
];

/// Programs of which `login` takes a password by `-p`.
const LOGINS: &[&str] = &["docker", "podman", "nerdctl", "helm", "crane", "oras", "buildah", "skopeo", "az"];

/// What of a program's words is a credential by its place: the program, the word before, and how many words behind it.
const PLACES: &[(&str, &str, usize)] = &[
    ("rabbitmqctl", "add_user", 2),
    ("rabbitmqctl", "change_password", 2),
    ("rabbitmqctl", "authenticate_user", 2),
    ("mc", "set", 4),
    ("mcli", "set", 4),
    ("vault", "login", 1),
    ("grafana-cli", "reset-admin-password", 1),
    ("grafana", "reset-admin-password", 1),
];

/// What stands in lines without an option that hold a credential.
const WORDS: &[&str] = &[
    "add_user",
    "change_password",
    "authenticate_user",
    "alias set",
    "vault login",
    "reset-admin-password",
    "sqlplus",
    "chpasswd",
];

/// What it is called.
const WHAT: &str = "a credential";

/// A word of a command line, and where it stands: in which of several texts, and where in it.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) index: usize,
    pub(super) place: Range<usize>,
}

impl<'a> Word<'a> {
    /// A part of it, without quotes.
    fn part(&self, from: usize) -> Option<(&'a str, Range<usize>)> {
        let rest = self.text.get(from..)?;
        let open = rest.len() - rest.trim_start_matches(['"', '\'']).len();
        let text = rest.trim_matches(['"', '\'']);
        let start = self.place.start + from + open;
        Some((text, start..start + text.len()))
    }

    fn bare(&self) -> &'a str {
        self.text.trim_matches(['"', '\''])
    }
}

/// The credentials in the words of a command line: the number of a word, and what of it.
pub(super) fn in_words<'a>(words: &[Word<'a>]) -> Vec<(usize, Found<'a>)> {
    let mut found = Vec::new();
    if !words.iter().any(|word| mark::names_program(word.text) || SHORT.contains(&word.text)) {
        return found;
    }
    let mut program = "";
    let mut started = 0;
    for (at, word) in words.iter().enumerate() {
        let text = word.bare();
        if let Some(name) = program_of(text) {
            // An argument of a program may be the name of another one.
            program = name;
            started = at;
            if program == "sqlplus" {
                behind(words.get(at + 1), 0, '/', "", &mut found);
            } else if program == "htpasswd" {
                found.extend(htpasswd(words, at));
            }
            continue;
        }
        if program.is_empty() {
            continue;
        }
        for (_, before, distance) in
            PLACES.iter().filter(|(name, before, _)| *name == program && *before == text)
        {
            let value = words.get(at + distance).filter(|value| !value.bare().starts_with('-'));
            whole(value, before, &mut found);
        }
        if !text.starts_with('-') || text.len() < 2 {
            continue;
        }
        let login = text.starts_with("-p")
            && LOGINS.contains(&program)
            && words.get(started..at).is_some_and(|words| words.iter().any(|word| word.bare() == "login"));
        if login {
            option(words, at, "-p", Both, &mut found);
        }
        for (programs, names, how) in OPTIONS {
            if programs.iter().any(|known| is_program(known, program)) {
                for name in names.iter().copied().filter(|name| text.starts_with(name)) {
                    option(words, at, name, *how, &mut found);
                }
            }
        }
    }
    found
}

fn option<'a>(
    words: &[Word<'a>],
    at: usize,
    name: &'static str,
    how: How,
    found: &mut Vec<(usize, Found<'a>)>,
) {
    let Some(word) = words.get(at) else { return };
    let text = word.bare();
    let joined = match text.get(name.len()..) {
        Some("") | None => None,
        Some(rest) if rest.starts_with('=') => Some(word.text.find(name).unwrap_or(0) + name.len() + 1),
        // `-password` is another option than `-p`.
        Some(_) if name.len() == 2 => Some(word.text.find(name).unwrap_or(0) + name.len()),
        Some(_) => return,
    };
    match (how, joined) {
        (Next | Both, None) => {
            let value = words.get(at + 1).filter(|value| !value.text.starts_with('-'));
            whole(value, name, found);
        }
        (Next, Some(from)) if name.len() > 2 => part(word, from, name, found),
        (Joined | Both, Some(from)) => part(word, from, name, found),
        (Behind(sign), None) => behind(words.get(at + 1), 0, sign, name, found),
        (Behind(sign), Some(from)) => behind(Some(word), from, sign, name, found),
        _ => {}
    }
}

fn whole<'a>(word: Option<&Word<'a>>, name: &'static str, found: &mut Vec<(usize, Found<'a>)>) {
    if let Some(word) = word {
        part(word, 0, name, found);
    }
}

fn part<'a>(word: &Word<'a>, from: usize, name: &'static str, found: &mut Vec<(usize, Found<'a>)>) {
    if let Some((text, place)) = word.part(from)
        && is_value(text)
    {
        found.push((word.index, Found { what: WHAT, name: Some(name), place }));
    }
}

/// What stands behind a sign in a word: `NAME:VALUE`.
fn behind<'a>(
    word: Option<&Word<'a>>,
    from: usize,
    sign: char,
    name: &'static str,
    found: &mut Vec<(usize, Found<'a>)>,
) {
    let Some(word) = word else { return };
    let Some((text, place)) = word.part(from) else { return };
    let Some(at) = text.find(sign).filter(|at| *at > 0) else { return };
    let value = &text[at + 1..];
    let value =
        value.rfind('@').filter(|_| matches!(sign, '/') || name == "-L").map_or(value, |end| &value[..end]);
    if is_value(value) && !text.starts_with('$') {
        let start = place.start + at + 1;
        let name = (!name.is_empty()).then_some(name);
        found.push((word.index, Found { what: WHAT, name, place: start..start + value.len() }));
    }
}

/// `htpasswd -b FILE NAME PASSWORD`, and without the file with `-n`.
fn htpasswd<'a>(words: &[Word<'a>], at: usize) -> Option<(usize, Found<'a>)> {
    let rest: Vec<&Word<'a>> =
        words.get(at + 1..)?.iter().take_while(|word| !word.bare().starts_with(['>', '|', '<'])).collect();
    let flags =
        |flag: char| rest.iter().any(|word| word.bare().starts_with('-') && word.bare().contains(flag));
    let given: Vec<&&Word<'a>> = rest.iter().filter(|word| !word.bare().starts_with('-')).collect();
    let number = if flags('n') { 1 } else { 2 };
    let word = given.get(number).filter(|_| flags('b'))?;
    let (text, place) = word.part(0)?;
    is_value(text).then_some((word.index, Found { what: WHAT, name: Some("-b"), place }))
}

/// The program that a word names, by the last part of its path.
fn program_of(word: &str) -> Option<&str> {
    let name = word.rsplit('/').next().unwrap_or(word);
    let known =
        OPTIONS.iter().flat_map(|(programs, ..)| programs.iter()).any(|known| is_program(known, name))
            || LOGINS.contains(&name)
            || PLACES.iter().any(|(program, ..)| *program == name)
            || matches!(name, "sqlplus" | "htpasswd");
    (known && !word.starts_with('-')).then_some(name)
}

fn is_program(known: &str, name: &str) -> bool {
    match known.strip_suffix('*') {
        Some(start) => name
            .strip_prefix(start)
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'))),
        None => known == name,
    }
}

/// The words of a line of a shell, a list for each command.
pub(super) fn commands(line: &str) -> Vec<Vec<Word<'_>>> {
    let mut commands = vec![Vec::new()];
    let (mut quote, mut start) = (None, None);
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        let ends = quote.is_none() && (c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | ')'));
        if ends && !escaped {
            if let (Some(from), Some(words)) = (start.take(), commands.last_mut()) {
                words.push(Word { text: &line[from..at], index: 0, place: from..at });
            }
            if !c.is_whitespace() {
                commands.push(Vec::new());
            }
            continue;
        }
        start.get_or_insert(at);
        match quote {
            _ if escaped => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    if let (Some(from), Some(words)) = (start, commands.last_mut()) {
        words.push(Word { text: &line[from..], index: 0, place: from..line.len() });
    }
    commands
}

/// The credentials in a line of a shell.
pub(super) fn in_line<'a>(line: &'a str, found: &mut Vec<Found<'a>>) {
    // Sentences name programs, too.
    let option = |at: usize| line[at + 2..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let may =
        line.match_indices(" -").any(|(at, _)| option(at)) || WORDS.iter().any(|word| line.contains(word));
    if !may || line.trim_start().starts_with('#') {
        return;
    }
    for words in commands(line) {
        found.extend(in_words(&words).into_iter().map(|(_, found)| found));
    }
    // `echo 'NAME:PASSWORD' | chpasswd`
    if line.contains("chpasswd")
        && let Some(words) =
            commands(line).iter().find(|words| words.first().is_some_and(|word| word.bare() == "echo"))
    {
        let mut behind_colon = Vec::new();
        behind(words.last(), 0, ':', "", &mut behind_colon);
        found.extend(behind_colon.into_iter().map(|(_, found)| found));
    }
}
