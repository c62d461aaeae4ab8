//! Files and directories.

use std::ffi::CString;
use std::mem;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::ptr;

use crate::deed::{Deed, c_string, deeds, done, fails, path};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "path_open": open_a_file, open_nothing, open_odd_names, open_beneath_a_descriptor, open_by_a_handle;
    "file_create": create_a_file, open_what_is_there, create_without_opening;
    "file_unlink": unlink_a_file, unlink_nothing, unlink_nowhere;
    "file_rename": rename_a_file;
    "file_symlink": symlink_a_file;
    "file_hardlink": hardlink_a_file;
    "file_mkdir": make_a_directory;
    "file_rmdir": remove_directories;
    "file_mknod": make_a_pipe_and_a_device;
    "file_chmod": change_permissions, change_permissions_far_down;
    "file_chown": change_owners;
    "file_truncate": cut_files;
    "file_setxattr": set_attributes;
    "file_removexattr": remove_attributes;
    "file_getdents": read_a_directory;
    "file_stat": look_at_files;
    "file_receive": receive_files;
};

fn open(file: &CString, flags: i32, mode: libc::mode_t) -> OwnedFd {
    // SAFETY: a path that ends with a zero byte, and a descriptor that nobody else has.
    unsafe { OwnedFd::from_raw_fd(done(libc::open(file.as_ptr(), flags, mode))) }
}

#[vivarium::observe]
fn open_a_file(directory: &Path) {
    drop(open(&path(directory, "file"), libc::O_RDONLY, 0));
}

#[vivarium::observe]
fn open_nothing(directory: &Path) {
    // SAFETY: a path that ends with a zero byte.
    fails(unsafe { libc::open(path(directory, "nothing").as_ptr(), libc::O_RDWR) }, libc::ENOENT);
}

#[vivarium::observe]
fn open_odd_names(directory: &Path) {
    for name in ["line\nbreak", "\u{1b}[31mred"] {
        drop(open(&path(directory, name), libc::O_RDONLY, 0));
    }
    let mut bytes = path(directory, "").into_bytes();
    bytes.extend_from_slice(b"no\xffutf8");
    drop(open(&c_string(&bytes), libc::O_RDONLY, 0));
}

#[vivarium::observe]
fn open_beneath_a_descriptor(directory: &Path) {
    let start = open(&path(directory, "tree"), libc::O_PATH, 0);
    // SAFETY: a path that ends with a zero byte, and a descriptor that nobody else has.
    drop(unsafe { OwnedFd::from_raw_fd(done(libc::openat(start.as_raw_fd(), c"leaf".as_ptr(), libc::O_RDONLY))) });
}

/// What a file is to the kernel, whatever it is called.
#[repr(C)]
struct Handle {
    bytes: u32,
    kind: i32,
    data: [u8; libc::MAX_HANDLE_SZ as usize],
}

#[vivarium::observe]
fn open_by_a_handle(directory: &Path) {
    let mut handle = Handle { bytes: libc::MAX_HANDLE_SZ as u32, kind: 0, data: [0; libc::MAX_HANDLE_SZ as usize] };
    let mut mount = 0;
    let name = path(directory, "file");
    let tree = open(&path(directory, "tree"), libc::O_RDONLY, 0);
    let start = (&raw mut handle).cast::<libc::file_handle>();
    // SAFETY: a path that ends with a zero byte, a handle that is as long as it says, and a descriptor that nobody else has.
    unsafe {
        done(libc::name_to_handle_at(libc::AT_FDCWD, name.as_ptr(), start, &raw mut mount, 0));
        let opened = done(libc::open_by_handle_at(tree.as_raw_fd(), start, libc::O_RDONLY));
        drop(OwnedFd::from_raw_fd(opened));
    }
}

#[vivarium::observe]
fn create_a_file(directory: &Path) {
    // SAFETY: it can't fail.
    unsafe { libc::umask(0) };
    drop(open(&path(directory, "created"), libc::O_WRONLY | libc::O_CREAT, 0o640));
}

#[vivarium::observe]
fn open_what_is_there(directory: &Path) {
    drop(open(&path(directory, "file"), libc::O_WRONLY | libc::O_CREAT, 0o640));
}

#[vivarium::observe]
fn create_without_opening(directory: &Path) {
    // SAFETY: a path that ends with a zero byte.
    unsafe {
        libc::umask(0o027);
        done(libc::mknod(path(directory, "plain").as_ptr(), libc::S_IFREG | 0o666, 0));
        libc::umask(0);
    }
}

