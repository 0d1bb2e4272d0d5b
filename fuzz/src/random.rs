//! Chance that a seed decides.

/// A sequence of numbers (Knuth's MMIX constants).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u32) -> Self {
        let mut random = Self(u64::from(seed).wrapping_mul(2).wrapping_add(1));
        random.below(2);
        random
    }

    /// A number below another one; 0 where there is none.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default().checked_rem(bound).unwrap_or_default()
    }

    pub(crate) fn one_of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> Option<&'a T> {
        let at = self.below(choices.len());
        choices.get(at).copied()
    }
}
