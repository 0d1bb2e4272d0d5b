//! `infrac graph`: a platform as a picture.

use clap::{Args, ValueEnum};

use super::arguments::PlatformArguments;
use super::project::Project;
use super::report::{Report, print};
use super::{Failure, Outcome, show};
use crate::diagnostic::Guarded;
use crate::graph::{Graph, Theme, dot, mermaid, svg};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac graph > platform.svg
  infrac graph --env production --format mermaid
  infrac graph --format dot --scrapes | dot -Tpdf > platform.pdf")]
pub(super) struct GraphArguments {
    /// In which form
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "svg")]
    pub(super) format: GraphFormat,
    /// The colours of an SVG
    #[arg(long, value_enum, value_name = "THEME", default_value = "auto")]
    pub(super) theme: GraphTheme,
    /// Draw scrapes of metrics, too
    #[arg(long)]
    pub(super) scrapes: bool,
    #[command(flatten)]
    pub(super) at: PlatformArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// A picture that needs no other program
    Svg,
    /// A flowchart for Markdown, as GitHub draws it; with a node for each group where there are more than 100 edges
    Mermaid,
    /// The language of Graphviz
    Dot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphTheme {
    /// Those that the reader prefers
    Auto,
    /// For light pages
    Light,
    /// For dark pages
    Dark,
}

impl From<GraphTheme> for Theme {
    fn from(theme: GraphTheme) -> Self {
        match theme {
            GraphTheme::Auto => Self::Auto,
            GraphTheme::Light => Self::Light,
            GraphTheme::Dark => Self::Dark,
        }
    }
}

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
