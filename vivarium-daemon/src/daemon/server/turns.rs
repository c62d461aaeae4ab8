//! Whose turn it is: the requests of one user, however many, never keep those of another waiting for long.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// How long the requests of one user are answered before those of others are.
const TURN: Duration = Duration::from_millis(5);

/// The clients that have said something, in the order in which they are answered.
#[derive(Debug, Default)]
pub(super) struct Turns(VecDeque<Waiting>);

#[derive(Clone, Copy, Debug)]
struct Waiting {
    client: u64,
    user: u32,
}

impl Turns {
    /// A client of this user has said something.
    pub(super) fn add(&mut self, client: u64, user: u32) {
        self.0.push_back(Waiting { client, user });
    }

    /// Whether there is something to answer that a client has said.
    pub(super) fn has(&self, client: u64) -> bool {
        self.0.iter().any(|waiting| waiting.client == client)
    }

    /// Whether all is answered.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// Lets each user have a turn, in which its clients have one request answered after the other. `answer` tells how long one
    /// took, or that the client had none any more.
    pub(super) fn go_round(&mut self, mut answer: impl FnMut(u64) -> Option<Duration>) {
        let mut spent: HashMap<u32, Duration> = HashMap::new();
        let mut later = VecDeque::new();
        while let Some(waiting) = self.0.pop_front() {
            let spent = spent.entry(waiting.user).or_default();
            if *spent >= TURN {
                later.push_back(waiting);
            } else if let Some(took) = answer(waiting.client) {
                *spent += took;
                self.0.push_back(waiting);
            }
        }
        self.0 = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: u32 = 1;
    const OTHER: u32 = 2;

    /// Goes round once; how many requests of each client were answered, each of which takes as long.
    fn answered(turns: &mut Turns, left: &mut HashMap<u64, u32>, each: Duration) -> HashMap<u64, u32> {
        let mut answered = HashMap::new();
        turns.go_round(|client| {
            let left = left.get_mut(&client)?;
            *left = left.checked_sub(1)?;
            *answered.entry(client).or_insert(0) += 1;
            Some(each)
        });
        answered
    }

    #[test]
    fn one_user_does_not_keep_another_waiting() {
        let mut turns = Turns::default();
        (0..60).for_each(|client| turns.add(client, BUSY));
        turns.add(60, OTHER);
        let mut left: HashMap<_, _> = (0..60).map(|client| (client, 1000)).chain([(60, 3)]).collect();
        let each = Duration::from_millis(1);
        let first = answered(&mut turns, &mut left, each);
        assert_eq!(first[&60], 3, "all of it");
        assert_eq!(first.values().sum::<u32>(), 3 + 5);
        assert!(turns.has(0) && !turns.has(60) && !turns.is_over());
    }

    #[test]
    fn the_clients_of_a_user_take_turns_and_all_is_answered() {
        let mut turns = Turns::default();
        (0..10).for_each(|client| turns.add(client, BUSY));
        let mut left: HashMap<_, _> = (0..10).map(|client| (client, 2)).collect();
        let mut rounds = 0;
        while !turns.is_over() {
            let now = answered(&mut turns, &mut left, Duration::from_millis(1));
            assert!(now.values().all(|count| *count == 1), "nobody twice before others were answered: {now:?}");
            rounds += 1;
        }
        assert_eq!(rounds, 4 + 1, "and once more to see that there is no more");
        assert!(left.values().all(|left| *left == 0));
    }
}
