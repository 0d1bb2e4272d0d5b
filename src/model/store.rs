//! Copies of data, and what images contain.

use crate::schema::{Constant, Duration, List, PortNumber, Reference, Word, block};

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
    /// A copy of data, made regularly.
    "backup" => Backup / BackupField {
        label name = "What it is called.";
        /// The instance whose data is copied; its component says how (`dump`).
        required of: Reference,
        /// Where the copies go: a bucket.
        required to: Reference,
        /// When, as cron says it, in UTC.
        required schedule: Constant,
        /// How long a copy is kept on the host.
        optional keep: Duration,
        /// After what time without a copy somebody is told.
        optional late: Duration,
        /// Whether copies are taken to the bucket: a variable, or `true`.
        optional upload: Word,
        /// The account that they are taken there with.
        optional account: Reference,
    }
}

block! {
    /// What an image contains: facts that checks and defaults read. The label is the image's
    /// repository, with a pattern for the tag where tags differ (`"node:*-slim"`).
    "image" => Image / ImageField {
        label name = "The repository, or `repository:pattern`.";
        /// The numeric user it runs as when told none, `uid:gid`; also what it is told here.
        optional user: Constant,
        /// The executables that health checks can use.
        optional tools: List<Constant>,
        /// The image that it is made of, whose programs it holds as well.
        optional on: Constant,
        /// What else commands can call, in this image and in those made of it.
        optional programs: List<Constant>,
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
        /// The image whose version must be the same.
        optional same_version_as: Constant,
        /// Why it can no longer be pulled.
        optional gone: Constant,
        /// Why it gets no updates.
        optional discontinued: Constant,
        /// What to use in its place.
        optional instead: Constant,
    }
}
