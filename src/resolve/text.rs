//! What references stand for: text, ports, services, outsides.

use smol_str::SmolStr;

use super::Absent;
use super::names::{BUILT_IN, Names, Symbol};
use crate::diagnostic::{Diagnostic, Sink, codes, did_you_mean};
use crate::model::{Child, Document, Port, Protocol};
use crate::platform::{InputId, OutsideId, SiteId, Value, ValuePart};
use crate::schema::{Constant, Template};
use crate::source::Span;
use crate::syntax::{self, Part, Path, Scope, Text, ValueKind};

/// What a text leads to beside what it says.
#[derive(Debug, Default, Clone)]
pub(super) struct Mentions {
    /// Services and their ports.
    pub(super) ports: Vec<(usize, Option<usize>, Span)>,
    /// Jobs whose work is referred to.
    pub(super) jobs: Vec<(usize, Span)>,
    /// Outsides.
    pub(super) outsides: Vec<(usize, Span)>,
}

/// What a path leads to.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    /// Text.
    Text(Value),
    /// A service.
    Service(usize),
    /// A port of a service.
    Port(usize, usize),
    /// A child of a service.
    Child(usize, usize),
    /// An output of a service.
    Output(usize, usize),
    /// Something external.
    Outside(OutsideId),
    /// A site.
    Site(SiteId),
}

impl Thing {
    fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Service(_) => "a service",
            Self::Port(..) => "a port",
            Self::Child(..) => "a child of an instance",
            Self::Output(..) => "an output",
            Self::Outside(_) => "an outside",
            Self::Site(_) => "a site",
        }
    }
}

