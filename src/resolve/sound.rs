//! Values that are of the right type and still make no sense.

use super::hours;
use super::text::Texts;
use crate::diagnostic::{Diagnostic, Help, cause, codes};
use crate::model::{Document, Group, Health, Metrics, Resources, Role, RunKind, Samples, Scale, Service};
use crate::notation::image::Reference;
use crate::platform::observe::SCRAPE_INTERVAL;
use crate::platform::{Value, ValuePart};
use crate::schema::{Bytes, Constant, Duration};
use crate::source::Span;

/// Reports what no block may say, in the whole document.
pub(super) fn document(document: &Document, texts: &mut Texts<'_>) {
    for group in &document.group {
        profile(group, texts);
    }
}

/// Reports what no service may say.
pub(super) fn service(block: &Service, image_value: Option<&Value>, texts: &mut Texts<'_>) {
    // What is built from a reference that leads nowhere was reported.
    if let (Some(value), Some(said)) = (image_value, &block.image)
        && (said.name.text.as_literal().is_some() || value.inputs().next().is_some())
    {
        image(value, said.name.span, texts);
    }
    run(block, texts);
    if let Some(health) = &block.health {
        check(health, texts);
    }
    if let Some(metrics) = &block.metrics {
        scrape(metrics, texts);
    }
    if let Some(said) = &block.samples {
        samples(block, said, texts);
    }
    if let Some(resources) = &block.resources {
        limits(resources, texts);
    }
    if let Some(scale) = &block.scale {
        bounds(scale, texts);
    }
}

fn out_of_range(message: String, span: Span, note: &str, texts: &mut Texts<'_>) {
    texts.sink.report(Diagnostic::new(codes::TYP003, message).at(span, note));
}

/// The grammar of distribution/reference (reference.go): lower-case repositories, and no white space.
fn image(value: &Value, span: Span, texts: &mut Texts<'_>) {
    let mut text = String::new();
    for part in &value.parts {
        match part {
            ValuePart::Literal(literal) => text.push_str(literal),
            ValuePart::Input(_) => text.push('x'),
        }
    }
    let reference = Reference::parse(&text);
    let Reference { tag, digest, .. } = reference;
    // A registry's host and port may hold other characters than a repository.
    let (_, path) = reference.registry();
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let sound = path.split('/').all(|part| !part.is_empty() && part.chars().all(word))
        && tag.is_none_or(|tag| {
            !tag.is_empty() && tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        })
        && digest.is_none_or(|digest| {
            digest.split_once(':').is_some_and(|(kind, hex)| {
                !kind.is_empty() && hex.len() >= 32 && hex.chars().all(|c| c.is_ascii_hexdigit())
            })
        });
    if !sound {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{text}` cannot be the name of an image"))
                .at(span, "not of that form")
                // A tag before a registry is the password of a login: `NAME:PASSWORD@REGISTRY/IMAGE`.
                .hide_all(tag.filter(|_| digest.is_some_and(|rest| rest.contains(['.', '/']))))
                .help("write `repository:tag` in lower-case letters, with a registry before it where needed"),
        );
    }
}

fn run(block: &Service, texts: &mut Texts<'_>) {
    let Some(run) = &block.run else { return };
    match (&run.cron, run.kind) {
        (Some(line), RunKind::Schedule) => cron(line, texts),
        (None, RunKind::Schedule) => texts.sink.report(
            Diagnostic::new(
                codes::TYP006,
                format!("`{}` runs on a schedule, and none is said", block.name.text),
            )
            .at(run.span, "incomplete")
            .help("write `run = schedule { cron = \"0 2 * * *\" }`, in UTC"),
        ),
        (Some(line), kind) => texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("`run = {}` takes no `cron`", kind.word()))
                .at(line.span, "does not belong here")
                .help("write `run = schedule { … }`"),
        ),
        (None, _) => {}
    }
    match (&run.zone, run.kind) {
        (Some(zone), RunKind::Schedule) => {
            hours::zone_of(zone, texts);
        }
        (Some(zone), kind) => texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("`run = {}` takes no `zone`", kind.word()))
                .at(zone.span, "does not belong here")
                .help("write `run = schedule { … }`"),
        ),
        (None, _) => {}
    }
}

/// The five fields of cron, each with its range: crontab(5).
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
];

/// Names that stand for numbers, in the fourth and fifth field.
const NAMES: &str = "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat";

/// Reports what cron cannot read.
pub(super) fn cron(line: &Constant, texts: &mut Texts<'_>) {
    let text = texts.constant(line);
    let fields: Vec<&str> = text.split_whitespace().collect();
    let problem = if fields.len() == FIELDS.len() {
        let wrong = fields.iter().zip(FIELDS).find(|(field, range)| !fits(field, *range));
        wrong
            .map(|(field, (name, least, most))| format!("`{field}` is no {name}: expected {least} to {most}"))
    } else {
        Some(format!("{} fields where cron has five", fields.len()))
    };
    if let Some(problem) = problem {
        texts.sink.report(
            Diagnostic::new(codes::TYP001, format!("`{text}` is no schedule")).at(line.span, problem).help(
                of_a_nickname(&text).map_or_else(
                    || crate::schema::CRON_HELP.into(),
                    |fields| Help::write(format!("\"{fields}\"")),
                ),
            ),
        );
    }
}

