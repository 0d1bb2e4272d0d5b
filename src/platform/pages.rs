//! Where the pages for those who run a platform are: in the build, and in a browser.

use super::{Platform, Runtime};
use crate::formats;

/// Hosts of repositories whose pages have addresses that follow from that of the repository: its name, and what stands between the
/// repository and the path of a file. `HEAD` is the branch that a repository is shown with
/// (docs.github.com: "Getting permanent links to files", docs.gitlab.com: "Repository", "Files").
const HOSTS: &[(&str, &str)] = &[("github.com", "blob/HEAD"), ("gitlab.com", "-/blob/HEAD")];

impl Platform {
    /// The folder of the pages of a build, below the output folder.
    #[must_use]
    pub fn pages_folder(&self) -> String {
        [&self.pages_root(), self.below_runtime()].concat()
    }

    /// The folder that the build of the platform as it stands has for the pages of an environment; its own where there is none.
    #[must_use]
    pub fn pages_beside(&self) -> String {
        [&self.pages_root(), self.below_environment().as_str(), self.below_runtime()].concat()
    }

    /// The folders of the pages of its other runtimes, seen from those of this one.
    #[must_use]
    pub fn pages_of_others(&self) -> Vec<(Runtime, String)> {
        let here = self.below_runtime();
        let others = self.runtimes.iter().filter(|runtime| **runtime != self.runtime);
        let seen = others.map(|runtime| {
            let there = self.below(*runtime).trim_start_matches('/');
            let up = if here.is_empty() { "" } else { "../" };
            let down = if there.is_empty() { String::new() } else { format!("{there}/") };
            (*runtime, format!("{up}{down}"))
        });
        seen.collect()
    }

    fn pages_root(&self) -> String {
        match &self.settings.docs.folder {
            Some(folder) => format!("docs/{folder}"),
            None => "docs".to_owned(),
        }
    }

    fn below_environment(&self) -> String {
        self.environment.as_ref().map(|name| format!("/environments/{name}")).unwrap_or_default()
    }

    /// The pages of the first runtime stand in the folder itself, those of another one below it.
    fn below_runtime(&self) -> &'static str {
        self.below(self.runtime)
    }

    fn below(&self, runtime: Runtime) -> &'static str {
        match runtime {
            runtime if self.runtimes.first() == Some(&runtime) => "",
            Runtime::Compose => "/compose",
            Runtime::Kubernetes => "/kubernetes",
        }
    }

    /// The address of the generated page of an alert; `None` where nobody knows where pages are read.
    #[must_use]
    pub fn address_of_page(&self, alert: &str) -> Option<String> {
        if !self.targets.contains(&&formats::DOCS) {
            return None;
        }
        let root = match &self.settings.docs.address {
            Some(address) => address.trim_end_matches('/').to_owned(),
            None => [&in_browser(self.repository.as_deref()?)?, "/", &self.pages_root()].concat(),
        };
        let (environment, runtime) = (self.below_environment(), self.below_runtime());
        Some(format!("{root}{environment}{runtime}/runbooks/{alert}.md"))
    }
}

/// The address below which a browser shows the files of a repository.
fn in_browser(repository: &str) -> Option<String> {
    let rest = ["https://", "ssh://git@", "git@"].iter().find_map(|start| repository.strip_prefix(start))?;
    HOSTS.iter().find_map(|(host, way)| {
        let path = rest.strip_prefix(host)?.strip_prefix(['/', ':'])?;
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let is_repository = path.split('/').count() >= 2 && path.split('/').all(|part| !part.is_empty());
        is_repository.then(|| format!("https://{host}/{path}/{way}"))
    })
}

#[cfg(test)]
mod tests {
    use super::in_browser;

    #[test]
    fn known_hosts_show_files() {
        let github = Some("https://github.com/shop/platform/blob/HEAD".to_owned());
        for address in [
            "https://github.com/shop/platform",
            "https://github.com/shop/platform.git",
            "https://github.com/shop/platform/",
            "git@github.com:shop/platform.git",
            "ssh://git@github.com/shop/platform.git",
        ] {
            assert_eq!(in_browser(address), github, "{address}");
        }
        let gitlab = in_browser("https://gitlab.com/shop/live/platform.git");
        assert_eq!(gitlab.as_deref(), Some("https://gitlab.com/shop/live/platform/-/blob/HEAD"));
        for address in [
            "https://git.example.com/shop/platform.git",
            "https://github.com/shop",
            "https://github.com.evil/a/b",
        ] {
            assert_eq!(in_browser(address), None, "{address}");
        }
    }
}
