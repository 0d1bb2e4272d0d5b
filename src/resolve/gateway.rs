//! The gateway of a cluster: which API it is asked by, and where its requests come from.

use super::setting::dns_name;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{GatewaySettings, IngressSettings, KubernetesSettings};
use crate::platform::{ClusterGateway, GatewayKind};
use crate::schema::Constant;
use crate::source::Span;

/// The gateway that settings name; both forms at once are reported.
pub(super) fn gateway(said: &KubernetesSettings, texts: &mut Texts<'_>) -> Option<ClusterGateway> {
    if let (Some(gateway), Some(ingress)) = (&said.gateway, &said.ingress) {
        texts.sink.report(
            Diagnostic::new(codes::TYP008, "`gateway` and `ingress` serve the same sites")
                .at(ingress.span, "the older form")
                .at(gateway.span, "says the same")
                .help("name one of the two"),
        );
    }
    let parts = match (&said.gateway, &said.ingress) {
        (Some(GatewaySettings { span, class, namespace, issuer }), _) => {
            Parts { kind: GatewayKind::Gateway, class, namespace, issuer, span: *span }
        }
        (None, Some(IngressSettings { span, class, namespace, issuer })) => {
            Parts { kind: GatewayKind::Ingress, class, namespace, issuer, span: *span }
        }
        (None, None) => return None,
    };
    Some(ClusterGateway {
        kind: parts.kind,
        // One that is none was reported; its sites are served all the same.
        class: dns_name(parts.class, texts).unwrap_or_default(),
        namespace: parts.namespace.as_ref().and_then(|said| dns_name(said, texts)),
        issuer: parts.issuer.as_ref().and_then(|said| dns_name(said, texts)),
        span: parts.span,
    })
}

/// What both forms say.
struct Parts<'a> {
    kind: GatewayKind,
    class: &'a Constant,
    namespace: &'a Option<Constant>,
    issuer: &'a Option<Constant>,
    span: Span,
}
