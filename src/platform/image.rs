//! What the catalogue knows of images.

use super::Version;
use crate::model::Access;
use crate::notation::wildcard;

/// What an image contains.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
pub struct ImageFacts {
    /// The repository, or `repository:pattern`.
    pub image: String,
    /// The numeric user it runs as.
    pub user: Option<String>,
    /// The executables that health checks can use.
    pub tools: Vec<String>,
    /// Whether the entry says which tools there are.
    pub tools_known: bool,
    /// The image that it is made of.
    pub on: Option<String>,
    /// What else commands can call; empty where nobody says.
    pub programs: Vec<String>,
    /// Whether it may hold more than is listed.
    pub unlisted: bool,
    /// Paths whose content must outlive the container.
    pub data: Vec<String>,
    /// Volumes of the image whose content need not.
    pub scratch: Vec<String>,
    /// Other paths that are written to.
    pub writes: Vec<String>,
    /// Ports that are meant for somebody, with whom.
    pub ports: Vec<(u16, Access)>,
    /// Paths that it answers on its HTTP port; empty where unknown.
    pub endpoints: Vec<String>,
    /// Paths that are written to and hold files of the image.
    pub filled: Vec<String>,
    /// Configuration that is read again while it runs.
    pub reloads: Vec<String>,
    /// The flag with which it does so by itself, and the first version that knows it.
    pub reload_flag: Option<(Version, String)>,
    /// Variables that may be given as a file.
    pub file_variables: Vec<String>,
    /// Whether the entry says which variables these are.
    pub files_known: bool,
    /// What the second variable's name ends with.
    pub file_suffix: String,
    /// Variables that hold the password of its most powerful account.
    pub root_variables: Vec<String>,
    /// The variable that bounds its Java heap.
    pub heap: Option<String>,
    /// What answers while the first start goes on.
    pub first_start: Option<FirstStart>,
    /// Whether it has a health check of its own.
    pub builtin_health: bool,
    /// Whether it starts as root and changes its user by itself.
    pub starts_as_root: bool,
    /// Capabilities that it needs as any user.
    pub capabilities: Vec<String>,
    /// Capabilities that it needs besides where it starts as root.
    pub root_capabilities: Vec<String>,
    /// Whether its root file system has to be writable.
    pub writable: bool,
    /// Folders that belong to its user.
    pub owned: Vec<String>,
    /// Folders that every user can write to.
    pub open: Vec<String>,
    /// How many files it wants to be able to open.
    pub nofile: Option<u64>,
    /// Whether its data is bound to the name of its host.
    pub hostname_is_state: bool,
    /// What it has to be given.
    pub expects: Vec<Expects>,
    /// The image whose version must be the same.
    pub same_version_as: Option<String>,
    /// Why it can no longer be pulled.
    pub gone: Option<String>,
    /// Why it gets no updates.
    pub discontinued: Option<String>,
    /// The month since which that is so.
    pub since: Option<String>,
    /// What to use in its place.
    pub instead: Option<String>,
    /// Versions that get no updates any more, with the month in which that ended.
    pub ended: Vec<(String, String)>,
    /// The first kernel on which versions do not run.
    pub kernel_below: Vec<(String, Version)>,
    /// A tag that is kept up.
    pub current: Option<String>,
}

impl ImageFacts {
    /// How many things its lists hold, which are compared with those of every service of the image.
    #[must_use]
    pub fn listed(&self) -> usize {
        let own = [
            &self.tools,
            &self.data,
            &self.scratch,
            &self.writes,
            &self.endpoints,
            &self.filled,
            &self.reloads,
            &self.file_variables,
            &self.root_variables,
            &self.owned,
            &self.open,
        ];
        let expected = self.expects.iter().map(|expects| &expects.any);
        let first = self.first_start.iter().flat_map(|first| [&first.by, &first.clients, &first.proof]);
        own.into_iter().chain(first).chain(expected).map(Vec::len).sum::<usize>() + self.ports.len()
    }

    /// Who a port is meant for, where the image says it.
    #[must_use]
    pub fn access(&self, number: u16) -> Option<Access> {
        self.ports.iter().find(|(known, _)| *known == number).map(|(_, access)| *access)
    }

    /// Whether a variable may be given as a file.
    #[must_use]
    pub fn takes_file(&self, name: &str) -> bool {
        self.file_variables.iter().any(|known| wildcard::is_of(known, name))
    }
}

/// Something that an image has to be given.
#[derive(Debug, Clone)]
pub struct Expects {
    /// What happens otherwise.
    pub otherwise: String,
    /// Variables, beginnings of arguments and paths, of which one is enough.
    pub any: Vec<String>,
}

/// A temporary server that answers while an image fills its empty data folder.
#[derive(Debug, Clone)]
pub struct FirstStart {
    /// The variables and folders that cause it; none where it always comes.
    pub by: Vec<String>,
    /// Programs that health checks ask with.
    pub clients: Vec<String>,
    /// What a check says that only the real server answers.
    pub proof: Vec<String>,
    /// Whether it accepts connections on the port.
    pub port: bool,
}
