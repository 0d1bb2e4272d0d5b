//! One cause, one message: what several places suffer from is told once, where it comes from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Diagnostic, Edit, Label, sort};
use crate::hash::{HashMap, HashSet};
use crate::source::{FileId, Span};

/// How many of the other places a message shows.
const MOST_PLACES: usize = 3;

/// The cause that a name stands for nothing: that of a service and of what is nested in it, as artifacts have it.
#[must_use]
pub fn name(name: &str) -> String {
    format!("name {name}")
}

/// The cause that nothing is there of a standard component.
#[must_use]
pub fn component(name: &str) -> String {
    format!("component {name}")
}

/// The cause that there is no scrape job of a name.
#[must_use]
pub fn job(name: &str) -> String {
    format!("job {name}")
}

/// The cause that the series of the query at a place carry no such label.
#[must_use]
pub fn label(name: &str, query: Span) -> String {
    format!("label {name} of {query:?}")
}

/// The cause that nobody collects metrics.
pub const NO_METRICS_SERVER: &str = "no metrics server";

/// Tells of each cause once, and of everything at a place that a person wrote: what stands in a file of `embedded` is
/// nobody's to mend while another place belongs to it.
#[must_use]
#[expect(clippy::implicit_hasher, reason = "the compiler has one hash")]
pub fn gather(diagnostics: Vec<Diagnostic>, embedded: &HashSet<FileId>) -> Vec<Diagnostic> {
    let roots = Roots::new(&diagnostics);
    let of = |it: &Diagnostic| it.causes.first().and_then(|nearest| roots.of(nearest));
    let of: Vec<Option<usize>> = diagnostics.iter().map(of).collect();
    let mut groups: BTreeMap<usize, Vec<Diagnostic>> = BTreeMap::new();
    let mut told = Vec::with_capacity(diagnostics.len());
    for (diagnostic, of) in diagnostics.into_iter().zip(of) {
        match of {
            Some(root) => groups.entry(root).or_default().push(diagnostic),
            None => told.push(diagnostic),
        }
    }
    let own = |span: Span| !embedded.contains(&span.file);
    told.extend(groups.into_values().filter_map(|group| one(group, &own)));
    for diagnostic in &mut told {
        let at = diagnostic.labels.iter().position(|label| own(label.span));
        if let Some(at) = at.filter(|at| *at > 0) {
            diagnostic.labels[..=at].rotate_right(1);
        }
    }
    sort(&mut told);
    shared(told, &own)
}

/// One message for one place: what several services have from the same line, such as a default of their group, is one
/// to mend. Sorted, they follow each other.
fn shared(told: Vec<Diagnostic>, own: &impl Fn(Span) -> bool) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::with_capacity(told.len());
    let mut others: Vec<String> = Vec::new();
    for next in told {
        let first = out.last_mut().filter(|first| {
            let place = |it: &Diagnostic| it.labels.first().map(|label| label.span);
            let about = (first.about.first(), next.about.first());
            first.code == next.code
                && place(first) == place(&next)
                && place(&next).is_some_and(own)
                && matches!(about, (Some(one), Some(other)) if one != other && !others.contains(other))
        });
        match first {
            Some(first) => {
                others.extend(next.about.first().cloned());
                first.edits.extend(next.edits);
            }
            None => {
                note(out.last_mut(), &mut others);
                out.push(next);
            }
        }
    }
    note(out.last_mut(), &mut others);
    for diagnostic in &mut out {
        let mut known: Vec<Edit> = Vec::new();
        diagnostic.edits.retain(|edit| {
            !known.contains(edit) && {
                known.push(edit.clone());
                true
            }
        });
    }
    out
}

/// Notes for which other services a message holds.
fn note(told: Option<&mut Diagnostic>, others: &mut Vec<String>) {
    let others = std::mem::take(others);
    if let Some(label) = told.and_then(|told| told.labels.first_mut()).filter(|_| !others.is_empty()) {
        let shown = MOST_PLACES.min(others.len());
        let mut names: Vec<String> = others.iter().take(shown).map(|name| format!("`{name}`")).collect();
        names.extend((others.len() > shown).then(|| format!("{} more", others.len() - shown)));
        let names = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        };
        let note = if label.note.is_empty() { "the same" } else { "; the same" };
        label.note.push_str(note);
        label.note.push_str(" for ");
        label.note.push_str(&names);
    }
}

/// What messages come of, with what is known to be the same: a message's nearest cause, and the farthest of its
/// others that is the nearest of another message.
struct Roots<'a> {
    numbers: HashMap<&'a str, usize>,
    same: Vec<usize>,
}

impl<'a> Roots<'a> {
    fn new(diagnostics: &'a [Diagnostic]) -> Self {
        let mut roots = Self { numbers: HashMap::default(), same: Vec::new() };
        for nearest in diagnostics.iter().filter_map(|diagnostic| diagnostic.causes.first()) {
            let next = roots.same.len();
            if *roots.numbers.entry(nearest).or_insert(next) == next {
                roots.same.push(next);
            }
        }
        for diagnostic in diagnostics {
            let Some((nearest, farther)) = diagnostic.causes.split_first() else { continue };
            let farthest = farther.iter().rev().find(|cause| roots.numbers.contains_key(cause.as_str()));
            if let (Some(near), Some(far)) =
                (roots.of(nearest), farthest.and_then(|farthest| roots.of(farthest)))
            {
                roots.same[near] = far;
            }
        }
        roots
    }

    /// The number of what a cause comes of.
    fn of(&self, cause: &str) -> Option<usize> {
        let mut at = *self.numbers.get(cause)?;
        while self.same[at] != at {
            at = self.same[at];
        }
        Some(at)
    }
}

