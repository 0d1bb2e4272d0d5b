//! The content of images, and mirrors.

use crate::schema::{Constant, Integer, List, PortNumber, block};

block! {
    /// A temporary server that answers while an image fills its empty data folder, before the real one.
    "first_start" => FirstStart / FirstStartField {
        /// The variables and folders that cause it; without any every empty data folder does.
        optional by: List<Constant>,
        /// The programs of health checks.
        optional clients: List<Constant>,
        /// The parts of a check that only the real server answers: arguments, variables, parts of its text.
        optional proof: List<Constant>,
        /// Whether the temporary server accepts connections on the port.
        optional port: bool,
    }
}

block! {
    /// A variable, an argument or a path that an image needs.
    "expects" => Expects / ExpectsField {
        label otherwise = "The failure without any of them: the end of a sentence that starts with the image.";
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
    /// The flag with which a program watches its files and reads them again after a change.
    "reload_flag" => ReloadFlag / ReloadFlagField {
        label since = "The first version that knows it: `\"3.12\"`.";
        value flag: Constant = "The flag: `\"--config.auto-reload\"`.";
    }
}

block! {
    /// A registry, or a folder of one, that holds copies of images.
    "mirror" => Mirror / MirrorField {
        label prefix = "The prefix of the copies' names: `\"harbor.example.com/hub\"`.";
        value of: Constant = "The prefix of the originals' names: `\"docker.io\"`, `\"quay.io\"`.";
    }
}

block! {
    /// The content of an image: facts that checks and defaults read. The label is the repository, with a pattern for the tag
    /// where tags differ: `"node:*-slim"`, `"postgres:<18"`, `"postgres:<18 *-alpine*"`. The most specific entry counts; of two
    /// alike, the platform's own.
    "image" => Image / ImageField {
        label name = "The repository, `repository:pattern`, or `namespace/*`.";
        /// The numeric user of the image, `uid:gid`; the service runs as it.
        optional user: Constant,
        /// The entry of the catalogue for everything that this one lacks, but for `gone` and `discontinued`.
        optional like: Constant,
        /// The executables that health checks can use.
        optional tools: List<Constant>,
        /// The image that it is built on, whose programs it holds as well.
        optional on: Constant,
        /// Further programs for commands, in this image and in those built on it.
        optional programs: List<Constant>,
        /// Whether it may hold more than is listed, but for clients of servers: `curl`, `wget`, `nc`, interpreters.
        optional unlisted: bool,
        /// Paths whose content must outlive the container.
        optional data: List<Constant>,
        /// Volumes of the image whose content may be lost.
        optional scratch: List<Constant>,
        /// Other paths that are written to, and may be empty at the start.
        optional writes: List<Constant>,
        /// Paths that are written to and hold files of the image, so nothing empty may lie there.
        optional filled: List<Constant>,
        /// Folders and files of configuration that the program reads again while it runs.
        optional reloads: List<Constant>,
        /// The flag with which the program reads them by itself. On Kubernetes it is added where files of a target lie in such
        /// a folder, so a change does not restart the program.
        many reload_flag: ReloadFlag,
        /// Ports for operators: a port with such a number has `access = admin`.
        optional admin_ports: List<PortNumber>,
        /// Ports for services of the platform: `access = internal`.
        optional internal_ports: List<PortNumber>,
        /// Paths that the image answers on its HTTP port.
        optional endpoints: List<Constant>,
        /// Variables that may be given as a file, by a second variable.
        optional file_variables: List<Constant>,
        /// The suffix of that second variable's name. Variables may end in `*`.
        optional file_suffix: Constant,
        /// Variables that hold the password of its most powerful account.
        optional root_variables: List<Constant>,
        /// The variable whose `-Xms` and `-Xmx` bound a Java heap: both the same, at most half of the memory limit.
        optional heap: Constant,
        /// The temporary server of the first start.
        optional first_start: FirstStart,
        /// Whether the image has a health check of its own.
        optional builtin_health: bool,
        /// Whether it starts as root and changes its user by itself, so that no `user` may be set.
        optional starts_as_root: bool,
        /// Capabilities without which it does not start as any user: those of its program's file.
        optional capabilities: List<Constant>,
        /// Capabilities that it also needs where it starts as root: to give files away, and to change its user.
        optional root_capabilities: List<Constant>,
        /// Whether its root file system has to be writable, or is not known to work otherwise.
        optional writable: bool,
        /// Folders of the image that belong to its `user`, as a new volume there does.
        optional owned: List<Constant>,
        /// Folders of the image that every user can write to, as to a new volume there.
        optional open: List<Constant>,
        /// The number of open files that its documentation asks for.
        optional nofile: Integer,
        /// Whether its data depends on the name of its host, so that a new container needs the old name.
        optional hostname_is_state: bool,
        /// A need of the image, with the failure otherwise.
        many expects: Expects,
        /// The image whose version must be the same.
        optional same_version_as: Constant,
        /// The reason why it can no longer be pulled.
        optional gone: Constant,
        /// The reason why it gets no updates.
        optional discontinued: Constant,
        /// The month of that: `"2025-09"`.
        optional since: Constant,
        /// The image to use in its place.
        optional instead: Constant,
        /// A kernel on which versions of the image do not run.
        many kernel_below: KernelBelow,
        /// A version that gets no updates, with the month of its end.
        many ended: Ended,
        /// A tag that is maintained.
        optional current: Constant,
    }
}
