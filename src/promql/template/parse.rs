//! Actions of a template: what opens, divides and ends what.

use std::ops::Range;

use super::lex::{Kind, Token};
use super::operand::Operand;
use super::parser::{Parser, Read, Scope, VARIABLES, inside};
use super::{Problem, Shown};

/// How deep actions and parentheses stand in each other: they are read by recursion.
const MAX_DEPTH: usize = 100;

/// What ended a list of actions.
enum Stop {
    /// `{{ end }}`
    End(Range<usize>),
    /// `{{ else`, whose rest is still to be read.
    Else(Range<usize>),
    /// The text.
    Text,
}

/// Reads the words of a template.
pub(super) fn template(text: &str, tokens: &[Token]) -> Read<Shown> {
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
        ranges: 0,
        scope: Scope { variables: VARIABLES.map(str::to_owned).to_vec(), root: true, dot: true },
        templates: defined(text, tokens),
        shown: Vec::new(),
    };
    parser.top()?;
    Ok(parser.shown)
}

/// The names of `define` and `block`, wherever they stand.
fn defined<'a>(text: &'a str, tokens: &[Token]) -> Vec<&'a str> {
    let words: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Space).collect();
    let named = words.windows(3).filter(|words| {
        words[0].kind == Kind::Open
            && matches!(&text[words[1].place.clone()], "define" | "block")
            && words[2].kind == Kind::Text
    });
    named.map(|words| inside(&text[words[2].place.clone()])).collect()
}

