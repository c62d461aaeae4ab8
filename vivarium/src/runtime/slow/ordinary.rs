//! Where no one has written down how to keep the registers.

use vivarium_sys::Site;

use crate::runtime::activation::Activation;
use crate::runtime::progress::Progress;
use crate::runtime::slow::Slow;

#[inline(always)]
pub(super) fn call(
    slow: Slow,
    site: &'static Site,
    activation: Activation,
    progress: Option<&mut Progress>,
) -> Activation {
    slow(site, activation, progress)
}
