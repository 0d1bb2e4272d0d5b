//! Amounts as Kubernetes reads them.

use crate::emit::Node;
use crate::kustomize::bare;

/// The value of an amount; `None` where it is none (kubernetes/apimachinery:pkg/api/resource/quantity.go, `ParseQuantity`).
pub(super) fn value(node: &Node) -> Option<f64> {
    match bare(node) {
        Node::Text(text) => parse(text),
        #[expect(clippy::cast_precision_loss, reason = "amounts are compared, not counted")]
        Node::Integer(number) => Some(*number as f64),
        #[expect(clippy::cast_precision_loss, reason = "amounts are compared, not counted")]
        Node::Large(number) => Some(*number as f64),
        Node::Number(number) => Some(*number),
        _ => None,
    }
}

/// The value of an amount that is text.
pub(in crate::target::kubernetes) fn parse(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && !".+-".contains(c)).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    if number.is_empty() || number.trim_start_matches(['+', '-']).is_empty() {
        return None;
    }
    let number: f64 = number.parse().ok()?;
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        "Ei" => 1_152_921_504_606_846_976.0,
        exponent => {
            let exponent = exponent.strip_prefix(['e', 'E'])?;
            10f64.powi(exponent.parse().ok()?)
        }
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn amounts_are_read_as_kubernetes_reads_them() {
        for (text, expected) in [
            ("1", 1.0),
            ("500m", 0.5),
            ("64Mi", 67_108_864.0),
            ("1.5Gi", 1_610_612_736.0),
            ("1e3", 1000.0),
            ("2G", 2e9),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in ["", "Mi", "64MiB", "1 Gi", "64mb", "+", "1e", "many"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
