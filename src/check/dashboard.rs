//! Dashboards: whether each has an address, whether panels fit, and whether there is anything to show.

use crate::diagnostic::{Diagnostic, Sink, cause, codes};
use crate::hash::HashMap;
use crate::origins::{DashboardOrigin, Origins};
use crate::platform::observe::Dashboard;
use crate::platform::{Platform, Role};
use crate::source::Span;

/// How wide a page is.
const COLUMNS: u64 = 24;

/// The highest that a panel may be: more than any screen shows.
const HIGHEST: u64 = 100;

/// GRA001: dashboards over metrics that nobody keeps. GRA004: dashboards that nobody shows.
pub(super) fn shown(platform: &Platform, sink: &mut Sink) {
    let dashboards = &platform.observed.dashboards;
    let stand = |number: usize| match number {
        1 => ("a dashboard stands in the source".to_owned(), "it"),
        number => (format!("{number} dashboards stand in the source"), "them"),
    };
    match platform.with_role(Role::Dashboards).next() {
        Some(shower) if platform.with_role(Role::Metrics).next().is_none() => {
            let asks = |dashboard: &&Dashboard| {
                dashboard.panels().next().is_none() || dashboard.panels().any(|panel| panel.source.is_none())
            };
            let mut asking = dashboards.iter().filter(asks);
            let Some(first) = asking.next() else { return };
            let (what, them) = stand(asking.count() + 1);
            sink.report(
                Diagnostic::new(
                    codes::GRA001,
                    format!("{what}, and no service keeps the metrics for {them}"),
                )
                .because(cause::NO_METRICS_SERVER)
                .at(first.span, "asks for metrics")
                .at(shower.span, "shows dashboards, and has no data source of metrics")
                .help("add an instance of a component that collects metrics, or a service with `role = metrics`"),
            );
        }
        Some(_) => {}
        None => {
            // What a component brings along is not meant to be shown everywhere.
            let mut own = dashboards.iter().filter(|dashboard| dashboard.owner.is_none());
            let Some(first) = own.next() else { return };
            let (what, them) = stand(own.count() + 1);
            sink.report(
                Diagnostic::new(codes::GRA004, format!("{what}, and no service shows {them}"))
                    .at(first.span, "in no artifact")
                    .help("add an instance of a component that shows dashboards, or a service with `role = dashboards`"),
            );
        }
    }
}

/// GRA002: two dashboards with one address, or one title.
pub(super) fn clashes(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    type Of = for<'a> fn(&'a Dashboard, DashboardOrigin<'_>) -> (&'a str, Span);
    let uid: Of = |dashboard, origin| (&dashboard.uid, origin.name());
    let title: Of =
        |dashboard, origin| (&dashboard.title, origin.title().map_or(origin.name(), |title| title.span));
    let kinds: [(&str, &str, Of); 2] = [
        ("the same address", "addresses are the first 40 characters of the names: rename one", uid),
        ("the same title", "give one of them another `title`", title),
    ];
    for (what, help, of) in kinds {
        let mut known: HashMap<&str, (Span, &str)> = HashMap::default();
        for (dashboard, origin) in platform.observed.dashboards.iter().zip(origins.dashboards()) {
            let (text, span) = of(dashboard, origin);
            let Some((first, name)) = known.get(text) else {
                known.insert(text, (span, &dashboard.name));
                continue;
            };
            sink.report(
                Diagnostic::new(
                    codes::GRA002,
                    format!("the dashboards `{name}` and `{}` have {what}, `{text}`", dashboard.name),
                )
                .at(span, "also here")
                .at(*first, "first here")
                .help(help),
            );
        }
    }
}

/// GRA003: panels that do not fit on a page.
pub(super) fn sizes(platform: &Platform, origins: &Origins, sink: &mut Sink) {
    for (dashboard, origin) in platform.observed.dashboards.iter().zip(origins.dashboards()) {
        sink.about(platform.path(dashboard.owner), |sink| {
            for (panel, origin) in dashboard.panels().zip(origin.panels()) {
                let problem = match (panel.width, panel.height) {
                    (0, _) => "no width",
                    (width, _) if width > COLUMNS => "a width of more than 24 columns",
                    (_, 0) => "no height",
                    (_, height) if height > HIGHEST => "a height of more than 100 lines",
                    _ => continue,
                };
                sink.report(
                    Diagnostic::new(codes::GRA003, format!("the panel \"{}\" has {problem}", panel.title))
                        .at(origin.title(), "does not fit on a page")
                        .help("a width is from 1 to 24, a height from 1 to 100"),
                );
            }
        });
    }
}
