//! What the kernel tells of a process: lines of a key and a number.

/// The number after a key at the beginning of a line; 0 where there is none.
pub(super) fn number(text: &str, key: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(key));
    value.and_then(|value| value.split_whitespace().next()).and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_their_keys() {
        assert_eq!(number("VmPeak:\t 5 kB\nVmHWM:\t 7 kB\n", "VmHWM:"), 7);
        assert_eq!(number("pos: 0\n", "memlock:"), 0);
    }
}
