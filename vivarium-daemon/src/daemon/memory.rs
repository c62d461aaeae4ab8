//! Memory that was needed once.

/// Gives the system back what loading needed and nothing does any more: most of what the allocator holds by then.
pub(super) fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: it may be called at any time, and changes nothing of what is allocated.
    unsafe {
        libc::malloc_trim(0);
    }
}
