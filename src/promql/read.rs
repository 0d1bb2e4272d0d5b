//! From the text of a query to what it asks for.

use std::ops::Range;
use std::sync::Arc;

use promql_parser::parser;
use promql_parser::parser::value::ValueType;

use super::pattern::Patterns;
use super::scan::{self, Scan};
use super::selector::selector;
use super::shape;
use super::tree::Tree;
use super::{MAX_BYTES, MAX_NODES, Problem, Query, Selector, Shared, is_label, newer, no_label};

impl Query {
    /// Parses a query, one of many that are alike.
    pub fn parse_sharing(text: &str, shared: &Shared) -> Result<Self, Problem> {
        let whole = |message: &str| Problem::whole(message);
        if text.trim().is_empty() {
            return Err(whole("it is empty"));
        }
        if text.len() > MAX_BYTES {
            return Err(whole("it is longer than 32 KiB"));
        }
        let variables = scan::variables(text);
        let plain = scan::without_variables(text, &variables);
        let scan = Scan::new(&plain);
        if scan.nodes > MAX_NODES {
            return Err(whole("it has more than 2,000 operators and brackets"));
        }
        if let Some(problem) = scan.problem {
            return Err(problem);
        }
        // Compiling patterns takes longer than all else, and the parser compiles each it sees. What is wrong is told
        // by the plain text.
        if let Some(hidden) = scan.without_patterns(&plain)
            && let Ok(query) = Self::read(text, &hidden, &scan, &variables, Some(&shared.patterns), shared)
        {
            return Ok(query);
        }
        Self::read(text, &plain, &scan, &variables, None, shared)
    }

    /// Parses `plain`; the patterns that are hidden in it come from `patterns`.
    fn read(
        text: &str,
        plain: &str,
        scan: &Scan,
        variables: &[Range<usize>],
        patterns: Option<&Patterns>,
        shared: &Shared,
    ) -> Result<Self, Problem> {
        let whole = |message: &str| Problem::whole(message);
        let shape = shape::shape(plain, scan);
        let known = shape.as_deref().and_then(|shape| shared.shapes.get(shape));
        // What stands in the place of a variable is not judged.
        if !(variables.is_empty() && known.as_ref().is_some_and(|tree| tree.judged))
            && let Some(problem) = newer::problem(plain, scan, variables)
        {
            return Err(problem);
        }
        if let Some(tree) = known
            && let found = tree.expr.vectors()
            && shape::is_worded(&found, scan)
        {
            // What makes a query no query is the same in every one of a shape, but for a pattern.
            return shape::worded(&found, plain, scan, patterns)
                .map(|selectors| Self::of(text, tree, selectors, scan, shared))
                .ok_or_else(|| whole("a pattern of it cannot be read"));
        }
        let expr = parser::parse(plain).map_err(|message| scan::locate(&message, scan, plain))?;
        match expr.value_type() {
            ValueType::Vector | ValueType::Scalar => {}
            ValueType::Matrix => return Err(whole("it is a range of values where one at a time is needed")),
            ValueType::String => return Err(whole("it is a text")),
        }
        if let Some(used) = scan.labels.iter().find(|used| !is_label(&used.label)) {
            return Err(no_label(&used.label, used.place.clone()));
        }
        let tree = Tree::new(expr, shared.number(), variables.is_empty());
        let found = tree.expr.vectors();
        let known = found.len() == scan.selectors.len();
        let selectors: Vec<Selector> = found
            .iter()
            .enumerate()
            .map(|(at, (vector, range))| {
                let scanned = scan.selectors.get(at).filter(|_| known);
                selector(vector, *range, scanned, text.len(), patterns)
            })
            .collect::<Option<_>>()
            .filter(|_| known || patterns.is_none())
            .ok_or_else(|| whole("a pattern of it cannot be read"))?;
        let matchers = || selectors.iter().flat_map(|selector| &selector.matchers);
        if let Some(matcher) = matchers().find(|matcher| !is_label(&matcher.label)) {
            return Err(no_label(&matcher.label, matcher.place.clone()));
        }
        let shape = shape.filter(|_| shape::is_worded(&found, scan));
        let tree = Arc::new(tree);
        if let Some(shape) = shape {
            shared.shapes.put(shape, &tree);
        }
        Ok(Self::of(text, tree, selectors, scan, shared))
    }

    fn of(text: &str, tree: Arc<Tree>, selectors: Vec<Selector>, scan: &Scan, shared: &Shared) -> Self {
        Self {
            number: shared.number(),
            text: text.to_owned(),
            tree,
            selectors,
            labels: scan.labels.clone(),
            texts: scan.texts.clone(),
        }
    }
}
