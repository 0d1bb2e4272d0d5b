//! The readers of pages and pictures (`tests/judges/pages/judge.mjs`), asked many questions at once.

use serde_json::Value;

use crate::judge::Judge;

/// The program.
pub(crate) struct Pages(Judge);

impl Pages {
    pub(crate) fn find() -> Option<Self> {
        Judge::find("pages").map(Self)
    }

    /// An answer for each question.
    pub(crate) fn ask(&self, questions: &[Value]) -> Vec<Value> {
        let input = Value::Array(questions.to_vec()).to_string();
        let verdict = self.0.ask(std::path::Path::new("/"), &[], &input);
        assert!(verdict.accepted, "the readers of pages failed:\n{}", verdict.complaint);
        let answers: Vec<Value> = serde_json::from_str(&verdict.output).expect("answers in JSON");
        assert_eq!(answers.len(), questions.len());
        answers
    }
}

/// The signs that Mermaid keeps entities in while it reads (mermaid-js/mermaid:packages/mermaid/src/utils.ts, `encodeEntities`).
pub(crate) fn entities(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("ﬂ°°") {
        out.push_str(before);
        let Some((number, after)) = behind.split_once("¶ß") else { break };
        out.extend(number.parse::<u32>().ok().and_then(char::from_u32));
        rest = after;
    }
    out.push_str(rest);
    out
}