/// The five fields that a nickname stands for (man 5 crontab).
fn of_a_nickname(text: &str) -> Option<&'static str> {
    Some(match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => return None,
    })
}

fn fits(field: &str, (_, least, most): (&str, u32, u32)) -> bool {
    field.split(',').all(|item| {
        let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
        let number = |word: &str| {
            let named = most <= 12 && word.len() == 3 && NAMES.contains(&word.to_lowercase());
            named || word.parse::<u32>().is_ok_and(|n| (least..=most).contains(&n))
        };
        let range = range == "*"
            || range.split_once('-').map_or_else(|| number(range), |(a, b)| number(a) && number(b));
        range && step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0))
    })
}

fn check(health: &Health, texts: &mut Texts<'_>) {
    let http = [&health.readiness, &health.liveness, &health.startup];
    let forms = [
        ("a path", http.iter().any(|path| path.is_some())),
        ("`tcp`", health.tcp.is_some()),
        ("`command`", health.command.is_some()),
        ("`builtin`", health.builtin == Some(true)),
        ("`none`", health.none.is_some()),
    ];
    let said: Vec<&str> = forms.iter().filter(|(_, said)| *said).map(|(words, _)| *words).collect();
    if said.len() > 1 {
        texts.sink.report(
            Diagnostic::new(
                codes::TYP008,
                format!("`health` says {}, and takes one of them", said.join(" and ")),
            )
            .at(health.span, "one check is all a service has"),
        );
    }
    for path in http.into_iter().flatten() {
        expect_path(path, texts);
    }
    let zero = |duration: Option<Duration>| duration.is_some_and(|duration| duration.0 == 0);
    for (key, wrong) in [
        ("interval", zero(health.interval)),
        ("timeout", zero(health.timeout)),
        ("start_interval", zero(health.start_interval)),
        ("retries", health.retries.is_some_and(|retries| retries.0 == 0)),
    ] {
        if wrong {
            out_of_range(format!("`{key}` of a health check is zero"), health.span, "at least one", texts);
        }
    }
}

/// Prometheus does not start with a timeout above the interval (prometheus/prometheus:config/config.go).
fn scrape(metrics: &Metrics, texts: &mut Texts<'_>) {
    if let Some(path) = &metrics.path {
        expect_path(path, texts);
    }
    for (key, said) in [("interval", metrics.interval), ("timeout", metrics.timeout)] {
        if said.is_some_and(|said| said.0 == 0) {
            out_of_range(format!("`{key}` of a scrape is zero"), metrics.span, "more than zero", texts);
        }
    }
    let interval = metrics.interval.unwrap_or(SCRAPE_INTERVAL);
    if let Some(timeout) = metrics.timeout.filter(|timeout| interval.0 > 0 && *timeout > interval) {
        out_of_range(
            format!("a scrape may take {timeout}, and there is one every {interval}"),
            metrics.span,
            "the timeout is above the interval",
            texts,
        );
    }
}

fn samples(block: &Service, said: &Samples, texts: &mut Texts<'_>) {
    if block.role != Some(Role::Metrics) {
        texts.sink.report(
            Diagnostic::new(codes::TYP008, format!("`{}` collects no samples", block.name.text))
                .at(said.span, "does not belong here")
                .help("a service with `role = metrics` does")
                .because(cause::NO_METRICS_SERVER),
        );
    } else if block.command.is_none() {
        // In place of the image's own, arguments of ours would be all that it is told.
        texts.sink.report(
            Diagnostic::new(
                codes::TYP006,
                format!("`{}` has no command, and keeps samples", block.name.text),
            )
            .at(said.span, "becomes arguments where no file can say it")
            .help("write the `command` that they are added to"),
        );
    }
    // The values may be those of parameters, and their places those of an instance.
    if let Some(time) = said.time.filter(|time| time.value.0 == 0 || !time.value.0.is_multiple_of(3_600_000))
    {
        let message = "`time` of samples is not in whole hours".to_owned();
        out_of_range(message, time.span, "`1h` at least", texts);
    }
    if let Some(size) = said.size.filter(|size| size.value.0 == 0 || !size.value.0.is_multiple_of(1 << 20)) {
        let message = "`size` of samples is not in whole MiB".to_owned();
        out_of_range(message, size.span, "`1MiB` at least", texts);
    }
}

