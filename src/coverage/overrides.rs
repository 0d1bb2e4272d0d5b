//! Overrides that no target takes where they stand.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::platform::{Override, Platform, Service};
use crate::target::{Place, TARGETS};

/// TGT004: overrides that no target takes where they stand.
pub fn untaken(platform: &Platform, sink: &mut Sink) {
    for over in &platform.overrides {
        report(over, None, sink);
    }
    for service in &platform.services {
        for over in &service.overrides {
            report(over, Some(service), sink);
        }
    }
}

fn report(over: &Override, service: Option<&Service>, sink: &mut Sink) {
    let takes = TARGETS.iter().find(|target| target.name == over.target).map(|target| target.overrides);
    let takes = takes.unwrap_or_default();
    let fits = |place: &Place| match (place, service) {
        (Place::Platform, service) => service.is_none(),
        (Place::Service, service) => service.is_some(),
        (Place::Scraped, service) => service.is_some_and(|service| service.metrics.is_some()),
    };
    if takes.iter().any(fits) {
        return;
    }
    let of = service.map(|service| format!(" of `{}`", service.path)).unwrap_or_default();
    let places: Vec<&str> = takes
        .iter()
        .map(|place| match place {
            Place::Platform => "at the top level",
            Place::Service => "in a service",
            Place::Scraped => "in a service that is scraped",
        })
        .collect();
    let told = Diagnostic::new(codes::TGT004, format!("`override {}`{of} is in no artifact", over.target));
    sink.report(if places.is_empty() {
        told.at(over.span, "no target of this version takes it")
    } else {
        told.at(over.span, format!("`{}` takes none here", over.target))
            .help(format!("it takes overrides {}", places.join(", or ")))
    });
}
