//! Whole processes, as a user runs them, against a program that only writes the same bytes. Rewrites the figures in
//! `docs/performance.md`: `cargo bench --bench process`, at a quiet time, takes a few minutes.

#![expect(clippy::print_stdout, reason = "it prints what it measures")]
#![expect(clippy::cast_precision_loss, reason = "of sizes and counts that are far from the limit")]

#[path = "large/platform.rs"]
mod platform;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Sizes, each with how often every command is run.
const SIZES: [(usize, usize); 4] = [(12, 41), (100, 31), (1_000, 21), (10_000, 7)];

/// What this program is called with to be the floor: with two folders it copies one to the other, with none it ends.
const FLOOR: &str = "--floor";

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
const BEGIN: &str = "<!-- written by `cargo bench --bench process` -->\n";
const END: &str = "<!-- up to here -->";

fn main() -> Result {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.as_slice() == [FLOOR] {
        return Ok(());
    }
    if let [mode, from, to] = arguments.as_slice()
        && mode == FLOOR
    {
        return copy(Path::new(from), Path::new(to));
    }
    // `cargo test --benches` runs every benchmark once, to see that it runs.
    let is_try = !arguments.iter().any(|argument| argument == "--bench");
    let sizes = if is_try { vec![(12, 1)] } else { SIZES.to_vec() };
    let place = tempfile::tempdir()?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let figures = sizes
        .iter()
        .map(|&(services, runs)| measure(place.path(), services, runs))
        .collect::<Result<Vec<_>>>()?;
    let text = table(&figures, &load)?;
    print!("{text}");
    if is_try { Ok(()) } else { note(&text) }
}

/// What the floor does: every file of a folder is read and written to another place.
fn copy(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::write(to, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// What a command took: the median of its wall times and the least of them, and the most memory it had in any run.
#[derive(Clone, Copy)]
struct Taken {
    wall: Duration,
    least: Duration,
    memory: u64,
}

/// One size.
struct Figures {
    services: usize,
    source: usize,
    out: u64,
    start: Taken,
    floor: Taken,
    commands: Vec<(&'static str, Taken)>,
}

fn measure(place: &Path, services: usize, runs: usize) -> Result<Figures> {
    let project = place.join(services.to_string());
    fs::create_dir_all(&project)?;
    let source = project.join("platform.infra");
    let text = platform::platform(services);
    fs::write(&source, &text)?;
    let out = project.join("out");
    let infrac = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infrac"));
        command.args(arguments).arg("--quiet").current_dir(&project);
        command
    };
    let nothing = || Ok(());
    let fresh = |folder: &Path| if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) };
    let build = || infrac(&["build", "--out", "out"]);
    let mut commands = vec![
        ("`build`, new files", taken(runs, || fresh(&out), build)?),
        ("`build`, nothing changes", taken(runs, nothing, build)?),
    ];
    let bytes = bytes(&out)?;
    let copied = project.join("copied");
    let floor = || {
        let mut command = Command::new(env::current_exe().unwrap_or_default());
        command.arg(FLOOR).args([&out, &copied]);
        command
    };
    let floor = taken(runs, || fresh(&copied), floor)?;
    let start = || {
        let mut command = Command::new(env::current_exe().unwrap_or_default());
        command.arg(FLOOR);
        command
    };
    let start = taken(runs, nothing, start)?;
    commands.push((
        "`check --env production`",
        taken(runs, nothing, || infrac(&["check", "--env", "production"]))?,
    ));
    commands.push(("`check`, with both environments", taken(runs, nothing, || infrac(&["check"]))?));
    commands
        .push(("`fmt`", taken(runs, || fs::write(&source, &text), || infrac(&["fmt", "platform.infra"]))?));
    Ok(Figures { services, source: text.len(), out: bytes, start, floor, commands })
}

