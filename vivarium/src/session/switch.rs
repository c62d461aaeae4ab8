//! Turning everything off from outside.

use std::env;

/// The variable of the environment that turns sessions off.
const SWITCH: &str = "VIVARIUM";

/// Whether `VIVARIUM=off` stands in the environment, or what else means that: then there are no sessions, and nobody hears of it.
pub(crate) fn is_off() -> bool {
    env::var(SWITCH).is_ok_and(|value| means_off(&value))
}

fn means_off(value: &str) -> bool {
    ["off", "0", "false", "no"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::means_off;

    #[test]
    fn what_people_write_for_off_is_off() {
        for value in ["off", "OFF", "0", "false", "No"] {
            assert!(means_off(value), "{value}");
        }
        for value in ["", "on", "1", "true", "offline"] {
            assert!(!means_off(value), "{value}");
        }
    }
}
