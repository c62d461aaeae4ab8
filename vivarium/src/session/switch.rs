//! Turning everything off from outside.

use std::env;

/// The variable of the environment that turns sessions off.
const SWITCH: &str = "VIVARIUM";

/// Whether `VIVARIUM=off` stands in the environment: then there are no sessions, and nobody hears of it.
pub(crate) fn is_off() -> bool {
    env::var_os(SWITCH).is_some_and(|value| value == "off")
}
