//! What dashboards say: whether the variables and labels in their texts are there, and whether anything is shown.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Help, Sink, cause, codes, did_you_mean, list_of};
use crate::hash::HashSet;
use crate::origins::{DashboardOrigin, Origins, Written};
use crate::platform::observe::{Choice, Dashboard};
use crate::platform::{PanelKind, Platform};
use crate::promql::Labels;
use crate::schema::part_of;
use crate::source::Span;

/// What Grafana itself puts in (`https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables`,
/// "Global variables"; grafana/grafana:public/app/features/templating/macroRegistry.ts).
const BUILT_IN: &[&str] = &[
    "__all",
    "__all_variables",
    "__dashboard",
    "__data",
    "__field",
    "__from",
    "__interval",
    "__interval_ms",
    "__name",
    "__org",
    "__range",
    "__range_ms",
    "__range_s",
    "__rate_interval",
    "__rate_interval_ms",
    "__series",
    "__timezone",
    "__to",
    "__url",
    "__url_time_range",
    "__user",
    "__value",
    "timeFilter",
];

/// The label that holds a metric's name, which a query that changes nothing keeps.
const METRIC: &str = "__name__";

/// What to write where nothing is shown.
const QUERY: &str = "write what it draws: `query \"LEGEND\" = \"QUERY\"`";
const PANEL: &str = "write `panel \"TITLE\" { query \"LEGEND\" = \"QUERY\" }` in it, or take it out";

/// A text of a dashboard.
struct Said<'a> {
    text: &'a str,
    span: Span,
    /// Whether it is a query, in which `$name` may be a part of a match.
    query: bool,
    /// Whether it is a query of another data source, whose macros begin with `$__`.
    foreign: bool,
    /// Whether it is prose, in which what looks like a variable may be none.
    prose: bool,
}

impl<'a> Said<'a> {
    fn name(text: &'a str, span: Span) -> Self {
        Self { text, span, query: false, foreign: false, prose: false }
    }

    fn written(written: Written<'a>) -> Self {
        Self::name(written.as_literal().unwrap_or_default(), written.span)
    }

    fn query(written: Written<'a>) -> Self {
        Self { query: true, ..Self::written(written) }
    }

    fn prose(written: Written<'a>) -> Self {
        Self { prose: true, ..Self::written(written) }
    }

    /// The place of a part of it, or the whole of it.
    fn part(&self, part: Range<usize>) -> Span {
        part_of(self.text, self.span, part).unwrap_or(self.span)
    }
}

/// Everything in a dashboard that Grafana puts variables into.
fn texts<'a>(dashboard: &'a Dashboard, origin: DashboardOrigin<'a>) -> Vec<Said<'a>> {
    let mut texts: Vec<Said<'_>> = origin.title().into_iter().map(Said::written).collect();
    texts.extend(origin.description().map(Said::prose));
    texts.extend(origin.choices().map(|(_, query)| Said::query(query)));
    let headings = dashboard.rows.iter().filter_map(|row| row.title.as_deref());
    texts.extend(headings.zip(origin.rows()).map(|(title, (span, _))| Said::name(title, span)));
    for (panel, origin) in dashboard.panels().zip(origin.panels()) {
        texts.push(Said::name(&panel.title, origin.title()));
        texts.extend(origin.description().map(Said::prose));
        for (query, (legend, expr)) in panel.queries.iter().zip(origin.queries()) {
            texts.push(Said::name(&query.legend, legend));
            texts.push(Said { foreign: origin.has_datasource(), ..Said::query(expr) });
        }
    }
    texts
}

/// GRA005: variables that no choice offers. GRA006: choices that nothing asks for.
pub(super) fn variables(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for (dashboard, origin) in platform.observed.dashboards.iter().zip(origins.dashboards()) {
        sink.about(platform.path(dashboard.owner), |sink| {
            let offered: HashSet<&str> =
                dashboard.choices.iter().map(|choice| choice.name.as_str()).collect();
            let mut used: HashSet<&str> = HashSet::default();
            let mut misspelt = false;
            for said in texts(dashboard, origin) {
                for (name, place) in found(said.text) {
                    used.insert(name);
                    let group = || said.query && is_group(said.text, name);
                    let is_macro = said.foreign && name.starts_with("__");
                    if offered.contains(name) || BUILT_IN.contains(&name) || said.prose || is_macro || group()
                    {
                        continue;
                    }
                    unknown(name, &offered, said.part(place), sink);
                    misspelt = true;
                }
            }
            for (choice, (span, _)) in dashboard.choices.iter().zip(origin.choices()) {
                let name = choice.name.as_str();
                // A name that is unknown may stand for this one.
                if !used.contains(name) && !misspelt {
                    sink.report(
                        Diagnostic::new(
                            codes::GRA006,
                            format!("nothing in the dashboard `{}` asks for `${name}`", dashboard.name),
                        )
                        .at(span, "whatever is chosen, the same is shown")
                        .help(format!(
                            "compare a label with it in the queries, such as `{}=~'${name}'`, or take it out",
                            label_of(choice)
                        )),
                    );
                }
            }
        });
    }
}