fn expect_path(path: &Constant, texts: &mut Texts<'_>) {
    let text = texts.constant(path);
    // Of a whole address, the path alone is asked for.
    let whole = text
        .trim_start_matches('/')
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    if whole.is_none() && (text.starts_with('/') || text.is_empty()) {
        return;
    }
    let (label, meant) = match whole {
        Some((_, rest)) => {
            ("a whole address", rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned()))
        }
        None => ("starts with `/`", format!("/{text}")),
    };
    texts.sink.report(
        Diagnostic::new(codes::TYP007, format!("`{text}` is no path of an address"))
            .at(path.span, label)
            .help(Help::write(format!("\"{meant}\""))),
    );
}

fn limits(resources: &Resources, texts: &mut Texts<'_>) {
    let most = resources.memory.map(|memory| memory.value);
    let zero = [
        ("memory", most.is_some_and(|memory| memory.0 == 0)),
        ("cpu", resources.cpu.is_some_and(|cpu| cpu.0 <= 0.0)),
        ("pids", resources.pids.is_some_and(|pids| pids.0 == 0)),
    ];
    for (key, _) in zero.into_iter().filter(|(_, zero)| *zero) {
        out_of_range(
            format!("`{key}` is zero, which many programs read as no limit"),
            resources.span,
            "more than zero",
            texts,
        );
    }
    engine(resources, texts);
    let Some(reserve) = &resources.reserve else { return };
    let memory = reserve.memory.zip(most).is_some_and(|(kept, most)| kept > most);
    let cpu = reserve.cpu.zip(resources.cpu).is_some_and(|(kept, most)| kept > most);
    if memory || cpu {
        out_of_range("more is kept free than may be used".to_owned(), reserve.span, "above the limit", texts);
    }
}

/// The least memory that a container starts with (moby/moby:daemon/daemon_unix.go, `linuxMinMemory`).
const LEAST_MEMORY: Bytes = Bytes(6 << 20);

/// The least part of a processor: a thousandth of a second of each tenth (Linux, Documentation/scheduler/sched-bwc.rst).
const LEAST_CPU: f64 = 0.01;

/// The most processors that Linux runs on (Linux, arch/x86/Kconfig, `NR_CPUS`).
const MOST_CPUS: f64 = 8_192.0;

/// The most processes of a machine (Linux, include/linux/threads.h, `PID_MAX_LIMIT`).
const MOST_PIDS: u64 = 4 << 20;

/// Limits that no engine takes; zero is told as such.
fn engine(resources: &Resources, texts: &mut Texts<'_>) {
    let memory = resources.memory.map(|memory| memory.value).filter(|memory| memory.0 > 0);
    if memory.is_some_and(|memory| memory < LEAST_MEMORY || i64::try_from(memory.0).is_err()) {
        let message = "`memory` is what no container can have".to_owned();
        out_of_range(message, resources.span, "at least `6MiB`, and less than eight million TiB", texts);
    }
    if resources.cpu.is_some_and(|cpu| cpu.0 > 0.0 && !(LEAST_CPU..=MOST_CPUS).contains(&cpu.0)) {
        let message = "`cpu` is what no container can have".to_owned();
        out_of_range(message, resources.span, "from 0.01 to 8192", texts);
    }
    if resources.pids.is_some_and(|pids| pids.0 > MOST_PIDS) {
        let message = "`pids` is more than a machine has processes".to_owned();
        out_of_range(message, resources.span, "at most 4194304", texts);
    }
}

fn bounds(scale: &Scale, texts: &mut Texts<'_>) {
    if let (Some(min), Some(max)) = (scale.min, scale.max)
        && min > max
    {
        out_of_range(
            format!("at least {} and at most {}", min.0, max.0),
            scale.span,
            "`min` is above `max`",
            texts,
        );
    }
}

/// Profiles: compose-spec:schema/compose-spec.json.
fn profile(group: &Group, texts: &mut Texts<'_>) {
    let Some(profile) = &group.profile else { return };
    let text = texts.constant(profile);
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if text.len() < 2 || !text.chars().all(word) || !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        texts.sink.report(
            Diagnostic::new(codes::TYP007, format!("`{text}` cannot be the name of a profile"))
                .at(profile.span, "letters, digits, `_`, `.` and `-`, two or more"),
        );
    }
}

/// Reports exceptions from the safe defaults that have no reason.
pub(super) fn expect_reason(block: &Service, texts: &mut Texts<'_>) {
    let Some(security) = &block.security else { return };
    let flags =
        [security.writable, security.privileged, security.root, security.host_pid, security.host_network];
    let lists = [&security.capabilities, &security.devices];
    let excepted =
        flags.contains(&Some(true)) || lists.into_iter().flatten().any(|list| !list.items.is_empty());
    if excepted && security.reason.is_none() {
        texts.sink.report(
            Diagnostic::new(
                codes::TYP006,
                format!("`{}` is less safe than the default, and says no reason", block.name.text),
            )
            .at(security.span, "incomplete")
            .help("write `reason = \"…\"`; it stands in the artifacts, for whoever reviews them"),
        );
    }
}
