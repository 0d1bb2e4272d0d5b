//! The settings of Terraform, bound.

use super::store::Stores;
use super::text::Texts;
use crate::model::{Document, TerraformSettings};
use crate::platform::{AccountId, Terraform};
use crate::schema::{Constant, Placed};

/// Binds the settings of a block. Of what stands in several blocks the last counts.
pub(super) fn settings(said: &TerraformSettings, terraform: &mut Terraform, texts: &mut Texts<'_>) {
    for (said, setting) in [
        (&said.region, &mut terraform.region),
        (&said.state, &mut terraform.state),
        (&said.bucket_prefix, &mut terraform.bucket_prefix),
        (&said.key_pair, &mut terraform.key_pair),
        (&said.subnet, &mut terraform.subnet),
    ] {
        *setting = said.as_ref().map(|said| placed(said, texts)).or(setting.take());
    }
    if let Some(zones) = &said.zones {
        terraform.zones = zones.items.iter().map(|zone| placed(zone, texts)).collect();
    }
    terraform.session_manager = said.session_manager.unwrap_or(terraform.session_manager);
}

/// The accounts whose rights the host has.
pub(super) fn host_accounts(
    document: &Document,
    stores: &Stores,
    texts: &mut Texts<'_>,
) -> Vec<Placed<AccountId>> {
    let blocks = document.target.iter().filter_map(|target| target.settings.as_ref()?.terraform.as_ref());
    let Some(said) = blocks.filter_map(|block| block.host_accounts.as_ref()).next_back() else {
        return Vec::new();
    };
    let bound = said.items.iter().filter_map(|reference| {
        stores.account(reference, texts).map(|value| Placed { value, span: reference.0.span })
    });
    bound.collect()
}

fn placed(said: &Constant, texts: &mut Texts<'_>) -> Placed<String> {
    Placed { value: texts.constant(said), span: said.span }
}
