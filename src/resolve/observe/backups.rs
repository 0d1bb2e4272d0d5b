//! Alerts that are one of each backup that a cluster takes.
//!
//! A rule of all of them would have one threshold, and `absent()` of all of them is silent as soon as one is there.

use crate::model;
use crate::platform::{Backup, Platform, Runtime};
use crate::schema::{Map, Word};
use crate::syntax::{Name, Text};

/// What stands for the CronJob in the query of such an alert.
const CRON_JOB: &str = "$cronjob";

/// What stands for the age at which a copy is missed, in seconds.
const AGE: &str = "$age";

/// The label of such an alert.
const BACKUP: &str = "backup";

/// An alert for each backup.
pub(super) fn alerts(platform: &Platform, block: &model::Alert) -> Vec<model::Alert> {
    let on = platform.runtime == Runtime::Kubernetes;
    platform.taken().filter(|_| on).map(|backup| alert(backup, block)).collect()
}

fn alert(backup: &Backup, block: &model::Alert) -> model::Alert {
    let mut alert = block.clone();
    let age = (backup.alert_after.0 / 1_000).to_string();
    let put_in = |text: &str| text.replace(CRON_JOB, &backup.taker()).replace(AGE, &age);
    if let Some(text) = alert.expr.text.as_literal() {
        alert.expr.text = Text::literal(put_in(text));
    }
    for series in alert.test.iter_mut().flat_map(|test| &mut test.series) {
        series.selector.text = put_in(&series.selector.text).into();
        if let Some(text) = series.values.text.as_literal() {
            series.values.text = Text::literal(put_in(text));
        }
    }
    let name = Name { text: BACKUP.into(), span: block.name.span, quoted: false };
    let word = Word { text: backup.name.clone(), span: block.name.span };
    alert.labels.get_or_insert_with(|| Map { entries: Vec::new() }).entries.push((name, word));
    alert
}
