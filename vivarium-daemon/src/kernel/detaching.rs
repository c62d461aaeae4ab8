//! Detaching, for which the kernel waits until nobody runs any more what was attached: a twentieth of a second or more, each
//! time.

use std::thread::{self, JoinHandle};

/// What holds a program where it is attached. Dropping it detaches the program.
pub type Hold = Box<dyn Send>;

/// Detaches everything at the same time, for the kernel waits for many as long as for one.
pub fn detach(holds: impl IntoIterator<Item = Hold>) {
    thread::scope(|scope| {
        for hold in holds {
            // Where no thread can be made for it, it is dropped here.
            let _ = thread::Builder::new().spawn_scoped(scope, move || drop(hold));
        }
    });
}

/// Something is being detached, while this process has other things to do. Dropping it waits for the end of that.
#[derive(Debug)]
pub struct Detaching(Option<JoinHandle<()>>);

impl Detaching {
    /// Begins to detach everything at the same time.
    #[must_use]
    pub fn begin(holds: Vec<Hold>) -> Self {
        // Where no thread can be made for it, all of it is dropped here.
        let other = thread::Builder::new().spawn(move || detach(holds));
        Self(other.ok())
    }
}

impl Drop for Detaching {
    fn drop(&mut self) {
        // A thread that failed detached what it had, too.
        let _ = self.0.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};

    use super::*;

    struct Slow(Arc<Barrier>);

    impl Drop for Slow {
        fn drop(&mut self) {
            self.0.wait();
        }
    }

    #[test]
    fn nothing_waits_for_anything_else() {
        const HOLDS: usize = 8;
        let all = Arc::new(Barrier::new(HOLDS));
        detach((0..HOLDS).map(|_| -> Hold { Box::new(Slow(Arc::clone(&all))) }));
        assert_eq!(Arc::strong_count(&all), 1, "all of them are dropped");
    }
    #[test]
    fn what_is_dropped_is_detached() {
        let all = Arc::new(Barrier::new(2));
        let holds = [&all; 2].map(|all| -> Hold { Box::new(Slow(Arc::clone(all))) });
        drop(Detaching::begin(holds.into()));
        assert_eq!(Arc::strong_count(&all), 1, "both of them are dropped");
    }
}
