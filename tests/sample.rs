//! Of many cases a sample is tried each time, and all of them by `tests/long.sh`.

/// Whether all cases are asked for.
pub(crate) fn whole() -> bool {
    std::env::var_os("INFRAC_LONG").is_some_and(|value| !value.is_empty())
}

/// Whether a case is tried. Its name decides (FNV-1a), not its place: the sample is the same everywhere, and a new case
/// changes nothing about the others.
pub(crate) fn takes(name: &str, one_of: u64) -> bool {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of such a hash depend on the low bits of the letters alone, and the last letter is in few of the others.
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    whole() || (mixed >> 32).is_multiple_of(one_of)
}

#[test]
fn a_sample_is_neither_nothing_nor_everything() {
    let taken = (0..1_000).filter(|at| takes(&format!("case {at}"), 4)).count();
    let expected = if whole() { 1_000..=1_000 } else { 200..=300 };
    assert!(expected.contains(&taken), "{taken} of 1000");
}
