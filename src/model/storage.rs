//! Volumes, mounts and files of a service.

use crate::schema::{Bytes, Constant, Rooted, Template, Word, block, choice};

block! {
    /// A volume of a service; `SERVICE-NAME` in artifacts.
    "volume" => ServiceVolume / ServiceVolumeField {
        label name = "The name.";
        value path: Rooted = "The path in the container.";
        /// The room in it.
        optional size: Bytes,
        /// Whether backups copy it.
        optional backup: bool,
        /// The time at which its files are a valid copy; while the service is stopped by default. A service with a `dump` needs
        /// no copy of files.
        optional copy: VolumeCopy,
        /// Whether the service only reads it: a nested service fills it.
        optional read_only: bool,
        /// The content of the volume.
        optional description: Constant,
    }
}

choice! {
    /// The time at which the files of a volume are a valid copy.
    VolumeCopy {
        /// While the service is stopped.
        Stopped = "stopped",
        /// At any time: each file is written once, or replaced as a whole.
        Running = "running",
        /// At no time: its program has a way of its own.
        Never = "never",
    }
}

block! {
    /// A shared volume in a service, or in a nested one a volume of the service around it: `api.uploads`, in a component
    /// `self.uploads`.
    "mount" => Mount / MountField {
        label name = "The volume.";
        value path: Rooted = "The path in the container.";
        /// Whether the service only reads it.
        optional read_only: bool,
    }
}

block! {
    /// A path of the host in a service. One without a `/` at its start begins at the project's root.
    "bind" => Bind / BindField {
        label source = "The host's path.";
        value path: Rooted = "The path in the container.";
        /// Whether the service only reads it.
        optional read_only: bool,
        /// The mounts below it that appear in the container, too.
        optional propagation: Propagation,
    }
}

choice! {
    /// The mounts below a path that appear in the container, too.
    Propagation {
        /// No later mounts.
        Private = "rprivate",
        /// Mounts of the host.
        Slave = "rslave",
        /// Mounts of either side, on both.
        Shared = "rshared",
    }
}

block! {
    /// A path in memory.
    "tmpfs" => Tmpfs / TmpfsField {
        label path = "The path in the container.";
        /// The room in it.
        optional size: Bytes,
    }
}

block! {
    /// A folder that a target writes, in a service, read-only. It is mounted as a whole, so a program that reads its
    /// configuration again finds the new files.
    "artifacts" => Artifacts / ArtifactsField {
        label path = "The path in the container.";
        value folder: Word = "The target, or a folder below it: `TARGET/FOLDER`.";
    }
}

block! {
    /// A file that the compiler writes for a service.
    "config" => Config / ConfigField {
        label path = "The path in the container.";
        maybe content: Template = "The content.";
        /// The file of the project with the content, of 1 MiB at most. It is passed on byte for byte; `${…}` in it stays as it
        /// is.
        optional from: Constant,
        /// The mode on disk, octal, such as `"0644"`. Others must be able to read the file: the service runs as another user
        /// than the builder.
        optional mode: Constant,
        /// The purpose of the file.
        optional description: Constant,
    }
}
