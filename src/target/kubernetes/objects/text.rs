//! Text as the kubelet reads it: in commands, arguments and variables it puts in `$(NAME)`, and `$$` is `$`
//! (kubernetes/kubernetes:third_party/forked/golang/expansion/expand.go).

use crate::platform::{Value, ValuePart};

/// A value whose inputs stand as `$(NAME)`, by the name that `name_of` gives them.
pub(super) fn value(value: &Value, name_of: &dyn Fn(crate::platform::InputId) -> String) -> String {
    let mut out = String::new();
    let mut parts = value.parts.iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            ValuePart::Literal(text) => literal(text, parts.peek().is_some(), &mut out),
            ValuePart::Input(id) => {
                out.push_str("$(");
                out.push_str(&name_of(*id));
                out.push(')');
            }
        }
    }
    out
}

/// Literal text, a `$` being doubled where it would be the start of something else. Behind the last one there may be an
/// input.
fn literal(text: &str, input_follows: bool, out: &mut String) {
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        out.push(c);
        let starts = |next: Option<&char>| next.map_or(input_follows, |next| matches!(next, '$' | '('));
        if c == '$' && starts(rest.peek()) {
            out.push('$');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::value;
    use crate::platform::{InputId, Value, ValuePart};
    use smallvec::SmallVec;

    /// What the kubelet makes of a text, where every input is `x`.
    fn expanded(text: &str) -> String {
        let bytes: Vec<char> = text.chars().collect();
        let (mut out, mut at) = (String::new(), 0);
        while at < bytes.len() {
            match (bytes[at], bytes.get(at + 1)) {
                ('$', Some('$')) => {
                    out.push('$');
                    at += 2;
                }
                ('$', Some('(')) => {
                    let end = bytes[at..].iter().position(|c| *c == ')').expect("an end");
                    out.push('x');
                    at += end + 1;
                }
                (c, _) => {
                    out.push(c);
                    at += 1;
                }
            }
        }
        out
    }

    #[test]
    fn every_text_arrives_as_it_was_meant() {
        let literal = |text: &str| ValuePart::Literal(text.into());
        let input = || ValuePart::Input(InputId(0));
        for (parts, meant, written) in [
            (vec![literal("$HOME $ $")], "$HOME $ $", "$HOME $ $"),
            (vec![literal("$(A)")], "$(A)", "$$(A)"),
            (vec![literal("$$")], "$$", "$$$"),
            (vec![literal("$$$(A)")], "$$$(A)", "$$$$$$(A)"),
            (vec![literal("a$"), input(), literal("$b")], "a$x$b", "a$$$(I)$b"),
            (vec![input(), input()], "xx", "$(I)$(I)"),
        ] {
            let parts: SmallVec<[ValuePart; 1]> = parts.into_iter().collect();
            let text = value(&Value { parts }, &|_| "I".to_owned());
            assert_eq!(text, written);
            assert_eq!(expanded(&text), meant);
        }
    }
}
