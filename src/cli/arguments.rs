//! What may be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::findings::{FindingsArguments, Format, FormatArgument};
use super::graph::GraphArguments;
use super::words::{Pages, environment, header, label, size, targets};
use crate::diagnostic::machine;
use crate::platform::Runtime;
use crate::schema::Bytes;
use crate::target::Target;

/// One typed source of a platform, every artifact of it.
#[derive(Debug, Parser)]
#[command(name = "infrac", version, max_term_width = 100, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When diagnostics are coloured; `auto` does so on a terminal, unless `NO_COLOR` is set
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        display_order = 100
    )]
    pub(super) color: Color,
    /// Say nothing but errors and what was asked for
    #[arg(short, long, global = true, display_order = 100)]
    pub(super) quiet: bool,
}

pub(super) const AFTER_HELP: &str = "\
Examples:
  infrac check                     is the platform of this folder right?
  infrac build                     write every artifact of it
  infrac build --env production    the same for production, into build/production/
  infrac build --check --all       is what stands on disk what the source says?
  infrac fmt                       write every source file of it in the one style
  infrac explain NET001            what a diagnostic means, with an example
  infrac route ServiceDown         who is told of an alert
  infrac request https://shop.example.com/api   what a request meets

Exit codes:
  0  all is well
  1  the source has errors, or a file could not be read or written
  2  the command was not understood
  3  `infrac fmt --check` or `infrac build --check` found a difference, or nothing answers what
     `infrac request` asks";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say what is wrong with a platform, and write nothing
    Check(CheckArguments),
    /// Write the artifacts of a platform
    ///
    /// Nothing is written when the source has errors, and no file is ever half-written. A file that would not
    /// change is left alone, and one that is no longer generated is removed. `.infrac.manifest`, beside the
    /// files, says which are infrac's: nothing is written while a file that has been edited, or that infrac did
    /// not write, is in the way.
    Build(BuildArguments),
    /// Build again whenever the source has changed
    ///
    /// Until it is interrupted. On a terminal each build has the screen for itself. A source that is away for a moment, as
    /// while an editor saves it, is waited for.
    #[command(after_help = "\
Examples:
  infrac watch
  infrac watch deploy/ --env production
  infrac watch --check             what would change, at each change of the source")]
    Watch(BuildArguments),
    /// Pack what a build of an environment writes into one archive
    ///
    /// The archive is the same for the same source on every machine: nothing in it says who made it, or when. Its digest
    /// stands beside it, and in it the digest of the sources (`BUILD`).
    Bundle(BundleArguments),
    /// Start a platform: a small one that builds, with what belongs beside it
    ///
    /// Writes `platform.infra`, adds to `.gitignore` what nobody else may see, and `.pre-commit-config.yaml` where there is
    /// none. The name is the folder's, image and port are those of a `Dockerfile`. Nothing is replaced.
    Init(InitArguments),
    /// Write source files in the one style
    ///
    /// Comments, blank lines between paragraphs and the meaning are kept. A file with syntax errors is left alone,
    /// and so is one that would not change.
    Fmt(FmtArguments),
    /// Say who is told of an alert
    ///
    /// By which receivers and in which ways, after what time, and what mutes it. The labels that the alert always
    /// carries are known: its severity, service and group, its own, and those of the platform. What others are
    /// given is what the firing alert would carry; where a receiver asks for one that is not given, that is said.
    Route(RouteArguments),
    /// Say what a request from outside meets
    ///
    /// Which proxy, site and route it comes to, which limits hold, which services hand it on and which one answers,
    /// each with the line of the source that says so; and the status where the proxy itself answers. It is decided
    /// in nginx's own order: 400 and 405, the declared size (413), what is closed, `respond` and `redirect`, the
    /// rate (429), the address (403), the login (401), then the service. Nothing is asked on a network.
    Request(RequestArguments),
    /// Say what one thing of the platform comes to, and what says so
    ///
    /// With every default filled in: image, ports, networks, environment, health, who connects, alerts, backups and the files that
    /// speak of it, each with its line of the source or the component that brings it.
    Show(ShowArguments),
    /// Draw the platform: its services in their groups and networks, who connects to whom, and what is open
    ///
    /// The picture is printed. Scrapes of metrics lead from one service to nearly all others, so they are left out unless they
    /// are asked for.
    Graph(GraphArguments),
    /// Print the resolved platform for other programs, as JSON
    ///
    /// It holds the names of secrets, and never a value. `infrac schema model` prints its schema.
    Model(ModelArguments),
    /// Print what a shell completes commands with
    #[command(after_help = "\
Examples:
  infrac completions bash > /etc/bash_completion.d/infrac
  infrac completions zsh > ~/.zfunc/_infrac")]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual's pages for `man`
    #[command(after_help = "\
