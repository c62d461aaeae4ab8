//! `membarrier(2)`.

/// Waits until every BPF program that is running at this moment is done: the kernel waits until each processor has left what
/// it was about, as it does before it frees a program. Where the kernel does not want to, nothing is waited for.
pub(in crate::kernel) fn wait_for_programs() {
    const NO_FLAGS: u32 = 0;
    const NO_PROCESSOR: u32 = 0;
    // SAFETY: it takes numbers alone and changes nothing.
    unsafe { libc::syscall(libc::SYS_membarrier, libc::MEMBARRIER_CMD_GLOBAL, NO_FLAGS, NO_PROCESSOR) };
}
