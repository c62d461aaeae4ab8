//! A library that the program loads while it runs.

/// The entry of the plugin.
#[unsafe(no_mangle)]
#[vivarium::observe]
pub extern "C" fn specimen_plugin(seed: u8) -> u8 {
    let bytes: [u8; 4] = std::array::from_fn(|at| seed.wrapping_mul(at as u8));
    vivarium::span!("choose", { numbers::largest(&bytes).unwrap_or_default() })
}
