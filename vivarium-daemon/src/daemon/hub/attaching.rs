//! The code that sessions are told of: its sites are attached to, and each session is told of them once.

use std::fmt::Display;
use std::fs::File;

use vivarium_session::accounting::Missing;
use vivarium_session::record::Pid;
use vivarium_session::text::Text;
use vivarium_sys::load::SetId;

use super::Hub;
use crate::elf::Image;
use crate::kernel::{Addition, InUse, Looked, SessionId, UNSEEN};
use crate::process::{MappedFileError, Process};
use crate::run::newcomer::Newcomer;
use crate::sites::CatalogError;

/// How many libraries without sites are remembered by their names.
const MAX_PLAIN: usize = 4096;

impl Hub {
    /// Attaches to the code that a process runs.
    pub(super) fn attach_mapped(&mut self, session: SessionId, process: Pid) {
        let files = match &self.scout {
            Some(scout) => scout.mapped(process),
            None => Process::open(process).and_then(|process| process.files()),
        };
        let files = match files {
            Ok(files) => files,
            Err(error) if error.hides() => {
                let why = format!("functions of process {process} are not seen: {error}");
                return self.overlook(session, Missing::Functions { why });
            }
            // It has ended.
            Err(_) => return,
        };
        for file in files {
            match file.image {
                Ok(image) => {
                    self.attach_image(session, &image, &file.path);
                }
                Err(error) => self.overlook_file(session, &file.path, &error, error.hides()),
            }
        }
    }

    /// Attaches to the code in a file that a client has opened.
    pub(in crate::daemon) fn attach_file(&mut self, session: SessionId, file: File) {
        let code = match &self.scout {
            Some(scout) => scout.file(file),
            None => Image::from_file(file).ok().map(Ok),
        };
        let name = Text::from("a program of the command");
        match code {
            Some(Ok(image)) => self.attach_image(session, &image, &name),
            Some(Err(error)) => self.overlook_file(session, &name, &error, error.hides()),
            // Scripts, and programs of other kinds, have no sites.
            None => {}
        }
    }

    /// The functions of this file are not seen; whether they may do something nevertheless decides if they are missing.
    fn overlook_file(&mut self, session: SessionId, name: &Text, error: &impl Display, hides: bool) {
        let why = format!("functions of {name} are not seen: it {error}");
        if hides {
            self.overlook(session, Missing::Functions { why });
        } else {
            self.note(session, why);
        }
    }

    fn attach_image(&mut self, session: SessionId, image: &Image, name: &Text) {
        self.reckon_with_detaching();
        let Ok(programs) = self.side.spans() else { return };
        let looked = self.attachments.add_image(programs, image, session);
        self.introduce(session, name, looked);
    }

    /// Tells a session of the sites of a file; since when that is attached to, if it is.
    fn introduce(&mut self, session: SessionId, name: &Text, looked: Result<Looked, CatalogError>) -> Option<InUse> {
        match looked {
            Ok(Looked { added: None, in_use }) => in_use,
            Ok(Looked { added: Some(Addition { found, were_off }), in_use }) => {
                if were_off > 0 {
                    self.settle_attachments();
                    self.note(
                        session,
                        format!(
                            "{were_off} sites of {name} were off for other sessions: functions entered by then are not seen"
                        ),
                    );
                }
                let Some(observed) = self.sessions.get_mut(&session) else { return in_use };
                observed.tell_sites(&found.sites);
                observed.has_sites |= !found.is_empty();
                for (site, why) in &found.obstacles {
                    self.note(session, format!("{site} is not seen: {why}"));
                }
                for refusal in &found.refused {
                    self.note(session, format!("{name}: {refusal}"));
                }
                self.lack(session, UNSEEN, found.unseen());
                in_use
            }
            Err(error) => {
                self.overlook_file(session, name, &error, error.hides());
                None
            }
        }
    }

    /// Attaches to the sites of code that comes to be executed.
    pub(super) fn meet(&mut self, newcomer: &Newcomer, set: SetId) {
        // Each process maps some libraries that it has just opened: they are looked at once.
        if newcomer.is_mapped() && self.plain.contains(newcomer.path()) {
            return;
        }
        let is_plain = !self.look_at(newcomer, set);
        if newcomer.is_executed() {
            return;
        }
        if !is_plain {
            self.plain.remove(newcomer.path());
        } else if self.plain.len() < MAX_PLAIN {
            self.plain.insert(newcomer.path().to_owned());
        }
    }

    /// The same for a file that has to be looked at; whether it may have any.
    fn look_at(&mut self, newcomer: &Newcomer, set: SetId) -> bool {
        let code = match &self.scout {
            Some(scout) => scout.newcomer(newcomer),
            None => match newcomer.candidates().find_map(|path| File::open(path).ok()) {
                Some(file) => Image::from_file(file).ok().map(Ok),
                None => newcomer.is_executed().then_some(Err(MappedFileError::Gone)),
            },
        };
        let name = Text::from(newcomer.path());
        let image = match code {
            Some(Ok(image)) => image,
            Some(Err(error)) => {
                for session in self.side.members(set).to_vec() {
                    match error {
                        MappedFileError::Gone => self.overlook(session, newcomer.unknown()),
                        _ => self.overlook_file(session, &name, &error, error.hides()),
                    }
                }
                if newcomer.is_executed() {
                    self.late.never_known(newcomer.process);
                }
                return true;
            }
            // Scripts, and programs of other kinds, have no sites.
            None => return false,
        };
        // Functions of it may have been entered by now, and will be seen to be left. What is missing then is said below; where there
        // is no room for so many, the verdict tells of them as well.
        let _ = self.side.expect_stops(&self.attachments.sites_ahead(&image));
        let members = self.side.members(set).iter().copied().filter(|session| self.sessions.contains_key(session));
        let members: Vec<_> = members.collect();
        // Where nobody is left who looks, it is not known.
        let mut is_in_use = members.is_empty();
        for session in members {
            self.reckon_with_detaching();
            let Ok(programs) = self.side.spans() else { return true };
            let looked = self.attachments.add_image(programs, &image, session);
            let in_use = self.introduce(session, &name, looked);
            is_in_use |= in_use.is_some();
            if let Some(file) = in_use.filter(|file| newcomer.precedes(*file)) {
                self.late.add(newcomer.process, file.since);
                self.overlook(session, newcomer.missed(file));
            }
        }
        is_in_use
    }
}
