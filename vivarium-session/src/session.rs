//! One observation: from raw records, in the order in which the kernel side wrote them, to sinks and a verdict.
//!
//! ```
//! use vivarium_session::accounting::KernelCounts;
//! use vivarium_session::record::Pid;
//! use vivarium_session::session::{Conclusion, Kinds, Session, SessionInfo, SiteTable};
//! use vivarium_session::sink::Jsonl;
//! use vivarium_sys::event::Backend;
//!
//! let info = SessionInfo::begin(vec!["/bin/true".into()], Pid(4242), Backend::Syscalls, Kinds::default());
//! let mut output = Vec::new();
//! let mut session = Session::new(info, SiteTable::new(), vec![Box::new(Jsonl::new(&mut output))]);
//! session.feed(b"whatever the ring held");
//! let outcome = session.finish(Conclusion::now(Some(KernelCounts::default())));
//!
//! assert!(!outcome.summary.verdict.is_complete(), "that was no record");
//! assert!(output.ends_with(b"}\n"));
//! ```

pub mod by_name;
mod info;
mod ledger;
mod site;
pub mod step;
mod summary;
mod switched;
mod track;
mod view;
mod waiting;

use std::io;

use vivarium_sys::SiteId;

use self::ledger::Ledger;
use self::track::Tracker;
use self::view::View;
use self::waiting::{Released, Waiting};
use crate::accounting::KernelCounts;
use crate::filter::KeptOff;
use crate::record::{Body, Record, Time};
use crate::sink::{Context, Sink};

pub use info::{Clock, Host, Kinds, SessionInfo};
pub use site::{SiteInfo, SiteTable};
pub use step::Step;
pub use summary::{Conclusion, Summary};
pub use switched::Switched;
pub use view::Brevity;

/// One observation.
pub struct Session<'s> {
    info: SessionInfo,
    sites: SiteTable,
    tracker: Tracker,
    view: View,
    waiting: Waiting,
    sinks: Vec<Box<dyn Sink + 's>>,
    failures: Vec<SinkFailure>,
    ledger: Ledger,
    off: KeptOff,
}

/// What a session leaves behind.
#[derive(Debug)]
pub struct Outcome {
    /// What is known of it.
    pub summary: Summary,
    /// The sinks that failed.
    pub failures: Vec<SinkFailure>,
}

/// A sink could not write, and was told nothing more.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the {sink}; it ends there, and the session went on without it")]
pub struct SinkFailure {
    /// Which.
    pub sink: &'static str,
    /// Why.
    #[source]
    pub error: io::Error,
}

impl<'s> Session<'s> {
    /// A session that tells these sinks what happens, as far as the filter of `info` admits it.
    #[must_use]
    pub fn new(info: SessionInfo, sites: SiteTable, sinks: Vec<Box<dyn Sink + 's>>) -> Self {
        Self::told_briefly(info, sites, sinks, Brevity::default())
    }

    /// The same, told in fewer words.
    #[must_use]
    pub fn told_briefly(info: SessionInfo, sites: SiteTable, sinks: Vec<Box<dyn Sink + 's>>, brevity: Brevity) -> Self {
        let (tracker, ledger) = (Tracker::new(info.pid), Ledger::new());
        let (view, waiting) = (View::new(brevity), Waiting::default());
        let mut session =
            Self { info, sites, tracker, view, waiting, sinks, failures: Vec::new(), ledger, off: KeptOff::default() };
        session.tell(|sink, context| sink.begin(context));
        session
    }

    /// What was known before the first record.
    #[must_use]
    pub fn info(&self) -> &SessionInfo {
        &self.info
    }

    /// These sites are off from the beginning, whenever their code comes to run. To be said before the first record; gives those
    /// that are known already.
    pub fn keep_off(&mut self, off: KeptOff) -> Vec<SiteId> {
        self.off = off;
        let kept = self.sites.all().filter(|site| self.off.keeps(site)).map(|site| site.id).collect();
        self.switch_off(kept)
    }

    /// More sites are known: those of a program that is about to be executed, or a library that is about to be loaded. Gives
    /// those that are [kept off](Self::keep_off).
    pub fn add_sites(&mut self, sites: impl IntoIterator<Item = SiteInfo>) -> Vec<SiteId> {
        let mut kept = Vec::new();
        for site in sites {
            if self.off.keeps(&site) {
                kept.push(site.id);
            }
            self.sites.insert(site);
        }
        self.switch_off(kept)
    }

    fn switch_off(&mut self, sites: Vec<SiteId>) -> Vec<SiteId> {
        if sites.is_empty() {
            return sites;
        }
        let switched = Switched::now(false, sites);
        self.switch(&switched);
        switched.sites
    }

