//! Twins of `good.yaml`, each broken in one place: the reading that must find it is known to work.

/// A change of one object.
pub(crate) struct Twin<'a> {
    /// What is wrong with it.
    pub(crate) wrong: &'a str,
    /// Kind and name of the object it is in; `None` where an object is added.
    object: Option<(&'a str, &'a str)>,
    /// What is replaced, once.
    from: String,
    /// By what.
    to: String,
    /// The reading that must find it.
    pub(crate) found: &'a str,
}

/// The twins of `twins.txt`.
pub(crate) fn all() -> Vec<Twin<'static>> {
    let mut twins: Vec<Twin<'_>> = Vec::new();
    let mut found = "";
    for line in include_str!("twins.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(change) = line.strip_prefix("    ") {
            let twin = twins.last_mut().unwrap_or_else(|| panic!("a change of no twin: {line}"));
            let (side, text) = change.split_once('|').unwrap_or_else(|| panic!("no bar: {line}"));
            let text = text.strip_suffix('|').unwrap_or_else(|| panic!("no bar at the end: {line}"));
            let part = if side == "-" { &mut twin.from } else { &mut twin.to };
            *part = text.replace('\u{23ce}', "\n");
        } else if let Some(twin) = line.strip_prefix("  ") {
            let (wrong, object) = twin.rsplit_once(": ").unwrap_or_else(|| panic!("no object: {line}"));
            let object =
                (object != "one more object").then(|| object.split_once(' ').expect("a kind and a name"));
            twins.push(Twin { wrong, object, from: String::new(), to: String::new(), found });
        } else {
            found = line;
        }
    }
    twins
}

impl Twin<'_> {
    /// The broken text of a good one.
    pub(crate) fn of(&self, good: &str) -> String {
        let mut documents: Vec<String> = good.split("---\n").map(str::to_owned).collect();
        let Some((kind, name)) = self.object else {
            documents.push(self.to.clone());
            return documents.join("---\n");
        };
        let own = |document: &&mut String| {
            document.contains(&format!("\nkind: {kind}\n"))
                && [",", "}"].iter().any(|end| document.contains(&format!("\nmetadata: {{name: {name}{end}")))
                || document.contains(&format!("\nkind: {kind}\nmetadata:\n  name: {name}\n"))
        };
        let document = documents.iter_mut().find(own).unwrap_or_else(|| panic!("no {kind} {name}"));
        assert!(document.contains(&self.from), "{}: nothing to replace in {kind} {name}", self.wrong);
        *document = document.replacen(&self.from, &self.to, 1);
        documents.join("---\n")
    }
}