/// The label whose values a choice offers.
fn label_of(choice: &Choice) -> &str {
    if choice.label.is_empty() { &choice.name } else { &choice.label }
}

fn unknown(name: &str, offered: &HashSet<&str>, place: Span, sink: &mut Sink) {
    let own = if name.starts_with("__") { BUILT_IN } else { &[] };
    let mut known: Vec<&str> = offered.iter().copied().chain(own.iter().copied()).collect();
    known.sort_unstable();
    let near = sink.did_you_mean(name, known).filter(Help::is_near);
    let offer = format!("offer it: `choose {name} = \"label_values(SERIES, LABEL)\"`");
    sink.report(
        Diagnostic::new(codes::GRA005, format!("no choice of this dashboard is called `{name}`"))
            .at(place, "stays as it is written")
            .help(near.unwrap_or(if name.starts_with("__") {
                "names that begin with `__` are Grafana's own, and this is none of them".into()
            } else {
                offer.into()
            })),
    );
}

/// Whether a name is that of a group in a regular expression, which `label_replace` puts in.
fn is_group(query: &str, name: &str) -> bool {
    query.contains(&format!("(?P<{name}>")) || query.contains(&format!("(?<{name}>"))
}

/// The variables in a text, as Grafana finds them: `$name`, `${name}`, `${name:format}`, `${name.field}` and
/// `[[name]]`, with their places. What begins with a digit is none.
fn found(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['$', '[']).map(|next| at + next) {
        let forms = [("${", "}"), ("[[", "]]"), ("$", "")];
        let form = forms.iter().find(|(open, _)| text[start..].starts_with(open));
        at = start + 1;
        let Some((open, close)) = form else { continue };
        let inside = &text[start + open.len()..];
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let (name, rest) = inside.split_at(inside.bytes().take_while(|byte| word(*byte)).count());
        // A format or a field may stand behind the name.
        let more = if rest.starts_with([':', '.']) { rest.find(close) } else { Some(0) };
        let Some(end) = more.filter(|more| rest[*more..].starts_with(close)) else { continue };
        if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) {
            at = start + open.len() + name.len() + end + close.len();
            found.push((name, start..at));
        }
    }
    found
}

/// GRA007: legends that show a label which the series of their query do not carry.
pub(super) fn legends(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for (dashboard, origin) in platform.observed.dashboards.iter().zip(origins.dashboards()) {
        sink.about(platform.path(dashboard.owner), |sink| {
        for (panel, origin) in dashboard.panels().zip(origin.panels()) {
            // The columns of a table are called as it stands.
            if panel.kind == PanelKind::Table {
                continue;
            }
            for (drawn, (legend, _)) in panel.queries.iter().zip(origin.queries()) {
                let query = &drawn.query;
                let Labels::Some(known) = &query.labels else { continue };
                for (label, place) in labels(&drawn.legend) {
                    if label == METRIC || query.labels.can_hold(label) {
                        continue;
                    }
                    let names: Vec<&str> = known.iter().map(String::as_str).collect();
                    let carried = match names.as_slice() {
                        [] => "they carry no label".to_owned(),
                        names => format!("they carry {}", list_of(names.iter().copied())),
                    };
                    sink.report(
                        Diagnostic::new(
                            codes::GRA007,
                            format!("the legend shows the label `{label}`, which the series of its query do not carry"),
                        )
                        .at(part_of(&drawn.legend, legend, place).unwrap_or(legend), "empty for every series")
                        .at(query.said.span, "these series")
                        .help(did_you_mean(label, names).unwrap_or(carried.into()))
                        .because(format!("legend {label} at {legend:?}"))
                        .because(cause::label(label, query.said.span)),
                    );
                }
            }
        }
    });
    }
}

