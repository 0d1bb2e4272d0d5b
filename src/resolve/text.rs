//! What references stand for: text, ports, services, outsides.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use smallvec::{SmallVec, smallvec};
use smol_str::SmolStr;

use super::Absent;
use super::names::{Names, Symbol};
use super::unquoted::is_host;
use crate::diagnostic::{Diagnostic, Sink, codes};
use crate::hash::HashMap;
use crate::model::{Document, Port, Protocol};
use crate::platform::{InputId, OutsideId, Value, ValuePart};
use crate::schema::{Constant, Template};
use crate::source::Span;
use crate::syntax::{self, Name, Part, Path, Text, ValueKind};

/// What a text leads to beside what it says.
#[derive(Debug, Default, Clone)]
pub(super) struct Mentions {
    /// Services and their ports.
    pub(super) ports: Vec<(usize, Option<usize>, Span)>,
    /// Jobs whose work is referred to.
    pub(super) jobs: Vec<(usize, Span)>,
    /// Outsides.
    pub(super) outsides: Vec<(usize, Span)>,
    /// Children of instances, each by the place of its service and its place there.
    pub(super) children: Vec<(usize, usize)>,
}

impl Mentions {
    /// Takes what an output mentions over, as mentioned at the place that refers to the output.
    pub(super) fn at(&mut self, span: Span, inner: Self) {
        self.ports.extend(inner.ports.into_iter().map(|(service, port, _)| (service, port, span)));
        self.jobs.extend(inner.jobs.into_iter().map(|(service, _)| (service, span)));
        self.outsides.extend(inner.outsides.into_iter().map(|(outside, _)| (outside, span)));
        self.children.extend(inner.children);
    }
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
    /// A child of a service, its place among those.
    Child(usize, usize),
    /// An output of a service.
    Output(usize, usize),
    /// Something external.
    Outside(OutsideId),
    /// A site.
    Site,
}

impl Thing {
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Service(_) => "a service",
            Self::Port(..) => "a port",
            Self::Child(..) => "a child of an instance",
            Self::Output(..) => "an output",
            Self::Outside(_) => "an outside",
            Self::Site => "a site",
        }
    }
}

/// Binds the references of a document.
pub(super) struct Texts<'a> {
    pub(super) document: &'a Document,
    pub(super) names: &'a Names<'a>,
    pub(super) absent: &'a Absent,
    pub(super) sink: &'a mut Sink,
    /// The inputs, in the order of the source.
    inputs: Arc<[Known]>,
    /// Inputs that stand in an address.
    in_urls: Vec<InputId>,
    /// Outputs that are being read, to find those that lead back to themselves.
    pub(super) open: Vec<(usize, usize, SmolStr)>,
    /// Outputs that were read, with what they mention.
    pub(super) outputs: HashMap<(usize, usize, SmolStr), (Value, Mentions)>,
    /// The places of names among the fields of outputs and children that were referred to.
    pub(super) fields: HashMap<(usize, usize), HashMap<SmolStr, usize>>,
    /// The first site that serves each port as a whole, by what its route says; made when it is first asked for.
    pub(super) served: Option<HashMap<String, usize>>,
    /// Whether what is being looked for has to be text.
    pub(super) wants_text: bool,
    /// How much has come together that the source says once and the platform many times.
    copied: Arc<AtomicUsize>,
}

/// What is known of an input before the platform is made.
#[derive(Clone)]
struct Known {
    name: SmolStr,
    is_secret: bool,
    is_optional: bool,
    /// How long what stands for it in artifacts may be, in bytes: it holds the default, or else the description.
    length: usize,
}

impl<'a> Texts<'a> {
    pub(super) fn new(
        document: &'a Document,
        names: &'a Names<'a>,
        absent: &'a Absent,
        sink: &'a mut Sink,
    ) -> Self {
        let length = |constant: &Option<Constant>| {
            constant.as_ref().and_then(|constant| constant.text.as_literal()).map_or(0, str::len)
        };
        let known = |name: &Name, is_secret, is_optional, said: usize| {
            let length = BYTES + name.text.len() + said;
            (name.span, Known { name: name.text.clone(), is_secret, is_optional, length })
        };
        let variables = document.variable.iter().map(|variable| {
            let said = length(&variable.default) + length(&variable.description);
            known(&variable.name, false, false, said)
        });
        let secrets = document.secret.iter().map(|secret| {
            known(&secret.name, true, secret.optional == Some(true), length(&secret.description))
        });
        let mut inputs: Vec<(Span, Known)> = variables.chain(secrets).collect();
        inputs.sort_by_key(|(span, _)| *span);
        let inputs = inputs.into_iter().map(|(_, input)| input).collect();
        Self {
            document,
            names,
            absent,
            sink,
            inputs,
            in_urls: Vec::new(),
            open: Vec::new(),
            outputs: HashMap::default(),
            fields: HashMap::default(),
            served: None,
            wants_text: false,
            copied: Arc::default(),
        }
    }

