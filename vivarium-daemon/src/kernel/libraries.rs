//! Which files have functions that are attached to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Hold;
use super::attachments::FileId;
use super::mounts::Mounts;
use super::uprobe::{AttachedFunctions, FunctionPrograms, FunctionRefusal};

/// The files whose functions were looked for, and what is attached to them.
///
/// Each is kept open by what is attached to it, so that its number cannot become that of another file; one without such
/// functions may become another one, which then is taken for it until it is executed.
#[derive(Debug, Default)]
pub struct Libraries {
    attached: BTreeMap<FileId, AttachedFunctions>,
    mounts: Mounts,
}

impl Libraries {
    /// Attaches to the functions of a file that it has, unless that was done before, and tells which it could not attach to.
    /// What is no program or library has none.
    pub fn add(&mut self, programs: &FunctionPrograms, path: &Path) -> Vec<FunctionRefusal> {
        let is_known = |metadata: &fs::Metadata| self.attached.contains_key(&FileId::of(metadata));
        if programs.is_empty() || fs::metadata(path).is_ok_and(|metadata| is_known(&metadata)) {
            return Vec::new();
        }
        let Ok(image) = self.mounts.open(path) else { return Vec::new() };
        let Ok(metadata) = image.file().metadata() else { return Vec::new() };
        let (attached, refusals) = programs.attach(&image);
        self.attached.insert(FileId::of(&metadata), attached);
        refusals
    }

    /// Forgets all files, and gives what was attached to them, to be detached in any order.
    pub fn forget(&mut self) -> Vec<Hold> {
        std::mem::take(&mut self.attached).into_values().flat_map(AttachedFunctions::into_holds).collect()
    }
}
