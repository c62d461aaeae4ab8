//! Tasks other than the running one.

use vivarium_sys::load::Field;
use vivarium_sys::wire::TextLength;

use crate::kernel::Address;
use crate::record::Room;

/// A task of the kernel, a `task_struct`.
#[derive(Clone, Copy)]
pub(crate) struct Task(pub(crate) Address);

/// How deep the tree is that leads from numbers to processes, at most.
const LEVELS: usize = 6;
/// How many ways lead down from a node of the tree.
const WAYS: u32 = 64;
/// The bits in which a pointer to a node of the tree says that it is one.
const MARKS: u64 = 3;
const NODE: u64 = 2;
/// Numbers up to this are marks themselves.
const MAX_MARK: u64 = 4096;
/// The size of a `struct upid`.
const NUMBER_BYTES: u64 = 16;

impl Task {
    /// The task with this number, as the running thread numbers tasks.
    ///
    /// The kernel changes the tree meanwhile, so this may give none for a task that there is; but never another one's.
    #[inline(always)]
    pub(crate) fn of_number(number: u32) -> Option<Self> {
        let mut entry = numbers_of_the_running_thread();
        for _ in 0..LEVELS {
            if entry & MARKS != NODE || entry <= MAX_MARK {
                break;
            }
            let node = Address(entry & !MARKS);
            let shift: u8 = node.get(Field::XaNodeShift);
            let way = number.checked_shr(shift.into()).unwrap_or(0) % WAYS;
            entry = Address(node.inner(Field::XaNodeSlots).0 + u64::from(way) * size_of::<u64>() as u64).read();
        }
        if entry == 0 || entry & MARKS != 0 {
            return None;
        }
        Self::of_pid(Address(entry))
    }

    /// The task of a `struct pid`; none where it has ended.
    #[inline(always)]
    pub(crate) fn of_pid(pid: Address) -> Option<Self> {
        let link: Address = pid.get(Field::PidTasks);
        (link != Address(0)).then(|| Self(link.container_of(Field::TaskPidLinks)))
    }

    /// Who made the running one, or traces it.
    #[inline(always)]
    pub(crate) fn parent() -> Self {
        Self(Address::current_task().follow(Field::TaskRealParent))
    }

    /// Its process.
    #[inline(always)]
    pub(crate) fn process(self) -> u64 {
        self.0.get::<u32>(Field::TaskTgid).into()
    }
}

/// The tree that leads from numbers to processes, in the namespace of the running thread.
#[inline(always)]
fn numbers_of_the_running_thread() -> u64 {
    let own = Address::current_task().follow(Field::TaskThreadPid);
    let level: u32 = own.get(Field::PidLevel);
    let number = Address(own.inner(Field::PidNumbers).0 + u64::from(level) * NUMBER_BYTES);
    let space: Address = number.get(Field::UpidNs);
    space.inner(Field::PidNamespaceIdr).inner(Field::IdrRoot).get(Field::XarrayHead)
}

impl Room {
    /// Takes the name of a task.
    #[inline(always)]
    pub(crate) fn name_of(self, task: Task) -> TextLength {
        self.string(task.0.inner(Field::TaskComm))
    }
}
