//! Numbers of the kernel's own, which no header for programs has.

use super::{Bits, OneOf, Table, named_bits, one_of};

/// `enum kernel_read_file_id`, in the words of the kernel's own messages.
const READS: Table = &[
    ("unknown", 0),
    ("firmware", 1),
    ("kernel-module", 2),
    ("kexec-image", 3),
    ("kexec-initramfs", 4),
    ("security-policy", 5),
    ("x509-certificate", 6),
    ("kernel-module-compressed", 7),
];

/// `PTRACE_MODE_*`.
const PTRACE_MODES: Table = &[
    ("PTRACE_MODE_READ", 1),
    ("PTRACE_MODE_ATTACH", 2),
    ("PTRACE_MODE_NOAUDIT", 4),
    ("PTRACE_MODE_FSCREDS", 8),
    ("PTRACE_MODE_REALCREDS", 16),
];

/// `SYSLOG_ACTION_*`, which `syslog(2)` describes.
const SYSLOGS: Table = &[
    ("SYSLOG_ACTION_CLOSE", 0),
    ("SYSLOG_ACTION_OPEN", 1),
    ("SYSLOG_ACTION_READ", 2),
    ("SYSLOG_ACTION_READ_ALL", 3),
    ("SYSLOG_ACTION_READ_CLEAR", 4),
    ("SYSLOG_ACTION_CLEAR", 5),
    ("SYSLOG_ACTION_CONSOLE_OFF", 6),
    ("SYSLOG_ACTION_CONSOLE_ON", 7),
    ("SYSLOG_ACTION_CONSOLE_LEVEL", 8),
    ("SYSLOG_ACTION_SIZE_UNREAD", 9),
    ("SYSLOG_ACTION_SIZE_BUFFER", 10),
];

/// What the kernel reads a file for.
pub(in super::super) fn kernel_read_id(number: u64) -> OneOf {
    one_of(READS, number)
}

/// What the kernel is given bytes for: `enum kernel_load_data_id` is made of the same list.
pub(in super::super) fn kernel_load_id(number: u64) -> OneOf {
    one_of(READS, number)
}

/// With which right a process looks into another.
pub(in super::super) fn ptrace_mode(value: u64) -> Bits {
    named_bits(value, value, PTRACE_MODES, None)
}

/// What is asked of the kernel's log.
pub(in super::super) fn syslog_action(number: u64) -> OneOf {
    one_of(SYSLOGS, number)
}
