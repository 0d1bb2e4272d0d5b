//! When backups and drills are started: the lines of cron of the source, as calendars of systemd. Both in UTC.

use std::fmt::Write as _;

use crate::platform::{Platform, Timers};
use crate::target::scripts::table::table;

/// The table of what is started, and by what.
pub(super) fn text(out: &mut String, platform: &Platform) {
    let timers = match platform.settings.scripts.timers {
        Some(Timers::Cron) => "cron",
        Some(Timers::Systemd) | None => "systemd",
    };
    let _ = writeln!(out, "TIMERS='{timers}'");
    let lines = platform.backups.iter().flat_map(|backup| {
        let line = |what: &str, cron: &str| {
            let cron = cron.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{what} {}\t{}\t{cron}", backup.name, calendars(&cron).join(";"))
        };
        let drill = backup.drill.as_deref().map(|cron| line("drill", cron));
        [line("backup", &backup.schedule)].into_iter().chain(drill)
    });
    table(
        out,
        "timers",
        "A line each: `backup` or `drill` and the name; a tab; when, as systemd reads it, with `;` between several; a tab; when, as \
         cron reads it.",
        lines,
    );
}

/// The days of the week as systemd calls them, from the one that cron calls 0.
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A line of cron as calendars of systemd (systemd.time(7)). Where it restricts the day of the month and that of the week, cron
/// takes either (crontab(5)), and systemd both: so these are two.
fn calendars(cron: &str) -> Vec<String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    // A line of other fields is reported.
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return Vec::new() };
    let time = format!("{}:{}:00 UTC", numbers(hour, 0, 23, 2), numbers(minute, 0, 59, 2));
    let month = numbers(month, 1, 12, 2);
    let week = days_of_week(weekday);
    let of_month = numbers(day, 1, 31, 2);
    match week {
        None => vec![format!("*-{month}-{of_month} {time}")],
        Some(week) if of_month == "*" => vec![format!("{week} *-{month}-* {time}")],
        Some(week) => vec![format!("*-{month}-{of_month} {time}"), format!("{week} *-{month}-* {time}")],
    }
}

/// A field as a list of numbers; `*` where it holds all of them.
fn numbers(field: &str, least: u32, most: u32, width: usize) -> String {
    let held = held(field, least, most);
    if (least..=most).all(|number| held.contains(&number)) {
        return "*".to_owned();
    }
    held.iter().map(|number| format!("{number:0width$}")).collect::<Vec<_>>().join(",")
}

/// The days of a field; `None` where it holds all of them. Both 0 and 7 are Sunday.
fn days_of_week(field: &str) -> Option<String> {
    let mut days: Vec<u32> = held(field, 0, 7).into_iter().map(|day| day % 7).collect();
    days.sort_unstable();
    days.dedup();
    let name = |day: &u32| DAYS.get(*day as usize).copied().unwrap_or_default();
    (days.len() < 7).then(|| days.iter().map(name).collect::<Vec<_>>().join(","))
}

/// The most days between two starts of a line of cron, at least one; `None` where it never starts. Over the years in which each
/// day of the week meets each day of a leap year.
pub(super) fn days_between(cron: &str) -> Option<u64> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [_, _, day, month, weekday] = fields.as_slice() else { return None };
    let (days, months) = (held(day, 1, 31), held(month, 1, 12));
    let week: Vec<u32> = held(weekday, 0, 7).into_iter().map(|day| day % 7).collect();
    // Where it restricts both, either day is meant.
    let either = *day != "*" && *weekday != "*";
    let (mut last, mut longest, mut number) = (None, None, 0_u64);
    for year in 0..2 * LEAP_YEARS {
        for month in 1..=12 {
            for day in 1..=days_of_month(year, month) {
                number += 1;
                let of_week = week.iter().any(|it| u64::from(*it) == number % 7);
                let of_month = days.contains(&day);
                if !months.contains(&month)
                    || !(if either { of_week || of_month } else { of_week && of_month })
                {
                    continue;
                }
                if let Some(last) = last {
                    longest = longest.max(Some(number - last));
                }
                last = Some(number);
            }
        }
    }
    longest
}

/// Behind so many years days of the week fall on the same dates, but for the years of a century.
const LEAP_YEARS: u32 = 28;

fn days_of_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Every number that a field of cron holds.
fn held(field: &str, least: u32, most: u32) -> Vec<u32> {
    let mut held = Vec::new();
    for part in field.split(',') {
        let (range, step) =
            part.split_once('/').map_or((part, None), |(range, step)| (range, step.parse().ok()));
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((first, last)) => (number(first), number(last)),
            // `5/15` is from 5 on.
            None => (number(range), if step.is_some() { most } else { number(range) }),
        };
        held.extend((first..=last.min(most)).step_by(step.unwrap_or(1).max(1)));
    }
    held.sort_unstable();
    held.dedup();
    held
}

/// A number, or the name of a month or of a day.
fn number(word: &str) -> u32 {
    let lower = word.to_ascii_lowercase();
    let month = MONTHS.iter().position(|name| *name == lower).map(|at| at + 1);
    let day = DAYS.iter().position(|name| name.eq_ignore_ascii_case(&lower));
    let named = month.or(day).and_then(|at| u32::try_from(at).ok());
    named.or_else(|| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{calendars, days_between};

    #[test]
    fn lines_of_cron_are_calendars() {
        for (cron, expected) in [
            ("0 2 * * *", vec!["*-*-* 02:00:00 UTC"]),
            ("*/15 * * * *", vec!["*-*-* *:00,15,30,45:00 UTC"]),
            ("30 4 1 * *", vec!["*-*-01 04:30:00 UTC"]),
            ("0 3 * * 0", vec!["Sun *-*-* 03:00:00 UTC"]),
            ("0 3 * jan,Jul mon-fri", vec!["Mon,Tue,Wed,Thu,Fri *-01,07-* 03:00:00 UTC"]),
            ("0 3 * * 5-7", vec!["Sun,Fri,Sat *-*-* 03:00:00 UTC"]),
            ("0 3 13 * 5", vec!["*-*-13 03:00:00 UTC", "Fri *-*-* 03:00:00 UTC"]),
            ("5/20 0 * * *", vec!["*-*-* 00:05,25,45:00 UTC"]),
        ] {
            assert_eq!(calendars(cron), expected, "{cron}");
        }
    }

    #[test]
    fn between_two_starts_are_so_many_days_at_most() {
        for (cron, expected) in [
            ("0 2 * * *", Some(1)),
            ("*/5 * * * *", Some(1)),
            ("0 4 1 * *", Some(31)),
            ("0 3 * * 0", Some(7)),
            ("0 3 * * mon-fri", Some(3)),
            ("0 3 1,15 * *", Some(17)),
            ("0 3 1 * 0", Some(7)),
            ("0 3 1 1,7 *", Some(184)),
            ("0 3 31 * *", Some(61)),
            ("0 3 29 2 *", Some(1461)),
            ("0 3 30 2 *", None),
        ] {
            assert_eq!(days_between(cron), expected, "{cron}");
        }
    }
}