/// The message of a group that stands nearest to its cause, with the places of the others.
fn one(mut group: Vec<Diagnostic>, own: &impl Fn(Span) -> bool) -> Option<Diagnostic> {
    let nearness = |diagnostic: &Diagnostic| {
        let place = diagnostic.labels.first().is_some_and(|label| own(label.span));
        (diagnostic.is_error(), Reverse(diagnostic.causes.len()), place)
    };
    let mut leader = 0;
    for (at, diagnostic) in group.iter().enumerate() {
        if nearness(diagnostic) > nearness(&group[leader]) {
            leader = at;
        }
    }
    if leader >= group.len() {
        return None;
    }
    let mut told = group.remove(leader);
    if group.is_empty() {
        return Some(told);
    }
    let origin = |it: &Diagnostic| it.labels.get(it.origin?).filter(|label| own(label.span)).cloned();
    if let Some(origin) = origin(&told).or_else(|| group.iter().find_map(origin)) {
        told.labels.retain(|label| label.span != origin.span);
        told.labels.insert(0, origin);
    }
    // The way out of one is the way out of all only where it is taken at each of their places.
    let alike = group.iter_mut().filter(|other| other.code == told.code && other.message == told.message);
    let edits: Vec<Edit> = alike.flat_map(|other| std::mem::take(&mut other.edits)).collect();
    if !told.edits.is_empty() {
        told.edits.extend(edits);
    }
    let mut known: HashSet<Span> = told.labels.iter().map(|label| label.span).collect();
    // What the compiler brings is counted, where there is a place to show, and left out where it says something else.
    let others: Vec<Label> = group
        .into_iter()
        .filter(|other| other.code == told.code || other.labels.first().is_some_and(|label| own(label.span)))
        .filter_map(|other| {
            let label = other.labels.into_iter().next()?;
            let note = if other.message == told.message { "and here".to_owned() } else { other.message };
            known.insert(label.span).then_some(Label { span: label.span, note })
        })
        .collect();
    let shown = others.iter().filter(|label| own(label.span)).take(MOST_PLACES).count();
    let more = others.len() - shown;
    told.labels.extend(others.into_iter().filter(|label| own(label.span)).take(MOST_PLACES));
    let places = match more {
        0 => String::new(),
        1 => "; one place more".to_owned(),
        more => format!("; {more} places more"),
    };
    if let Some(last) = told.labels.last_mut() {
        last.note.push_str(&places);
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::gather;
    use crate::diagnostic::{Diagnostic, codes};
    use crate::source::{Sources, Span};

    fn place(file: usize, start: u32) -> Span {
        let mut sources = Sources::default();
        let files = ["own", "compiler"].map(|name| sources.add(name, ""));
        Span::new(files[file], start as usize, start as usize + 1)
    }

    fn told(diagnostics: Vec<Diagnostic>) -> Vec<(String, Vec<u32>)> {
        let told = gather(diagnostics, &HashSet::from_iter([place(1, 0).file]));
        let places = |it: &Diagnostic| it.labels.iter().map(|label| label.span.start).collect();
        told.iter().map(|it| (it.message.clone(), places(it))).collect()
    }

    #[test]
    fn what_shares_a_cause_is_one_message() {
        let of = |message: &str, at: u32| Diagnostic::new(codes::NAM001, message).at(place(0, at), "");
        let apart = [of("a", 1), of("a", 2)];
        assert_eq!(told(apart.to_vec()).len(), 2);
        let together = apart.map(|it| it.because("x")).to_vec();
        assert_eq!(told(together), [("a".to_owned(), vec![1, 2])]);
    }

    #[test]
    fn one_place_is_one_message_for_all_services() {
        let of =
            |name: &str, at: u32| Diagnostic::new(codes::SEC006, name).at(place(0, at), "here").about(name);
        let all = [of("a", 1), of("b", 1), of("c", 1), of("d", 1), of("e", 1), of("f", 2)];
        assert_eq!(told(all.to_vec()), [("a".to_owned(), vec![1]), ("f".to_owned(), vec![2])]);
        let gathered = gather(all.to_vec(), &HashSet::default());
        assert_eq!(gathered[0].labels[0].note, "here; the same for `b`, `c`, `d` and 1 more");
        // Of one service, two findings at one place are two.
        let twice = [of("a", 1), Diagnostic::new(codes::SEC006, "z").at(place(0, 1), "").about("a")];
        assert_eq!(told(twice.to_vec()).len(), 2);
    }

    #[test]
    fn a_farther_cause_counts_where_it_is_told() {
        let of = |message: &str, at: u32| Diagnostic::new(codes::NAM001, message).at(place(0, at), "");
        let job = of("job", 1).because("job").because("name");
        let other = of("other", 2).because("other").because("name");
        assert_eq!(told(vec![job.clone(), other.clone()]).len(), 2);
        let name = of("name", 3).because("name");
        assert_eq!(told(vec![job, other, name]), [("name".to_owned(), vec![3, 1, 2])]);
    }

    #[test]
    fn what_they_share_comes_first_and_a_place_of_the_compiler_last() {
        let of = |at: u32| Diagnostic::new(codes::OBS002, "a").at(place(1, at), "").because("x");
        let shared = |at: u32| of(at).at_cause(place(0, 9), "");
        assert_eq!(told(vec![shared(1), shared(2)]), [("a".to_owned(), vec![9, 1])]);
        let alone = of(1).at(place(0, 5), "");
        assert_eq!(told(vec![alone]), [("a".to_owned(), vec![5, 1])]);
    }
}
