//! How the daemon ends.

use std::io;
use std::time::{Duration, Instant};

use nix::sys::epoll::{EpollEvent, EpollFlags, EpollTimeout};
use vivarium_protocol::{Message, Reason, Refusal};

use super::Server;
use crate::daemon::client::State;
use crate::daemon::requests;

/// How long clients may take to be told that the daemon ends.
const FAREWELL: Duration = Duration::from_secs(2);

impl Server {
    /// The daemon ends: every session gets a verdict.
    pub(super) fn say_goodbye(mut self) -> io::Result<()> {
        tracing::info!(clients = self.clients.len(), "told to end");
        self.listener = None;
        for client in self.clients.values_mut() {
            let told = match client.state {
                State::Observing(observing) => {
                    self.hub.cut(observing.session, "vivariumd was told to end");
                    requests::conclude(client, &mut self.hub, observing.session)
                }
                State::Leaving => Ok(()),
                State::Silent | State::Greeted => {
                    let refusal = Refusal::new(Reason::Ending, "vivariumd is about to end", "start it again");
                    client.say(&Message::Refused(refusal))
                }
            };
            client.state = State::Leaving;
            if told.is_err() {
                tracing::debug!("a client was not told that the daemon ends");
            }
        }
        let deadline = Instant::now() + FAREWELL;
        let mut events = [EpollEvent::empty(); 256];
        loop {
            self.send_all();
            let left = deadline.saturating_duration_since(Instant::now());
            if self.clients.is_empty() || left.is_zero() {
                return Ok(());
            }
            let timeout = EpollTimeout::try_from(left).unwrap_or(EpollTimeout::ZERO);
            let count = self.epoll.wait(&mut events, timeout).unwrap_or(0);
            for event in &events[..count] {
                if event.events().contains(EpollFlags::EPOLLHUP) {
                    self.part(event.data());
                }
            }
        }
    }
}
