//! What all scripts share, `scripts/lib/common.sh`.

use super::engine::{Host, of_text, said};

const PLATFORM: &str = "platform shop { targets = [compose, scripts] }\nnetwork a\nservice api { image = \"x/api:1\", networks = [a] }\n";

/// A script of the build that shares what all share.
fn host(body: &str) -> Host {
    let host = Host::of(of_text(PLATFORM));
    assert_eq!(host.platform.name, "shop");
    let head = "#!/usr/bin/env bash\n# try.sh: tries.\n#\n# The second paragraph.\n. \"$(dirname \"$0\")/lib/common.sh\"\n";
    host.write("scripts/try.sh", &format!("{head}{body}\n"));
    host
}

#[test]
fn compose_gets_the_files_of_the_build_and_no_variable_of_the_shell() {
    let host = host("compose up -d --no-deps api");
    host.tool("docker", "#!/bin/bash\necho \"$*\"\necho \"secret: ${API_KEY-none}, home: ${HOME+set}\"\n");
    let output = host.command("scripts/try.sh", &[]).env("API_KEY", "").output().expect("bash runs");
    let build = host.build().display();
    let expected = format!(
        "compose --project-name shop --env-file {build}/.env --file {build}/docker/compose.infrastructure.yaml up -d --no-deps api\n\
         secret: none, home: set\n"
    );
    assert_eq!(said(&output), expected);
}

#[test]
fn the_help_of_a_script_is_its_head() {
    let output = host("help").run("scripts/try.sh", &[]);
    assert_eq!(said(&output), "try.sh: tries.\n\nThe second paragraph.\n");
}

#[test]
fn what_was_begun_is_cleaned_up_however_a_script_ends() {
    for (end, status) in
        [("exit 3", 3), ("false", 1), ("kill -TERM $$; sleep 5", 143), ("kill -INT $$; sleep 5", 130)]
    {
        let host = host(&format!("scratch\nat_end 'echo \"last: $work\"'\necho \"$work\"\n{end}"));
        let output = host.run("scripts/try.sh", &[]);
        assert_eq!(output.status.code(), Some(status), "{end}");
        let said = said(&output);
        let work = said.lines().next().unwrap_or_default();
        assert!(said.ends_with(&format!("last: {work}\n")), "{end}: {said}");
        assert!(work.contains("try.sh.") && !std::path::Path::new(work).exists(), "{end}: {said}");
    }
}
