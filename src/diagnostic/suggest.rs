//! Near misses: "did you mean", or the choices where nothing is near.

use super::Help;

/// Nothing is near a word longer than this.
const LONGEST_WORD: usize = 80;

/// The shortest word that is looked for as a part of others: `password` in `root_password`.
const SHORTEST_PART: usize = 4;

/// How many of which it is a part are named; of more it says too little.
const MOST_ALIKE: usize = 4;

/// How many choices a message lists before it stops.
const MOST_CHOICES: usize = 12;

/// A help text for an unknown word: the nearest known ones, at a distance of at most a third of the word's length, or else the
/// choices. It is an edit where one of them alone is near and the word is a slip of it, and where the edit opens nothing.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Help> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let mut known: Vec<&str> = known.into_iter().collect();
    let bound = (word.chars().count() / 3).max(1);
    let folded = word.to_lowercase();
    let distances = known
        .iter()
        .filter(|candidate| !are_opposites(&folded, candidate))
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= bound * 4)
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase()), *candidate))
        .filter(|&(distance, _)| distance <= bound);
    let distances: Vec<(usize, &str)> = distances.collect();
    if let Some(least) = distances.iter().map(|(distance, _)| *distance).min() {
        let nearest = distances.iter().filter(|(distance, _)| *distance == least);
        let mut nearest: Vec<&str> = nearest.map(|(_, candidate)| *candidate).collect();
        nearest.sort_unstable();
        nearest.dedup();
        return Some(match nearest.as_slice() {
            [one] if is_slip(word, one) && !OPENING.contains(one) => Help::meant(word, one),
            several => Help::near(several),
        });
    }
    known.sort_unstable();
    known.dedup();
    let is_part = |whole: &str, part: &str| whole.split(['_', '-']).any(|word| word == part);
    let alike: Vec<&str> = known.iter().copied().filter(|one| is_part(one, &folded)).collect();
    if word.len() >= SHORTEST_PART && (1..=MOST_ALIKE).contains(&alike.len()) {
        return Some(Help::near(&alike));
    }
    (1..=MOST_CHOICES).contains(&known.len()).then(|| format!("known here: {}", list_of(known)).into())
}

/// Words that open something to others, or give a right: a person writes them, and no edit does.
const OPENING: &[&str] = &[
    "internet",
    "public",
    "publish",
    "privileged",
    "host_network",
    "host_pid",
    "root",
    "capabilities",
    "devices",
    "api_access",
];

/// Whether a word is another one with a letter left out, put in or exchanged with its neighbour, or with another case or separator.
/// A number is none: `app2` is no slip of `app`, nor `net3` of `net1`.
fn is_slip(word: &str, meant: &str) -> bool {
    let folded = |text: &str| text.to_lowercase().replace('-', "_");
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (word, meant) = (folded(word), folded(meant));
    if word == meant {
        return true;
    }
    let (long, short) = (word.chars().count(), meant.chars().count());
    let is_exchange = || {
        let pairs = || word.chars().zip(meant.chars());
        let apart: Vec<(char, char)> = pairs().filter(|(one, other)| one != other).collect();
        matches!(apart.as_slice(), [(a, b), (c, d)] if a == d && b == c)
    };
    digits(&word) == digits(&meant)
        && strsim::osa_distance(&word, &meant) == 1
        && (long != short || is_exchange())
}

/// Words a letter or two apart that mean the opposite: who writes the one does not mean the other.
const OPPOSITES: &[(&str, &str)] = &[
    ("internal", "external"),
    ("internal", "internet"),
    ("inside", "outside"),
    ("inbound", "outbound"),
    ("include", "exclude"),
    ("enable", "disable"),
    ("enabled", "disabled"),
    ("only", "none"),
    ("less", "more"),
    ("below", "above"),
];

fn are_opposites(word: &str, candidate: &str) -> bool {
    OPPOSITES
        .iter()
        .any(|(one, other)| (word == *one && candidate == *other) || (word == *other && candidate == *one))
}

/// How many words a sentence lists.
const MOST_LISTED: usize = 30;

/// Words as a sentence has them: `` `a`, `b` and `c` ``.
pub fn list_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list_of_some(words, MOST_LISTED)
}

/// The same of so many words at most; the others are counted: `` `a`, `b` and 4 more ``.
pub fn list_of_some<'a>(words: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let mut rest = words.into_iter();
    let mut words: Vec<String> = rest.by_ref().take(most).map(|word| format!("`{word}`")).collect();
    match rest.count() {
        0 => {}
        more => words.push(format!("{more} more")),
    }
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn a_word_that_is_a_part_of_others_is_near_them() {
        let help = |word, known: &[&str]| did_you_mean(word, known.iter().copied()).map(|help| help.text);
        let known = ["root_password", "exporter_password", "version"];
        assert_eq!(
            help("password", &known).as_deref(),
            Some("near it are `exporter_password` and `root_password`")
        );
        assert_eq!(help("size", &["a-size", "b", "c"]).as_deref(), Some("the nearest is `a-size`"));
        assert_eq!(help("cpu", &["max_cpu", "b"]).as_deref(), Some("known here: `b` and `max_cpu`"));
    }

    #[test]
    fn an_edit_is_a_slip_of_one_word() {
        let cases: [(&str, &[&str], Option<&str>); 14] = [
            ("stroe", &["store", "cache"], Some("store")),
            ("stor", &["store"], Some("store")),
            ("storre", &["store"], Some("store")),
            ("Store", &["store"], Some("store")),
            ("read-only", &["read_only"], Some("read_only")),
            ("storf", &["store"], None),
            ("carb", &["cart", "card"], None),
            ("car", &["cart", "card"], None),
            ("net3", &["net1", "net2"], None),
            ("app2", &["app"], None),
            ("internal", &["internet", "localhost"], None),
            ("internt", &["internet", "localhost"], None),
            ("publc", &["public", "admin"], None),
            ("replicass-of", &["replicas"], None),
        ];
        for (word, known, edit) in cases {
            let help = did_you_mean(word, known.iter().copied());
            let proposed = help.as_ref().filter(|help| help.is_edit()).and_then(|help| help.proposed());
            assert_eq!(proposed, edit, "{word}");
        }
    }
}
