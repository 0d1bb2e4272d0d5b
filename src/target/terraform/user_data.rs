//! What the machine runs at its first start.

use super::generated;
use crate::platform::Platform;

/// The file in the folder of an environment.
pub(super) const FILE: &str = "user-data.sh";

/// The file, as the folder's configuration reads it.
pub(super) const EXPRESSION: &str = r#"file("${path.module}/user-data.sh")"#;

/// Puts the data disk where Docker keeps its data.
const DISK: &str = include_str!("../../../targets/terraform/user-data.sh");

/// The script of the first start. It holds no value of the platform, and no secret: every program of the machine that asks for its metadata
/// reads it. What has to stand in it besides the disk comes behind it here.
pub(super) fn user_data(platform: &Platform) -> String {
    format!("#!/bin/bash\n# {}\n\n{DISK}", generated(platform))
}

#[cfg(test)]
mod tests {
    use super::DISK;

    /// EC2 takes 16 KiB (docs.aws.amazon.com: EC2, "Instance user data"); the module puts two lines before it, and refuses
    /// what is longer than 15.
    #[test]
    fn it_fits() {
        assert!(DISK.len() < 15 * 1024 - 256, "{} bytes", DISK.len());
    }
}