#[vivarium::observe]
fn unlink_a_file(directory: &Path) {
    // SAFETY: a path that ends with a zero byte.
    done(unsafe { libc::unlink(path(directory, "victim").as_ptr()) });
}

#[vivarium::observe]
fn unlink_nothing(directory: &Path) {
    // SAFETY: a path that ends with a zero byte.
    fails(unsafe { libc::unlink(path(directory, "nothing").as_ptr()) }, libc::ENOENT);
}

#[vivarium::observe]
fn unlink_nowhere(_: &Path) {
    // SAFETY: the kernel refuses an address at which there is nothing.
    fails(unsafe { libc::unlink(std::ptr::without_provenance(8)) }, libc::EFAULT);
}

#[vivarium::observe]
fn rename_a_file(directory: &Path) {
    let (from, to) = (path(directory, "old"), path(directory, "tree/new"));
    let flags = libc::RENAME_NOREPLACE;
    // SAFETY: paths that end with a zero byte.
    done(unsafe { libc::renameat2(libc::AT_FDCWD, from.as_ptr(), libc::AT_FDCWD, to.as_ptr(), flags) });
}

#[vivarium::observe]
fn symlink_a_file(directory: &Path) {
    // SAFETY: paths that end with a zero byte.
    done(unsafe { libc::symlink(c"../some where".as_ptr(), path(directory, "symbolic").as_ptr()) });
}

#[vivarium::observe]
fn hardlink_a_file(directory: &Path) {
    // SAFETY: paths that end with a zero byte.
    done(unsafe { libc::link(path(directory, "file").as_ptr(), path(directory, "hard").as_ptr()) });
}

#[vivarium::observe]
fn make_a_directory(directory: &Path) {
    // SAFETY: a path that ends with a zero byte.
    done(unsafe { libc::mkdir(path(directory, "directory").as_ptr(), 0o750) });
}

#[vivarium::observe]
fn remove_directories(directory: &Path) {
    // SAFETY: paths that end with a zero byte.
    unsafe {
        done(libc::rmdir(path(directory, "empty").as_ptr()));
        done(libc::unlinkat(libc::AT_FDCWD, path(directory, "empty too").as_ptr(), libc::AT_REMOVEDIR));
    }
}

#[vivarium::observe]
fn make_a_pipe_and_a_device(directory: &Path) {
    // SAFETY: paths that end with a zero byte.
    unsafe {
        done(libc::mknod(path(directory, "pipe").as_ptr(), libc::S_IFIFO | 0o620, 0));
        done(libc::mknod(path(directory, "null").as_ptr(), libc::S_IFCHR | 0o666, libc::makedev(1, 3)));
    }
}

#[vivarium::observe]
fn change_permissions(directory: &Path) {
    let gone = open(&path(directory, "gone"), libc::O_RDONLY, 0);
    // SAFETY: paths that end with a zero byte.
    unsafe {
        done(libc::chmod(path(directory, "file").as_ptr(), 0o4711));
        done(libc::unlink(path(directory, "gone").as_ptr()));
    }
    // SAFETY: a descriptor that is open.
    done(unsafe { libc::fchmod(gone.as_raw_fd(), 0o600) });
}

/// The name of each directory of a path that is longer than a record holds, and how many there are.
const FAR: (usize, usize) = (250, 40);

#[vivarium::observe]
fn change_permissions_far_down(directory: &Path) {
    let name = c_string(&[b'd'; FAR.0]);
    let mut here = open(&path(directory, ""), libc::O_RDONLY, 0);
    for _ in 0..FAR.1 {
        // SAFETY: paths that end with a zero byte, and a descriptor that nobody else has.
        here = unsafe {
            done(libc::mkdirat(here.as_raw_fd(), name.as_ptr(), 0o700));
            OwnedFd::from_raw_fd(done(libc::openat(here.as_raw_fd(), name.as_ptr(), libc::O_RDONLY)))
        };
    }
    // SAFETY: a descriptor that is open.
    done(unsafe { libc::fchmod(here.as_raw_fd(), 0o711) });
}

#[vivarium::observe]
fn change_owners(directory: &Path) {
    let file = open(&path(directory, "file"), libc::O_RDONLY, 0);
    // SAFETY: paths that end with a zero byte, and a descriptor that is open.
    unsafe {
        done(libc::chown(path(directory, "file").as_ptr(), 1, 2));
        done(libc::lchown(path(directory, "link").as_ptr(), u32::MAX, 3));
        done(libc::fchown(file.as_raw_fd(), 4, u32::MAX));
        done(libc::fchownat(file.as_raw_fd(), c"".as_ptr(), 5, 6, libc::AT_EMPTY_PATH));
    }
}

