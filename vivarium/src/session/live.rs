//! A session of this process with the daemon: a thread reads what it tells and feeds it to sinks.

use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{io, mem, process};

use vivarium_protocol::{Client, ClientError, Pumped, Running, SocketPath, Start, Stopper, Switchboard, Target};
use vivarium_session::filter::{Filter, SitePattern};
use vivarium_session::session::{Outcome, Session, SiteTable};
use vivarium_session::sink::Sink;
use vivarium_session::text::Text;

use super::builder::SessionError;
use super::own_work::own_work;

/// What is to be observed, and where it goes.
pub(crate) struct Request {
    /// What the session is called.
    pub(crate) command: Vec<Text>,
    pub(crate) filter: Filter,
    pub(crate) children: bool,
    pub(crate) sinks: Vec<Box<dyn Sink + Send>>,
    /// Told of each number that was asked about with [`Live::sync`], when everything has come that happened before.
    pub(crate) synced: Box<dyn Fn(u64) + Send>,
}

/// A session that runs, until it is finished or dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Live {
    /// The process that it is about: in the child of a fork it is none of the child's business.
    process: u32,
    /// The number of the session.
    id: u64,
    stopper: Stopper,
    /// What came of it, when it is over.
    outcome: Receiver<Outcome>,
    reader: Option<JoinHandle<()>>,
}

/// How long the daemon may take to end a session.
const ENDING: Duration = Duration::from_secs(30);

impl Live {
    /// Begins it. When this returns, everything is seen that the process does from now on.
    pub(crate) fn start(request: Request) -> Result<Self, ClientError> {
        own_work(|| {
            let (tell, begun) = mpsc::sync_channel(1);
            let (conclude, outcome) = mpsc::sync_channel(1);
            // The thread is there before the session is, which therefore doesn't see how it is made.
            let reader = thread::Builder::new().name("vivarium".to_owned()).spawn(move || match begin(&request) {
                // From here on the session sees this thread: in the span of its own work.
                Ok((running, stopper)) => own_work(|| {
                    let _ = tell.send(Ok((running.id(), stopper)));
                    let _ = conclude.send(read(running, request));
                }),
                Err(error) => {
                    let _ = tell.send(Err(error));
                }
            });
            let reader = reader.map_err(ClientError::Io)?;
            let gone = |_| ClientError::Io(io::Error::other("the thread that was to read ended"));
            let (id, stopper) = begun.recv().map_err(gone)??;
            Ok(Self { process: process::id(), id, stopper, outcome, reader: Some(reader) })
        })
    }

    /// Asks for an answer when everything that happened until now has come.
    pub(crate) fn sync(&self, token: u64) -> Result<(), ClientError> {
        own_work(|| self.stopper.sync(token))
    }

    /// Switches the functions that are meant off or on.
    pub(crate) fn switch(&self, on: bool, pattern: &str) -> Result<(), SessionError> {
        let pattern: SitePattern = pattern.parse()?;
        own_work(|| {
            let refused = |error| SessionError::Daemon(Box::new(error));
            let mut board = Switchboard::connect(&SocketPath::from_environment()).map_err(refused)?;
            let (sites, _) = board.show(self.id).map_err(refused)?;
            board.switch(self.id, on, &pattern.find(&sites)?).map_err(refused)
        })
    }

    /// Ends it: what happened until now is still told, and then it is over. Gives nothing in the child of a fork, where the
    /// session of its parent goes on.
    pub(crate) fn finish(mut self) -> Option<Outcome> {
        self.end()
    }

    fn end(&mut self) -> Option<Outcome> {
        let reader = self.reader.take()?;
        if self.process != process::id() {
            // The thread isn't there, and can't be let go of either.
            mem::forget(reader);
            return None;
        }
        own_work(|| {
            // A daemon that went away has told so, or the reader has seen it.
            let _ = self.stopper.stop();
            let outcome = self.outcome.recv_timeout(ENDING).or_else(|_| {
                self.stopper.abandon();
                self.outcome.recv()
            });
            let _ = reader.join();
            outcome.ok()
        })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.end();
    }
}

fn begin(request: &Request) -> Result<(Running, Stopper), ClientError> {
    let mut start = Start::of([Target::Caller]);
    start.kinds = request.filter.kinds();
    start.children = request.children;
    let running = Client::connect(&SocketPath::from_environment())?.start(&start, request.command.clone(), &[])?;
    let stopper = running.stopper().map_err(ClientError::Io)?;
    Ok((running, stopper))
}

/// Feeds the sinks until it is over.
fn read(mut running: Running, request: Request) -> Outcome {
    let sinks = request.sinks.into_iter().map(|sink| sink as Box<dyn Sink>).collect();
    let mut session = Session::new(running.info().clone().filtered(request.filter), SiteTable::new(), sinks);
    loop {
        match running.pump(&mut session) {
            Pumped::Over(conclusion) => return session.finish(*conclusion),
            Pumped::Synced(token) => {
                session.flush();
                (request.synced)(token);
            }
            _ if !running.has_more() => session.flush(),
            _ => {}
        }
    }
}
