//! Service accounts: one for each workload, so that what is granted to one is granted to it alone.

use k8s_openapi::api::core::v1::ServiceAccount;

use super::labels;
use super::object::{Object, Stage};
use crate::platform::{Platform, Service};

pub(super) fn object(platform: &Platform, service: &Service, file: &str) -> Object {
    let account = ServiceAccount {
        metadata: labels::metadata(platform, service),
        // Nothing here asks the API, so no pod gets a token.
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    Object::new(file, Stage::Account, &account)
}
