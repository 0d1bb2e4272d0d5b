//! Text as programs in Go read it.

use crate::schema::Duration;

/// A duration: Go knows no days.
pub(in crate::target) fn duration(duration: Duration) -> String {
    const UNITS: [(u64, &str); 3] = [(3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let unit = UNITS.iter().find(|(size, _)| duration.0 > 0 && duration.0.is_multiple_of(*size));
    unit.map_or_else(|| format!("{}ms", duration.0), |(size, unit)| format!("{}{unit}", duration.0 / size))
}

#[cfg(test)]
mod tests {
    use super::duration;
    use crate::schema::Duration;

    #[test]
    fn durations_have_no_days() {
        let durations = [0, 250, 90_000, 120_000, 7 * 86_400_000].map(|ms| duration(Duration(ms)));
        assert_eq!(durations, ["0ms", "250ms", "90s", "2m", "168h"]);
    }
}
