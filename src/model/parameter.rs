//! Parameters of components.

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
        /// A child of another instance, with its name and its parameters.
        Child = "child",
    }
}

block! {
    /// A value that an instance of a component, or a child of it, sets.
    "parameter" => ParameterBlock / ParameterBlockField {
        label name = "The name.";
        /// The type of the value.
        required type_ as "type": ParameterType,
        /// Whether the parameter may be missing.
        optional optional: bool,
        /// integer, number, duration, size, ratio: the least value.
        optional min: Amount,
        /// integer, number, duration, size, ratio: the greatest value.
        optional max: Amount,
        /// text: the pattern that the whole text matches.
        optional matches: Constant,
        /// The purpose of the parameter.
        optional description: Constant,
        /// list, child, text: the kind of children that its names stand for.
        optional of: Word,
        /// child: the list of another child that must hold it, such as `account.write`.
        optional listed: Reference,
        /// Another parameter that must be set with this one.
        optional needs: Word,
    }
}
