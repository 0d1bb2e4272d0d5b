//! `infrac graph`: a platform as a picture.

use super::arguments::{GraphArguments, GraphFormat};
use super::project::Project;
use super::report::{Report, print};
use super::{Failure, Outcome, show};
use crate::diagnostic::Guarded;
use crate::graph::{Graph, dot, mermaid, svg};

/// Prints the picture.
pub(super) fn run(arguments: &GraphArguments, report: &Report) -> Result<Outcome, Failure> {
    let project = Project::find(arguments.at.source.as_deref())?;
    let compiled = show::compiled(&arguments.at, &project);
    let Some(platform) = &compiled.platform else { return Ok(report.errors(&compiled, &project)) };
    let graph = Graph::of(platform, arguments.scrapes);
    let drawn = match arguments.format {
        GraphFormat::Svg => svg(&graph, arguments.theme.into()),
        GraphFormat::Mermaid => mermaid(&graph),
        GraphFormat::Dot => dot(&graph),
    };
    print(&Guarded::new(&drawn))?;
    Ok(Outcome::Fine)
}
