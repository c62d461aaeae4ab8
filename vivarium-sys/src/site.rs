//! What a site is: its identity, its kind, and its three probes.

use core::ffi::{CStr, c_char, c_void};
use core::{fmt, ptr};

use crate::dynamic::DynamicSite;
use crate::probe::{Fire, Probe, Raise, StartFlags, StopFlags};

/// The identity of a site: derived from where it stands, so that it is the same in every build of the same source.
///
/// It is positive as an `i64`, because the readers of probe arguments disagree about larger numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct SiteId(pub u64);

impl SiteId {
    /// The id that the shared probes of dynamic sites carry in their notes: the real one is an argument.
    pub const DYNAMIC: Self = Self(0);

    /// Derives the id of the site called `name` at this place.
    ///
    /// ```
    /// use vivarium_sys::SiteId;
    /// const HERE: SiteId = SiteId::derive("app::config", "load", "src/config.rs", 12, 4);
    /// assert_eq!(HERE, SiteId::derive("app::config", "load", "src/config.rs", 12, 4));
    /// assert_ne!(HERE, SiteId::derive("app::config", "load", "src/config.rs", 13, 4));
    /// assert_ne!(HERE, SiteId::DYNAMIC);
    /// ```
    #[must_use]
    pub const fn derive(module: &str, name: &str, file: &str, line: u32, column: u32) -> Self {
        let hash = fnv1a(FNV_OFFSET, module.as_bytes());
        let hash = fnv1a(hash, &[0xff]);
        let hash = fnv1a(hash, name.as_bytes());
        let hash = fnv1a(hash, &[0xff]);
        let hash = fnv1a(hash, file.as_bytes());
        let hash = fnv1a(hash, &line.to_le_bytes());
        let hash = fnv1a(hash, &column.to_le_bytes());
        let positive = scramble(hash) & (u64::MAX >> 1);
        Self(if positive == 0 { 1 } else { positive })
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SiteId({self})")
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a: a few operations per byte, which matters for a function that the compiler interprets.
const fn fnv1a(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(FNV_PRIME);
        at += 1;
    }
    hash
}

/// Spreads the last bytes over the whole word; FNV alone leaves neighbouring lines close together.
const fn scramble(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// One activation of a site, unique in a process and its forked children. Zero is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct InstanceId(pub u64);

impl InstanceId {
    /// No activation: nobody was looking when the function was entered.
    pub const NONE: Self = Self(0);

    /// Whether this is an activation at all.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstanceId({self})")
    }
}

/// Defines [`SiteKind`], so that numbers, names and variants stand in one place.
macro_rules! site_kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal;)+) => {
        /// What kind of place a site is. The number stands in the ELF note.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum SiteKind {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl SiteKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The kind with this number in a note, if there is one.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The name that people and machines read.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it is, in a sentence.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+),)+
                }
            }
        }

        /// The number of a kind by the name of its variant, as text for the assembler.
        #[doc(hidden)]
        #[macro_export]
        macro_rules! __site_kind_number {
            $(($variant) => { $number };)+
        }
    };
}

site_kinds! {
    /// A marked function.
    Function = 1, "fn";
    /// A marked async function: it starts and stops at every poll.
    AsyncFunction = 2, "async fn";
    /// A `span!`, until dropped or around a block.
    Span = 3, "span";
    /// A span of the `tracing` crate, registered at run time.
    Tracing = 4, "tracing";
}

/// A site as the program holds it: who it is, and the function that carries its probes.
///
/// Made by [`site!`](crate::site!) for places in the code, and by [`DynamicSite`] for the others.
#[derive(Debug)]
pub struct Site {
    /// The identity.
    pub id: SiteId,
    /// The module path and the name, for readers of the probe's arguments.
    pub name: &'static CStr,
    /// What is known of a dynamic site; of a place in the code it stands in the ELF file.
    pub descriptor: Option<&'static DynamicSite>,
    /// Fires its probes.
    pub fire: Fire,
}

impl Site {
    /// A site that isn't anywhere, for platforms without probes.
    pub const NOWHERE: Self = {
        extern "C" fn fire(_: u64, _: u64, _: u32, _: *const c_char, _: *const c_void, _: u32, _: u32) {}
        Self { id: SiteId::DYNAMIC, name: c"", descriptor: None, fire }
    };

    /// Fires `span_start`.
    pub fn start(&self, instance: InstanceId, flags: StartFlags) {
        let descriptor = self.descriptor.map_or(ptr::null(), ptr::from_ref);
        (self.fire)(instance.0, self.id.0, flags.0, self.name.as_ptr(), descriptor.cast(), 0, Probe::Start as u32);
    }

    /// Fires `span_stop`.
    pub fn stop(&self, instance: InstanceId, flags: StopFlags) {
        (self.fire)(instance.0, self.id.0, flags.0, ptr::null(), ptr::null(), 0, Probe::Stop as u32);
    }

    /// Fires `span_raise`.
    pub fn raise(&self, instance: InstanceId, raise: &Raise<'_>) {
        let (message, file) = (raise.message.as_ptr(), raise.file.as_ptr().cast());
        (self.fire)(instance.0, self.id.0, raise.kind as u32, message, file, raise.line, Probe::Raise as u32);
    }
}

/// The C string in `text`, whose only zero byte is its last.
#[doc(hidden)]
#[must_use]
pub const fn place_name(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(name) => name,
        Err(_) => panic!("the name of a site holds a zero byte"),
    }
}
