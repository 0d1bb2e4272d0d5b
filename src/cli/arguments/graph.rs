//! The arguments of `infrac graph`.

use clap::{Args, ValueEnum};

use super::PlatformArguments;
use crate::graph::Theme;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac graph > platform.svg
  infrac graph --env production --format mermaid
  infrac graph --format dot --scrapes | dot -Tpdf > platform.pdf")]
pub(in crate::cli) struct GraphArguments {
    /// In which form
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "svg")]
    pub(in crate::cli) format: GraphFormat,
    /// The colours of an SVG
    #[arg(long, value_enum, value_name = "THEME", default_value = "auto")]
    pub(in crate::cli) theme: GraphTheme,
    /// Draw scrapes of metrics, too
    #[arg(long)]
    pub(in crate::cli) scrapes: bool,
    #[command(flatten)]
    pub(in crate::cli) at: PlatformArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum GraphFormat {
    /// A picture that needs no other program
    Svg,
    /// A flowchart for Markdown, as GitHub draws it; with a node for each group where there are more than 100 edges
    Mermaid,
    /// The language of Graphviz
    Dot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum GraphTheme {
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
