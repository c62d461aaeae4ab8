//! Sites that a program makes while it runs, such as the callsites of `tracing`.
//!
//! They have no place in the code, so they share one set of probes and one semaphore, which carry the site id as an
//! argument, and they describe themselves in memory: each links itself into a list whose head the ELF file locates by a
//! note of type [`TYPE_REGISTRY`](crate::note::TYPE_REGISTRY). A tool reads the list through `/proc/PID/mem`; an observer
//! finds the same description through the last argument of `span_start`.

use core::sync::atomic::AtomicPtr;
#[cfg(not(target_arch = "bpf"))]
use core::sync::atomic::Ordering;

#[cfg(feature = "dynamic")]
pub use crate::place::is_observed;

/// A text in the memory of the process.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Text {
    start: *const u8,
    length: u64,
}

impl Text {
    const fn new(text: &'static str) -> Self {
        Self { start: text.as_ptr(), length: text.len() as u64 }
    }
}

/// The description of a dynamic site, laid out for readers of the process's memory.
///
/// | offset | field |
/// |---|---|
/// | 0 | the next description, or null |
/// | 8 | site id `u64` |
/// | 16 | line `u32` |
/// | 20 | kind `u32` |
/// | 24 | module path: address, length |
/// | 40 | name: address, length |
/// | 56 | file: address, length |
#[derive(Debug)]
#[repr(C)]
pub struct DynamicSite {
    next: AtomicPtr<DynamicSite>,
    id: crate::SiteId,
    line: u32,
    kind: u32,
    module: Text,
    name: Text,
    file: Text,
}

// SAFETY: the texts are of 'static strings, the link is atomic, and nothing else changes after construction.
unsafe impl Send for DynamicSite {}
// SAFETY: as above.
unsafe impl Sync for DynamicSite {}

/// The size of a description in memory.
pub const DESCRIPTION_BYTES: usize = size_of::<DynamicSite>();
const _: () = assert!(usize::BITS != 64 || DESCRIPTION_BYTES == size_of::<Description>());

/// A [`DynamicSite`] as a reader of the process's memory finds it: addresses mean nothing outside of the process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Description {
    /// The address of the next description, or 0.
    pub next: u64,
    /// The site id.
    pub id: u64,
    /// The line.
    pub line: u32,
    /// The kind, a [`SiteKind`](crate::SiteKind).
    pub kind: u32,
    /// The module path.
    pub module: DescribedText,
    /// The name.
    pub name: DescribedText,
    /// The source file.
    pub file: DescribedText,
}

/// Where a text of a [`Description`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct DescribedText {
    /// The address.
    pub start: u64,
    /// How many bytes.
    pub length: u64,
}

impl DynamicSite {
    /// Describes a site of the given kind.
    #[must_use]
    pub const fn new(
        kind: crate::SiteKind,
        module: &'static str,
        name: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            next: AtomicPtr::new(core::ptr::null_mut()),
            id: crate::SiteId::derive(module, name, file, line, 0),
            line,
            kind: kind as u32,
            module: Text::new(module),
            name: Text::new(name),
            file: Text::new(file),
        }
    }

    /// Who it is.
    #[must_use]
    pub const fn id(&self) -> crate::SiteId {
        self.id
    }

    #[cfg(not(target_arch = "bpf"))]
    /// Links the description into the list that tools read. Call it once for each.
    pub fn register(&'static self) {
        let this = core::ptr::from_ref(self).cast_mut();
        let mut head = REGISTRY.load(Ordering::Relaxed);
        loop {
            self.next.store(head, Ordering::Relaxed);
            match REGISTRY.compare_exchange_weak(head, this, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

#[cfg(not(target_arch = "bpf"))]
/// The newest description.
pub(crate) static REGISTRY: AtomicPtr<DynamicSite> = AtomicPtr::new(core::ptr::null_mut());