    /// Sites are switched off or on. A span that started before goes on to its end, unless it waits for its next poll.
    pub fn switch(&mut self, switched: &Switched) {
        self.tell(|sink, _| sink.switched(switched));
        self.follow(|tracker, emit| tracker.switch(switched.on, &switched.sites, switched.time, emit));
        self.view.switch(switched.on, &switched.sites);
        self.sites.switch(switched.on, &switched.sites);
    }

    /// Takes the next record of the ring.
    pub fn feed(&mut self, raw: &[u8]) {
        let record = Record::decode(raw);
        if let Ok(record) = &record {
            self.introduce(record);
        }
        self.tell(|sink, _| sink.record(raw));
        match record {
            Ok(record) => {
                self.ledger.received(&record);
                for released in self.waiting.before(&record) {
                    self.resume(&released);
                }
                if !self.waiting.keep(raw, &record) {
                    self.follow(|tracker, emit| tracker.follow(raw, &record, emit));
                }
            }
            Err(malformed) => self.ledger.malformed(raw, malformed),
        }
    }

    /// Events go on that have waited for their result.
    fn resume(&mut self, released: &Released) {
        for raw in released.records() {
            let Ok(record) = Record::decode(raw) else { continue };
            self.follow(|tracker, emit| tracker.follow(raw, &record, emit));
        }
    }

    /// Nothing arrived for a while: what sinks hold back may go out.
    pub fn flush(&mut self) {
        self.tell(|sink, _| sink.flush());
    }

    /// The kernel side has counted this up to `time`. To be told now and then, so that the verdict can say since when
    /// something is missing.
    pub fn counted(&mut self, time: Time, counts: &KernelCounts) {
        self.ledger.looked(time.since(self.info.started.monotonic), counts);
    }

    /// The session is over.
    pub fn finish(mut self, mut conclusion: Conclusion) -> Outcome {
        conclusion.notes.extend(self.sites.note_of_switched());
        conclusion.notes.extend(self.off.idle(self.sites.all()).map(|error| error.to_string()));
        for released in self.waiting.all() {
            self.resume(&released);
        }
        self.follow(|tracker, emit| tracker.finish(conclusion.time, emit));
        self.tell_what_waits();
        let summary = self.ledger.close(conclusion, self.info.started.monotonic, self.view.hidden());
        self.tell(|sink, context| sink.end(&summary, context));
        Outcome { summary, failures: self.failures }
    }

    /// Tells the sinks of a record's site, if it is the first to be there.
    fn introduce(&mut self, record: &Record<'_>) {
        let id = record.head.site;
        if id == SiteId::DYNAMIC {
            return;
        }
        if let Body::SpanStart(start) = &record.body
            && let Some(described) = &start.described
            && self.sites.get(id).is_none()
        {
            let site = SiteInfo::dynamic(id, described);
            self.add_sites([site]);
        }
        if let Some(site) = self.sites.announce(id) {
            let site = site.clone();
            self.tell(|sink, _| sink.site(&site));
        }
    }

    /// Lets the tracker take steps, and tells the sinks of each.
    fn follow(&mut self, work: impl FnOnce(&mut Tracker, track::Emit<'_>)) {
        let Self { info, sites, tracker, view, sinks, failures, ledger, .. } = self;
        let context = Context { info, sites };
        work(tracker, &mut |step| {
            ledger.step(&step);
            view.step(step, info, sites, &mut |step| tell(sinks, failures, |sink| sink.step(&step, context)));
        });
    }

    /// Tells the sinks what waited for the end.
    fn tell_what_waits(&mut self) {
        let Self { info, sites, view, sinks, failures, .. } = self;
        let context = Context { info, sites };
        view.finish(&mut |step| tell(sinks, failures, |sink| sink.step(&step, context)));
    }

    fn tell(&mut self, what: impl Fn(&mut (dyn Sink + 's), Context<'_>) -> io::Result<()>) {
        let context = Context { info: &self.info, sites: &self.sites };
        tell(&mut self.sinks, &mut self.failures, |sink| what(sink, context));
    }
}

/// Tells each sink; one that fails is told nothing more.
fn tell<'s>(
    sinks: &mut Vec<Box<dyn Sink + 's>>,
    failures: &mut Vec<SinkFailure>,
    what: impl Fn(&mut (dyn Sink + 's)) -> io::Result<()>,
) {
    sinks.retain_mut(|sink| match what(sink.as_mut()) {
        Ok(()) => true,
        Err(error) => {
            failures.push(SinkFailure { sink: sink.name(), error });
            false
        }
    });
}
