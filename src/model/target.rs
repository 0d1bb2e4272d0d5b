//! The settings of targets: one block a target, which is called as the target is.

use crate::schema::{Block, Constant, Decode, Decoder, Kind, Visit, block};
use crate::syntax::{Entry, Name};

block! {
    /// Settings of Docker Compose.
    "compose" => ComposeSettings {
        /// The project's name, in place of the platform's.
        optional project: Constant,
    }
}

block! {
    /// Settings of Prometheus.
    "prometheus" => PrometheusSettings {
        /// The version that its files are written for, such as `"3.13"`. Without it they hold nothing that promtool 2.53
        /// refuses.
        optional version: Constant,
    }
}

block! {
    /// Settings of Alertmanager.
    "alertmanager" => AlertmanagerSettings {
        /// The version that its files are written for, such as `"0.30"`. Without it they hold nothing that amtool 0.28
        /// refuses.
        optional version: Constant,
    }
}

block! {
    /// Settings of Grafana: there are none yet.
    "grafana" => GrafanaSettings {}
}

/// Settings of one target: `target NAME { … }`.
#[derive(Debug, Clone)]
pub struct Target {
    /// The target.
    pub name: Name,
    /// What its block says; `None` where no target has this name.
    pub settings: Option<Settings>,
}

impl Decode for Target {
    fn kind() -> Kind {
        Kind::Named(Settings::BLOCKS)
    }

    fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Self> {
        let name = decoder.label(entry)?;
        // Its settings are a block that is called as the target is.
        let block = Entry { key: name.clone(), label: None, ..entry.clone() };
        let settings = Settings::decode(&block, decoder)?;
        Some(Self { name, settings })
    }
}

/// One block a target.
macro_rules! settings {
    ($($Target:ident of $Block:ident,)+) => {
        /// What the block of a target says.
        #[derive(Debug, Clone)]
        pub enum Settings {
            $(#[doc = concat!("Those of [`", stringify!($Block), "`].")] $Target($Block),)+
        }

        impl Settings {
            /// The blocks of all targets.
            pub const BLOCKS: &'static [&'static Block] = &[$($Block::SCHEMA),+];

            /// The settings in a block; `Some(None)` where no target is called as the block is.
            #[expect(clippy::option_option, reason = "as `Decode` has it, around what may be unknown")]
            fn decode(entry: &Entry, decoder: &mut Decoder<'_>) -> Option<Option<Self>> {
                $(if entry.key.text == $Block::SCHEMA.key {
                    return $Block::decode(entry, decoder).map(|block| Some(Self::$Target(block)));
                })+
                Some(None)
            }
        }

        impl Visit for Target {
            fn visit(&self, see: &mut dyn FnMut(&Constant)) {
                match &self.settings {
                    $(Some(Settings::$Target(block)) => block.visit(see),)+
                    None => {}
                }
            }

            fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Constant)) {
                match &mut self.settings {
                    $(Some(Settings::$Target(block)) => block.visit_mut(change),)+
                    None => {}
                }
            }
        }
    };
}

settings! {
    Compose of ComposeSettings,
    Prometheus of PrometheusSettings,
    Alertmanager of AlertmanagerSettings,
    Grafana of GrafanaSettings,
}
