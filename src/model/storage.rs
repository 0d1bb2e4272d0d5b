//! Where a service keeps what it writes, and the files it is given.

use crate::schema::{Bytes, Constant, Rooted, Template, Word, block, choice};

block! {
    /// A volume of a service.
    "volume" => ServiceVolume / ServiceVolumeField {
        label name = "What it is called.";
        value path: Rooted = "Where it is in the container.";
        /// How much it holds.
        optional size: Bytes,
        /// Whether it is part of a backup.
        optional backup: bool,
        /// When its files are a valid copy; with the service stopped where nothing is set. A service with a `dump` needs no copy of files.
        optional copy: VolumeCopy,
        /// Whether the service only reads it: a nested service fills it.
        optional read_only: bool,
        /// What is kept there.
        optional description: Constant,
    }
}

choice! {
    /// When the files of a volume are a valid copy.
    VolumeCopy {
        /// While the service is stopped.
        Stopped = "stopped",
        /// While it runs, too: each file is written once, or replaced as a whole.
        Running = "running",
        /// Never: its program has a way of its own.
        Never = "never",
    }
}

block! {
    /// A shared volume in a service, or in a nested one a volume of the service that it stands in.
    "mount" => Mount / MountField {
        label name = "The volume.";
        value path: Rooted = "Where it is in the container.";
        /// Whether the service only reads it.
        optional read_only: bool,
    }
}

block! {
    /// A path of the host in a service.
    "bind" => Bind / BindField {
        label source = "The host's path.";
        value path: Rooted = "Where it is in the container.";
        /// Whether the service only reads it.
        optional read_only: bool,
        /// Whether mounts below it appear in the container, too.
        optional propagation: Propagation,
    }
}

choice! {
    /// Which mounts below a path appear in the container, too.
    Propagation {
        /// None that come later.
        Private = "rprivate",
        /// Those of the host.
        Slave = "rslave",
        /// Those of both, in both.
        Shared = "rshared",
    }
}

block! {
    /// A path in memory.
    "tmpfs" => Tmpfs / TmpfsField {
        label path = "Where it is in the container.";
        /// How much it holds.
        optional size: Bytes,
    }
}

block! {
    /// A folder of what a target writes, in a service. It is mounted as a whole, so that a program that reads
    /// its configuration again finds the new files.
    "artifacts" => Artifacts / ArtifactsField {
        label path = "Where it is in the container.";
        value folder: Word = "The target, or a folder below it: `TARGET/FOLDER`.";
    }
}

block! {
    /// A file that the compiler writes for a service.
    "config" => Config / ConfigField {
        label path = "Where it is in the container.";
        maybe content: Template = "What it holds.";
        /// The file of the project that holds it. It is passed on byte for byte; `${…}` in it stays as it is.
        optional from: Constant,
        /// Its mode on disk, octal, such as `"0644"`. Others must be able to read it: the service runs as another user than the one who builds.
        optional mode: Constant,
        /// What it is for.
        optional description: Constant,
    }
}
