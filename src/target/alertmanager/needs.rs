//! Which versions of Alertmanager read what is written (prometheus/alertmanager:CHANGELOG.md).

use crate::platform::receiver::{Address, Channel};
use crate::platform::{Platform, Version};
use crate::target::Need;

/// What later versions brought, of everything that the platform asks for.
pub(super) fn needs(platform: &Platform) -> Vec<Need> {
    let observed = &platform.observed;
    let ways = observed.receivers.iter().flat_map(|receiver| &receiver.integrations);
    let mut needs: Vec<Need> = ways
        .clone()
        .filter_map(|way| {
            let (since, what) = match &way.channel {
                Channel::Teams(_) => (Version(0, 28), "`msteamsv2_configs`"),
                // 0.26 has it, and ends with an error where it is used.
                Channel::Webhook(Address::Secret(_)) | Channel::Heartbeat(Address::Secret(_)) => {
                    (Version(0, 28), "`url_file` of a webhook")
                }
                Channel::PagerDuty(_) => (Version(0, 25), "`routing_key_file`"),
                Channel::Opsgenie(_) => (Version(0, 24), "`api_key_file`"),
                Channel::Slack(..) | Channel::Email(_) | Channel::Webhook(_) | Channel::Heartbeat(_) => {
                    return None;
                }
            };
            Some(Need { since, what, span: way.span })
        })
        .collect();
    let mails = ways.clone().any(|way| matches!(way.channel, Channel::Email(_)));
    if let Some(smtp) = observed.smtp.as_ref().filter(|smtp| mails && smtp.password.is_some()) {
        needs.push(Need { since: Version(0, 25), what: "`smtp_auth_password_file`", span: smtp.span });
    }
    for hours in &observed.hours {
        let (since, what) = match hours.zone {
            Some(_) => (Version(0, 25), "`location` of a time interval"),
            None => (Version(0, 24), "`time_intervals`"),
        };
        needs.push(Need { since, what, span: hours.span });
    }
    needs
}