impl<'a> Parser<'a> {
    /// The next word that is no space. Each action is closed, so behind what opens one there is a word.
    fn next(&mut self) -> Option<&'a Token> {
        self.skip_space();
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    fn expect(&mut self, kind: Kind, behind: &str) -> Read<&'a Token> {
        self.skip_space();
        let place = self.place();
        match self.next() {
            Some(token) if token.kind == kind => Ok(token),
            _ => {
                let wanted = if kind == Kind::Close { "`}}`" } else { "a name in quotes" };
                Err(Problem::new(format!("{wanted} must follow `{behind}`"), place))
            }
        }
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem::new("it is nested more than 100 levels deep", self.place()));
        }
        Ok(())
    }

    fn top(&mut self) -> Read<()> {
        match self.list(true)? {
            Stop::Text => Ok(()),
            Stop::End(place) => Err(Problem::new("this `end` ends nothing", place)),
            Stop::Else(place) => {
                Err(Problem::new("this `else` belongs to no `if`, `with` or `range`", place))
            }
        }
    }

    /// Actions up to the one that ends them.
    fn list(&mut self, top: bool) -> Read<Stop> {
        self.deeper()?;
        while self.next().is_some() {
            // It is the opening of an action.
            self.skip_space();
            let place = self.place();
            let word = match self.kind() {
                Some(Kind::Word) => self.text_of(&place),
                _ => "",
            };
            if !matches!(
                word,
                "block"
                    | "break"
                    | "continue"
                    | "define"
                    | "else"
                    | "end"
                    | "if"
                    | "range"
                    | "template"
                    | "with"
            ) {
                self.pipeline("command", Kind::Close, &place)?;
                continue;
            }
            self.at += 1;
            match word {
                "end" => {
                    self.expect(Kind::Close, "end")?;
                    self.depth -= 1;
                    return Ok(Stop::End(place));
                }
                "else" => {
                    self.depth -= 1;
                    return Ok(Stop::Else(place));
                }
                "if" | "range" | "with" => self.control(word, &place)?,
                "break" | "continue" => {
                    self.expect(Kind::Close, word)?;
                    if self.ranges == 0 {
                        return Err(Problem::new(format!("this `{word}` stands in no `range`"), place));
                    }
                }
                "template" => {
                    let name = self.expect(Kind::Text, word)?;
                    self.called(name)?;
                    self.argument(&place)?;
                }
                "block" => {
                    self.expect(Kind::Text, word)?;
                    self.pipeline(word, Kind::Close, &place)?;
                    self.definition(word, &place)?;
                }
                _ if top => {
                    self.expect(Kind::Text, word)?;
                    self.expect(Kind::Close, word)?;
                    self.definition(word, &place)?;
                }
                _ => return Err(Problem::new("this `define` stands inside of another action", place)),
            }
        }
        self.depth -= 1;
        Ok(Stop::Text)
    }

    fn called(&self, name: &Token) -> Read<()> {
        let called = inside(self.text_of(&name.place));
        if self.templates.contains(&called) {
            return Ok(());
        }
        let problem = Problem::new(format!("there is no template `{called}`"), name.place.clone());
        Err(problem.unknown(called, self.templates.iter().copied()))
    }

    /// What `template "name"` hands on, where it does.
    fn argument(&mut self, place: &Range<usize>) -> Read<()> {
        self.skip_space();
        if self.kind() == Some(Kind::Close) {
            self.at += 1;
            return Ok(());
        }
        self.pipeline("template", Kind::Close, place).map(|_| ())
    }

    /// The body of `define` and `block`, which knows nothing of what stands around it.
    fn definition(&mut self, word: &str, place: &Range<usize>) -> Read<()> {
        let own = Scope { variables: vec!["$".to_owned()], root: false, dot: false };
        let outer = std::mem::replace(&mut self.scope, own);
        let ranges = std::mem::take(&mut self.ranges);
        match self.list(false)? {
            Stop::End(_) => {}
            Stop::Else(at) => return Err(Problem::new(format!("a `{word}` has no `else`"), at)),
            Stop::Text => return Err(open(word, place)),
        }
        self.scope = outer;
        self.ranges = ranges;
        Ok(())
    }

    /// `if`, `with` and `range`, behind the word.
    fn control(&mut self, word: &str, place: &Range<usize>) -> Read<()> {
        self.deeper()?;
        let (outer, dot) = (self.scope.variables.len(), self.scope.dot);
        self.pipeline(word, Kind::Close, place)?;
        let declared = self.scope.variables.len();
        self.scope.dot &= word == "if";
        self.ranges += usize::from(word == "range");
        let end = self.list(false)?;
        self.ranges -= usize::from(word == "range");
        self.scope.variables.truncate(declared);
        self.scope.dot = dot;
        match end {
            Stop::End(_) => {}
            Stop::Text => return Err(open(word, place)),
            Stop::Else(_) => self.otherwise(word, place)?,
        }
        self.scope.variables.truncate(outer);
        self.depth -= 1;
        Ok(())
    }

    /// What stands behind `else`.
    fn otherwise(&mut self, word: &str, place: &Range<usize>) -> Read<()> {
        self.skip_space();
        let next = self.place();
        // `else if` and `else with` are ended by the `end` of the first.
        if self.kind() == Some(Kind::Word) && self.text_of(&next) == word && word != "range" {
            self.at += 1;
            return self.control(word, &next);
        }
        self.expect(Kind::Close, "else")?;
        match self.list(false)? {
            Stop::End(_) => Ok(()),
            Stop::Else(at) => Err(Problem::new(format!("this is the second `else` of an `{word}`"), at)),
            Stop::Text => Err(open(word, place)),
        }
    }

    /// A pipeline up to what ends it. `word` is what it belongs to.
    pub(super) fn pipeline(&mut self, word: &str, end: Kind, place: &Range<usize>) -> Read<Operand> {
        self.deeper()?;
        let declared = self.declarations(word)?;
        let mut stage = 0;
        let mut last = Operand::Any;
        loop {
            self.skip_space();
            if self.kind() == Some(end) {
                self.at += 1;
                break;
            }
            let from = self.place();
            last = self.command(stage, word)?;
            if stage > 0 && matches!(last, Operand::Constant | Operand::Nil) {
                return Err(Problem::new("behind `|` stands no function", from));
            }
            stage += 1;
        }
        if stage == 0 {
            let message = match word {
                "command" => "an action says nothing".to_owned(),
                "parenthesis" => "between parentheses stands nothing".to_owned(),
                word => format!("nothing stands behind this `{word}`"),
            };
            return Err(Problem::new(message, place.clone()));
        }
        self.scope.variables.extend(declared);
        self.depth -= 1;
        Ok(if stage == 1 { last } else { Operand::Any })
    }

    /// `$x :=`, `$x =`, and `$i, $x :=` of a range: the variables that are new behind it.
    fn declarations(&mut self, word: &str) -> Read<Vec<String>> {
        let mut new = Vec::new();
        loop {
            self.skip_space();
            let (start, place) = (self.at, self.place());
            if self.kind() != Some(Kind::Variable) {
                return Ok(new);
            }
            self.at += 1;
            self.skip_space();
            let name = self.text_of(&place);
            match self.kind() {
                Some(Kind::Declare) => {
                    self.at += 1;
                    new.push(name.to_owned());
                    return Ok(new);
                }
                Some(Kind::Assign) => {
                    self.at += 1;
                    self.variable(&place)?;
                    return Ok(new);
                }
                Some(Kind::Other) if self.text_of(&self.place()) == "," => {
                    if word != "range" || !new.is_empty() {
                        let message = "only a `range` has two variables, and none has more";
                        return Err(Problem::new(message, place));
                    }
                    self.at += 1;
                    new.push(name.to_owned());
                    self.skip_space();
                    if self.kind() != Some(Kind::Variable) {
                        return Err(Problem::new("a second variable must follow `,`", self.place()));
                    }
                }
                _ if new.is_empty() => {
                    self.at = start;
                    return Ok(new);
                }
                _ => return Err(Problem::new("`:=` must follow the second variable", place)),
            }
        }
    }
}

fn open(word: &str, place: &Range<usize>) -> Problem {
    Problem::new(format!("this `{word}` has no `end`"), place.clone())
}
