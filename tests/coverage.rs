//! What targets say of the fields of the language is so. Every field stands in a platform of the tests, and where a target
//! says that it writes one, leaving it out or changing it changes a file of that target.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use infrac::model::Document;
use infrac::model::fields::SourceField;
use infrac::schema::{Block, Fields as _};
use infrac::target::{self, Coverage, Target};

use crate::silence::{Outcome, Place, changes, outcome, places, sources, without};

/// Fields that stand in no platform of the tests, each with the reason.
const NOWHERE: &[(&str, &str)] = &[
    ("metric.tls", "the standard probe has such metrics"),
    ("alert.each_issuer", "the standard probe has such alerts"),
    ("secret.(value)", "a value that stands in the source is an error"),
    (
        "image.*",
        "what is known of images: `tests/pass` and `tests/fail` hold each, and the catalogue uses all",
    ),
    ("first_start.*", "likewise"),
    ("expects.*", "likewise"),
    ("ended.*", "likewise"),
    ("reload_flag.*", "likewise"),
    ("kernel_below.*", "likewise"),
    ("mirror.*", "likewise"),
];

/// Fields whose writing is not seen here, each with the target and the reason.
const UNSEEN: &[(&str, &str, &str)] = &[
    ("service.command", "docs", "who reads a variable; those of the tests stand in more places"),
    ("service.port.protocol", "docs", "the tests have none that may be another"),
    ("service.metrics.port", "docs", "the port that is scraped anyway"),
    ("site.served_by", "docs", "the only proxy serves a site without it"),
    ("inhibit.equal", "docs", "it decides which alerts mute one; by those of the tests the same ones do"),
    ("service.port.protocol", "scripts", "no platform of the tests has one that the scripts do otherwise"),
    ("service.volume.copy", "scripts", "no platform of the tests has one that the scripts do otherwise"),
    ("service.metrics.path", "scripts", "no platform of the tests has one that the scripts do otherwise"),
    ("service.metric.description", "grafana", "no platform of the tests draws a metric with one"),
    (
        "service.volume.description",
        "kubernetes",
        "claims of sets are templates, which must not change; the others have it, and the tests have none with one",
    ),
    ("service.security.root", "kubernetes", "the user of these says so as well"),
    (
        "service.port.protocol",
        "nginx",
        "the protocols of a route's port are alike to it, but for one that the tests cannot change to",
    ),
    ("service.port.protocol", "prometheus", "a port with TLS is scraped with it; these have none"),
    ("service.health.port", "compose", "the port that is asked anyway"),
    ("service.health.tool", "compose", "the tool that the image has"),
    ("service.health.port", "scripts", "the port that is asked anyway"),
    ("service.health.tool", "scripts", "the tool that the image has"),
    ("service.metrics.port", "scripts", "the port that is asked anyway"),
    ("site.served_by", "scripts", "the only proxy serves a site without it"),
    ("service.metrics.port", "prometheus", "the port that is scraped anyway"),
    ("service.metrics.port", "nginx", "likewise"),
    ("service.metrics.of", "grafana", "whose metrics a preset shows; without it nothing of these is there"),
    ("service.metrics.of", "prometheus", "it decides which jobs a query is put to"),
    ("service.metric.labels", "prometheus", "likewise"),
    ("exports.paths", "prometheus", "likewise"),
    ("exports.includes", "prometheus", "likewise"),
    ("exports.metric.labels", "prometheus", "likewise"),
    ("exports.metric.with", "prometheus", "likewise"),
    ("exports.metric.without", "prometheus", "likewise"),
    ("exports.metric.path", "prometheus", "likewise"),
    ("service.resources.cpu", "nginx", "the proxies of these have what their component gives"),
    ("service.stop_grace", "nginx", "likewise"),
    ("service.scale.min", "prometheus", "one copy more is one address more of the same name"),
    ("service.security.host_network", "compose", "`false` is what holds anyway"),
    ("site.served_by", "nginx", "the only proxy serves a site without it"),
    (
        "receiver.slack.via",
        "alertmanager",
        "the way of a message is a connection, which rules hold to the networks",
    ),
    ("receiver.teams.via", "alertmanager", "likewise"),
    ("receiver.webhook.via", "alertmanager", "likewise"),
    ("receiver.heartbeat.via", "alertmanager", "likewise"),
    ("target.prometheus.version", "prometheus", "nothing of these is new in a version"),
    ("target.alertmanager.version", "alertmanager", "likewise"),
    ("target.nginx.version", "nginx", "the platform has no proxy"),
];