Examples:
  infrac man --to /usr/local/share/man/man1")]
    Man {
        /// The folder; without it the first page is printed
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// Say what each target writes, of which keys of the language, and which it cannot express
    #[command(after_help = "\
Examples:
  infrac targets
  infrac targets compose
  infrac targets compose --markdown > targets/compose/coverage.md")]
    Targets {
        /// One target; by default all of them
        #[arg(value_parser = targets())]
        target: Option<&'static Target>,
        /// Print tables in Markdown
        #[arg(long)]
        markdown: bool,
    },
    /// Print the reference of the language, or the schema of what is printed for machines
    #[command(after_help = "\
Examples:
  infrac schema                                      the language, in Markdown
  infrac schema --format json-schema diagnostics     what `--format json` prints
  infrac schema model                                what `infrac model` prints")]
    Schema {
        /// What to print
        #[arg(value_enum, default_value = "language")]
        of: Subject,
        /// In which form; each subject has one
        #[arg(long, value_enum, value_name = "FORMAT")]
        format: Option<SchemaFormat>,
    },
    /// Explain a diagnostic, a component, a target, a concept, a block or a key of the language
    ///
    /// Of a code: what it means, with an example that fails and its mended twin. Of a component: its parameters, what it
    /// offers and what watches it. Of a block: its keys.
    #[command(after_help = "\
Examples:
  infrac explain NET001
  infrac explain unreachable-dependency
  infrac explain postgres
  infrac explain service
  infrac explain service.port
  infrac explain environment
  infrac explain scale on          words as a source has them
  infrac explain                   everything that has a page")]
    Explain {
        /// A code or its readable name, a component, a target, a concept, a block, or a key; by default all of them are listed
        #[arg(value_parser = Pages, hide_possible_values = true)]
        name: Vec<String>,
    },
}

