//! The files that the running thread has open.

use vivarium_sys::load::Field;

use crate::kernel::{Address, Structure, Typed};
use crate::path::Place;

/// An open file of the kernel, a `struct file`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct File(pub(crate) Address);

impl File {
    /// What a descriptor of the running thread stands for.
    #[inline(always)]
    pub(crate) fn of_descriptor(descriptor: i32) -> Option<Self> {
        let table = Address::current_task().follow(Field::TaskFiles).follow(Field::FilesFdt);
        Self::in_table(table, descriptor, Address::read)
    }

    /// The same, where that is asked often.
    #[inline(always)]
    pub(crate) fn of_new_descriptor(descriptor: i32) -> Option<Self> {
        let table = Typed::current_task().follow(Field::TaskFiles).follow(Field::FilesFdt);
        Self::in_table(table, descriptor, |place| place.plainly().read())
    }

    /// What a descriptor stands for in a `struct fdtable`.
    #[inline(always)]
    fn in_table(table: impl Structure, descriptor: i32, read: impl FnOnce(Address) -> Address) -> Option<Self> {
        let limit: u32 = table.get(Field::FdtableMaxFds);
        // A negative number is a large one.
        if descriptor as u32 >= limit {
            return None;
        }
        let files: u64 = table.get(Field::FdtableFd);
        let file = read(Address(files + descriptor as u64 * size_of::<u64>() as u64));
        (file.0 != 0).then_some(Self(file))
    }

    /// Where one is whose descriptor is new.
    #[inline(always)]
    pub(crate) fn new_place(self) -> Place {
        Place::plainly(self.0.inner(Field::FilePath).plainly())
    }

    /// Where it is.
    #[inline(always)]
    pub(crate) fn place(self) -> Place {
        Place::at(self.0.inner(Field::FilePath))
    }

    /// The value of a field.
    #[inline(always)]
    pub(crate) fn get<T: Copy>(self, field: Field) -> T {
        self.0.get(field)
    }

    /// The value of a field of its inode.
    #[inline(always)]
    pub(crate) fn inode<T: Copy>(self, field: Field) -> T {
        self.0.follow(Field::FileInode).get(field)
    }
}
