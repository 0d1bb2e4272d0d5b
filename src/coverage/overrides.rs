//! Overrides for targets that write nothing for the platform.

use crate::diagnostic::{Diagnostic, Help, Sink, codes};
use crate::origins::Origins;
use crate::platform::{Override, Platform, Service};
use crate::target::{FaultKind, Target};

/// TGT001: overrides for other targets than those that write something for the platform.
pub(super) fn unwritten(platform: &Platform, origins: &Origins, targets: &[&Target], sink: &mut Sink) {
    let own = platform.overrides.iter().map(|over| (over, None));
    let of_services = platform
        .services
        .iter()
        .flat_map(|service| service.overrides.iter().map(move |over| (over, Some(service))));
    for (over, service) in own.chain(of_services) {
        // What its target does not take where it stands was reported.
        let meant =
            over.is_taken(service.map(|service: &Service| origins.service(service.id).metrics().is_some()));
        if meant && !targets.iter().any(|target| target.format == over.target) {
            sink.report(unread(over, platform));
        }
    }
}

/// TGT008: what overrides remove and their targets have not made.
pub(super) fn missed(platform: &Platform, targets: &[&'static Target], sink: &mut Sink) {
    let of_services = platform.services.iter().flat_map(|service| &service.overrides);
    let removing: Vec<&Override> =
        platform.overrides.iter().chain(of_services).filter(|over| over.removes()).collect();
    for target in targets.iter().filter(|target| removing.iter().any(|over| over.target == target.format)) {
        let mut places = (target.missed)(platform);
        places.sort_unstable();
        places.dedup();
        for (place, name) in places {
            sink.report(
                Diagnostic::new(
                    codes::TGT008,
                    format!("`{name}` is removed, and {} writes none here", target.format.name),
                )
                .at(place, "not in what is written")
                .help("take it out, or name what is there: `infrac build` shows what it writes"),
            );
        }
    }
}

/// TGT004, TGT009, TGT010, TGT011: what overrides extend and is not made, what they change that the compiler derives, and what
/// does not hold behind them.
pub(super) fn broken(platform: &Platform, targets: &[&'static Target], sink: &mut Sink) {
    for fault in targets.iter().flat_map(|target| (target.faults)(platform)) {
        let code = match fault.kind {
            FaultKind::NoObject => codes::TGT004,
            FaultKind::Derived => codes::TGT009,
            FaultKind::Security => codes::TGT010,
            FaultKind::Refused | FaultKind::Vain => codes::TGT011,
        };
        let choices = fault.choices.iter().map(String::as_str);
        let help = match fault.help {
            Some(help) => Some(Help::from(help)),
            None => sink.did_you_mean(&fault.wanted, choices),
        };
        let diagnostic = Diagnostic::new(code, fault.message).at(fault.span, fault.label).help_maybe(help);
        sink.report(match &fault.about {
            Some(service) => diagnostic.about(service),
            None => diagnostic,
        });
    }
}

fn unread(over: &Override, platform: &Platform) -> Diagnostic {
    let name = over.target.name;
    let diagnostic =
        Diagnostic::new(codes::TGT001, format!("`override {name}` is in no artifact of this platform"));
    if platform.targets.contains(&over.target) {
        return diagnostic.at(over.span, format!("no service reads what `{name}` writes"));
    }
    diagnostic
        .at(over.span, format!("`{name}` is no target of the platform"))
        .help(format!("add `{name}` to `targets` of the platform"))
}