    /// What binds a part of the services while others bind the rest. It reports to a sink of its own.
    pub(super) fn part<'p>(&'p self, sink: &'p mut Sink) -> Texts<'p> {
        Texts {
            document: self.document,
            names: self.names,
            absent: self.absent,
            sink,
            inputs: Arc::clone(&self.inputs),
            in_urls: Vec::new(),
            open: Vec::new(),
            outputs: HashMap::default(),
            fields: HashMap::default(),
            served: None,
            wants_text: false,
            copied: Arc::clone(&self.copied),
        }
    }

    /// Takes over what a part found.
    pub(super) fn take(&mut self, sink: Sink, in_urls: Vec<InputId>) {
        self.sink.take(sink);
        self.in_urls.extend(in_urls);
    }

    /// How much was copied so far.
    pub(super) fn copied(&self) -> usize {
        self.copied.load(Ordering::Relaxed)
    }

    /// Forgets what was copied since.
    pub(super) fn forget_copied(&mut self, before: usize) {
        self.copied.store(before, Ordering::Relaxed);
    }

    /// Whether an input may stay empty.
    pub(super) fn is_optional(&self, input: InputId) -> bool {
        self.inputs.get(input.0).is_some_and(|input| input.is_optional)
    }

    /// Whether an input is a secret.
    pub(super) fn is_secret(&self, input: InputId) -> bool {
        self.inputs.get(input.0).is_some_and(|input| input.is_secret)
    }

    /// The names of the secrets that went into a value.
    pub(super) fn secrets(&self, value: &Value) -> Vec<SmolStr> {
        let inputs = value.inputs().filter_map(|input| self.inputs.get(input.0));
        inputs.filter(|input| input.is_secret).map(|input| input.name.clone()).collect()
    }

    /// The input of a name.
    pub(super) fn input_named(&self, name: &str) -> Option<InputId> {
        match self.names.symbols.get(name) {
            Some((Symbol::Input(at), _)) => Some(InputId(*at)),
            _ => None,
        }
    }

    /// The secret of a name.
    pub(super) fn secret_named(&self, name: &str) -> Option<SmolStr> {
        let input = self.inputs.get(self.input_named(name)?.0)?;
        input.is_secret.then(|| input.name.clone())
    }

    /// Takes note of things that are copied to a place. Where they are too many, that is reported once, and the
    /// answer is no.
    pub(super) fn copy(&mut self, things: usize, place: Span) -> bool {
        let before = self.copied.fetch_add(things, Ordering::Relaxed);
        if before.saturating_add(things) <= MOST_COPIED {
            return true;
        }
        if before <= MOST_COPIED {
            self.sink.report(
                Diagnostic::new(codes::PLT003, "the platform becomes too large")
                    .at(place, format!("with this, more than {MOST_COPIED} things are copied"))
                    .help("lists that many services inherit, and text behind references, multiply"),
            );
        }
        false
    }

    /// Whether more can be copied.
    pub(super) fn has_room(&self) -> bool {
        self.copied() <= MOST_COPIED
    }

    /// The inputs that stand in an address.
    pub(super) fn finish(self) -> Vec<InputId> {
        self.in_urls
    }

    /// Binds outputs that nobody may have referred to, so that their mistakes are told, too.
    pub(super) fn unused_outputs(&mut self) {
        let names = self.names;
        for (at, placed) in names.services.iter().enumerate() {
            for (index, output) in placed.block.output.iter().enumerate() {
                for (field, template) in &output.fields {
                    self.open.push((at, index, field.text.clone()));
                    self.text(&template.text, &mut Mentions::default());
                    self.open.pop();
                }
            }
        }
    }

    /// Text that may hold inputs.
    pub(super) fn template(&mut self, template: &Template, mentions: &mut Mentions) -> Value {
        self.text(&template.text, mentions)
    }

