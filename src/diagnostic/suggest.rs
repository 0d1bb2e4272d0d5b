//! Near misses: "did you mean", or the choices where nothing is near.

use super::Help;

/// Nothing is near a word longer than this.
const LONGEST_WORD: usize = 80;

/// How many choices a message lists before it stops.
const MOST_CHOICES: usize = 12;

/// A help text for an unknown word: the nearest known one, at a distance of at most a third of the
/// word's length, or else the choices.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Help> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let mut known: Vec<&str> = known.into_iter().collect();
    let bound = (word.chars().count() / 3).max(1);
    let folded = word.to_lowercase();
    let nearest = known
        .iter()
        .filter(|candidate| !are_opposites(&folded, candidate))
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= bound * 4)
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase()), *candidate))
        .filter(|&(distance, _)| distance <= bound)
        .min();
    if let Some((_, candidate)) = nearest {
        return Some(Help::meant(word, candidate));
    }
    known.sort_unstable();
    known.dedup();
    (1..=MOST_CHOICES).contains(&known.len()).then(|| format!("known here: {}", list_of(known)).into())
}

/// Words a letter or two apart that mean the opposite: who writes the one does not mean the other.
const OPPOSITES: &[(&str, &str)] = &[
    ("internal", "external"),
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
    let mut rest = words.into_iter();
    let mut words: Vec<String> = rest.by_ref().take(MOST_LISTED).map(|word| format!("`{word}`")).collect();
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
