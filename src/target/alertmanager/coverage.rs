//! What Alertmanager's target says of each field of the language.

use Coverage::{NotConcerned, Written};

use crate::model::fields::{
    AlertmanagerSettingsField, HeartbeatField, HoursField, InhibitField, OpsgenieField, OutsideField,
    PagerDutyField, ReceiverField, ServiceField, SlackField, SmtpField, SourceField, TargetField, TeamsField,
    WebhookField,
};
use crate::schema::Leaf;
use crate::target::Coverage;

pub(super) fn coverage(field: SourceField) -> Coverage {
    match field {
        SourceField::receiver(field) => receiver(field),
        SourceField::hours(field) => match field {
            HoursField::days(Leaf)
            | HoursField::from(Leaf)
            | HoursField::to(Leaf)
            | HoursField::zone(Leaf) => Written,
        },
        SourceField::inhibit(field) => match field {
            InhibitField::by(Leaf) | InhibitField::of(Leaf) | InhibitField::equal(Leaf) => Written,
        },
        SourceField::service(ServiceField::smtp(field)) => match field {
            SmtpField::via(Leaf)
            | SmtpField::from(Leaf)
            | SmtpField::username(Leaf)
            | SmtpField::password(Leaf)
            | SmtpField::tls(Leaf) => Written,
        },
        SourceField::target(field) => match field {
            TargetField::alertmanager(AlertmanagerSettingsField::version(Leaf)) => Written,
            TargetField::compose(_)
            | TargetField::prometheus(_)
            | TargetField::grafana(_)
            | TargetField::nginx(_)
            | TargetField::kubernetes(_)
            | TargetField::scripts(_)
            | TargetField::terraform(_)
            | TargetField::docs(_) => NotConcerned,
        },
        // The address of the mail server.
        SourceField::outside(OutsideField::addresses(Leaf)) | SourceField::override_(Leaf) => Written,
        // Receivers are asked by the labels of alerts: what an alert says itself is Prometheus'.
        SourceField::platform(_)
        | SourceField::variable(_)
        | SourceField::secret(_)
        | SourceField::network(_)
        | SourceField::outside(OutsideField::description(Leaf))
        | SourceField::group(_)
        | SourceField::volume(_)
        | SourceField::issuer(_)
        | SourceField::host(_)
        | SourceField::service(_)
        | SourceField::site(_)
        | SourceField::alert(_)
        | SourceField::record(_)
        | SourceField::metric(_)
        | SourceField::exports(_)
        | SourceField::dashboard(_)
        | SourceField::datasource(_)
        | SourceField::backup(_)
        | SourceField::offsite(_)
        | SourceField::policy(_)
        | SourceField::image(_)
        | SourceField::mirror(_)
        | SourceField::allow(_) => NotConcerned,
    }
}

fn receiver(field: ReceiverField) -> Coverage {
    match field {
        ReceiverField::match_(Leaf)
        | ReceiverField::email(Leaf)
        | ReceiverField::repeat(Leaf)
        | ReceiverField::wait(Leaf)
        | ReceiverField::interval(Leaf)
        | ReceiverField::group_by(Leaf)
        | ReceiverField::resolved(Leaf)
        | ReceiverField::only(Leaf)
        | ReceiverField::mute(Leaf) => Written,
        ReceiverField::slack(
            SlackField::channel(Leaf) | SlackField::webhook(Leaf) | SlackField::via(Leaf),
        )
        | ReceiverField::pagerduty(PagerDutyField::key(Leaf) | PagerDutyField::via(Leaf))
        | ReceiverField::opsgenie(OpsgenieField::key(Leaf) | OpsgenieField::via(Leaf))
        | ReceiverField::teams(TeamsField::webhook(Leaf) | TeamsField::via(Leaf))
        | ReceiverField::webhook(WebhookField::address(Leaf) | WebhookField::via(Leaf))
        | ReceiverField::heartbeat(HeartbeatField::address(Leaf) | HeartbeatField::via(Leaf)) => Written,
    }
}
