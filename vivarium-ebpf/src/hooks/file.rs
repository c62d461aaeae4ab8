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

/// A name in a directory, which hooks are given as the path of the directory and the name's own `dentry`.
#[inline(always)]
fn name_in(directory: Typed, name: Typed) -> Place {
    Place { mount: directory.follow(Field::PathMnt).address(), dentry: name.address() }
}