#[vivarium::observe]
fn cut_files(directory: &Path) {
    let name = path(directory, "file");
    let file = open(&name, libc::O_WRONLY | libc::O_TRUNC, 0);
    // SAFETY: a path that ends with a zero byte, and a descriptor that is open.
    unsafe {
        done(libc::truncate(name.as_ptr(), 4096));
        done(libc::ftruncate(file.as_raw_fd(), 17));
    }
}

#[vivarium::observe]
fn set_attributes(directory: &Path) {
    let name = path(directory, "file");
    let file = open(&name, libc::O_RDONLY, 0);
    let value = b"value";
    // SAFETY: texts that end with a zero byte, values as long as is said, and a descriptor that is open.
    unsafe {
        let start = value.as_ptr().cast();
        done(libc::setxattr(name.as_ptr(), c"trusted.one".as_ptr(), start, 5, libc::XATTR_CREATE));
        done(libc::lsetxattr(path(directory, "link").as_ptr(), c"trusted.two".as_ptr(), start, 4, 0));
        done(libc::fsetxattr(file.as_raw_fd(), c"trusted.three".as_ptr(), start, 3, 0));
    }
}

#[vivarium::observe]
fn remove_attributes(directory: &Path) {
    let name = path(directory, "file");
    let file = open(&name, libc::O_RDONLY, 0);
    // SAFETY: texts that end with a zero byte, and a descriptor that is open.
    unsafe {
        done(libc::removexattr(name.as_ptr(), c"trusted.one".as_ptr()));
        done(libc::lremovexattr(path(directory, "link").as_ptr(), c"trusted.two".as_ptr()));
        done(libc::fremovexattr(file.as_raw_fd(), c"trusted.three".as_ptr()));
    }
}

#[vivarium::observe]
fn read_a_directory(directory: &Path) {
    let tree = open(&path(directory, "tree"), libc::O_RDONLY | libc::O_DIRECTORY, 0);
    let mut names = [0_u8; 1000];
    // SAFETY: a buffer as long as is said.
    done(unsafe { libc::syscall(libc::SYS_getdents64, tree.as_raw_fd(), names.as_mut_ptr(), names.len()) });
    // Reading a directory as a file asks for the same permission and is none.
    // SAFETY: likewise.
    let read = unsafe { libc::read(tree.as_raw_fd(), names.as_mut_ptr().cast(), names.len()) };
    assert_eq!(read, -1, "a directory is no file");
}

#[vivarium::observe]
fn look_at_files(directory: &Path) {
    let name = path(directory, "file");
    let tree = open(&path(directory, "tree"), libc::O_RDONLY | libc::O_DIRECTORY, 0);
    // SAFETY: texts that end with a zero byte, places for the answers, and a descriptor that is open.
    unsafe {
        let mut stat: libc::stat = mem::zeroed();
        let mut statx: libc::statx = mem::zeroed();
        done(libc::lstat(path(directory, "link").as_ptr(), &raw mut stat));
        done(libc::fstat(tree.as_raw_fd(), &raw mut stat));
        done(libc::statx(libc::AT_FDCWD, name.as_ptr(), 0, libc::STATX_BASIC_STATS, &raw mut statx));
    }
}

#[vivarium::observe]
fn receive_files(directory: &Path) {
    let mut ends = [0; 2];
    let files = ["file", "tree/leaf"].map(|name| open(&path(directory, name), libc::O_RDONLY, 0));
    let sent = files.each_ref().map(AsRawFd::as_raw_fd);
    let mut byte = *b"x";
    let mut part = libc::iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: 1 };
    let mut control = [0_u64; 8];
    // SAFETY: all that the message points to lives until it is received, and the room for control messages is aligned.
    unsafe {
        done(libc::socketpair(libc::AF_UNIX, libc::SOCK_STREAM, 0, ends.as_mut_ptr()));
        let mut message: libc::msghdr = mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(size_of_val(&sent) as u32) as usize;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of_val(&sent) as u32) as usize;
        ptr::copy_nonoverlapping(sent.as_ptr(), libc::CMSG_DATA(header).cast(), sent.len());
        done(libc::sendmsg(ends[0], &raw const message, 0) as i64);
        message.msg_controllen = size_of_val(&control);
        done(libc::recvmsg(ends[1], &raw mut message, 0) as i64);
    }
}
