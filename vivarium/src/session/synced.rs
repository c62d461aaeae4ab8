//! Waiting until everything is here that has happened.

use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::time::Duration;

use super::notice::say;

/// How long the daemon may take to tell everything.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Up to which question the daemon has answered.
#[derive(Debug, Default)]
pub(super) struct Synced {
    /// The last question, and the last answer.
    numbers: Mutex<(u64, u64)>,
    answered: Condvar,
}

impl Synced {
    pub(super) fn next(&self) -> u64 {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.0 += 1;
        numbers.0
    }

    /// This was answered.
    pub(super) fn tell(&self, token: u64) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.1 = numbers.1.max(token);
        self.answered.notify_all();
    }

    /// Waits for this answer. Where it doesn't come, that is said, once: what is given then looks like all that there is.
    pub(super) fn wait(&self, token: u64, patience: Duration) {
        static SAID: Once = Once::new();
        if !self.is_answered(token, patience) {
            SAID.call_once(|| say(&silence(patience)));
        }
    }

    fn is_answered(&self, token: u64, patience: Duration) -> bool {
        let numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.answered.wait_timeout_while(numbers, patience, |(_, answered)| *answered < token);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

fn silence(patience: Duration) -> String {
    format!(
        "vivarium: vivariumd has not answered for {} seconds, so that what happened last may be missing here: see whether it is \
         stopped or overloaded, as `systemctl status vivariumd` or `ps` tell",
        patience.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_by_its_own_answer_or_a_later_one() {
        let synced = Synced::default();
        let [first, second, third] = [(); 3].map(|()| synced.next());
        synced.tell(second);
        assert!(synced.is_answered(first, Duration::ZERO));
        assert!(synced.is_answered(second, Duration::ZERO));
        assert!(!synced.is_answered(third, Duration::from_millis(1)));
    }
}
