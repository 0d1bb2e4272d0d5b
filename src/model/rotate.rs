//! How a secret of a program is changed while it runs.

use crate::schema::{Constant, List, Reference, Template, block};

block! {
    /// How a secret of the program is changed while the program runs. A value is handed to a command on its standard input and
    /// is never an argument.
    "rotate" => Rotate / RotateField {
        label name = "What it is called.";
        /// The secret.
        required secret: Template,
        /// The service whose container the commands run in; the service itself, by default. For a job a container of its own is
        /// started for each command.
        optional in_ as "in": Reference,
        /// Changes the value: it reads two lines, the value so far and the new one. Without it, the program reads its secret at
        /// each start, and is started anew.
        optional change: List<Template>,
        /// Logs in on a new connection with the value that it reads as one line, and fails where the value is refused.
        optional check: List<Template>,
        /// Takes the old value away, where `change` leaves both valid so that no reader is refused in between. It reads the same
        /// two lines.
        optional retire: List<Template>,
        /// Why no command can change it, and what the operator does instead.
        optional none: Constant,
    }
}
