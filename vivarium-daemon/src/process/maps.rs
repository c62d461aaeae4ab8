//! The list of mappings of a process, `/proc/PID/maps`.

use std::ops::Range;

use vivarium_session::text::Text;

/// A file, whatever its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Inode {
    /// The device.
    pub device: (u32, u32),
    /// The number on it.
    pub number: u64,
}

/// A part of a file in the memory of a process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// Where in memory.
    pub memory: Range<u64>,
    /// Whether its code may run.
    pub is_executable: bool,
    /// Where in the file it begins.
    pub offset: u64,
    /// Which file.
    pub inode: Inode,
    /// Its path, as the process sees it; ends in ` (deleted)` where it has none any more.
    pub path: Text,
}

/// The mappings of files; lines of another form, which no kernel writes, are passed over.
pub(super) fn parse(text: &[u8]) -> Vec<Mapping> {
    text.split(|&byte| byte == b'\n').filter_map(mapping).filter(|mapping| mapping.inode.number != 0).collect()
}

/// Reads a line such as `7f1c2000-7f1c6000 r-xp 00002000 fe:00 247774    /usr/lib/libc.so.6`.
fn mapping(line: &[u8]) -> Option<Mapping> {
    let mut rest = line;
    let mut field = || {
        let end = rest.iter().position(|&byte| byte == b' ').unwrap_or(rest.len());
        let (field, after) = rest.split_at(end);
        rest = after.trim_ascii_start();
        std::str::from_utf8(field).ok()
    };
    let (start, end) = field()?.split_once('-')?;
    let permissions = field()?;
    let offset = field()?;
    let (major, minor) = field()?.split_once(':')?;
    let number = field()?.parse().ok()?;
    let hexadecimal = |digits| u64::from_str_radix(digits, 16).ok();
    let device_number = |digits| u32::from_str_radix(digits, 16).ok();
    Some(Mapping {
        memory: hexadecimal(start)?..hexadecimal(end)?,
        is_executable: permissions.contains('x'),
        offset: hexadecimal(offset)?,
        inode: Inode { device: (device_number(major)?, device_number(minor)?), number },
        path: Text::new(rest),
    })
}

#[cfg(test)]
mod tests {
    use super::{Inode, Mapping, parse};
    use vivarium_session::text::Text;

    #[test]
    fn files_are_listed_and_memory_without_a_file_is_not() {
        let text = b"\
55af47f50000-55af47f54000 r--p 00000000 fe:00 247774                     /usr/bin/ls
55af47f54000-55af47f60000 r-xp 00004000 fe:00 247774                     /usr/bin/ls
55af47f61000-55af47f82000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000001000 r-xp 00000000 00:01 1029 /memfd:a library \xff with spaces (deleted)
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";
        let found = parse(text);
        assert_eq!(found.len(), 3);
        assert_eq!(
            found[1],
            Mapping {
                memory: 0x55af47f54000..0x55af47f60000,
                is_executable: true,
                offset: 0x4000,
                inode: Inode { device: (0xfe, 0), number: 247774 },
                path: Text::from("/usr/bin/ls"),
            }
        );
        assert!(!found[0].is_executable);
        assert_eq!(found[2].path, Text::new(b"/memfd:a library \xff with spaces (deleted)"));
    }
}
