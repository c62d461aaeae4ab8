//! Attaching to the files from which the code of a command comes.

use std::path::Path;
use std::sync::Arc;

use vivarium_session::accounting::Missing;
use vivarium_session::filter::KeptOff;
use vivarium_session::session::SiteInfo;
use vivarium_session::text::Text;
use vivarium_sys::SiteId;

use crate::elf::Image;
use crate::kernel::uprobe::{Attached, FunctionPrograms, SpanPrograms};
use crate::kernel::{Addition, Attachments, Hold, InUse, Libraries, Looked, SessionId, SpansUnavailable, UNSEEN};
use crate::sites::NO_SITES;

/// What is attached to files for a session.
pub(super) struct Attacher {
    session: SessionId,
    spans: Arc<Result<SpanPrograms, SpansUnavailable>>,
    attachments: Attachments,
    /// What is attached to functions of libraries.
    functions: FunctionPrograms,
    libraries: Libraries,
    /// Whether there is anything at all to attach to.
    has_sites: bool,
    /// How much of it could not be attached to and may be hit.
    unseen: u64,
    /// What could not be looked at.
    missing: Vec<Missing>,
    /// What is worth saying when it is over.
    notes: Vec<String>,
}

impl Attacher {
    /// Nothing is attached yet, and never will be to the sites that are off.
    pub(super) fn new(
        session: SessionId,
        spans: Arc<Result<SpanPrograms, SpansUnavailable>>,
        functions: FunctionPrograms,
        off: KeptOff,
    ) -> Self {
        let mut attachments = Attachments::default();
        attachments.leave_out(off);
        let none = spans.as_ref().as_ref().err().map(SpansUnavailable::missing);
        Self {
            session,
            spans,
            attachments,
            functions,
            libraries: Libraries::default(),
            has_sites: false,
            unseen: 0,
            missing: none.into_iter().collect(),
            notes: Vec::new(),
        }
    }

    /// Attaches to the sites of a file, if it has any that are not attached to yet, and gives what is known of them; and to
    /// its functions that tell of something.
    pub(super) fn attach(&mut self, path: &Path) -> Vec<SiteInfo> {
        self.attach_called(path, path).unwrap_or_default().0
    }

    /// The same for a file that is reached by one path and called by another; and since when it is attached to, if it is. None
    /// of one that isn't there, or not any more.
    pub(super) fn attach_called(&mut self, path: &Path, name: &Path) -> Option<(Vec<SiteInfo>, Option<InUse>)> {
        let refusals = self.libraries.add(&self.functions, path);
        self.notes.extend(refusals.iter().map(|refusal| format!("{}: {refusal}", Text::from(path))));
        let Ok(programs) = self.spans.as_ref() else { return Some((Vec::new(), None)) };
        match self.attachments.add(programs, path, self.session) {
            Ok(Looked { added: None, in_use }) => Some((Vec::new(), in_use)),
            Ok(Looked { added: Some(Addition { found, .. }), in_use }) => {
                self.has_sites |= !found.is_empty();
                let file = Text::from(name);
                let obstacles = found.obstacles.iter();
                self.notes.extend(obstacles.map(|(site, why)| format!("{site} is not seen: {why}")));
                self.notes.extend(found.refused.iter().map(|refusal| format!("{file}: {refusal}")));
                self.unseen += found.unseen();
                Some((found.sites.clone(), in_use))
            }
            // Its process has ended meanwhile, by whose eyes it was seen.
            Err(_) if !path.exists() => None,
            Err(error) => {
                let why = format!("functions of {} are not seen: it {error}", Text::from(name));
                if error.hides() {
                    self.lack(Missing::Functions { why });
                } else {
                    self.notes.push(why);
                }
                Some((Vec::new(), None))
            }
        }
    }

    /// The sites of a file that was not looked at yet.
    pub(super) fn sites_ahead(&self, path: &Path) -> Vec<SiteId> {
        if path.metadata().map_or(true, |metadata| self.attachments.was_looked_at(&metadata)) {
            return Vec::new();
        }
        Image::open(path).map_or_else(|_| Vec::new(), |image| self.attachments.sites_ahead(&image))
    }

    /// Something is missing, which is said once.
    pub(super) fn lack(&mut self, missing: Missing) {
        // There may well be sites.
        self.has_sites = true;
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }

    /// Says something when it is over.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// What is missing for what could not be attached to.
    pub(super) fn take_missing(&mut self) -> Vec<Missing> {
        let mut missing = std::mem::take(&mut self.missing);
        missing.extend((self.unseen > 0).then(|| Missing::Oddity { what: UNSEEN.to_owned(), count: self.unseen }));
        missing
    }

    /// What is to be said.
    pub(super) fn take_notes(&mut self) -> Vec<String> {
        let mut notes = std::mem::take(&mut self.notes);
        if !self.has_sites && self.spans.is_ok() {
            notes.push(NO_SITES.to_owned());
        }
        notes
    }

    /// Attaches to nothing any more, and gives what has to be dropped for that, in any order.
    pub(super) fn let_go(&mut self) -> Vec<Hold> {
        let (attached, _) = self.attachments.end(self.session);
        attached.into_iter().flat_map(Attached::into_holds).chain(self.libraries.forget()).collect()
    }
}
