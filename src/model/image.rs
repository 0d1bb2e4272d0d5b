//! What images contain, and where copies of them are.

use crate::schema::{Constant, Integer, List, PortNumber, block};

block! {
    /// A temporary server that answers while an image fills its empty data folder, before the real one.
    "first_start" => FirstStart / FirstStartField {
        /// The variables and folders that cause it; without any it comes with every empty data folder.
        optional by: List<Constant>,
        /// Programs that health checks ask with.
        optional clients: List<Constant>,
        /// What a check says that only the real server answers: arguments, variables, parts of its text.
        optional proof: List<Constant>,
        /// Whether the temporary server accepts connections on the port.
        optional port: bool,
    }
}

block! {
    /// Something that an image has to be given.
    "expects" => Expects / ExpectsField {
        label otherwise = "What happens where it is given none of them: the end of a sentence that starts with the image.";
        value any: List<Constant> = "Variables (`NAME`, `NAME*`), beginnings of arguments (`--name`) and paths (`/etc/name`), of which one is enough.";
    }
}

block! {
    /// A version of an image that gets no updates any more.
    "ended" => Ended / EndedField {
        label versions = "The version (`\"6.0\"`, with all behind it), or those before one (`\"<7.2\"`).";
        value month: Constant = "The month of the end: `\"2025-07\"`.";
    }
}

block! {
    /// A kernel of Linux on which versions of an image do not run.
    "kernel_below" => KernelBelow / KernelBelowField {
        label versions = "The version of the image (`\"8\"`, with all behind it), or those before one (`\"<7.2\"`).";
        value kernel: Constant = "The first kernel on which it does not run: `\"6.19\"`.";
    }
}

block! {
    /// The flag with which a program looks at its files by itself and reads them again when they have changed.
    "reload_flag" => ReloadFlag / ReloadFlagField {
        label since = "The first version that knows it: `\"3.12\"`.";
        value flag: Constant = "The flag: `\"--config.auto-reload\"`.";
    }
}

block! {
    /// A registry, or a folder of one, that holds copies of images.
    "mirror" => Mirror / MirrorField {
        label prefix = "What the names of the copies start with: `\"harbor.example.com/hub\"`.";
        value of: Constant = "What the names of the originals start with: `\"docker.io\"`, `\"quay.io\"`.";
    }
}

block! {
    /// What an image contains: facts that checks and defaults read. The label is the image's
    /// repository, with a pattern for the tag where tags differ: `"node:*-slim"`, `"postgres:<18"`, `"postgres:<18 *-alpine*"`.
    "image" => Image / ImageField {
        label name = "The repository, `repository:pattern`, or `namespace/*`.";
        /// The numeric user it runs as when told none, `uid:gid`; also what it is told here.
        optional user: Constant,
        /// The entry of the catalogue that holds for everything that this one does not say.
        optional like: Constant,
        /// The executables that health checks can use.
        optional tools: List<Constant>,
        /// The image that it is made of, whose programs it holds as well.
        optional on: Constant,
        /// What else commands can call, in this image and in those made of it.
        optional programs: List<Constant>,
        /// Whether it may hold more than is listed, but for what asks servers: `curl`, `wget`, `nc`, interpreters.
        optional unlisted: bool,
        /// Paths whose content must outlive the container.
        optional data: List<Constant>,
        /// Volumes of the image whose content need not.
        optional scratch: List<Constant>,
        /// Other paths that are written to, and may be empty at the start.
        optional writes: List<Constant>,
        /// Paths that are written to and hold files of the image, so that nothing empty may lie there.
        optional filled: List<Constant>,
        /// Folders and files of configuration that the program reads again while it runs.
        optional reloads: List<Constant>,
        /// The flag with which it does so by itself. On Kubernetes it is added where files of a target lie in such a folder, so
        /// that a change of them does not start the program anew.
        many reload_flag: ReloadFlag,
        /// Ports that are for those who run the platform: what is declared with their number has `access = admin`.
        optional admin_ports: List<PortNumber>,
        /// Ports that are for services of the platform only: `access = internal`.
        optional internal_ports: List<PortNumber>,
        /// Paths that it answers on its HTTP port.
        optional endpoints: List<Constant>,
        /// Variables that may be given as a file, by a second variable.
        optional file_variables: List<Constant>,
        /// What that second variable's name ends with. Variables may end in `*`.
        optional file_suffix: Constant,
        /// Variables that hold the password of its most powerful account.
        optional root_variables: List<Constant>,
        /// The variable whose `-Xms` and `-Xmx` bound a Java heap: both the same, at most half of the memory limit.
        optional heap: Constant,
        /// What answers while the first start goes on.
        optional first_start: FirstStart,
        /// Whether it has a health check of its own.
        optional builtin_health: bool,
        /// It starts as root and changes its user by itself, so that no `user` may be given to it.
        optional starts_as_root: bool,
        /// Capabilities without which it does not start as any user: those that the file of its program has.
        optional capabilities: List<Constant>,
        /// Capabilities that it needs besides where it starts as root: to give files away, and to change its user.
        optional root_capabilities: List<Constant>,
        /// Whether its root file system has to be writable, or is not known to work otherwise.
        optional writable: bool,
        /// Folders of the image that belong to its `user`: a new volume there does, too.
        optional owned: List<Constant>,
        /// Folders of the image that every user can write to: a new volume there is no different.
        optional open: List<Constant>,
        /// How many files its documentation wants it to be able to open.
        optional nofile: Integer,
        /// Whether its data is bound to the name of its host, so that a new container needs the old one's.
        optional hostname_is_state: bool,
        /// What it has to be given, with what happens otherwise.
        many expects: Expects,
        /// The image whose version must be the same.
        optional same_version_as: Constant,
        /// Why it can no longer be pulled.
        optional gone: Constant,
        /// Why it gets no updates.
        optional discontinued: Constant,
        /// The month since which that is so: `"2025-09"`.
        optional since: Constant,
        /// What to use in its place.
        optional instead: Constant,
        /// Kernels on which versions of it do not run.
        many kernel_below: KernelBelow,
        /// Versions that get no updates any more, with the month in which that ended.
        many ended: Ended,
        /// A tag that is kept up.
        optional current: Constant,
    }
}
