//! nginx of the host: what it cannot reach, and what it shares with others.

use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::formats;
use crate::platform::{Platform, Route};

/// What reads the files.
const NAME: &str = formats::NGINX.name;

/// NGX001: routes of sites on the host to ports that services do not publish, and a setting for nginx of the host where that
/// serves nothing.
pub(super) fn unreached(platform: &Platform, sink: &mut Sink) {
    let settings = &platform.settings.nginx;
    if let Some(said) = settings.ipv6.filter(|said| said.value && !settings.host) {
        sink.report(
            Diagnostic::new(
                codes::NGX001,
                format!("{NAME} of the host serves nothing, and so listens nowhere"),
            )
            .at(said.span, "is said without `host = true`")
            .help("a proxy listens on IPv6 where a network of it does: `network edge { ipv6 = true }`"),
        );
    }
    let sites =
        platform.sites.iter().filter(|site| site.served_by.is_none() && platform.serves_by_nginx(site));
    for site in sites {
        for (service, at, span) in site.routes.iter().flat_map(Route::ports) {
            let service = &platform[service];
            let Some(port) = service.ports.get(at).filter(|port| port.publish.is_none()) else { continue };
            sink.report(
                Diagnostic::new(
                    codes::NGX001,
                    format!("{NAME} of the host does not reach `{}.{}`", service.path, port.name),
                )
                .about(&service.path)
                .at(span, "the host reaches what is published")
                .at(port.span, "is not published")
                .help("write `publish = localhost` there: the host alone comes in"),
            );
        }
    }
}
