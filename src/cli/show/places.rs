//! What is shown of machines, shared volumes and policies, and of what is left out.

use super::Lines;
use crate::expand::TakenOut;
use crate::model::Reach;
use crate::platform::{Backup, EdgeEnd, Issuer, IssuerKind, Platform, Switch};
use crate::schema::Bytes;
use crate::source::{Sources, Span};
use crate::view::{Model, Said};

/// What is called so, each in lines of its own.
pub(super) fn things(model: &Model, platform: &Platform, sources: &Sources, name: &str) -> Vec<String> {
    let said = |span: Span| Said::at(sources, span);
    let mut out = Vec::new();
    for host in platform.hosts.iter().filter(|host| host.name == name) {
        let mut lines = Lines::new("host", name, None, Some(&said(host.span)));
        let size = |size: Option<Bytes>| size.map(|size| size.to_string());
        let facts = [
            ("size", host.size.clone()),
            ("memory", size(host.memory)),
            ("disk", size(host.disk)),
            ("image", host.image.clone()),
            ("address", host.address.clone()),
            ("who logs in", host.ssh.map(|outside| platform[outside].name.clone())),
        ];
        for (key, value) in facts {
            lines.add(key, value.as_deref().unwrap_or("not said"), None);
        }
        let guards =
            if host.firewall { "what is published to a named outside" } else { "nothing: there is none" };
        lines.add("firewall guards", guards, None);
        let carries = host.path.is_some() || platform.hosts.len() == 1;
        if carries {
            lines.add("the build stands in", &platform.install_path(), None);
        }
        lines.all(
            "kernel settings",
            host.sysctl.iter().map(|(key, value)| (format!("{key} = {value}"), None)),
        );
        let published = model.services.iter().filter(|_| carries).flat_map(|service| {
            service.ports.iter().filter_map(|port| {
                let (to, number) = (port.published_to.as_ref()?, port.host_port?);
                Some((format!("{number} for {}.{}, to {to}", service.path, port.name), Some(&port.said)))
            })
        });
        lines.all("opens", published);
        out.push(lines.text());
    }
    for (at, volume) in platform.volumes.iter().enumerate().filter(|(_, volume)| volume.name == name) {
        let place = said(volume.span);
        let mut lines = Lines::new("shared volume", name, volume.description.as_deref(), Some(&place));
        lines.add(
            "size",
            &volume.size.map_or_else(|| "as much as there is".to_owned(), |size| size.to_string()),
            None,
        );
        lines.add("must be kept", if volume.backup { "yes" } else { "no" }, None);
        lines.add("writers", if volume.concurrent { "any number" } else { "one" }, None);
        let mounts = platform.services.iter().flat_map(|service| {
            let here = service.mounts.iter().filter(move |mount| mount.volume.0 == at);
            here.map(|mount| {
                let how = if mount.read_only { "only reads it" } else { "writes to it" };
                (format!("{} at {}, {how}", service.path, mount.path), said(mount.span))
            })
        });
        let mounts: Vec<(String, Said)> = mounts.collect();
        lines.all("mounted by", mounts.iter().map(|(text, said)| (text.clone(), Some(said))));
        out.push(lines.text());
    }
    for policy in platform.policies.iter().filter(|policy| policy.sentence == name) {
        let mut lines = Lines::new("policy", name, None, Some(&said(policy.span)));
        let must = match policy.reach {
            Reach::Never => "never: no such connection may exist",
            Reach::Always => "always: such a connection must exist",
        };
        let ends = |all: &[(EdgeEnd, Span)]| -> Vec<(String, Said)> {
            all.iter().map(|(end, span)| (called(platform, *end), said(*span))).collect()
        };
        let (from, to) = (ends(&policy.from), ends(&policy.to));
        lines.all("from", from.iter().map(|(text, said)| (text.clone(), Some(said))));
        lines.all("to", to.iter().map(|(text, said)| (text.clone(), Some(said))));
        lines.add("reaches", must, None);
        out.push(lines.text());
    }
    out
}

/// What is left out of the platform, with what says so.
pub(super) fn left_out(name: &str, taken_out: TakenOut, sources: &Sources) -> String {
    let said = Said::at(sources, taken_out.span);
    let mut lines = Lines::new("left out:", name, None, Some(&said));
    let why = match taken_out.on {
        None => "`enabled = false`: nothing of it is built".to_owned(),
        Some(runtime) => {
            format!("`when = runtime.{}`: it is there on {} only", runtime.word(), runtime.name())
        }
    };
    lines.add("why", &why, None);
    lines.text()
}

/// What a connection's end is called.
fn called(platform: &Platform, end: EdgeEnd) -> String {
    match end {
        EdgeEnd::Service(service, port) => {
            let service = &platform[service];
            let port = port.and_then(|at| service.ports.get(at)).map(|port| format!(".{}", port.name));
            format!("{}{}", service.path, port.unwrap_or_default())
        }
        EdgeEnd::Outside(outside) => platform[outside].name.clone(),
    }
}

/// What is kept of a backup, and after which age of the newest copy its alert fires.
pub(super) fn of_backup(platform: &Platform, backup: &Backup, lines: &mut Lines) {
    let age = backup.retention.map_or_else(String::new, |age| format!(", those of more than {age} removed"));
    lines.add("is kept on the host", &format!("at least {} copies{age}", backup.keep), None);
    let upload = match backup.upload {
        Some(Switch::Variable(input)) => format!("where `{}` is `true`", platform[input].name),
        _ if Platform::is_uploaded(backup) => "always".to_owned(),
        _ => "never".to_owned(),
    };
    lines.add("is taken to its places", &upload, None);
    lines.add("is missed after", &backup.alert_after.to_string(), None);
    let drill = backup.drill.as_ref().map(|drill| format!("{drill} (UTC)"));
    lines.add("is tried", drill.as_deref().unwrap_or("never: `drill` says when"), None);
}

/// Who issues the certificate of a site.
pub(super) fn of_certificate(issuer: &Issuer) -> String {
    match &issuer.kind {
        IssuerKind::SelfSigned => format!("it signs itself, by the issuer {}", issuer.name),
        IssuerKind::Files => format!("the operator puts it there, by the issuer {}", issuer.name),
        IssuerKind::Acme(acme) => format!("issued by {}, at {}", issuer.name, acme.url),
    }
}
