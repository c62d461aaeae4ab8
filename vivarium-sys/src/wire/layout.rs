//! Structures whose places in memory are told, so that `docs/records.md` has them from here.

/// Where a field of such a structure stands, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct FieldPlace {
    /// The name of the field.
    pub name: &'static str,
    /// How many bytes come before it.
    pub offset: usize,
    /// How many bytes it has.
    pub bytes: usize,
    /// What it says, in a sentence.
    pub meaning: &'static str,
}

/// Defines a structure that stands in memory as it is written here.
macro_rules! laid_out {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[doc = $doc:literal])+ pub $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(C)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)+
        }

        impl $name {
            /// Where each field stands.
            pub const PLACES: &[$crate::wire::FieldPlace] = &[$($crate::wire::FieldPlace {
                name: stringify!($field),
                offset: core::mem::offset_of!(Self, $field),
                bytes: size_of::<$type>(),
                meaning: concat!($($doc),+),
            }),+];
        }
    };
}