/// Binds the references of a document.
pub(super) struct Texts<'a> {
    pub(super) document: &'a Document,
    pub(super) names: &'a Names<'a>,
    absent: &'a Absent,
    pub(super) sink: &'a mut Sink,
    /// The inputs, in the order of the source: name, and whether it is a secret.
    inputs: Vec<(SmolStr, bool)>,
    /// Inputs that stand in an address.
    in_urls: Vec<InputId>,
    /// Outputs that are being read, to find those that lead back to themselves.
    open: Vec<(usize, usize, SmolStr)>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(
        document: &'a Document,
        names: &'a Names<'a>,
        absent: &'a Absent,
        sink: &'a mut Sink,
    ) -> Self {
        let variables =
            document.variable.iter().map(|variable| (variable.name.span, variable.name.text.clone(), false));
        let secrets = document.secret.iter().map(|secret| (secret.name.span, secret.name.text.clone(), true));
        let mut inputs: Vec<_> = variables.chain(secrets).collect();
        inputs.sort_by_key(|(span, ..)| *span);
        let inputs = inputs.into_iter().map(|(_, name, secret)| (name, secret)).collect();
        Self { document, names, absent, sink, inputs, in_urls: Vec::new(), open: Vec::new() }
    }

    /// The name of an input.
    pub(super) fn input_name(&self, input: InputId) -> Option<&SmolStr> {
        self.inputs.get(input.0).map(|(name, _)| name)
    }

    /// The inputs that stand in an address.
    pub(super) fn finish(self) -> Vec<InputId> {
        self.in_urls
    }

    /// Text that may hold inputs.
    pub(super) fn template(&mut self, template: &Template, mentions: &mut Mentions) -> Value {
        self.text(&template.text, mentions)
    }

    /// Text that is known now; empty where it is not, which is reported.
    pub(super) fn constant(&mut self, constant: &Constant) -> String {
        let mut mentions = Mentions::default();
        let value = self.text(&constant.text, &mut mentions);
        self.literal(&value, constant.span)
    }

    /// The literal of a value; empty where it has none, which is reported.
    pub(super) fn literal(&mut self, value: &Value, span: Span) -> String {
        if let Some(literal) = value.as_literal() {
            return literal.to_owned();
        }
        for input in value.inputs() {
            let Some((name, secret)) = self.inputs.get(input.0).cloned() else { continue };
            let diagnostic = if secret {
                Diagnostic::new(codes::PHA002, format!("the secret `{name}` would stand in an artifact"))
                    .at(span, "every reader of the artifact would see it")
                    .help("hand it over in `env`, and let the program read it there")
            } else {
                Diagnostic::new(
                    codes::PHA001,
                    format!("`{name}` is set by the operator, and this must be known before"),
                )
                .at(span, "needs a constant")
                .help("hand it over in `env`, or write the value here")
            };
            self.sink.report(diagnostic);
        }
        String::new()
    }

    /// Text with its references bound.
    pub(super) fn text(&mut self, text: &Text, mentions: &mut Mentions) -> Value {
        let mut value = Value::default();
        for part in &text.parts {
            match part {
                Part::Literal(literal) => push(&mut value, ValuePart::Literal(literal.clone())),
                Part::Reference(path) => {
                    let in_url = value
                        .parts
                        .iter()
                        .any(|part| matches!(part, ValuePart::Literal(text) if text.contains("://")));
                    let found = self.value(path, mentions);
                    if in_url {
                        self.in_urls.extend(found.inputs());
                    }
                    found.parts.into_iter().for_each(|part| push(&mut value, part));
                }
            }
        }
        value
    }

    /// What a path says as text.
    fn value(&mut self, path: &Path, mentions: &mut Mentions) -> Value {
        let Some(thing) = self.find(path, mentions) else { return Value::default() };
        let help = match &thing {
            Thing::Text(value) => return value.clone(),
            Thing::Port(..) => {
                format!("say `{0}.url`, `{0}.host`, `{0}.number` or `{0}.address`", path.text())
            }
            Thing::Service(at) => {
                let ports = self
                    .names
                    .services
                    .get(*at)
                    .map(|placed| placed.block.port.as_slice())
                    .unwrap_or_default();
                match ports.first() {
                    Some(port) => format!(
                        "say `{0}.name`, or one of its ports: `{0}.{1}.url`",
                        path.text(),
                        port.name.text
                    ),
                    None => format!("say `{}.name`", path.text()),
                }
            }
            Thing::Child(..) => format!("say `{0}.name` or one of its parameters", path.text()),
            Thing::Output(at, output) => {
                let placed = self.names.services.get(*at);
                let fields = placed.and_then(|placed| placed.block.output.get(*output));
                let field = fields
                    .and_then(|output| output.fields.first())
                    .map_or("FIELD", |(name, _)| name.text.as_str());
                format!("say `{}.{field}`", path.text())
            }
            Thing::Outside(_) => format!("say `{0}.host`, `{0}.number` or `{0}.address`", path.text()),
            Thing::Site(_) => format!("say `{0}.url` or `{0}.host`", path.text()),
        };
        self.sink.report(
            Diagnostic::new(codes::NAM004, format!("`{}` is {}, not text", path.text(), thing.describe()))
                .at(path.span, "text is needed here")
                .help(help),
        );
        Value::default()
    }

    /// What a path leads to; `None` where it leads nowhere, which is reported.
    pub(super) fn find(&mut self, path: &Path, mentions: &mut Mentions) -> Option<Thing> {
        let (first, rest) = path.segments.split_first()?;
        if path.scope == Scope::Component {
            self.not_visible(path);
            return None;
        }
        if first == "platform" && rest.len() == 1 && rest[0] == "name" {
            let name = self.document.platform.first().map(|platform| platform.name.text.to_string());
            return Some(Thing::Text(literal(name.unwrap_or_default())));
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
                Some(Thing::Text(Value { parts: vec![ValuePart::Input(InputId(at))] }))
            }
            Symbol::Service(at) => self.member(at, path, 1, mentions),
            Symbol::Site(at) => self.site(at, path, rest, mentions),
            Symbol::Outside(at) => self.outside(at, path, rest, mentions),
        }
    }

    fn member(&mut self, at: usize, path: &Path, depth: usize, mentions: &mut Mentions) -> Option<Thing> {
        let names = self.names;
        let placed = names.services.get(at)?;
        let Some(segment) = path.segments.get(depth) else { return Some(Thing::Service(at)) };
        if let Some(nested) = names.nested(at, segment) {
            return self.member(nested, path, depth + 1, mentions);
        }
        let rest = path.segments.get(depth + 1..).unwrap_or_default();
        if let Some(port) = placed.block.port.iter().position(|port| port.name.text == *segment) {
            return self.port(at, port, path, rest, mentions);
        }
        if let Some(output) = placed.block.output.iter().position(|output| output.name.text == *segment) {
            return self.output(at, output, path, rest, mentions);
        }
        if let Some(child) = placed.block.child.iter().position(|child| child.name.text == *segment) {
            return self.child(at, child, path, rest, mentions);
        }
        if segment == "name" && rest.is_empty() {
            mentions.ports.push((at, None, path.span));
            return Some(Thing::Text(literal(placed.name.clone())));
        }
        if self.absent.lost.contains(segment) {
            return None;
        }
        let block = placed.block;
        let known = block.port.iter().map(|port| &port.name.text);
        let known = known.chain(block.output.iter().map(|output| &output.name.text));
        let known = known.chain(block.child.iter().map(|child| &child.name.text));
        let known: Vec<SmolStr> =
            known.chain(placed.nested.iter().map(|(name, _)| name)).cloned().chain(["name".into()]).collect();
        let reason = format!("`{}` has no such port, output, child or service", placed.path);
        self.no_member(path, depth, &reason, known.iter().map(SmolStr::as_str))
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
            "host" => host.clone(),
            "number" => number.to_string(),
            "address" => format!("{host}:{number}"),
            "name" => port.name.text.to_string(),
            _ => {
                let known = ["url", "host", "number", "address", "name"];
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
        let Some((_, template)) = output.fields.iter().find(|(name, _)| name.text == *member) else {
            let known: Vec<&str> = output.fields.iter().map(|(name, _)| name.text.as_str()).collect();
            return self.no_member(
                path,
                path.segments.len() - 1,
                "the output has no such field",
                known.into_iter(),
            );
        };
        let key = (at, index, member.clone());
        if self.open.contains(&key) {
            self.sink.report(
                Diagnostic::new(codes::NAM003, format!("`{}` leads back to itself", path.text()))
                    .at(path.span, "leads back here")
                    .at(template.span, "the value that needs itself"),
            );
            return None;
        }
        self.open.push(key);
        // What the output mentions is mentioned at the place that refers to the output.
        let mut inner = Mentions::default();
        let value = self.text(&template.text, &mut inner);
        self.open.pop();
        mentions.ports.extend(inner.ports.into_iter().map(|(service, port, _)| (service, port, path.span)));
        mentions.jobs.extend(inner.jobs.into_iter().map(|(service, _)| (service, path.span)));
        mentions.outsides.extend(inner.outsides.into_iter().map(|(outside, _)| (outside, path.span)));
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
        let [member] = rest else { return Some(Thing::Child(at, index)) };
        if member == "name" {
            return Some(Thing::Text(literal(child.name.text.to_string())));
        }
        let Some((_, value)) = child.values.iter().find(|(name, _)| name.text == *member) else {
            let known: Vec<SmolStr> =
                child.values.iter().map(|(name, _)| name.text.clone()).chain(["name".into()]).collect();
            let reason = format!("`{}` has no such parameter, or it is not given", child.kind.text);
            return self.no_member(path, path.segments.len() - 1, &reason, known.iter().map(SmolStr::as_str));
        };
        let text = match &value.kind {
            ValueKind::Text(text) => text.clone(),
            ValueKind::Number(number) => Text::literal(number.as_str()),
            ValueKind::Boolean(boolean) => Text::literal(boolean.to_string()),
            ValueKind::Reference(reference) => Text { parts: vec![Part::Reference(reference.clone())] },
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
        let key = (at, usize::MAX - index, member.clone());
        if self.open.contains(&key) {
            self.sink.report(
                Diagnostic::new(codes::NAM003, format!("`{}` leads back to itself", path.text()))
                    .at(path.span, "leads back here")
                    .at(value.span, "the value that needs itself"),
            );
            return None;
        }
        self.open.push(key);
        let value = self.text(&text, mentions);
        self.open.pop();
        Some(Thing::Text(value))
    }

    fn site(&mut self, at: usize, path: &Path, rest: &[SmolStr], mentions: &mut Mentions) -> Option<Thing> {
        let document = self.document;
        let site = document.site.get(at)?;
        let [member] = rest else { return Some(Thing::Site(SiteId(at))) };
        let mut value = Value::default();
        match member.as_str() {
            "url" => {
                let secure = site.tls.as_ref().is_some_and(|tls| tls.enabled);
                push(&mut value, ValuePart::Literal(if secure { "https://" } else { "http://" }.to_owned()));
            }
            "host" => {}
            _ => return self.no_member(path, 1, "a site has no such member", ["url", "host"].into_iter()),
        }
        for part in self.text(&site.domain.text, mentions).parts {
            push(&mut value, part);
        }
        Some(Thing::Text(value))
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

    fn no_member<'k>(
        &mut self,
        path: &Path,
        depth: usize,
        reason: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> Option<Thing> {
        let segment = path.segments.get(depth)?;
        let mut diagnostic =
            Diagnostic::new(codes::NAM001, format!("there is no `{}`", path.text())).at(path.span, reason);
        diagnostic = diagnostic.help_maybe(did_you_mean(segment, known));
        self.sink.report(diagnostic);
        None
    }

    fn not_visible(&mut self, path: &Path) {
        let name = path.segments.first().map(SmolStr::as_str).unwrap_or_default();
        self.sink.report(
            Diagnostic::new(codes::NAM006, format!("`{name}` is not visible inside the component"))
                .at(path.span, "neither a parameter, nor `self`, nor a nested service")
                .help(format!("declare `parameter {name}` and let the instance pass it in")),
        );
    }

    /// Reports a name that nothing declares.
    pub(super) fn unknown(&mut self, name: &SmolStr, path: &Path) {
        if self.absent.lost.contains(name) {
            return;
        }
        if let Some((_, span)) = self.absent.disabled.iter().find(|(disabled, _)| disabled == name) {
            self.sink.report(
                Diagnostic::new(codes::NAM001, format!("`{name}` is taken out, and something refers to it"))
                    .at(path.span, "refers to it")
                    .at(*span, "taken out here"),
            );
            return;
        }
        let mut known: Vec<&str> = self.names.symbols.keys().map(SmolStr::as_str).collect();
        known.sort_unstable();
        let shouted = path.segments.len() == 1
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let diagnostic = if shouted {
            let help = did_you_mean(name, known).filter(|help| help.starts_with("did you mean"));
            Diagnostic::new(
                codes::ENV001,
                format!("`{name}` is used, and neither a variable nor a secret of that name is declared"),
            )
            .at(path.span, "not declared")
            .help(help.unwrap_or_else(|| format!("declare `variable {name}` or `secret {name}`")))
        } else {
            Diagnostic::new(codes::NAM001, format!("there is no `{name}`"))
                .at(path.span, "not declared")
                .help_maybe(did_you_mean(name, known))
        };
        self.sink.report(diagnostic);
    }

    /// Reports that a path leads to another kind of thing than is needed.
    pub(super) fn wrong_kind(&mut self, path: &Path, thing: &Thing, needed: &str) {
        self.sink.report(
            Diagnostic::new(
                codes::NAM004,
                format!("`{}` is {}, not {needed}", path.text(), thing.describe()),
            )
            .at(path.span, format!("{needed} is needed here")),
        );
    }

    /// A name of a namespace of its own: networks, groups, shared volumes.
    pub(super) fn own_namespace(
        &mut self,
        path: &Path,
        kind: &str,
        place: impl Fn(&Names<'_>, &str) -> Option<usize>,
        known: &[SmolStr],
    ) -> Option<usize> {
        if let Some(at) = path.word().and_then(|word| place(self.names, word)) {
            if path.scope == Scope::Platform {
                return Some(at);
            }
            self.not_visible(path);
            return None;
        }
        let text = path.text();
        if self.absent.lost.contains(text.as_str()) {
            return None;
        }
        if let Some(first) = path.segments.first()
            && self.names.symbols.contains_key(first)
        {
            self.sink.report(
                Diagnostic::new(codes::NAM004, format!("`{text}` is not a {kind}"))
                    .at(path.span, format!("a {kind} is needed here"))
                    .help_maybe(did_you_mean(&text, known.iter().map(SmolStr::as_str))),
            );
            return None;
        }
        let help = did_you_mean(&text, known.iter().map(SmolStr::as_str));
        self.sink.report(
            Diagnostic::new(codes::NAM001, format!("there is no {kind} `{text}`"))
                .at(path.span, "not declared")
                .help(help.unwrap_or_else(|| format!("declare `{kind} {text}`"))),
        );
        None
    }
}

/// What is spoken on a port: what it says, or what its name says.
pub(super) fn protocol(port: &Port) -> Protocol {
    port.protocol.unwrap_or(match port.name.text.as_str() {
        "http" => Protocol::Http,
        "https" => Protocol::Https,
        "grpc" => Protocol::Grpc,
        _ => Protocol::Tcp,
    })
}

/// A value of one literal.
pub(super) fn literal(text: String) -> Value {
    Value { parts: if text.is_empty() { Vec::new() } else { vec![ValuePart::Literal(text)] } }
}

fn push(value: &mut Value, part: ValuePart) {
    match (value.parts.last_mut(), part) {
        (Some(ValuePart::Literal(last)), ValuePart::Literal(text)) => last.push_str(&text),
        (_, ValuePart::Literal(text)) if text.is_empty() => {}
        (_, part) => value.parts.push(part),
    }
}

/// Free values, for what is only read by a target.
pub(super) fn free_text(value: &syntax::Value) -> Option<Text> {
    match &value.kind {
        ValueKind::Text(text) => Some(text.clone()),
        ValueKind::Reference(path) if path.segments.len() > 1 => {
            Some(Text { parts: vec![Part::Reference(path.clone())] })
        }
        _ => None,
    }
}
