//! Commands that change a secret while its program runs.

use crate::schema::{Constant, List, Reference, Template, block};

block! {
    /// The commands that change a secret while the program runs. A value is on standard input, never an argument.
    "rotate" => Rotate / RotateField {
        label name = "The name.";
        /// The secret.
        required secret: Template,
        /// The service whose container the commands run in; the service itself by default. For a job each command has a
        /// container of its own.
        optional in_ as "in": Reference,
        /// The command that changes the value: it reads two lines, the value so far and the new one. Without it the program
        /// reads its secret at each start, and is recreated.
        optional change: List<Template>,
        /// The command that reads one value, logs in on a new connection, and fails where it is refused.
        optional check: List<Template>,
        /// The command that removes the old value, where `change` leaves both valid. It reads the same two lines.
        optional retire: List<Template>,
        /// The reason why no command can change it, and the operator's way.
        optional none: Constant,
    }
}
