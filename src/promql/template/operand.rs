//! Commands of a template: functions, values, and whether they fit together.

use std::ops::Range;

use super::lex::{Kind, Token};
use super::parser::{Parser, Read, VARIABLES, inside};
use super::{Problem, functions};

const FIELDS: [&str; 4] = [".Labels", ".ExternalLabels", ".ExternalURL", ".Value"];

/// A pipeline or a single operand, as far as is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// A function's name.
    Function,
    /// What is never a function: the labels' values among them.
    Value,
    /// What cannot stand behind `|`: a constant.
    Constant,
    /// `nil`
    Nil,
    /// What may be called.
    Any,
}

impl Parser<'_> {
    /// A function with its arguments, or a value.
    pub(super) fn command(&mut self, stage: usize, word: &str) -> Read<Operand> {
        let from = self.at;
        let mut first = None;
        let mut given = 0;
        loop {
            self.skip_space();
            let place = self.place();
            let Some(operand) = self.operand(word)? else { break };
            match first {
                None => first = Some((operand, place)),
                Some(_) => given += 1,
            }
            match self.kind() {
                Some(Kind::Space) => {}
                Some(Kind::Pipe | Kind::Close | Kind::ParenClose) => break,
                _ => return Err(self.unexpected()),
            }
        }
        self.skip_space();
        let Some((first, place)) = first else { return Err(self.unexpected()) };
        if !matches!(self.kind(), Some(Kind::Pipe | Kind::Close | Kind::ParenClose)) {
            return Err(self.unexpected());
        }
        if self.kind() == Some(Kind::Pipe) {
            self.at += 1;
            self.skip_space();
            if matches!(self.kind(), Some(Kind::Pipe | Kind::Close | Kind::ParenClose)) {
                return Err(Problem::new("a function must follow `|`", self.place()));
            }
        }
        let given = given + usize::from(stage > 0);
        self.fits(first, &place, given)?;
        self.index_of_labels(from);
        Ok(if given > 0 || first == Operand::Function { Operand::Any } else { first })
    }

    fn unexpected(&self) -> Problem {
        let place = self.place();
        let found = self.text_of(&place).trim();
        Problem::new(format!("`{found}` cannot stand here"), place)
    }

    /// Whether what is called takes that many arguments.
    fn fits(&self, first: Operand, place: &Range<usize>, given: usize) -> Read<()> {
        let name = self.text_of(place);
        match first {
            Operand::Function => {
                let Some((least, most)) = functions::arguments(name) else { return Ok(()) };
                if given >= least && most.is_none_or(|most| given <= most) {
                    return Ok(());
                }
                let wanted = match (least, most) {
                    (least, None) => format!("at least {}", counted(least)),
                    (least, Some(most)) if least == most => counted(least),
                    (least, Some(most)) => format!("{least} to {}", counted(most)),
                };
                let message = format!("`{name}` takes {wanted}, and gets {given}");
                Err(Problem::new(message, place.clone()))
            }
            Operand::Nil if given == 0 => Err(Problem::new("`nil` alone is nothing to show", place.clone())),
            Operand::Value | Operand::Constant | Operand::Nil if given > 0 => {
                Err(Problem::new(format!("`{name}` is no function, and takes no argument"), place.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Notes the label of `index $labels "name"`, which begins at a word.
    fn index_of_labels(&mut self, from: usize) {
        let words: Vec<&Token> =
            self.tokens[from..self.at].iter().filter(|token| token.kind != Kind::Space).take(4).collect();
        let text = |at: usize| words.get(at).map_or("", |token: &&Token| self.text_of(&token.place));
        if text(0) != "index" {
            return;
        }
        let at = match (text(1), text(2)) {
            ("$labels", _) if self.scope.root => 2,
            (".Labels", _) if self.scope.dot => 2,
            ("$", ".Labels") if self.scope.root => 3,
            _ => return,
        };
        if let Some(name) = words.get(at).filter(|token| token.kind == Kind::Text) {
            let (place, quoted) = (name.place.clone(), self.text_of(&name.place));
            if !quoted.contains('\\') {
                self.shown.push((inside(quoted).to_owned(), place.start + 1..place.end - 1));
            }
        }
    }

    /// A value, or the name of a function; `None` where none stands.
    fn operand(&mut self, word: &str) -> Read<Option<Operand>> {
        let Some(token) = self.peek() else { return Ok(None) };
        let place = token.place.clone();
        let name = self.text_of(&place);
        self.at += 1;
        let operand = match token.kind {
            Kind::Word => {
                function(name, &place, word)?;
                Operand::Function
            }
            Kind::Variable => {
                self.variable(&place)?;
                let given = self.scope.root && VARIABLES.contains(&name) && name != "$value";
                if given { Operand::Value } else { Operand::Any }
            }
            Kind::Field => {
                self.at -= 1;
                Operand::Any
            }
            Kind::Dot => Operand::Value,
            Kind::Constant | Kind::Text => Operand::Constant,
            Kind::Nil => Operand::Nil,
            Kind::ParenOpen => {
                self.pipeline("parenthesis", Kind::ParenClose, &place)?;
                Operand::Any
            }
            _ => {
                self.at -= 1;
                return Ok(None);
            }
        };
        let fields = self.fields();
        let Some(first) = fields.first() else { return Ok(Some(operand)) };
        if matches!(operand, Operand::Constant | Operand::Nil) || token.kind == Kind::Dot {
            return Err(Problem::new(format!("`{name}` has no fields"), first.clone()));
        }
        self.of_alert(token, &fields)
    }

    /// The fields that stand here at once.
    fn fields(&mut self) -> Vec<Range<usize>> {
        let mut fields = Vec::new();
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Field) {
            fields.push(token.place.clone());
            self.at += 1;
        }
        fields
    }

    /// Fields of what the alert gives: there are four, and labels are noted.
    fn of_alert(&mut self, token: &Token, fields: &[Range<usize>]) -> Read<Option<Operand>> {
        let name = self.text_of(&token.place);
        let mut rest = fields.iter();
        let of_root = match token.kind {
            Kind::Field => self.scope.dot,
            _ => name == "$" && self.scope.root,
        };
        let labels = if of_root {
            let Some(place) = rest.next() else { return Ok(Some(Operand::Any)) };
            let field = self.text_of(place);
            if !FIELDS.contains(&field) {
                let problem =
                    Problem::new(format!("an alert's template is given no `{field}`"), place.clone());
                return Err(problem.unknown(field, FIELDS.into_iter()));
            }
            field == ".Labels"
        } else {
            name == "$labels" && self.scope.root
        };
        if let Some(place) = rest.next().filter(|_| labels) {
            let label = self.text_of(place).trim_start_matches('.').to_owned();
            self.shown.push((label, place.start + 1..place.end));
            return Ok(Some(Operand::Value));
        }
        Ok(Some(Operand::Any))
    }

    pub(super) fn variable(&self, place: &Range<usize>) -> Read<()> {
        let name = self.text_of(place);
        if self.scope.variables.iter().any(|known| known == name) {
            return Ok(());
        }
        let problem = Problem::new(format!("there is no variable `{name}` here"), place.clone());
        Err(problem.unknown(name, self.scope.variables.iter().map(String::as_str)))
    }
}

/// Reports what is the name of no function.
fn function(name: &str, place: &Range<usize>, word: &str) -> Read<()> {
    if functions::arguments(name).is_some() {
        return Ok(());
    }
    if functions::NEWER.contains(&name) {
        let message = format!("Prometheus 2.53, which reads the rules, too, has no function `{name}`");
        return Err(Problem::new(message, place.clone()));
    }
    if matches!(name, "if" | "else" | "end" | "range" | "with" | "define" | "block" | "template") {
        let inside = if word == "command" { "an action" } else { word };
        return Err(Problem::new(format!("`{name}` cannot stand inside of {inside}"), place.clone()));
    }
    let problem = Problem::new(format!("there is no function `{name}`"), place.clone());
    Err(problem.unknown(name, functions::names()))
}

fn counted(number: usize) -> String {
    match number {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        more => format!("{more} arguments"),
    }
}
