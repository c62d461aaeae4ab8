//! The way from the fast path, which is inlined into marked functions, to the slow one, which isn't.
//!
//! An ordinary call would cost something even where it is never made: whatever a function holds in registers across it goes
//! to those that a callee must keep, and these are saved when the function is entered. So the call keeps all general
//! purpose registers, where we know how to do that.

use vivarium_sys::Site;

use crate::runtime::activation::Activation;
use crate::runtime::progress::Progress;

#[cfg(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64"))]
mod x86_64;
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64"))]
use x86_64 as form;

#[cfg(not(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64")))]
mod ordinary;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64", target_pointer_width = "64")))]
use ordinary as form;

/// A function of the slow path. All have the same arguments, each no more than a word; what they don't need is nothing.
pub(super) type Slow = extern "C" fn(&'static Site, Activation, Option<&mut Progress>) -> Activation;

/// Calls `slow`, seldom.
#[inline(always)]
pub(super) fn call(
    slow: Slow,
    site: &'static Site,
    activation: Activation,
    progress: Option<&mut Progress>,
) -> Activation {
    seldom();
    form::call(slow, site, activation, progress)
}

/// Tells the compiler that it is seldom called, and so is what stands beside it.
#[cold]
#[inline(always)]
const fn seldom() {}
