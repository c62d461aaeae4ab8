//! The log of what was seen: fixed memory, shared with forked children, written by signal handlers.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::observer::event::{Event, Text};

const CAPACITY: usize = 1 << 14;

/// Only ever made by mapping zeros.
pub(super) struct Log {
    length: AtomicUsize,
    records: [MaybeUninit<Event>; CAPACITY],
}

/// The log of this process and its children.
pub(super) fn shared() -> &'static Log {
    static LOG: OnceLock<&'static Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping touches no memory that anyone has.
        let page = unsafe { libc::mmap(ptr::null_mut(), size_of::<Log>(), access, kind, -1, 0) };
        assert_ne!(page, libc::MAP_FAILED, "there is memory for a log");
        // SAFETY: it was mapped with this size, zeros are a valid log, and it is never unmapped.
        unsafe { &*page.cast::<Log>() }
    })
}

impl Log {
    pub(super) fn length(&self) -> usize {
        self.length.load(Ordering::Acquire).min(CAPACITY)
    }

    /// Writes an event down. Safe in a signal handler.
    pub(super) fn push(&self, event: Event) {
        let at = self.length.fetch_add(1, Ordering::AcqRel);
        let Some(record) = self.records.get(at) else { return };
        // SAFETY: `at` was given to us alone, and no one reads it before the threads that write are joined.
        unsafe { ptr::from_ref(record).cast_mut().cast::<Event>().write(event) };
    }

    /// The events from `from` on. Call it when all that write have ended.
    pub(super) fn events(&self, from: usize) -> Vec<Event> {
        assert!(self.length.load(Ordering::Acquire) <= CAPACITY, "the log is too small for this test");
        // SAFETY: all up to the length have been written.
        self.records[from..self.length()].iter().map(|record| unsafe { record.assume_init() }).collect()
    }
}

impl Text {
    /// The text at `address` in this process.
    ///
    /// # Safety
    /// It must be null, or the address of a C string.
    pub(super) unsafe fn read(address: u64) -> Self {
        let mut text = Self::default();
        if address != 0 {
            // SAFETY: the caller has promised it.
            let bytes = unsafe { CStr::from_ptr(address as *const c_char) }.to_bytes();
            text.fill(bytes);
        }
        text
    }
}
