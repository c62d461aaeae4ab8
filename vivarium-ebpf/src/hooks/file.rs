//! Hooks about files and directories.

mod attributes;
mod contents;
mod directories;
mod extended;
mod names;
mod open;
mod receive;

use vivarium_sys::load::Field;

use crate::kernel::Typed;
use crate::path::Place;
use crate::uring;

/// Whether a file system does this to serve what was asked of it, as an overlay does with the files of its layers: as the user
/// who mounted it. Elsewhere in these hooks a thread only acts as another user if a ring was told so.
#[inline(always)]
fn is_within_file_system() -> bool {
    let task = Typed::current_task();
    task.follow(Field::TaskCred).address() != task.follow(Field::TaskRealCred).address() && !uring::is_issuing()
}

/// A name in a directory, which hooks are given as the path of the directory and the name's own `dentry`.
#[inline(always)]
fn name_in(directory: Typed, name: Typed) -> Place {
    Place { mount: directory.follow(Field::PathMnt).address(), dentry: name.address() }
}
