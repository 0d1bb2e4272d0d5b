//! The document against the pages that take its place: every heading, row and item of it stands in `docs/INFRASTRUCTURE.md` or in a
//! runbook, or `pages.txt` leads to the decision that settles it otherwise.

use std::collections::BTreeMap;

use super::{DOCUMENT, Result, anchors, holds, regex};
use crate::case::Case;

const PAGES: &str = include_str!("pages.txt");

/// What of the document must be quoted, line by line: headings, rows of tables and items of lists.
const QUOTED: &str = r"^(?:#{2,} |- |\|)";

/// Lines of tables that say nothing: their heads.
const HEADS: &str = r"^\|(?:-| Service \|| Type \|| Variable \|)";

#[test]
fn every_line_of_the_document_is_in_the_pages_or_settled() -> Result<()> {
    let platform =
        Case::all().into_iter().find(|case| case.source == "platform").expect("the flagship").compile();
    let docs = infrac::target::find("docs").expect("the target");
    let written = infrac::build(&platform, &[docs]).into_iter().flat_map(|it| it.artifacts);
    let written: BTreeMap<String, String> = written.map(|it| (it.path, it.content)).collect();
    let page = written.get("docs/INFRASTRUCTURE.md").expect("the page");
    let mut wrong = Vec::new();
    let mut quotes = Vec::new();
    for (number, line) in PAGES.lines().enumerate() {
        if let Some(quote) = line.strip_prefix("> ") {
            quotes.push((quote, 0));
            if !DOCUMENT.lines().any(|line| line == quote) {
                wrong.push(format!("pages.txt:{}: the document has no such line", number + 1));
            }
        } else if let Some(proof) = line.strip_prefix("  ") {
            if let Err(error) = prove(proof, page, &written) {
                wrong.push(format!("pages.txt:{}: {proof}: {error}", number + 1));
            }
            if let Some((_, proofs)) = quotes.last_mut() {
                *proofs += 1;
            }
        }
    }
    wrong.extend(
        quotes.iter().filter(|(_, proofs)| *proofs == 0).map(|(quote, _)| format!("no proof: {quote}")),
    );
    let (quoted, heads) = (regex(QUOTED)?, regex(HEADS)?);
    for line in unfenced(DOCUMENT).filter(|line| quoted.is_match(line) && !heads.is_match(line)) {
        if !quotes.iter().any(|(quote, _)| *quote == line) {
            wrong.push(format!("passed over: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

fn prove(proof: &str, page: &str, written: &BTreeMap<String, String>) -> Result<()> {
    if let Some(anchor) = proof.strip_prefix("settled: ") {
        return holds(anchors().any(|known| known == anchor), "no such section");
    }
    if let Some((heading, pattern)) = proof.strip_prefix("page (").and_then(|rest| rest.split_once("): ")) {
        return holds(regex(pattern)?.is_match(&below(page, heading)?), "does not match");
    }
    let (name, pattern) =
        proof.strip_prefix("runbook ").and_then(|rest| rest.split_once(": ")).ok_or("is no proof")?;
    let runbook = written.get(&format!("docs/runbooks/{name}.md")).ok_or("no such page")?;
    holds(regex(pattern)?.is_match(runbook), "does not match")
}

/// The lines of a page outside of code.
fn unfenced(page: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    page.lines().filter(move |line| {
        code ^= line.starts_with("```");
        !code
    })
}

/// What stands below the headings that a pattern fits, as far as the next heading of their level.
fn below(page: &str, heading: &str) -> Result<String> {
    let heading = regex(&format!("^(?:{heading})$"))?;
    let (mut out, mut depth, mut code) = (String::new(), None, false);
    for line in page.lines() {
        code ^= line.starts_with("```");
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if !code
            && level > 0
            && line.as_bytes().get(level) == Some(&b' ')
            && depth.is_none_or(|depth| level <= depth)
        {
            depth = heading.is_match(&line[level + 1..]).then_some(level);
            continue;
        }
        if depth.is_some() {
            out.push_str(line);
            out.push('\n');
        }
    }
    if out.is_empty() { Err("no such heading".into()) } else { Ok(out) }
}

/// A proof that does not hold is found.
#[test]
fn broken_proofs_are_refused() {
    let page = "# A\n\n## B\n\none\n\n```sh\n# no heading\n```\n\n## C\n\ntwo\n";
    let none = BTreeMap::new();
    for proof in ["page (B): two", "page (D): one", "runbook X: one", "settled: nothing-of-the-kind", "one"] {
        assert!(prove(proof, page, &none).is_err(), "{proof}");
    }
    for proof in ["page (B): ^one$", "page (A): two", "page (B): no heading"] {
        assert!(prove(proof, page, &none).is_ok(), "{proof}");
    }
}
