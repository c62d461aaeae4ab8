//! The branches below one span or process: few enough to be read, and the sum of the others.

use vivarium_sys::event::Severity;

use super::branch::{Branch, Group, What};
use super::budget::Budget;
use super::more::More;

/// How many branches one place shows; the others are summed up.
const MAX_SHOWN: usize = 200;
/// How many there may be before also one of high severity, which nobody should miss, is summed up.
const MAX_WITH_SEVERE: usize = 2_000;

/// The branches below one span or process.
#[derive(Debug, Default)]
pub(super) struct Branches {
    /// The shapes of the branches in `list`, in the same order; those of groups as they were when nothing was in them yet.
    shapes: Vec<u64>,
    list: Vec<Branch>,
    more: Option<Box<More>>,
}

impl Branches {
    /// Adds a branch: to one that looks alike, or beside the others, or to the sum of those that find no room.
    ///
    /// The budget has counted what is in the branch already, and not yet the branch itself.
    pub(super) fn add(&mut self, branch: Branch, budget: &mut Budget) {
        // There is one of each group, whatever is in it.
        if let What::Group(group, inner) = branch.what {
            return self.group(group, budget).absorb(inner, budget);
        }
        let shape = branch.shape();
        let alike =
            self.shapes.iter().zip(&mut self.list).find(|(known, one)| **known == shape && one.is_like(&branch));
        if let Some((_, one)) = alike {
            merge(one, branch, budget);
        } else if self.list.len() < most_beside(&branch) && budget.has_room() {
            self.push(shape, branch, budget);
        } else {
            self.sum_up(&branch, budget);
        }
    }

    /// The branch of this group, which is made if need be.
    pub(super) fn group(&mut self, group: Group, budget: &mut Budget) -> &mut Self {
        let is_it = |branch: &Branch| matches!(branch.what, What::Group(known, _) if known == group);
        let at = self.list.iter().position(is_it).unwrap_or_else(|| {
            // After all others: what is known comes first.
            let order = u64::MAX - 1 + group as u64;
            let branch = Branch { order, count: 1, what: What::Group(group, Self::default()) };
            self.push(branch.shape(), branch, budget);
            self.list.len() - 1
        });
        match &mut self.list[at].what {
            What::Group(_, inner) => inner,
            _ => unreachable!("the position is that of a group"),
        }
    }

    fn push(&mut self, shape: u64, branch: Branch, budget: &mut Budget) {
        budget.take(branch.own_bytes());
        self.shapes.push(shape);
        self.list.push(branch);
    }

    /// In the order in which they began.
    pub(super) fn in_order(&self) -> Vec<&Branch> {
        let mut list: Vec<_> = self.list.iter().collect();
        list.sort_by_key(|branch| branch.order);
        list
    }

    /// The sum of those that are not shown.
    pub(super) fn more(&self) -> Option<&More> {
        self.more.as_deref()
    }

    /// The only branch, if there is exactly one.
    pub(super) fn only(&self) -> Option<&Branch> {
        match (self.list.as_slice(), &self.more) {
            ([branch], None) => Some(branch),
            _ => None,
        }
    }

    /// Takes out the only branch.
    pub(super) fn take_only(&mut self) -> Option<Branch> {
        self.only()?;
        self.shapes.clear();
        self.list.pop()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty() && self.more.is_none()
    }

    /// Whether they hold no event.
    pub(super) fn is_quiet(&self) -> bool {
        self.list.iter().all(Branch::is_quiet) && self.more.as_ref().is_none_or(|more| more.is_quiet())
    }

    /// The same for branches that look alike, whatever their order.
    pub(super) fn shape(&self) -> u64 {
        let shapes = self.list.iter().zip(&self.shapes).map(|(branch, shape)| match branch.what {
            What::Group(..) => branch.shape(),
            _ => *shape,
        });
        shapes.fold(u64::from(self.more.is_some()), u64::wrapping_add)
    }

    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.more.is_some() == other.more.is_some()
            && self.list.len() == other.list.len()
            && self.list.iter().zip(&self.shapes).all(|(branch, shape)| {
                let mut others = other.list.iter().zip(&other.shapes);
                others.any(|(one, known)| known == shape && one.is_like(branch))
            })
    }

    /// Takes over what is in `other`.
    fn absorb(&mut self, other: Self, budget: &mut Budget) {
        for branch in other.list {
            budget.give_back(branch.own_bytes());
            self.add(branch, budget);
        }
        if let Some(more) = other.more {
            self.more.get_or_insert_default().add(&more);
        }
    }

    fn sum_up(&mut self, branch: &Branch, budget: &mut Budget) {
        branch.inner().into_iter().for_each(|inner| inner.give_back(budget));
        self.more.get_or_insert_default().add_branch(branch);
    }

    fn give_back(&self, budget: &mut Budget) {
        for branch in &self.list {
            budget.give_back(branch.own_bytes());
            branch.inner().into_iter().for_each(|inner| inner.give_back(budget));
        }
    }
}

/// Among how many others it is shown.
fn most_beside(branch: &Branch) -> usize {
    let is_severe = matches!(&branch.what, What::Line(line) if line.severity == Severity::High);
    if is_severe { MAX_WITH_SEVERE } else { MAX_SHOWN }
}

/// Lets `one` stand for `other` too.
fn merge(one: &mut Branch, mut other: Branch, budget: &mut Budget) {
    // The first of them all is the one that is shown.
    if other.order < one.order {
        std::mem::swap(one, &mut other);
    }
    one.count += other.count;
    match (&mut one.what, other.what) {
        (What::Span(one), What::Span(other)) => {
            one.total += other.total;
            one.polls += other.polls;
            one.inner.absorb(other.inner, budget);
        }
        (What::Process(one), What::Process(other)) => one.inner.absorb(other.inner, budget),
        _ => {}
    }
}
