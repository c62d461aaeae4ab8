//! The processes, and the images that they run.

use std::collections::VecDeque;

use foldhash::{HashMap, HashMapExt};

use crate::record::{Pid, Time};
use crate::session::step::ImageId;

/// How many processes that have ended are remembered, for records of them that come a little later.
const MAX_ENDED: usize = 256;

/// What each process runs.
#[derive(Debug)]
pub(super) struct Processes {
    images: HashMap<Pid, Image>,
    ended: VecDeque<(Pid, ImageId)>,
    last: u32,
}

/// What a process runs, or ran.
#[derive(Clone, Copy, Debug)]
struct Image {
    id: ImageId,
    /// When it ended, if it has.
    ended: Option<Time>,
}

impl Processes {
    pub(super) fn new() -> Self {
        Self { images: HashMap::new(), ended: VecDeque::new(), last: 0 }
    }

    /// What this process runs now.
    pub(super) fn image(&self, pid: Pid) -> Option<ImageId> {
        self.images.get(&pid).map(|image| image.id)
    }

    /// From now on the process with this number runs something new; gives what the number stood for before.
    pub(super) fn run(&mut self, pid: Pid) -> (ImageId, Option<ImageId>) {
        self.last += 1;
        let id = ImageId(self.last);
        let before = self.images.insert(pid, Image { id, ended: None });
        (id, before.map(|image| image.id))
    }

    /// The process has ended; gives the image of one that ended so long ago that it is forgotten.
    pub(super) fn end(&mut self, pid: Pid, time: Time) -> Option<ImageId> {
        if let Some(image) = self.images.get_mut(&pid) {
            image.ended = Some(time);
            self.ended.push_back((pid, image.id));
        }
        let (pid, image) = if self.ended.len() > MAX_ENDED { self.ended.pop_front()? } else { return None };
        // Unless the number belongs to another one by now, which has released it.
        (self.image(pid) == Some(image)).then(|| self.images.remove(&pid)).flatten().map(|image| image.id)
    }

    /// When a process has ended, if it has and is not forgotten.
    pub(super) fn ended(&self, pid: Pid) -> Option<Time> {
        self.images.get(&pid)?.ended
    }

    /// Every image that is not released, the oldest first.
    pub(super) fn all(&self) -> Vec<ImageId> {
        let mut images: Vec<_> = self.images.values().map(|image| image.id).collect();
        images.sort_unstable();
        images
    }
}