/// Runs a command several times, each time prepared.
fn taken(
    runs: usize,
    prepare: impl Fn() -> std::io::Result<()>,
    command: impl Fn() -> Command,
) -> Result<Taken> {
    let mut walls = Vec::new();
    let mut memory = 0;
    for _ in 0..runs {
        prepare()?;
        let mut command = command();
        command.stdout(Stdio::null());
        let start = Instant::now();
        let done = command.spawn()?.wait4()?;
        walls.push(start.elapsed());
        memory = memory.max(done.rusage.maxrss);
        if !done.status.success() {
            return Err(format!("{command:?}: {}", done.status).into());
        }
    }
    walls.sort_unstable();
    Ok(Taken { wall: walls[walls.len() / 2], least: walls[0], memory })
}

fn bytes(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() { bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(sum)
}

fn table(figures: &[Figures], load: &str) -> Result<String> {
    let mut out = String::new();
    writeln!(
        out,
        "Measured on {}, {} processors, load {} before, with infrac {}. First the median, then the least of the times.\n",
        processor(),
        available_parallelism()?,
        load.split(' ').next().unwrap_or("unknown"),
        env!("CARGO_PKG_VERSION")
    )?;
    out.push_str("| |");
    for size in figures {
        write!(out, " {} services |", grouped(size.services))?;
    }
    out.push_str(" exponent |\n| --- |");
    out.push_str(&" ---: |".repeat(figures.len() + 1));
    out.push_str("\n| source → artifacts |");
    for size in figures {
        write!(out, " {} → {} |", kilobytes(size.source as u64), kilobytes(size.out))?;
    }
    out.push_str(" |\n");
    let row = |name: &str, of: &dyn Fn(&Figures) -> (Taken, bool)| {
        let cells = figures.iter().map(|size| {
            let (Taken { wall, least, memory }, writes) = of(size);
            let ratio = least.as_secs_f64() / size.floor.least.as_secs_f64();
            let ratio = if writes { format!(", {ratio:.1} ×") } else { String::new() };
            let (wall, least) = (milliseconds(wall), milliseconds(least));
            format!(" {wall} (least {least}), {} MB{ratio} |", memory.div_ceil(1 << 20))
        });
        let cells: String = cells.collect();
        format!("| {name} |{cells} {}|\n", exponent(figures, |size| of(size).0.least))
    };
    out.push_str(&row("a process that does nothing", &|size| (size.start, false)));
    out.push_str(&row("the floor", &|size| (size.floor, false)));
    let commands = figures.first().map(|size| size.commands.as_slice()).unwrap_or_default();
    for (at, (name, _)) in commands.iter().enumerate() {
        // What writes no artifacts is not to be compared with what does.
        out.push_str(&row(name, &|size| (size.commands[at].1, name.starts_with("`build`"))));
    }
    Ok(out)
}

/// How the time grows from the last size but one to the last: 1 is in proportion.
fn exponent(figures: &[Figures], wall: impl Fn(&Figures) -> Duration) -> String {
    let [.., small, large] = figures else { return String::new() };
    let times = wall(large).as_secs_f64() / wall(small).as_secs_f64();
    let sizes = large.services as f64 / small.services as f64;
    format!("{:.2} ", times.ln() / sizes.ln())
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 100.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}

fn kilobytes(bytes: u64) -> String {
    if bytes < 1_000_000 { format!("{} kB", bytes / 1_000) } else { format!("{:.1} MB", bytes as f64 / 1e6) }
}

fn grouped(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

fn processor() -> String {
    let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = known.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| "an unknown processor".to_owned(), |(_, name)| name.to_owned())
}

/// Puts the figures into the document.
fn note(text: &str) -> Result {
    let path = PathBuf::from(DOCUMENT);
    let document = fs::read_to_string(&path)?;
    let (before, rest) = document.split_once(BEGIN).ok_or("the document has no place for figures")?;
    let (_, after) = rest.split_once(END).ok_or("the place for figures has no end")?;
    fs::write(path, format!("{before}{BEGIN}\n{text}\n{END}{after}"))?;
    Ok(())
}
