//! What `scripts/rotate.sh` knows of the platform: what reads each secret, and how services say that theirs are changed.

use std::fmt::Write as _;

use crate::platform::{Input, Platform, Rotation, RotationWay, Service};
use crate::target::compose::{self, Reader};
use crate::target::scripts::quote::{value, word};
use crate::target::scripts::table::table;

/// Whether there is a secret that the script changes.
pub(in super::super) fn is_there(platform: &Platform) -> bool {
    let issued = |input: &Input| input.secret && input.issued_elsewhere;
    all(platform).next().is_some() || compose::readers(platform).keys().any(|input| issued(&platform[*input]))
}

/// Every rotation with its service and what the scripts call it.
fn all(platform: &Platform) -> impl Iterator<Item = (&Service, &Rotation, String)> {
    platform.services.iter().flat_map(|service| {
        let name = move |at: usize| format!("{}/{}", service.name, at + 1);
        service.rotations.iter().enumerate().map(move |(at, rotation)| (service, rotation, name(at)))
    })
}

/// Adds the tables and the commands.
pub(super) fn facts(out: &mut String, platform: &Platform) {
    if !is_there(platform) {
        return;
    }
    let readers = compose::readers(platform);
    let secrets = readers.iter().filter(|(input, _)| platform[**input].secret);
    let lines = secrets.flat_map(|(input, readers)| {
        let name = &platform[*input].name;
        readers.iter().map(move |reader| match reader {
            Reader::Service(service) => format!("{name} {service}"),
            Reader::Elsewhere => format!("{name} -"),
        })
    });
    table(
        out,
        "readers",
        "A line each: a secret, and a service that reads it; `-` where an override reads it outside of a service.",
        lines,
    );
    table(
        out,
        "rotations",
        "A line each: a secret; a name for how it is changed; the service that it belongs to; the one whose container commands \
         run in; `change`,\n# `retire` where the old value stays valid until it is taken away, `start` where the program reads it \
         when it starts, `hand`.",
        all(platform).map(|(service, rotation, id)| line(platform, service, rotation, &id)),
    );
    commands(out, platform);
    by_hand(out, platform);
}

fn line(platform: &Platform, service: &Service, rotation: &Rotation, id: &str) -> String {
    let secret = &platform[rotation.secret].name;
    let (within, kind) = match &rotation.way {
        RotationWay::ByHand(_) => (service.name.as_str(), "hand"),
        RotationWay::Commands(commands) => {
            let kind = match (&commands.change, &commands.retire) {
                (Some(_), Some(_)) => "retire",
                (Some(_), None) => "change",
                (None, _) => "start",
            };
            (platform[commands.within].name.as_str(), kind)
        }
    };
    format!("{secret} {id} {} {within} {kind}", service.name)
}

fn commands(out: &mut String, platform: &Platform) {
    out.push_str(
        "\n# rotation_words NAME COMMAND: the words of `check`, `change` or `retire`, in `words`.\nrotation_words() {\n  words=()\n  \
         case \"$1 $2\" in\n",
    );
    for (_, rotation, id) in all(platform) {
        let RotationWay::Commands(commands) = &rotation.way else { continue };
        let all = [
            ("change", commands.change.as_ref()),
            ("check", Some(&commands.check)),
            ("retire", commands.retire.as_ref()),
        ];
        for (name, words) in all {
            let Some(words) = words else { continue };
            let words: Vec<String> = words.iter().map(|word| value(platform, word)).collect();
            let _ = writeln!(out, "    '{id} {name}') words=({}) ;;", words.join(" "));
        }
    }
    out.push_str("  esac\n}\n");
}

fn by_hand(out: &mut String, platform: &Platform) {
    out.push_str("\n# by_hand NAME: what the operator does where no command changes a secret.\nby_hand() {\n  case $1 in\n");
    for (_, rotation, id) in all(platform) {
        if let RotationWay::ByHand(text) = &rotation.way {
            let _ = writeln!(out, "    {id}) printf '%s\\n' {} ;;", word(text));
        }
    }
    out.push_str("    *) ;;\n  esac\n}\n");
}
