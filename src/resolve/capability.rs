//! Capabilities of Linux: what an exception may name.

use super::text::Texts;
use crate::diagnostic::{Diagnostic, Help, codes};
use crate::model::Service;

/// Every capability, without the `CAP_` that the kernel's header writes before it
/// (torvalds/linux:include/uapi/linux/capability.h).
const CAPABILITIES: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// Reports capabilities that the kernel does not have, or that readers of artifacts know by another spelling.
pub(super) fn expect_capabilities(block: &Service, texts: &mut Texts<'_>) {
    let listed = block.security.as_ref().and_then(|security| security.capabilities.as_ref());
    for said in listed.into_iter().flat_map(|list| &list.items) {
        let word = texts.constant(said);
        if word.is_empty() || CAPABILITIES.contains(&word.as_str()) {
            continue;
        }
        let upper = word.to_uppercase();
        let plain = upper.strip_prefix("CAP_").unwrap_or(&upper);
        // A right is given by a person: what is only near is no edit.
        let help = if CAPABILITIES.contains(&plain) {
            Some(Help::write(format!("\"{plain}\"")))
        } else if plain == "ALL" {
            Some("name those that it needs; `privileged = true` opens everything".into())
        } else {
            texts.sink.did_you_mean(plain, CAPABILITIES.iter().copied()).map(Help::unsure)
        };
        texts.sink.report(
            Diagnostic::new(codes::TYP004, format!("`{word}` is no capability of Linux"))
                .at(said.span, "unknown capability")
                .help(help.unwrap_or_else(|| "capabilities(7) lists them: `NET_ADMIN`, `SYS_TIME`".into())),
        );
    }
}
