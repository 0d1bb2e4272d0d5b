//! What a running stack keeps beyond its files: named volumes. The engine finds them by the name of the project and their own, so that a
//! new name is an empty volume, and the data of the old one stay where no service reads them
//! (<https://docs.docker.com/reference/compose-file/volumes/>).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::diagnostic::list_of;
use crate::target::{Change, Weight};

/// What changes from one text of the file to the other: volumes that are not mounted any more while others begin empty.
pub(super) fn changes(old: &str, new: &str) -> Vec<Change> {
    let (before, after) = (volumes(old), volumes(new));
    // What is no longer written at all leaves the stack as it is.
    if new.is_empty() || before.is_empty() {
        return Vec::new();
    }
    let gone: Vec<&str> = before.difference(&after).map(String::as_str).collect();
    let begun: Vec<&str> = after.difference(&before).map(String::as_str).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let (volumes, are, stay) = match gone.len() {
        1 => ("volume", "is", "its data stay"),
        _ => ("volumes", "are", "their data stay"),
    };
    let mut text =
        format!("the {volumes} {} {are} not mounted any more, and {stay} on the host", list_of(gone));
    let help = if begun.is_empty() {
        "`docker volume rm` removes what is not needed".to_owned()
    } else {
        let begin = if begun.len() == 1 { "begins" } else { "begin" };
        // Writing to a string succeeds.
        let _ = write!(text, ", while {} {begin} empty", list_of(begun));
        "where it is the same service under a new name, keep the old name, or copy the data from the one volume into the other before the services start"
            .to_owned()
    };
    vec![Change { weight: Weight::Told, text, help: Some(help) }]
}

/// The volumes of a file by the names that the engine has for them.
fn volumes(text: &str) -> BTreeSet<String> {
    let value = |line: &str| line.split_once(':').map(|(_, value)| unquoted(value.trim()).to_owned());
    let project = text.lines().find(|line| line.starts_with("name:")).and_then(value).unwrap_or_default();
    let section = text.lines().skip_while(|line| *line != "volumes:").skip(1);
    let section = section.take_while(|line| line.starts_with(' ') || line.is_empty());
    let mut found: Vec<String> = Vec::new();
    for line in section.filter(|line| !line.trim_start().starts_with('#')) {
        if let Some(key) = line.strip_prefix("  ").filter(|key| !key.starts_with(' ')) {
            let key = key.rsplit_once(':').map_or(key, |(key, _)| key);
            found.push(format!("{project}_{}", unquoted(key)));
        } else if line.trim_start().starts_with("name:")
            && let (Some(last), Some(name)) = (found.last_mut(), value(line))
        {
            // An override names it for the engine itself.
            *last = name;
        }
    }
    found.into_iter().collect()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::changes;

    const OLD: &str = "# A shop\nname: shop\nservices:\n  db:\n    volumes:\n      - db-data:/data\nvolumes:\n  # Orders\n  db-data: {}\n  api-files:\n    name: files\nnetworks:\n  edge: {}\n";

    fn text(new: &str) -> Option<String> {
        changes(OLD, new).first().map(|change| change.text.clone())
    }

    #[test]
    fn volumes_of_a_new_name_begin_empty() {
        assert_eq!(text(OLD), None);
        assert_eq!(text(""), None);
        assert_eq!(text(&OLD.replace("edge", "front")), None);
        let renamed = text(&OLD.replace("db-data: {}", "store-data: {}")).unwrap_or_default();
        assert!(
            renamed.contains("`shop_db-data` is not mounted")
                && renamed.contains("`shop_store-data` begins empty"),
            "{renamed}"
        );
        let project = text(&OLD.replace("name: shop", "name: live")).unwrap_or_default();
        assert!(project.contains("`shop_db-data`") && project.contains("`live_db-data`"), "{project}");
        assert!(!project.contains("files"), "{project}");
        let named = text(&OLD.replace("name: files", "name: archive")).unwrap_or_default();
        assert!(named.contains("`files`") && named.contains("`archive`"), "{named}");
        let gone = changes(OLD, &OLD.replace("  db-data: {}\n", ""));
        assert!(matches!(gone.as_slice(), [it] if !it.text.contains("empty")), "{gone:?}");
    }
}
