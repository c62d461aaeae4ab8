//! A library that is loaded while the program runs.

use std::path::Path;

use libloading::{Library, Symbol};

type Entry = unsafe extern "C" fn(u8) -> u8;

/// The loaded library.
pub(crate) struct Plugin(Library);

/// Loads the library at `path`.
pub(crate) fn load(path: &Path) -> Plugin {
    // SAFETY: it is our own library, which does nothing when it is loaded.
    Plugin(unsafe { Library::new(path) }.expect("the plugin can be loaded"))
}

impl Plugin {
    /// Calls its entry.
    pub(crate) fn call(&self, seed: u8) -> u8 {
        // SAFETY: the plugin defines the entry with this type, and it has no preconditions.
        unsafe {
            let entry: Symbol<'_, Entry> = self.0.get(c"specimen_plugin").expect("the plugin has an entry");
            entry(seed)
        }
    }
}