/// Every field: its number, the path of its keys, and what it is of which block. A block may stand at several places.
fn fields() -> Vec<(u32, String, String)> {
    fn below(block: &'static Block, number: u32, path: &str, found: &mut Vec<(u32, String, String)>) {
        for field in block.below() {
            let key = field.key.unwrap_or("(value)");
            let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            let number = number + field.number;
            match field.block {
                Some(block) => below(block, number, &path, found),
                None => found.push((number, path, format!("{}.{key}", block.key))),
            }
        }
    }
    let mut found = Vec::new();
    below(Document::SCHEMA, 0, "", &mut found);
    found
}

/// A platform, compiled without an environment.
struct Source {
    name: String,
    root: std::path::PathBuf,
    text: String,
    places: Vec<Place>,
    base: Outcome,
}

fn read() -> Vec<Source> {
    let read = sources().into_iter().map(|(root, name)| {
        let text = fs::read_to_string(root.join(&name)).expect("a source");
        let base = outcome(&root, &name, &text, None);
        Source { places: places(&text), name, root, text, base }
    });
    read.collect()
}

impl Source {
    /// The places of a field in this file.
    fn of(&self, number: u32) -> impl Iterator<Item = &Place> {
        let heads = self.base.heads.get(&number).into_iter().flatten();
        heads.filter_map(|head| self.places.iter().find(|place| place.whole.start == *head))
    }

    /// The targets whose files change when a place is left out, or says something else.
    /// `None` where nothing else can stand there.
    fn touched(&self, place: &Place) -> Option<Vec<&'static str>> {
        let changed = [without(&self.text, &place.whole)].into_iter().chain(changes(&self.text, place));
        let mut touched = None;
        for text in changed {
            let other = outcome(&self.root, &self.name, &text, place.environment.as_deref());
            if other.fails {
                continue;
            }
            touched.get_or_insert_with(Vec::new).extend(
                target::TARGETS
                    .iter()
                    .map(|target| target.format.name)
                    .filter(|name| self.base.of_target.get(name) != other.of_target.get(name)),
            );
        }
        touched
    }
}

#[test]
#[ignore = "hundreds of compilations: asked for by name, with `cargo quick`"]
fn every_field_stands_in_a_platform_and_is_written_by_whom_says_so() {
    let sources = read();
    let mut nowhere = BTreeSet::new();
    let mut lies = Vec::new();
    let used = |number: u32| sources.iter().any(|source| source.base.heads.contains_key(&number));
    let known: BTreeSet<String> =
        fields().into_iter().filter(|(number, ..)| used(*number)).map(|(_, _, of_block)| of_block).collect();
    for (number, path, of_block) in fields() {
        let Some(field) = SourceField::at(number) else { continue };
        if !known.contains(&of_block) {
            nowhere.insert(of_block);
            continue;
        }
        let says = |target: &&Target| (target.coverage)(field) == Coverage::Written;
        let mut open: BTreeMap<&str, bool> =
            target::TARGETS.iter().filter(says).map(|it| (it.format.name, false)).collect();
        'places: for source in &sources {
            for place in source.of(number) {
                // Of a target that the platform has not, nothing is seen.
                if open.keys().all(|name| !source.base.of_target.contains_key(name)) {
                    continue;
                }
                let Some(touched) = source.touched(place) else { continue };
                for (name, tried) in &mut open {
                    *tried |= source.base.of_target.contains_key(name);
                }
                open.retain(|name, _| !touched.contains(name));
                if open.is_empty() {
                    break 'places;
                }
            }
        }
        let unseen = open.into_iter().filter(|(_, tried)| *tried).map(|(name, _)| name);
        lies.extend(unseen.map(|name| format!("{path}: {name}")));
    }
    nowhere.retain(|path| {
        let known = |known: &str| {
            known == path || known.strip_suffix('*').is_some_and(|block| path.starts_with(block))
        };
        !NOWHERE.iter().any(|(field, _)| known(field))
    });
    lies.retain(|lie| !UNSEEN.iter().any(|(path, target, _)| *lie == format!("{path}: {target}")));
    assert!(
        nowhere.is_empty(),
        "{} fields stand in no platform of the tests; write each in tests/ok/tour.infra, where `silence` sees whether it \
         comes to something:\n{}",
        nowhere.len(),
        nowhere.into_iter().collect::<Vec<_>>().join("\n")
    );
    assert!(
        lies.is_empty(),
        "{} fields are `Written` in `src/target/NAME/coverage.rs`, and no file of the target changes with them:\n{}",
        lies.len(),
        lies.join("\n")
    );
}
