//! Numbering activations, so that no two in a process and its forked children are the same.
//!
//! Ids count up from a random 62-bit number. The process id is no use for this: it is 1 in each of several PID namespaces,
//! and it's the same for two copies of this crate in one process (a program and a library it loads). What must not happen is
//! that a forked child counts on where its parent stood; so the counter stands in a page that the kernel wipes in the
//! child, and a zero there means: draw a new number. That also holds for a bare `clone` system call, about which no
//! library hears.

use vivarium_sys::InstanceId;

/// A new id.
pub(crate) fn next() -> InstanceId {
    InstanceId(counter::next())
}

#[cfg(all(target_os = "linux", target_has_atomic = "64"))]
mod counter {
    use core::ptr;
    use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

    /// What stands in the page that the kernel wipes at a fork. All zero, it is as good as new.
    struct Counter {
        /// The next id, or zero.
        next: AtomicU64,
    }

    /// How the counter notices a fork.
    static COUNTER: AtomicPtr<Counter> = AtomicPtr::new(ptr::null_mut());

    /// Where the kernel doesn't wipe pages (before Linux 4.14), the process id has to tell, and the counter stands here.
    static FALLBACK: Counter = Counter { next: AtomicU64::new(0) };
    static FALLBACK_PROCESS: AtomicU64 = AtomicU64::new(0);

    pub(super) fn next() -> u64 {
        let counter = counter();
        let mut now = counter.next.load(Ordering::Relaxed);
        loop {
            let id = if now == 0 { seed() } else { now };
            // A signal handler that forks here makes this fail in the child, as it must.
            match counter.next.compare_exchange_weak(now, id + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return id,
                Err(changed) => now = changed,
            }
        }
    }

    fn counter() -> &'static Counter {
        let known = COUNTER.load(Ordering::Acquire);
        let known = if known.is_null() { publish(wiped_page()) } else { known };
        if ptr::eq(known, &raw const FALLBACK) {
            // SAFETY: it has no preconditions.
            let process = u64::try_from(unsafe { libc::getpid() }).unwrap_or_default();
            if FALLBACK_PROCESS.swap(process, Ordering::Relaxed) != process {
                FALLBACK.next.store(0, Ordering::Relaxed);
            }
        }
        // SAFETY: it points to FALLBACK, or to a page that is never unmapped once it is published.
        unsafe { &*known }
    }

    /// Makes `page` the counter of the process, unless another thread was faster; gives the counter that it now is.
    fn publish(page: Option<*mut Counter>) -> *mut Counter {
        let candidate = page.unwrap_or((&raw const FALLBACK).cast_mut());
        match COUNTER.compare_exchange(ptr::null_mut(), candidate, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => candidate,
            Err(published) => {
                if let Some(page) = page {
                    // SAFETY: it was mapped with this size, and no one else has seen it.
                    unsafe { libc::munmap(page.cast(), size_of::<Counter>()) };
                }
                published
            }
        }
    }

    /// A page of zeros that will be zeros again in a forked child.
    fn wiped_page() -> Option<*mut Counter> {
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, of as many pages as the counter needs, touches no memory that anyone has.
        let page = unsafe { libc::mmap(ptr::null_mut(), size_of::<Counter>(), access, kind, -1, 0) };
        if page == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: the page is the one above.
        if unsafe { libc::madvise(page, size_of::<Counter>(), libc::MADV_WIPEONFORK) } == 0 {
            return Some(page.cast());
        }
        // SAFETY: as above; no one has seen it.
        unsafe { libc::munmap(page, size_of::<Counter>()) };
        None
    }

    /// Where to start counting: random, not zero, and with room to count to without reaching the highest bit.
    fn seed() -> u64 {
        let mut random = 0_u64;
        // SAFETY: the buffer is as long as told. Blocking is no option in a function of someone else's program.
        let filled = unsafe { libc::getrandom((&raw mut random).cast(), size_of::<u64>(), libc::GRND_NONBLOCK) };
        if usize::try_from(filled) != Ok(size_of::<u64>()) {
            random = improvised();
        }
        (random >> 2) | 1
    }

    /// A seed for when the kernel gives no random bytes: the time and the process, spread over the word.
    fn improvised() -> u64 {
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer is to a timespec; getpid has no preconditions.
        let process = unsafe {
            libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now);
            libc::getpid()
        };
        // How wide these are depends on the platform.
        let [seconds, nanoseconds] =
            [u64::try_from(now.tv_sec), u64::try_from(now.tv_nsec)].map(Result::unwrap_or_default);
        let time = seconds.wrapping_mul(1_000_000_000).wrapping_add(nanoseconds);
        (time ^ u64::from(process.cast_unsigned()).rotate_right(22)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

#[cfg(not(all(target_os = "linux", target_has_atomic = "64")))]
mod counter {
    /// There are no sites here, so that no one asks.
    pub(super) fn next() -> u64 {
        1
    }
}