/// The labels that a legend shows by `{{label}}`, with their places.
fn labels(legend: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    for (at, _) in legend.match_indices("{{") {
        let Some(rest) = legend.get(at + 2..) else { continue };
        let Some(end) = rest.find("}}") else { continue };
        found.push((rest[..end].trim(), at..at + 2 + end + 2));
    }
    found
}

/// GRA011: thresholds that do not stand from below, as if a colour were that of the values up to there.
pub(super) fn thresholds(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    let panels = platform.observed.dashboards.iter().flat_map(Dashboard::panels);
    for (panel, origin) in panels.zip(origins.dashboards().flat_map(DashboardOrigin::panels)) {
        let pairs = panel.thresholds.windows(2).zip(origin.colours().zip(origin.colours().skip(1)));
        let mut pairs = pairs.filter_map(|(pair, places)| match pair {
            [first, second] if first.from >= second.from => Some((first, second, places)),
            _ => None,
        });
        let Some((first, second, (above, below))) = pairs.next() else { continue };
        let title = &panel.title;
        let message = if first.from > second.from {
            format!("the thresholds of \"{title}\" go down")
        } else {
            format!("two thresholds of \"{title}\" have the same value")
        };
        sink.report(
            Diagnostic::new(codes::GRA011, message)
                .at(above, format!("the colour of {} and more", first.from))
                .at(below, format!("and this of {} and more", second.from))
                .help(format!(
                    "write them from below; where less is worse, the last one is green, and below the first it is red: `threshold {} = {}`, `threshold green = {}`",
                    first.colour, second.from, first.from
                )),
        );
    }
}

/// GRA008: dashboards and rows without panels, and panels without a query.
pub(super) fn empty(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    // One that could not be read may be the one that is missing.
    if ["row", "panel", "query"].iter().any(|key| origins.is_lost(key)) {
        return;
    }
    for (dashboard, origin) in platform.observed.dashboards.iter().zip(origins.dashboards()) {
        sink.about(platform.path(dashboard.owner), |sink| {
            let mut report = |what: String, span: Span, help: &str| {
                sink.report(Diagnostic::new(codes::GRA008, what).at(span, "nothing to see").help(help));
            };
            // A preset that finds nothing was reported.
            let preset = origin.rows().any(|(_, preset)| preset);
            if dashboard.panels().next().is_none() && !preset {
                report(format!("the dashboard `{}` has no panels", dashboard.name), origin.name(), PANEL);
                return;
            }
            let rows = dashboard.rows.iter().filter_map(|row| Some((row.title.as_deref()?, &row.panels)));
            for ((title, panels), (span, preset)) in rows.zip(origin.rows()) {
                if panels.is_empty() && !preset {
                    report(format!("the row \"{title}\" has no panels"), span, PANEL);
                }
            }
            for (panel, origin) in dashboard.panels().zip(origin.panels()) {
                if panel.queries.is_empty() {
                    report(format!("the panel \"{}\" asks for nothing", panel.title), origin.title(), QUERY);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{found, labels};

    #[test]
    fn variables_are_found_as_grafana_finds_them() {
        for (text, names) in [
            ("up{job=~'$job'}", vec![("job", "$job")]),
            ("rate(x[$__rate_interval])", vec![("__rate_interval", "$__rate_interval")]),
            ("x[${__range_s}s:]", vec![("__range_s", "${__range_s}")]),
            (
                "${job:regex} ${job.text} ${a}",
                vec![("job", "${job:regex}"), ("job", "${job.text}"), ("a", "${a}")],
            ),
            ("[[job]] [[job:csv]]", vec![("job", "[[job]]"), ("job", "[[job:csv]]")]),
            ("label_replace(up, 'a', '$1-${2}', 'b', '(.*)$')", vec![]),
            ("a=~'[[:alpha:]]$|x$' $ $$ ${ ${a $", vec![]),
            ("Δ $a€", vec![("a", "$a")]),
            ("[$a]", vec![("a", "$a")]),
        ] {
            let found: Vec<(&str, &str)> =
                found(text).into_iter().map(|(name, place)| (name, &text[place])).collect();
            assert_eq!(found, names, "{text}");
        }
    }

    #[test]
    fn labels_of_legends_are_found() {
        let legend = "{{job}}: {{ instance }} {{x";
        let found: Vec<&str> = labels(legend).into_iter().map(|(label, _)| label).collect();
        assert_eq!(found, ["job", "instance"]);
    }
}
