//! Hooks about the system as a whole.

use aya_ebpf::macros::btf_tracepoint;
use aya_ebpf::programs::BtfTracePointContext;
use vivarium_sys::event::EventKind;
use vivarium_sys::load::{Field, Syscall};

use super::{Arguments, hook};
use crate::event;
use crate::kernel::Address;
use crate::path::{Name, Place};
use crate::result::Answer;

hook!(mount: lsm "sb_mount" by lsm_mount, fentry "security_sb_mount" by fentry_mount);
hook!(umount: lsm "sb_umount" by lsm_umount, fentry "security_sb_umount" by fentry_umount);
hook!(move_mount: lsm "move_mount" by lsm_movemount, fentry "security_move_mount" by fentry_movemnt);
hook!(pivot_root: lsm "sb_pivotroot" by lsm_pivot, fentry "security_sb_pivotroot" by fentry_pivot);
hook!(chroot: lsm "path_chroot" by lsm_chroot, fentry "security_path_chroot" by fentry_chroot);
hook!(read_file: lsm "kernel_read_file" by lsm_readfile, fentry "security_kernel_read_file" by fentry_readfile);
hook!(load_data: lsm "kernel_load_data" by lsm_loaddata, fentry "security_kernel_load_data" by fentry_loaddata);

/// `device, path, type, flags, data`
#[inline(always)]
fn mount(arguments: &impl Arguments) {
    event::tell::<1, 3>(EventKind::SB_MOUNT, Answer::Follows, |_, record| {
        let (device, kind) = (arguments.address(0), arguments.address(2));
        record.number(0, arguments.number(3));
        if device != Address(0) {
            record.text(0, |room| room.string(device));
        }
        record.text(1, |room| room.path(Place::of(arguments.typed(1)), Name::Given));
        if kind != Address(0) {
            record.text(2, |room| room.string(kind));
        }
    });
}

/// `mount, flags`
#[inline(always)]
fn umount(arguments: &impl Arguments) {
    event::tell::<1, 1>(EventKind::SB_UMOUNT, Answer::Follows, |_, record| {
        let mount = arguments.typed(0);
        let top = Place { mount: mount.address(), dentry: mount.follow(Field::VfsmountRoot).address() };
        record.number(0, arguments.number(1) & u64::from(u32::MAX));
        record.text(0, |room| room.path(top, Name::Given));
    });
}

/// `from, to`
#[inline(always)]
fn move_mount(arguments: &impl Arguments) {
    event::tell::<1, 2>(EventKind::MOVE_MOUNT, Answer::Follows, |_, record| {
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::Given));
        record.text(1, |room| room.path(Place::of(arguments.typed(1)), Name::Given));
    });
}

/// `where the old root is put, new root`
#[inline(always)]
fn pivot_root(arguments: &impl Arguments) {
    event::tell::<0, 2>(EventKind::PIVOT_ROOT, Answer::Follows, |_, record| {
        record.text(0, |room| room.path(Place::of(arguments.typed(1)), Name::Given));
        record.text(1, |room| room.path(Place::of(arguments.typed(0)), Name::Given));
    });
}

/// `path`
#[inline(always)]
fn chroot(arguments: &impl Arguments) {
    event::tell::<0, 1>(EventKind::CHROOT, Answer::Follows, |_, record| {
        record.text(0, |room| room.path(Place::of(arguments.typed(0)), Name::Given));
    });
}

/// `file, what for, whether as a whole`
#[inline(always)]
fn read_file(arguments: &impl Arguments) {
    let result = Answer::follows_from(&[Syscall::FinitModule, Syscall::KexecFileLoad]);
    event::tell::<1, 1>(EventKind::KERNEL_READ_FILE, result, |_, record| {
        let file = arguments.address(0);
        record.number(0, arguments.number(1) & u64::from(u32::MAX));
        if file != Address(0) {
            record.text(0, |room| room.path(Place::at(file.inner(Field::FilePath)), Name::MayBeGone));
        }
    });
}

/// `what for, whether as a whole`
#[inline(always)]
fn load_data(arguments: &impl Arguments) {
    let result = Answer::follows_from(&[Syscall::InitModule, Syscall::KexecLoad]);
    event::tell::<1, 0>(EventKind::KERNEL_LOAD_DATA, result, |_, record| {
        record.number(0, arguments.number(0) & u64::from(u32::MAX));
    });
}

/// `name, whether to wait, where from`
#[btf_tracepoint(function = "module_request")]
fn module_request(ctx: BtfTracePointContext) -> i32 {
    event::tell::<0, 1>(EventKind::MODULE_REQUEST, None, |_, record| {
        let name = Address(ctx.arg(0));
        record.text(0, |room| room.string(name));
    });
    0
}
