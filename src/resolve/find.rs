//! Where a path leads: through services, ports, outputs, children, sites and outsides.

use smol_str::SmolStr;

use super::host::in_address;
use super::names::{BUILT_IN, Member, Placed, Symbol};
use super::text::{Mentions, Texts, Thing, ValueBuilder, literal, protocol};
use super::unknown::MEMBERS;
use crate::diagnostic::{Diagnostic, codes};
use crate::hash::HashMap;
use crate::model::{self, Access, Child, Port, Protocol, Role, RouteTarget};
use crate::platform::{InputId, OutsideId, Value, ValuePart};
use crate::schema::SecretName;
use crate::source::Span;
use crate::syntax::{Path, Scope, Text, ValueKind};

/// How many outputs and children one reference may lead through.
const MAX_CHAIN: usize = 32;

impl Texts<'_> {
    /// What a path leads to; `None` where it leads nowhere, which is reported.
    pub(super) fn find(&mut self, path: &Path, mentions: &mut Mentions) -> Option<Thing> {
        let (first, rest) = path.segments.split_first()?;
        if path.scope == Scope::Component {
            self.not_visible(path);
            return None;
        }
        if first == "platform"
            && let [member] = rest
            && matches!(member.as_str(), "name" | "namespace")
        {
            let name = self.document.platform.first().map(|platform| platform.name.text.as_str().to_owned());
            let said = self
                .document
                .target
                .iter()
                .rev()
                .find_map(|target| target.settings.as_ref()?.kubernetes.as_ref()?.namespace.as_ref());
            let namespace = said.filter(|_| member == "namespace").map(|said| self.constant(said));
            return Some(Thing::Text(literal(namespace.or(name).unwrap_or_default())));
        }
        let Some(&(symbol, _)) = self.names.symbols.get(first) else {
            self.unknown(first, path);
            return None;
        };
        match symbol {
            Symbol::Input(at) => {
                if !rest.is_empty() {
                    return self.no_member(path, 1, "a variable has no members", std::iter::empty());
                }
                Some(Thing::Text(Value::input(InputId(at))))
            }
            Symbol::Service(at) => self.member(at, path, 1, mentions),
            Symbol::Site(at) => self.site(at, path, rest, mentions),
            Symbol::Outside(at) => self.outside(at, path, rest, mentions),
        }
    }

    /// A secret, by its name.
    pub(super) fn secret(&mut self, reference: &SecretName) -> Option<InputId> {
        let thing = self.find(&reference.0, &mut Mentions::default())?;
        if let Thing::Text(value) = &thing
            && let [ValuePart::Input(input)] = value.parts.as_slice()
            && self.is_secret(*input)
        {
            return Some(*input);
        }
        self.wrong_kind(&reference.0, &thing, "a secret");
        None
    }

    fn member(&mut self, at: usize, path: &Path, depth: usize, mentions: &mut Mentions) -> Option<Thing> {
        let names = self.names;
        let placed = names.services.get(at)?;
        let Some(segment) = path.segments.get(depth) else { return Some(Thing::Service(at)) };
        let rest = path.segments.get(depth + 1..).unwrap_or_default();
        match placed.members.get(segment) {
            Some(Member::Service(nested)) => return self.member(nested, path, depth + 1, mentions),
            Some(Member::Port(port)) => return self.port(at, port, path, rest, mentions),
            Some(Member::Output(output)) => return self.output(at, output, path, rest, mentions),
            Some(Member::Child(child)) => return self.child(at, child, path, rest, mentions),
            None => {}
        }
        if segment == "name" && rest.is_empty() {
            mentions.ports.push((at, None, path.span));
            return Some(Thing::Text(literal(placed.name.clone())));
        }
        if self.absent.lost.contains(segment) {
            return None;
        }
        let block = placed.block;
        let known = block.port.iter().map(|port| &port.name);
        let known = known.chain(block.output.iter().map(|output| &output.name));
        let known = known.chain(block.child.iter().map(|child| &child.name));
        let known = known.chain(block.service.iter().map(|service| &service.name));
        if rest.is_empty() && MEMBERS.contains(&segment.as_str()) && !block.port.is_empty() {
            self.of_which_port(path, segment, &block.port);
            return None;
        }
        let reason = format!("`{}` has no such port, output, child or service", placed.path);
        let known = known.map(|name| name.text.as_str()).chain(["name"]);
        self.no_such(path, depth, &reason, known, |near| near == "name")
    }

    fn port(
        &mut self,
        at: usize,
        index: usize,
        path: &Path,
        rest: &[SmolStr],
        mentions: &mut Mentions,
    ) -> Option<Thing> {
        let names = self.names;
        let placed = names.services.get(at)?;
        let port = placed.block.port.get(index)?;
        let [member] = rest else {
            if rest.is_empty() {
                return Some(Thing::Port(at, index));
            }
            return self.no_member(
                path,
                path.segments.len() - 1,
                "a port's members have no members",
                std::iter::empty(),
            );
        };
        let number = port.number.0;
        let host = &placed.name;
        let text = match member.as_str() {
            "url" => format!("{}://{host}:{number}", protocol(port).word()),
            "host" => host.to_string(),
            "number" => number.to_string(),
            "address" => format!("{host}:{number}"),
            "name" => port.name.text.as_str().to_owned(),
            "link" => match self.serving(placed, port) {
                Some(site) => return self.site(site, path, &["url".into()], mentions),
                None => self.link(port, host),
            },
            _ => {
                let known = ["url", "link", "host", "number", "address", "name"];
                return self.no_member(
                    path,
                    path.segments.len() - 1,
                    "a port has no such member",
                    known.into_iter(),
                );
            }
        };
        mentions.ports.push((at, Some(index), path.span));
        Some(Thing::Text(literal(text)))
    }

    /// The first site that serves a port as a whole.
    fn serving(&mut self, placed: &Placed<'_>, port: &Port) -> Option<usize> {
        let document = self.document;
        let served = self.served.get_or_insert_with(|| {
            let mut served = HashMap::default();
            for (at, site) in document.site.iter().enumerate() {
                for route in site.route.iter().filter(|route| route.path.text == "/") {
                    if let RouteTarget::To(path) = &route.target.value {
                        served.entry(path.text()).or_insert(at);
                    }
                }
            }
            served
        });
        served.get(&format!("{}.{}", placed.path, port.name.text)).copied()
    }

    fn output(
        &mut self,
        at: usize,
        index: usize,
        path: &Path,
        rest: &[SmolStr],
        mentions: &mut Mentions,
    ) -> Option<Thing> {
        let names = self.names;
        let output = names.services.get(at)?.block.output.get(index)?;
        let [member] = rest else { return Some(Thing::Output(at, index)) };
        let known = output.fields.iter().map(|(name, _)| &name.text);
        let Some((_, template)) = self.field((at, index), known.clone(), member, &output.fields) else {
            return self.no_member(
                path,
                path.segments.len() - 1,
                "the output has no such field",
                known.map(SmolStr::as_str),
            );
        };
        self.follow((at, index, member.clone()), &template.text, template.span, path, mentions)
    }

    /// Reads the text that a path leads to, once: what it mentions is mentioned at the place of the path.
    fn follow(
        &mut self,
        key: (usize, usize, SmolStr),
        text: &Text,
        said: Span,
        path: &Path,
        mentions: &mut Mentions,
    ) -> Option<Thing> {
        if self.open.contains(&key) {
            self.sink.report(
                Diagnostic::new(codes::NAM003, format!("`{}` leads back to itself", path.text()))
                    .at(path.span, "leads back here")
                    .at(said, "the value that needs itself"),
            );
            return None;
        }
        if let Some((value, inner)) = self.outputs.get(&key).cloned() {
            mentions.at(path.span, inner);
            return Some(Thing::Text(value));
        }
        if self.open.len() >= MAX_CHAIN {
            self.sink.report(
                Diagnostic::new(
                    codes::NAM003,
                    format!("`{}` leads through more than {MAX_CHAIN} values", path.text()),
                )
                .at(path.span, "one too many"),
            );
            return None;
        }
        self.open.push(key.clone());
        let mut inner = Mentions::default();
        let value = self.text(text, &mut inner);
        self.open.pop();
        self.outputs.insert(key, (value.clone(), inner.clone()));
        mentions.at(path.span, inner);
        Some(Thing::Text(value))
    }

    fn child(
        &mut self,
        at: usize,
        index: usize,
        path: &Path,
        rest: &[SmolStr],
        mentions: &mut Mentions,
    ) -> Option<Thing> {
        let names = self.names;
        let child: &Child = names.services.get(at)?.block.child.get(index)?;
        if let Some(by) = &child.by
            && let Some(Thing::Service(job)) = self.find(&by.0, &mut Mentions::default())
        {
            mentions.jobs.push((job, path.span));
        }
        mentions.children.push((at, index));
        let [member] = rest else { return Some(Thing::Child(at, index)) };
        if member == "name" {
            return Some(Thing::Text(literal(child.name.text.as_str().to_owned())));
        }
        // Children are counted from the other end than outputs, so that the two never meet.
        let index = usize::MAX - index;
        let known = child.values.iter().map(|(name, _)| &name.text);
        let Some((_, value)) = self.field((at, index), known.clone(), member, &child.values) else {
            let reason = format!("`{}` has no such parameter, or it is not given", child.kind.text);
            let known = known.map(SmolStr::as_str).chain(["name"]);
            return self.no_member(path, path.segments.len() - 1, &reason, known);
        };
        let text = match &value.kind {
            ValueKind::Text(text) => text.clone(),
            ValueKind::Number(number) => Text::literal(number.as_str()),
            ValueKind::Boolean(boolean) => Text::literal(boolean.to_string()),
            ValueKind::Reference(reference) => Text::reference(reference.clone()),
            ValueKind::List(_) | ValueKind::Body(_) => {
                self.sink.report(
                    Diagnostic::new(
                        codes::NAM004,
                        format!("`{}` is {}, not text", path.text(), value.kind.describe()),
                    )
                    .at(path.span, "text is needed here"),
                );
                return None;
            }
        };
        self.follow((at, index, member.clone()), &text, value.span, path, mentions)
    }

    /// The field of a name. The names of an output or child are collected once.
    fn field<'f, T>(
        &mut self,
        of: (usize, usize),
        names: impl Iterator<Item = &'f SmolStr>,
        name: &str,
        fields: &'f [T],
    ) -> Option<&'f T> {
        let places = self.fields.entry(of).or_insert_with(|| {
            let mut places = HashMap::default();
            for (at, name) in names.enumerate() {
                places.entry(name.clone()).or_insert(at);
            }
            places
        });
        fields.get(*places.get(name)?)
    }

    fn site(&mut self, at: usize, path: &Path, rest: &[SmolStr], mentions: &mut Mentions) -> Option<Thing> {
        let document = self.document;
        let site = document.site.get(at)?;
        let [member] = rest else { return Some(Thing::Site) };
        let mut value = ValueBuilder::default();
        match member.as_str() {
            "url" => {
                let secure = site.tls.as_ref().is_some_and(|tls| tls.enabled);
                value.push_literal(if secure { "https://" } else { "http://" });
            }
            "host" => {}
            _ => return self.no_member(path, 1, "a site has no such member", ["url", "host"].into_iter()),
        }
        value.push_value(self.host(site, mentions));
        if member == "url"
            && let Some(port) = self.public_port(site)
        {
            value.push_literal(&format!(":{port}"));
        }
        Some(Thing::Text(value.finish()))
    }

    /// The host name of a site: its own, or where that begins with `*` the first alias that does not.
    fn host(&mut self, site: &model::Site, mentions: &mut Mentions) -> Value {
        let own = self.text(&site.domain.text, mentions);
        let many = |name: &Value| name.as_literal().is_some_and(|name| name.starts_with('*'));
        if !many(&own) {
            return own;
        }
        let aliases = site.aliases.iter().flat_map(|list| &list.items);
        let aliases: Vec<Value> = aliases.map(|alias| self.text(&alias.text, mentions)).collect();
        aliases.into_iter().find(|alias| !many(alias)).unwrap_or(own)
    }

    /// The port of the host that a site is asked at, where it is not its scheme's own. Behind load balancers it is theirs.
    fn public_port(&self, site: &model::Site) -> Option<u16> {
        if site.trusted.as_ref().is_some_and(|trusted| !trusted.items.is_empty()) {
            return None;
        }
        let tls = site.tls.as_ref().is_some_and(|tls| tls.enabled);
        let (wanted, usual) = if tls { (Protocol::Https, 443) } else { (Protocol::Http, 80) };
        let proxies = || self.names.services.iter().filter(|it| it.block.role == Some(Role::Proxy));
        let proxy = match &site.served_by {
            Some(named) => proxies().find(|proxy| proxy.path == named.0.text()),
            None => proxies().next().filter(|_| proxies().count() == 1),
        };
        let listens = |port: &&Port| {
            protocol(port) == wanted && port.access.is_none_or(|access| access.value != Access::Internal)
        };
        let port = proxy?.block.port.iter().find(listens)?;
        let published = port.published()?.port.map_or(port.number.0, |port| port.0);
        (published != usual).then_some(published)
    }

    fn outside(
        &mut self,
        at: usize,
        path: &Path,
        rest: &[SmolStr],
        mentions: &mut Mentions,
    ) -> Option<Thing> {
        let [member] = rest else { return Some(Thing::Outside(OutsideId(at))) };
        let document = self.document;
        let declared = at.checked_sub(BUILT_IN.len()).and_then(|at| document.outside.get(at));
        let mut endpoint = None;
        for address in declared.map(|outside| outside.addresses.0.as_slice()).unwrap_or_default() {
            let text = self.constant(address);
            if let Some((host, port)) = super::place::endpoint(&text) {
                endpoint.get_or_insert((host, port));
            }
        }
        let Some((host, port)) = endpoint else {
            return self.no_member(
                path,
                1,
                "only an outside with an endpoint (`\"host:port\"`) has members",
                std::iter::empty(),
            );
        };
        let text = match member.as_str() {
            "host" => host,
            "number" => port.to_string(),
            "address" => format!("{host}:{port}"),
            _ => {
                return self.no_member(
                    path,
                    1,
                    "an outside has no such member",
                    ["host", "number", "address"].into_iter(),
                );
            }
        };
        mentions.outsides.push((at, path.span));
        Some(Thing::Text(literal(text)))
    }

    /// Where people find a port that no site serves: on the host that publishes it, or, if only from within the platform's
    /// networks, under the service's name. What is bound to the loopback address is found from the host itself, or through
    /// a tunnel to it.
    fn link(&mut self, port: &Port, host: &str) -> String {
        let scheme = protocol(port).word();
        let Some(publish) = port.published() else {
            return format!("{scheme}://{host}:{}", port.number.0);
        };
        let number = publish.port.map_or(port.number.0, |port| port.0);
        let guarded = self.document.host.iter().any(|host| host.firewall == Some(true));
        let is_open = match publish.to.0.word() {
            Some("localhost") => false,
            Some("internet") => true,
            _ => guarded,
        };
        let document = self.document;
        let address = document.host.iter().find_map(|host| host.address.as_ref()).filter(|_| is_open);
        let address =
            address.map_or_else(|| "localhost".to_owned(), |address| in_address(&self.constant(address)));
        format!("{scheme}://{address}:{number}")
    }
}
