//! What a component is told.

use crate::schema::{Amount, Constant, Reference, Word, block, choice};

choice! {
    /// The type of a parameter.
    ParameterType {
        /// Text, or a variable.
        Text = "text",
        /// The name of a metric.
        Metric = "metric",
        /// The name of a label of metrics.
        Label = "label",
        /// A secret.
        Secret = "secret",
        /// A whole number.
        Integer = "integer",
        /// A number with decimals.
        Number = "number",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A duration.
        Duration = "duration",
        /// A size.
        Size = "size",
        /// A ratio.
        Ratio = "ratio",
        /// A list of text or names.
        List = "list",
        /// A service.
        Service = "service",
        /// A port of a service.
        Port = "port",
        /// Something external.
        Outside = "outside",
        /// A child of an instance: its name and its parameters stand behind it.
        Child = "child",
    }
}

block! {
    /// What an instance of a component, or a child of it, is told.
    "parameter" => ParameterBlock / ParameterBlockField {
        label name = "What it is called.";
        /// Its type.
        required type_ as "type": ParameterType,
        /// Whether it may be missing.
        optional optional: bool,
        /// integer, number, duration, size, ratio: the least that it may be.
        optional min: Amount,
        /// integer, number, duration, size, ratio: the most that it may be.
        optional max: Amount,
        /// text: a pattern of what it may be as a whole.
        optional matches: Constant,
        /// What it is for.
        optional description: Constant,
        /// list, child, text: the kind of children that its names stand for.
        optional of: Word,
        /// child: the list of another child in which it must stand, such as `account.write`.
        optional listed: Reference,
        /// Another parameter that must be given where this one is.
        optional needs: Word,
    }
}
