//! Programs that wait until a test lets them go on.

use std::io::Read;
use std::process::{Child, Command, Output, Stdio};

/// What they say when they are ready.
const READY: &[u8] = b"ready\n";

/// A program that has said that it is ready, and goes on when its input ends. It is killed when this is dropped.
#[derive(Debug)]
pub struct Waiting(Option<Child>);

impl Waiting {
    /// Starts it, and waits until it is ready.
    ///
    /// # Panics
    /// Where it doesn't start, or says something else.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut waiting = Self(Some(child));
        let mut said = [0; READY.len()];
        let output = waiting.0.as_mut().and_then(|child| child.stdout.as_mut()).expect("its output");
        output.read_exact(&mut said).expect("it says that it is ready");
        assert_eq!(said, READY);
        waiting
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.as_ref().expect("it runs").id()
    }

    /// Lets it go on, and waits until it ends; what else it printed.
    ///
    /// # Panics
    /// Where it can't be waited for.
    #[must_use]
    pub fn let_go(mut self) -> Output {
        let mut child = self.0.take().expect("it runs");
        drop(child.stdin.take());
        child.wait_with_output().expect("it can be waited for")
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may have ended.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