    /// Text that is known now; empty where it is not, which is reported.
    pub(super) fn constant(&mut self, constant: &Constant) -> String {
        if let Some(literal) = constant.text.as_literal() {
            return literal.to_owned();
        }
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
            let Some(Known { name, is_secret, .. }) = self.inputs.get(input.0).cloned() else { continue };
            let diagnostic = if is_secret {
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
        // Nearly every text.
        match text.parts.as_slice() {
            [] => return Value::default(),
            [Part::Literal(known)] => return literal(known.clone()),
            _ => {}
        }
        let mut value = ValueBuilder::default();
        let mut made = 0;
        let mut in_url = InUrl::default();
        for part in &text.parts {
            match part {
                Part::Literal(literal) => {
                    made += literal.len();
                    in_url.see(literal);
                    value.push_literal(literal);
                }
                Part::Reference(path) => {
                    let was_in_url = in_url.found;
                    let found = self.value(path, mentions);
                    if was_in_url {
                        self.in_urls.extend(found.inputs());
                    }
                    for part in &found.parts {
                        match part {
                            ValuePart::Literal(literal) => in_url.see(literal),
                            ValuePart::Input(_) => in_url.end = Default::default(),
                        }
                        made += match part {
                            ValuePart::Literal(literal) => literal.len(),
                            ValuePart::Input(input) => {
                                self.inputs.get(input.0).map_or(0, |input| input.length)
                            }
                        };
                    }
                    value.push_value(found);
                    if !self.copy(made / BYTES, path.span) {
                        return Value::default();
                    }
                    if made > MAX_TEXT {
                        self.sink.report(
                            Diagnostic::new(codes::TYP003, "the text becomes longer than 1 MiB")
                                .at(path.span, "this reference makes it too long"),
                        );
                        return Value::default();
                    }
                }
            }
        }
        value.finish()
    }

    /// What a path says as text.
    fn value(&mut self, path: &Path, mentions: &mut Mentions) -> Value {
        let outer = std::mem::replace(&mut self.wants_text, true);
        let found = self.find(path, mentions);
        self.wants_text = outer;
        let Some(thing) = found else { return Value::default() };
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
            Thing::Site if is_host(path) => format!("text is quoted: write `\"{}\"`", path.text()),
            Thing::Site => format!("say `{0}.url` or `{0}.host`", path.text()),
        };
        if self.is_ambiguous(path) {
            return Value::default();
        }
        self.sink.report(
            Diagnostic::new(codes::NAM004, format!("`{}` is {}, not text", path.text(), thing.describe()))
                .at(path.span, "text is needed here")
                .help(help),
        );
        Value::default()
    }
}

/// The longest text that references may make, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

/// How many bytes of text count as a thing that is copied.
pub(super) const BYTES: usize = 16;

/// How many things may come together that the source says once and the platform many times: items of inherited
/// lists, connections of roles, and text behind references.
const MOST_COPIED: usize = 8_000_000;

/// Whether `://` stands in literals that follow each other.
#[derive(Default)]
struct InUrl {
    found: bool,
    /// The last bytes, of which the next literal may make it.
    end: ([u8; 2], usize),
}

impl InUrl {
    fn see(&mut self, literal: &str) {
        const MARK: &str = "://";
        if self.found {
            return;
        }
        let literal = literal.as_bytes();
        let (before, known) = self.end;
        let mut around = [0; 2 + MARK.len()];
        let bytes = before.iter().take(known).chain(literal.iter().take(MARK.len()));
        let length = around.iter_mut().zip(bytes).map(|(to, from)| *to = *from).count();
        let around = &around[..length];
        let marks = |bytes: &[u8]| bytes.windows(MARK.len()).any(|bytes| bytes == MARK.as_bytes());
        self.found = marks(around) || marks(literal);
        let all = if literal.len() >= MARK.len() { literal } else { around };
        let end = &all[all.len().saturating_sub(2)..];
        self.end.1 = end.len();
        self.end.0[..end.len()].copy_from_slice(end);
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
pub(super) fn literal(text: impl Into<SmolStr>) -> Value {
    let text = text.into();
    Value { parts: if text.is_empty() { SmallVec::new() } else { smallvec![ValuePart::Literal(text)] } }
}

/// Makes a value of what is appended.
#[derive(Default)]
pub(super) struct ValueBuilder {
    parts: SmallVec<[ValuePart; 1]>,
    /// The literal that is still open.
    literal: String,
}

impl ValueBuilder {
    pub(super) fn push_literal(&mut self, text: &str) {
        self.literal.push_str(text);
    }

    pub(super) fn push_value(&mut self, value: Value) {
        for part in value.parts {
            match part {
                ValuePart::Literal(text) => self.push_literal(&text),
                input @ ValuePart::Input(_) => {
                    self.close();
                    self.parts.push(input);
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> Value {
        self.close();
        Value { parts: self.parts }
    }

    fn close(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(ValuePart::Literal(SmolStr::new(&self.literal)));
            self.literal.clear();
        }
    }
}

/// Free values, for what is only read by a target.
pub(super) fn free_text(value: &syntax::Value) -> Option<Text> {
    match &value.kind {
        ValueKind::Text(text) => Some(text.clone()),
        ValueKind::Reference(path) if path.segments.len() > 1 => Some(Text::reference(path.clone())),
        _ => None,
    }
}
