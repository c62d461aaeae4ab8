//! What clients have said is answered.

use std::time::Instant;

use super::Server;
use crate::daemon::client::Gone;
use crate::daemon::requests;

/// How many bytes of answers one user but root may leave unread.
const ANSWERS_OF_USER: usize = 64 << 20;

impl Server {
    /// Answers what clients have said, as far as it is their turn.
    pub(super) fn answer_all(&mut self) {
        let mut turns = std::mem::take(&mut self.turns);
        turns.go_round(|client| {
            let begun = Instant::now();
            self.answer(client).then(|| begun.elapsed())
        });
        self.turns = turns;
    }

    /// Answers the next thing that a client has said; false where that was all.
    fn answer(&mut self, token: u64) -> bool {
        let Some(client) = self.clients.get_mut(&token) else { return false };
        let answered = match client.next() {
            Ok(Some(request)) => requests::answer(client, &mut self.hub, request).map(|()| true),
            Ok(None) => Ok(false),
            Err(malformed) => {
                if let Some(session) = client.session() {
                    self.hub.abandon(session);
                }
                let dismissed = requests::dismiss(client, requests::not_understood(&malformed));
                // What comes after nonsense is nonsense.
                let _ = client.send();
                dismissed.and(Err(Gone))
            }
        };
        match answered {
            Ok(more) if !self.hoards(token) => more,
            _ => {
                self.part(token);
                false
            }
        }
    }

    /// Whether the user of a client has more lie here than there is room for: descriptors that no request has taken, or answers
    /// that nobody reads.
    fn hoards(&self, token: u64) -> bool {
        let Some(client) = self.clients.get(&token).filter(|client| client.peer.user != 0) else { return false };
        if client.descriptors() == 0 && client.untaken_answers() == 0 {
            return false;
        }
        let (mut descriptors, mut answers) = (0, 0);
        for other in self.clients.values().filter(|other| other.peer.user == client.peer.user) {
            descriptors += other.descriptors();
            answers += other.untaken_answers();
        }
        descriptors > self.room.descriptors_of_user || answers > ANSWERS_OF_USER
    }
}
