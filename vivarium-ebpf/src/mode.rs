//! The mode of a file: its type and its permissions.

/// The bits that can be asked for.
pub(crate) const PERMISSIONS: u64 = 0o7777;
/// The bits that say what a file is.
const FILE_TYPE: u16 = 0o170_000;
/// It is a socket.
const SOCKET: u16 = 0o140_000;

/// Whether a file of this mode is a socket.
#[inline(always)]
pub(crate) fn is_socket(mode: u16) -> bool {
    mode & FILE_TYPE == SOCKET
}
