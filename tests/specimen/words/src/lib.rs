//! Spans, an error, and a future.

use std::future::poll_fn;
use std::num::ParseIntError;
use std::task::Poll;

/// Counts words, and lets others run after each of them.
#[vivarium::observe]
pub async fn count(text: &str) -> usize {
    let mut words = 0;
    for _ in text.split(' ') {
        words += 1;
        pause().await;
    }
    words
}

/// Is pending once.
async fn pause() {
    let mut paused = false;
    poll_fn(|context| {
        if paused {
            return Poll::Ready(());
        }
        paused = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The number in a text.
#[vivarium::observe(err)]
pub fn number(text: &str) -> Result<u32, ParseIntError> {
    text.parse()
}

/// The last word that stands before all others in the alphabet, loudly.
pub fn shout(text: &str) -> String {
    let _span = vivarium::span!("letters");
    let initials: Vec<char> = text.split(' ').filter_map(|word| word.chars().next()).collect();
    let last = numbers::largest(&initials);
    vivarium::span!("shout", {
        let word = text.split(' ').find(|word| word.chars().next() == last);
        word.unwrap_or_default().to_uppercase()
    })
}

/// A module that is marked as a whole.
#[vivarium::observe]
pub mod letters {
    /// How many vowels there are.
    pub fn vowels(text: &str) -> usize {
        text.chars().filter(|letter| "aeiou".contains(*letter)).count()
    }
}