impl Command {
    /// The format for machines, where one is asked for.
    pub(super) fn format(&self) -> Option<machine::Format> {
        let format = match self {
            Self::Check(arguments) => arguments.findings.format.format,
            Self::Build(arguments) | Self::Watch(arguments) => arguments.findings.format.format,
            Self::Bundle(arguments) => arguments.findings.format.format,
            Self::Fmt(arguments) => arguments.format.format,
            _ => Format::Human,
        };
        format.machine()
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac check
  infrac check deploy/platform.infra --env production
  infrac check --fix
  infrac check --format sarif > infrac.sarif
  infrac check --deny warnings --warn IMG002
  infrac check - < platform.infra")]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) source: SourceArguments,
    /// Change the source where a help is an edit: near misses of names and words, quotes, units, missing entries
    #[arg(long)]
    pub(super) fix: bool,
    /// Show what `--fix` would change, and write nothing
    #[arg(long)]
    pub(super) diff: bool,
    #[command(flatten)]
    pub(super) findings: FindingsArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac build
  infrac build --target compose --stdout
  infrac build deploy/ --env production --out /srv/shop
  infrac build --check --all       are all files on disk what the source says?

Exit codes:
  0  all is written, or as it would be written
  1  the source has errors, or a file could not be read or written
  3  `--check` found a difference")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct BuildArguments {
    #[command(flatten)]
    pub(super) source: SourceArguments,
    /// What to build, separated by commas; by default the targets of the platform
    #[arg(long = "target", value_name = "TARGETS", value_delimiter = ',', value_parser = targets())]
    pub(super) targets: Vec<&'static Target>,
    /// Where to write: by default the project's folder, and `build/ENV` below it with `--env`
    ///
    /// The project's folder is that of the source file, or the current folder for standard input.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: Option<PathBuf>,
    /// Print the artifacts instead of writing them, several under lines `==> PATH <==`
    #[arg(long, conflicts_with_all = ["out", "force", "recreate"])]
    pub(super) stdout: bool,
    /// Write nothing: name each file that is missing, stale, edited or no longer generated, with a short difference, and
    /// end with exit code 3 if there is one
    #[arg(long, conflicts_with_all = ["stdout", "force", "recreate"])]
    pub(super) check: bool,
    /// The platform as it stands and every environment, each into its own folder
    #[arg(long, conflicts_with_all = ["env", "out", "stdout"])]
    pub(super) all: bool,
    /// Replace and remove also files that have been edited, or that infrac did not write; each is kept as
    /// NAME.orig
    #[arg(long)]
    pub(super) force: bool,
    /// Write also changes that a running cluster refuses, or that leave data behind; each is printed with what
    /// has to be done by hand
    #[arg(long)]
    pub(super) recreate: bool,
    #[command(flatten)]
    pub(super) findings: FindingsArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac bundle --env production
  infrac bundle --all --to dist/
  infrac bundle deploy/ --env staging --to /srv/releases/shop.tar.gz")]
pub(super) struct BundleArguments {
    #[command(flatten)]
    pub(super) source: SourceArguments,
    /// The archive, with `--all` the folder of the archives; by default `build/NAME-ENV.tar.gz` in the project's folder
    #[arg(long, value_name = "PATH")]
    pub(super) to: Option<PathBuf>,
    /// The platform as it stands and every environment, each in an archive of its own
    #[arg(long, conflicts_with = "env")]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) findings: FindingsArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac init
  infrac init shop/ --name shop")]
pub(super) struct InitArguments {
    /// The folder, which is made where it is missing; by default the current one
    pub(super) folder: Option<PathBuf>,
    /// What the platform is called; by default as the folder is
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac fmt
  infrac fmt services/ platform.infra
  infrac fmt --check --diff
  infrac fmt - < platform.infra")]
pub(super) struct FmtArguments {
    /// Source files, folders with `.infra` files in them or below, or `-` from standard input to standard
    /// output; by default the folder of the nearest `platform.infra` upwards
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Write nothing, name the files that would change, and end with exit code 3 if there is one
    #[arg(long)]
    pub(super) check: bool,
    /// Write nothing, and print what would change
    #[arg(long)]
    pub(super) diff: bool,
    #[command(flatten)]
    pub(super) format: FormatArgument,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac route ServiceDown
  infrac route ServiceDown job=api --env production
  infrac route Watchdog --source deploy/")]
pub(super) struct RouteArguments {
    /// The alert
    pub(super) alert: String,
    /// Labels that it carries when it fires
    #[arg(value_name = "LABEL=VALUE", value_parser = label)]
    pub(super) labels: Vec<(String, String)>,
    /// A source file, a folder with a `platform.infra`, or `-` for standard input; by default the
    /// nearest `platform.infra` upwards
    #[arg(long, value_name = "PATH")]
    pub(super) source: Option<PathBuf>,
    /// The environment to put in
    #[arg(long, value_name = "NAME", value_parser = environment)]
    pub(super) env: Option<String>,
    /// The runtime; by default the first of the platform's targets
    #[arg(long, value_enum, value_name = "RUNTIME")]
    pub(super) on: Option<On>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac request https://shop.example.com/api/orders
  infrac request https://shop.example.com/admin --from admins --login --env production
  infrac request https://shop.example.com/upload --method POST --size 20MiB
  infrac request http://localhost:5921/ --header 'Host: shop.example.com'

Exit codes:
  0  a route or a published port answers, whatever the status
  3  nothing answers: no port, no site of this name, or no route for this path")]
pub(super) struct RequestArguments {
    /// The address, with its scheme
    pub(super) url: String,
    /// Who asks: an address, or the name of an `outside`; by default anybody on the internet, and the host itself
    /// for `localhost`
    #[arg(long, value_name = "ADDRESS")]
    pub(super) from: Option<String>,
    /// The method
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    pub(super) method: String,
    /// A header; `Host` stands in place of the address's own
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(super) headers: Vec<(String, String)>,
    /// The size of the body that it declares, such as `20MiB` or a number of bytes
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub(super) size: Option<Bytes>,
    /// With a user and a password that the proxy knows
    #[arg(long)]
    pub(super) login: bool,
    /// A source file, a folder with a `platform.infra`, or `-` for standard input; by default the
    /// nearest `platform.infra` upwards
    #[arg(long, value_name = "PATH")]
    pub(super) source: Option<PathBuf>,
    /// The environment to put in
    #[arg(long, value_name = "NAME", value_parser = environment)]
    pub(super) env: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac show                      everything that has a name
  infrac show api --env production
  infrac show mongodb.exporter --on kubernetes
  infrac show HighErrorRate
  infrac show environments         their names, a line each")]
pub(super) struct ShowArguments {
    /// A service, its port or volume (`api.http`), a group, network, site, input, outside, store, backup, alert, receiver or
    /// environment; or a kind such as `environments`, whose names are printed a line each; by default everything is listed
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) at: PlatformArguments,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  infrac model
  infrac model --env production | jq '.services[].image'")]
pub(super) struct ModelArguments {
    /// In which form
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "json")]
    pub(super) format: ModelFormat,
    #[command(flatten)]
    pub(super) at: PlatformArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ModelFormat {
    /// One object; `infrac schema model` prints its schema
    Json,
}

/// Which platform of a source.
#[derive(Debug, Args)]
pub(super) struct PlatformArguments {
    /// A source file, a folder with a `platform.infra`, or `-` for standard input; by default the
    /// nearest `platform.infra` upwards
    #[arg(long, value_name = "PATH")]
    pub(super) source: Option<PathBuf>,
    /// The environment to put in
    #[arg(long, value_name = "NAME", value_parser = environment)]
    pub(super) env: Option<String>,
    /// The runtime; by default the first of the platform's targets
    #[arg(long, value_enum, value_name = "RUNTIME")]
    pub(super) on: Option<On>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum On {
    /// Docker Compose
    Compose,
    /// Kubernetes
    Kubernetes,
}

impl From<On> for Runtime {
    fn from(on: On) -> Self {
        match on {
            On::Compose => Self::Compose,
            On::Kubernetes => Self::Kubernetes,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// A source file, a folder with a `platform.infra`, or `-` for standard input; by default the
    /// nearest `platform.infra` upwards
    pub(super) path: Option<PathBuf>,
    /// The environment to put in
    #[arg(long, value_name = "NAME", value_parser = environment)]
    pub(super) env: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Subject {
    /// The language: every block and key
    Language,
    /// What `check`, `build --check` and `fmt --check` print with `--format json`
    Diagnostics,
    /// What `infrac model` prints
    Model,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFormat {
    /// For people
    Markdown,
    /// For programs (<https://json-schema.org>, 2020-12)
    JsonSchema,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}
