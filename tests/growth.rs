//! Twice the source is twice the work, whatever it holds much of. What is compared is what a processor was told to
//! do, counted by Valgrind: the same on every machine, and no loop is missed.

#[path = "growth/shapes.rs"]
mod shapes;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::judge::Judge;
use crate::sample;
use shapes::{SHAPES, Shape};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How much more the second doubling may cost than the first. Linear work makes it 2, sorting a little more, and
/// quadratic work 4.
const MOST: f64 = 2.3;

/// How many instructions a size must differ from the one before, so that anything can be said of it. What threads and
/// the seeds of hashes add from one run to the next is some ten thousand.
const LEAST: f64 = 300_000.0;

/// One shape of how many is a sample.
const SAMPLE: u64 = 8;

#[test]
#[ignore = "takes minutes: `tests/all.sh` asks for a sample, `tests/long.sh` for all"]
fn twice_the_source_is_twice_the_work() {
    let Some(judge) = Judge::find("work") else { return };
    // Those whose names hold this, while one works on them.
    let only = std::env::var("INFRAC_GROWTH_ONLY").unwrap_or_default();
    let asked = |shape: &&Shape| match only.as_str() {
        "" => sample::takes(shape.name, SAMPLE),
        only => shape.name.contains(only),
    };
    let shapes: Vec<&Shape> = SHAPES.iter().filter(asked).collect();
    assert!(!shapes.is_empty(), "no shape is called so: {only}");
    let next = AtomicUsize::new(0);
    let complaints = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(shape) = shapes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let complaint = match growth(&judge, shape) {
                        Ok(growth) if growth <= MOST => continue,
                        Ok(growth) => {
                            format!("{}: doubled again, it costs {growth:.2} times as much more", shape.name)
                        }
                        Err(error) => format!("{}: {error}", shape.name),
                    };
                    complaints.lock().expect("nobody panics with it").push(complaint);
                }
            });
        }
    });
    let complaints = complaints.into_inner().expect("nobody panicked with it");
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

/// What the second doubling costs, in costs of the first one. What is done at every start falls out.
fn growth(judge: &Judge, shape: &Shape) -> Result<f64> {
    let mut work = Vec::new();
    for times in [1, 2, 4] {
        work.push(count(judge, shape, shape.size * times)?);
    }
    let [first, second, third] = work[..] else { return Err("three sizes".into()) };
    // A source that is not read costs nothing.
    if second < first + LEAST {
        return Err(format!("the sizes make no difference: {work:?}").into());
    }
    let growth = (third - second) / (second - first);
    if std::env::var_os("INFRAC_GROWTH").is_some() {
        let line = format!("{growth:.2} {:>8.1} {:>8.1} million, {}\n", first / 1e6, third / 1e6, shape.name);
        io::stderr().write_all(line.as_bytes())?;
    }
    Ok(growth)
}

/// How many instructions the compiler takes.
fn count(judge: &Judge, shape: &Shape, size: usize) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    for (path, text) in (shape.make)(size) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, text)?;
    }
    let arguments: Vec<&str> = [env!("CARGO_BIN_EXE_infrac")].iter().chain(shape.command).copied().collect();
    let verdict = judge.ask(folder.path(), &arguments, "");
    if verdict.accepted != (shape.exit == 0) {
        return Err(format!("size {size} ends otherwise:\n{}{}", verdict.output, verdict.complaint).into());
    }
    let counted = verdict.complaint.lines().rev().find_map(|line| line.split_once("I refs:"));
    let (_, counted) = counted.ok_or_else(|| format!("nothing is counted: {}", verdict.complaint))?;
    Ok(counted.trim().replace(',', "").parse()?)
}
