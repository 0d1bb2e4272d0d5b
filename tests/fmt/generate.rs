//! Sources that nobody would write: every form of the grammar, at random, with white space, separators and
//! comments wherever they may stand. A seed always gives the same source.

/// A source that parses.
pub(crate) fn source(seed: u64) -> String {
    let mut generator = Generator { state: seed.wrapping_mul(2).wrapping_add(1), out: String::new() };
    generator.lead();
    let count = generator.below(8);
    generator.entries(count, 3);
    generator.out
}

struct Generator {
    state: u64,
    out: String,
}

const WORDS: &[&str] = &["a", "key", "a_longer_key", "NODE_ENV", "x-y", "ünï"];
const TEXTS: &[&str] = &[
    "\"\"",
    "\"text\"",
    "\"${a.b} and $${c}\"",
    "\"# {no} [brackets], \\\"quotes\\\"\"",
    "\"a long text that takes much of what a line may hold, so that brackets are spread\"",
    "\"a text that is longer than any line may be: 0123456789012345678901234567890123456789012345678901234567890123456789\"",
];
const LINES: &[&str] =
    &["text", "  deeper", "\ttab", "trailing  ", "", "   ", "# none", "} ] \" ${a} ,", "ünï"];

impl Generator {
    /// A number below another one (Knuth's MMIX constants).
    fn below(&mut self, bound: usize) -> usize {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap_or_default() % bound
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn add(&mut self, choices: &[&str]) {
        let text = self.one_of(choices);
        self.out.push_str(text);
    }

    /// What may stand behind an opening bracket.
    fn lead(&mut self) {
        self.add(&["", " ", "", " # lead\n", "\n", "\n\n\n", "\n  # own\n", " # lead\n\n  # own \n\n"]);
    }

    fn separator(&mut self) {
        self.add(&[
            ", ",
            ",",
            " , ",
            "\n",
            "\n",
            "\n    ",
            "\n\n",
            "\n \n\n",
            ",\n",
            "\n,\n",
            "\n\n, # behind a comma\n\n",
            " # behind\n",
            ", # behind\n",
            " #x\n#y  \n\n#z\n",
            "\n# own\n",
        ]);
    }

    fn end(&mut self) {
        self.add(&["", " ", "\n", "\n\n", ",", ",\n", " # end\n", "\n\n# end\n\n", ", # end\n"]);
    }

    fn entries(&mut self, count: usize, depth: usize) {
        for at in 0..count {
            if at > 0 {
                self.separator();
            }
            self.entry(depth);
        }
        if count > 0 {
            self.end();
        }
    }

    fn entry(&mut self, depth: usize) {
        self.add(WORDS);
        if self.below(3) == 0 {
            self.add(&[" ", "  ", "\t"]);
            let choices = if self.below(2) == 0 { WORDS } else { &["\"/path\"", "\"a b\""] };
            self.add(choices);
        }
        if self.below(2) == 0 {
            self.add(&["=", " = ", "  =\t"]);
            self.value(depth);
        }
        if depth > 0 && self.below(3) == 0 {
            self.add(&["", " ", "   "]);
            self.body(depth - 1);
        }
    }

    fn body(&mut self, depth: usize) {
        self.out.push('{');
        self.lead();
        let count = self.below(5);
        self.entries(count, depth);
        self.out.push('}');
    }

    fn value(&mut self, depth: usize) {
        match self.below(8) {
            0 => self.add(&["1", "0.5", "512MiB", "true"]),
            1 | 2 => self.add(TEXTS),
            3 => self.text(),
            4 | 5 if depth > 0 => self.list(depth - 1),
            _ => self.add(&["word", "db.main.address"]),
        }
    }

    fn text(&mut self) {
        self.out.push_str("\"\"\"");
        self.add(&["\n", " \n"]);
        let indent = self.one_of(&["", "  ", "      ", "\t", " \t"]);
        for _ in 0..self.below(5) {
            self.out.push_str(indent);
            self.add(LINES);
            self.out.push('\n');
        }
        self.add(&["", "  ", "\t"]);
        self.out.push_str("\"\"\"");
    }

    fn list(&mut self, depth: usize) {
        self.out.push('[');
        self.lead();
        let count = self.below(5);
        for at in 0..count {
            if at > 0 {
                self.separator();
            }
            if depth > 0 && self.below(5) == 0 {
                self.body(depth - 1);
            } else {
                self.value(depth);
            }
        }
        if count > 0 {
            self.end();
        }
        self.out.push(']');
    }
}
