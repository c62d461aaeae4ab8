//! Sets of bits with names.

/// Defines a set of bits as the kernel side and the program side both need it: no dependency, no surprises.
macro_rules! flags {
    ($(#[$meta:meta])* $name:ident: $bits:ty { $($(#[doc = $doc:literal])+ $flag:ident = $bit:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
        #[repr(transparent)]
        pub struct $name(pub $bits);

        impl $name {
            /// None of them.
            pub const NONE: Self = Self(0);
            $($(#[doc = $doc])+ pub const $flag: Self = Self($bit);)+

            /// Each with its name, and what it says.
            pub const ALL: &[(Self, &str, &str)] = &[$((Self::$flag, stringify!($flag), concat!($($doc),+))),+];

            /// Whether all of `other` is set.
            #[must_use]
            #[inline(always)]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Both.
            #[must_use]
            #[inline(always)]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
    };
}
