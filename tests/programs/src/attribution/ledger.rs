//! Touching files whose names say where the touch must be attributed, and counting the touches.

use std::fmt;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// One call of a marked function, in one process.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    process: u32,
    call: u64,
}

impl Token {
    /// No call.
    pub(crate) const NONE: Self = Self { process: 0, call: 0 };

    /// A call that there hasn't been.
    pub(crate) fn next() -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(1);
        Self { process: std::process::id(), call: CALLS.fetch_add(1, Ordering::Relaxed) }
    }

    /// A seed for whatever this call makes, which nothing else has.
    pub(crate) fn seed(self) -> u64 {
        u64::from(self.process) << 32 | self.call
    }

    /// The token that another process printed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (process, call) = text.split_once('.')?;
        Some(Self { process: process.parse().ok()?, call: call.parse().ok()? })
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.process, self.call)
    }
}

struct Ledger {
    directory: PathBuf,
    /// In memory that forked children share.
    touches: &'static AtomicU64,
}

static LEDGER: OnceLock<Ledger> = OnceLock::new();

/// Touches go to `directory` from now on.
pub(crate) fn open(directory: PathBuf) {
    // SAFETY: a new mapping, checked below, large enough and aligned for the counter, and never unmapped.
    let touches = unsafe {
        let memory = libc::mmap(
            std::ptr::null_mut(),
            size_of::<AtomicU64>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        assert_ne!(memory, libc::MAP_FAILED, "no shared memory");
        &*memory.cast::<AtomicU64>()
    };
    assert!(LEDGER.set(Ledger { directory, touches }).is_ok(), "opened twice");
}

fn ledger() -> &'static Ledger {
    LEDGER.get().expect("the ledger is open")
}

/// Where touches go.
pub(crate) fn directory() -> &'static PathBuf {
    &ledger().directory
}

/// How many files this process and its children touched.
pub(crate) fn touches() -> u64 {
    ledger().touches.load(Ordering::Relaxed)
}

/// Adds what an executed child touched.
pub(crate) fn add(touches: u64) {
    ledger().touches.fetch_add(touches, Ordering::Relaxed);
}

/// Creates and removes a file inside the call `token` of `function`, called from `parent`: both events belong to it.
pub(crate) fn touch_own(function: &str, token: Token, parent: Token) {
    touch(&format!("own,{function},{token},{parent}"));
}

/// Creates and removes a file outside every marked function of a thread or process that the call `creator` made.
pub(crate) fn touch_inherited(creator: Token) {
    touch(&format!("inherited,-,{creator},-"));
}

fn touch(what: &str) {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let path = ledger().directory.join(format!("{what},{}.{serial}", std::process::id()));
    drop(File::create(&path).expect("the directory can be written to"));
    fs::remove_file(&path).expect("the file was there");
    ledger().touches.fetch_add(1, Ordering::Relaxed);
}
