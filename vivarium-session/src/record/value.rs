//! What a field holds, read as the table of events says: for people by [`Display`](std::fmt::Display), for machines by
//! [`Serialize`].
//!
//! `Value::of_number` and `Value::of_text` are the one place that knows how each
//! [`FieldType`] is read; the files below know how each form is shown.

mod address;
mod arguments;
mod bits;
mod capabilities;
mod client_hello;
mod device;
mod dns_name;
mod exit_status;
mod groups;
mod names;
mod one_of;

use std::fmt;

use serde::{Serialize, Serializer};
use vivarium_sys::event::FieldType;

use super::Text;
pub use address::Address;
pub use arguments::Arguments;
pub use bits::{Bits, Mode};
pub use capabilities::Capabilities;
pub use client_hello::Names;
pub use device::Device;
pub use dns_name::DnsName;
pub use exit_status::ExitStatus;
pub use groups::Groups;
pub(crate) use one_of::is_interruption;
pub use one_of::{OneOf, errno};

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// The kernel side could not tell it. `?` for people, `null` in JSON.
    Unknown,
    /// A path or another text.
    Text(Text<'a>),
    /// A list of texts.
    Arguments(Arguments<'a>),
    /// The address of a socket.
    Address(Address<'a>),
    /// The name that a name server is asked for.
    DnsName(DnsName<'a>),
    /// A list of names.
    Names(Names<'a>),
    /// The numbers of groups.
    Groups(Groups<'a>),
    /// A number that says all by itself.
    Number(u64),
    /// Yes or no.
    Bool(bool),
    /// A number that may be negative: that of a process, user or group, of which `kill(2)` also knows such, or a time.
    Id(i64),
    /// A set of bits with names.
    Bits(Bits),
    /// A set of privileges.
    Capabilities(Capabilities),
    /// The number of a device.
    Device(Device),
    /// The type and the permissions of a file.
    Mode(Mode),
    /// One of several numbers with names.
    OneOf(OneOf),
    /// How a process ended.
    ExitStatus(ExitStatus),
}

/// What must be known of the whole event to read one of its fields.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// The address family, in which a protocol has its meaning.
    pub(crate) family: Option<u64>,
}

impl<'a> Value<'a> {
    /// Reads a number.
    pub(crate) fn of_number(kind: FieldType, number: u64, reading: Reading) -> Self {
        match kind {
            FieldType::Pid | FieldType::KeyId | FieldType::Seconds => Self::Id(number.cast_signed()),
            // As the kernel has them: 32 bits, of which the highest number means none.
            FieldType::Uid | FieldType::Gid if number == u64::from(u32::MAX) => Self::Id(-1),
            FieldType::Uid | FieldType::Gid => Self::Id(number.cast_signed()),
            FieldType::OpenFlags => Self::Bits(names::open_flags(number)),
            FieldType::RenameFlags => Self::Bits(names::rename_flags(number)),
            FieldType::CloneFlags => Self::Bits(names::clone_flags(number)),
            FieldType::Mode => Self::Mode(Mode(number)),
            FieldType::TaskKind => Self::OneOf(names::task_kind(number)),
            FieldType::Signal => Self::OneOf(names::signal(number)),
            FieldType::SocketFamily => Self::OneOf(names::socket_family(number)),
            FieldType::SocketType => Self::OneOf(names::socket_type(number)),
            FieldType::Protocol => Self::OneOf(names::protocol(number, reading.family)),
            FieldType::DnsType => Self::OneOf(names::dns_type(number)),
            FieldType::ExitStatus => Self::ExitStatus(ExitStatus(number)),
            FieldType::Bool => Self::Bool(number != 0),
            FieldType::FileType => Self::OneOf(names::file_type(number)),
            FieldType::Device => Self::Device(Device::new(number)),
            FieldType::AtFlags => Self::Bits(names::at_flags(number)),
            FieldType::XattrFlags => Self::Bits(names::xattr_flags(number)),
            FieldType::Capability => Self::OneOf(names::capability(number)),
            FieldType::Capabilities => Self::Capabilities(Capabilities(number)),
            FieldType::PtraceMode => Self::Bits(names::ptrace_mode(number)),
            FieldType::PtraceRequest => Self::OneOf(names::ptrace_request(number)),
            FieldType::PrctlOption => Self::OneOf(names::prctl_option(number)),
            FieldType::MmapProt => Self::Bits(names::mmap_prot(number)),
            FieldType::MmapFlags => Self::Bits(names::mmap_flags(number)),
            FieldType::MemfdFlags => Self::Bits(names::memfd_flags(number)),
            FieldType::DlopenFlags => Self::Bits(names::dlopen_flags(number)),
            FieldType::MountFlags => Self::Bits(names::mount_flags(number)),
            FieldType::UmountFlags => Self::Bits(names::umount_flags(number)),
            FieldType::MoveMountFlags => Self::Bits(names::move_mount_flags(number)),
            FieldType::KernelReadId => Self::OneOf(names::kernel_read_id(number)),
            FieldType::KernelLoadId => Self::OneOf(names::kernel_load_id(number)),
            FieldType::BpfCommand => Self::OneOf(names::bpf_command(number)),
            FieldType::BpfProgType => Self::OneOf(names::bpf_prog_type(number)),
            FieldType::BpfMapType => Self::OneOf(names::bpf_map_type(number)),
            FieldType::PerfType => Self::OneOf(names::perf_type(number)),
            FieldType::IoUringFlags => Self::Bits(names::io_uring_flags(number)),
            FieldType::IoUringOp => Self::OneOf(names::io_uring_op(number)),
            FieldType::ClockId => Self::OneOf(names::clock(number)),
            FieldType::SyslogAction => Self::OneOf(names::syslog_action(number)),
            FieldType::EnvironmentCall => Self::OneOf(names::environment_call(number)),
            FieldType::KeyctlCommand => Self::OneOf(names::keyctl_command(number)),
            _ => Self::Number(number),
        }
    }

    /// Reads a text.
    pub(crate) fn of_text(kind: FieldType, text: Text<'a>) -> Self {
        match kind {
            FieldType::Arguments => Self::Arguments(Arguments(text)),
            FieldType::Address => Self::Address(Address::read(text)),
            FieldType::Groups => Self::Groups(Groups(text)),
            FieldType::DnsName => Self::DnsName(DnsName(text)),
            FieldType::ServerName => client_hello::server_name(text).map_or(Self::Unknown, Self::Text),
            FieldType::Alpn => client_hello::alpn(text).map_or(Self::Unknown, Self::Names),
            _ => Self::Text(text),
        }
    }
}

impl Value<'_> {
    /// Whether it is a number or a set of bits, and nothing in it.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Number(number) => *number == 0,
            Self::Bits(bits) => bits.value() == 0,
            _ => false,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Text(text) => text.fmt(f),
            Self::Arguments(arguments) => arguments.fmt(f),
            Self::Address(address) => address.fmt(f),
            Self::DnsName(name) => name.fmt(f),
            Self::Names(names) => names.fmt(f),
            Self::Groups(groups) => groups.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Bool(is_so) => f.write_str(if *is_so { "yes" } else { "no" }),
            Self::Id(id) => id.fmt(f),
            Self::Bits(bits) => bits.fmt(f),
            Self::Capabilities(set) => set.fmt(f),
            Self::Device(device) => device.fmt(f),
            Self::Mode(mode) => mode.fmt(f),
            Self::OneOf(one) => one.fmt(f),
            Self::ExitStatus(status) => status.fmt(f),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            Self::Text(text) => text.serialize(serializer),
            Self::Arguments(arguments) => arguments.serialize(serializer),
            Self::Address(address) => address.serialize(serializer),
            Self::DnsName(name) => name.serialize(serializer),
            Self::Names(names) => names.serialize(serializer),
            Self::Groups(groups) => groups.serialize(serializer),
            Self::Number(number) => number.serialize(serializer),
            Self::Bool(is_so) => is_so.serialize(serializer),
            Self::Id(id) => id.serialize(serializer),
            Self::Bits(bits) => bits.serialize(serializer),
            Self::Capabilities(set) => set.serialize(serializer),
            Self::Device(device) => device.serialize(serializer),
            Self::Mode(mode) => mode.serialize(serializer),
            Self::OneOf(one) => one.serialize(serializer),
            Self::ExitStatus(status) => status.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: FieldType, number: u64) -> String {
        Value::of_number(kind, number, Reading::default()).to_string()
    }

    #[test]
    fn sets_of_bits_are_shown_by_name() {
        let general = |bits: &[u32]| bits.iter().fold(0, |all, bit| all | u64::from(*bit));
        use linux_raw_sys::general::*;
        assert_eq!(shown(FieldType::MountFlags, general(&[MS_BIND, MS_REC, MS_MGC_VAL])), "MS_BIND|MS_REC");
        assert_eq!(shown(FieldType::UmountFlags, general(&[MNT_DETACH])), "MNT_DETACH");
        assert_eq!(shown(FieldType::MmapProt, 0), "PROT_NONE");
        assert_eq!(shown(FieldType::MmapProt, general(&[PROT_READ, PROT_EXEC])), "PROT_READ|PROT_EXEC");
        let anonymous = general(&[MAP_PRIVATE, MAP_ANONYMOUS]);
        assert_eq!(shown(FieldType::MmapFlags, anonymous), "MAP_PRIVATE|MAP_ANONYMOUS");
        assert_eq!(shown(FieldType::MmapFlags, general(&[MAP_SHARED_VALIDATE])), "MAP_SHARED_VALIDATE");
        assert_eq!(shown(FieldType::MemfdFlags, general(&[MFD_CLOEXEC]) | 0x8000), "MFD_CLOEXEC|0x8000");
        assert_eq!(shown(FieldType::CloneFlags, general(&[CLONE_NEWUSER, 17])), "CLONE_NEWUSER");
        assert_eq!(shown(FieldType::CloneFlags, general(&[CLONE_NEWTIME])), "CLONE_NEWTIME");
        assert_eq!(shown(FieldType::CloneFlags, CLONE_CLEAR_SIGHAND), "CLONE_CLEAR_SIGHAND");
    }

    #[test]
    fn numbers_are_shown_by_name_and_those_without_as_numbers() {
        assert_eq!(shown(FieldType::Capability, 21), "CAP_SYS_ADMIN");
        assert_eq!(shown(FieldType::Capability, 63), "CAP_63");
        assert_eq!(shown(FieldType::PtraceRequest, 16), "PTRACE_ATTACH");
        assert_eq!(shown(FieldType::PrctlOption, 38), "PR_SET_NO_NEW_PRIVS");
        assert_eq!(shown(FieldType::BpfCommand, 5), "BPF_PROG_LOAD");
        assert_eq!(shown(FieldType::BpfMapType, 27), "BPF_MAP_TYPE_RINGBUF");
        assert_eq!(shown(FieldType::IoUringOp, 18), "IORING_OP_OPENAT");
        assert_eq!(shown(FieldType::KeyctlCommand, 11), "KEYCTL_READ");
        assert_eq!(shown(FieldType::DnsType, 28), "AAAA");
        assert_eq!(shown(FieldType::DnsType, 65280), "TYPE65280");
        assert_eq!(shown(FieldType::FileType, 0o020_644), "S_IFCHR");
        assert_eq!(shown(FieldType::ClockId, 99), "99");
    }
}
