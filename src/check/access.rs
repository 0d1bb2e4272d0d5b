//! Ports that are published to whom they are not meant for.

use crate::diagnostic::{Code, Diagnostic, Sink, codes};
use crate::platform::{Access, OutsideKind, Platform, Port, Publish, Service};

/// PORT004 and PORT005: ports that are published to whom they are not meant for.
pub(super) fn access(platform: &Platform, sink: &mut Sink) {
    for service in &platform.services {
        for port in &service.ports {
            let Some(publish) = &port.publish else { continue };
            let everybody = platform[publish.to].kind == OutsideKind::Internet;
            let path = format!("{}.{}", service.path, port.name);
            match (port.access, port.access_said) {
                // What the platform itself says is a promise; what is known of a program says who must not come in.
                (Some(Access::Internal), Some(_)) => sink.report(
                    Diagnostic::new(
                        codes::PORT005,
                        format!("`{path}` is published, and it is meant for the platform only"),
                    ).about(&service.path)
                    .at(publish.span, "published here")
                    .at(port.span, "has `access = internal`")
                    .help("take `publish` out; services of the platform reach it without"),
                ),
                (Some(Access::Internal), None) if everybody => sink.report(
                    known(codes::PORT005, service, port, publish, "is meant for the platform only").help(
                        "take `publish` out; services of the platform reach it without. To look into it, publish it \
                         to `localhost`",
                    ),
                ),
                (Some(Access::Admin), said) if everybody => {
                    let told = if said.is_some() {
                        Diagnostic::new(
                            codes::PORT004,
                            format!("everybody can reach `{path}`, an administration interface"),
                        ).about(&service.path)
                        .at(publish.span, "published to everybody")
                        .at(port.span, "has `access = admin`")
                    } else {
                        known(codes::PORT004, service, port, publish, "is an administration interface")
                    };
                    sink.report(told.help(
                        "publish it to `localhost`, or to an `outside` with the addresses of those who run the \
                         platform",
                    ));
                }
                _ => {}
            }
        }
    }
}

/// A port of which the platform says nothing, and its component or the catalogue does.
fn known(code: &'static Code, service: &Service, port: &Port, publish: &Publish, what: &str) -> Diagnostic {
    let message = format!("everybody can reach `{}.{}`, which {what}", service.path, port.name);
    let told = Diagnostic::new(code, message).about(&service.path).at(publish.span, "published to everybody");
    match service.image_name.as_ref().or(service.base_name.as_ref()) {
        Some(image) => told.at(port.span, format!("port {} of `{}`", port.number, image.repository)),
        None => told,
    }
}
