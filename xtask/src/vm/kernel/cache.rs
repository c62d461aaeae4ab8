//! Where fetched kernels stay from one run to the next, outside the working tree.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::fetch::{FetchError, fetch};
use super::{Kernel, KernelLine};

/// Names the directory to use in place of the user's own cache.
const CACHE_VARIABLE: &str = "VIVARIUM_CACHE";

/// Why a kernel could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheError {
    #[error("no directory to keep kernels in: set HOME or {CACHE_VARIABLE}")]
    NoDirectory,
    #[error("cannot use the cache {path}; make it writable or set {CACHE_VARIABLE}")]
    Unusable { path: PathBuf, source: io::Error },
    #[error("cannot fetch the kernel {line}")]
    Fetch { line: KernelLine, source: Box<FetchError> },
}

/// Whether a kernel that is there already will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Whichever version was fetched before.
    Kept,
    /// The version that Debian has today.
    Today,
}

/// The directory of fetched kernels.
pub(crate) struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The cache of this user.
    pub(crate) fn of_this_user() -> Result<Self, CacheError> {
        let root = cache_root(|name| env::var_os(name)).ok_or(CacheError::NoDirectory)?;
        Ok(Self { directory: root.join("kernels") })
    }

    /// The kernel of `line`, fetched where it is not there or not fresh enough.
    pub(crate) fn kernel(&self, line: KernelLine, freshness: Freshness) -> Result<Kernel, CacheError> {
        if freshness == Freshness::Kept
            && let Some(kernel) = self.kept(line)
        {
            return Ok(kernel);
        }
        fs::create_dir_all(&self.directory).map_err(|source| self.unusable(source))?;
        let arriving = tempfile::Builder::new()
            .prefix("arriving-")
            .tempdir_in(&self.directory)
            .map_err(|source| self.unusable(source))?;
        let files = KernelFiles::in_directory(arriving.path());
        eprintln!("fetching the kernel {line} from Debian {}", line.suite().name());
        fetch(line.suite(), &files).map_err(|source| CacheError::Fetch { line, source: Box::new(source) })?;
        self.replace(line, arriving).map_err(|source| self.unusable(source))?;
        self.kept(line).ok_or_else(|| self.unusable(io::Error::from(io::ErrorKind::NotFound)))
    }

    fn kept(&self, line: KernelLine) -> Option<Kernel> {
        let files = KernelFiles::in_directory(&self.directory.join(line.to_string()));
        let release = fs::read_to_string(&files.release).ok()?;
        // One that an earlier version of this harness has fetched has no modules.
        files.modules.is_dir().then_some(Kernel {
            line,
            release,
            vmlinux: files.vmlinux,
            busybox: files.busybox,
            modules: files.modules,
        })
    }

    /// Puts a complete kernel in the place of an older one. A guest that runs the older one keeps it open.
    fn replace(&self, line: KernelLine, arrived: tempfile::TempDir) -> io::Result<()> {
        let place = self.directory.join(line.to_string());
        let leaving = arrived.path().with_extension("leaving");
        match fs::rename(&place, &leaving) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let placed = fs::rename(arrived.path(), &place);
        if placed.is_ok() {
            // It is no longer at its temporary path, so there is nothing to remove there.
            let _moved_away = arrived.keep();
        }
        if leaving.exists() {
            fs::remove_dir_all(&leaving)?;
        }
        match placed {
            // Another run was faster; its kernel is as good.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            placed => placed,
        }
    }

    fn unusable(&self, source: io::Error) -> CacheError {
        CacheError::Unusable { path: self.directory.clone(), source }
    }
}

/// The files of one kernel in the cache.
pub(super) struct KernelFiles {
    pub(super) release: PathBuf,
    pub(super) vmlinux: PathBuf,
    pub(super) busybox: PathBuf,
    pub(super) modules: PathBuf,
}

impl KernelFiles {
    fn in_directory(directory: &Path) -> Self {
        Self {
            release: directory.join("release"),
            vmlinux: directory.join("vmlinux"),
            busybox: directory.join("busybox"),
            modules: directory.join("modules"),
        }
    }
}

/// The root of the cache, by the environment variables that decide it.
fn cache_root<V: AsRef<OsStr>>(variable: impl Fn(&str) -> Option<V>) -> Option<PathBuf> {
    let path = |name| {
        let value = variable(name)?;
        (!value.as_ref().is_empty()).then(|| PathBuf::from(value.as_ref()))
    };
    path(CACHE_VARIABLE)
        .or_else(|| Some(path("XDG_CACHE_HOME")?.join("vivarium")))
        .or_else(|| Some(path("HOME")?.join(".cache/vivarium")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(variables: &[(&str, &'static str)]) -> Option<PathBuf> {
        cache_root(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    #[test]
    fn the_most_specific_variable_decides() {
        let home = ("HOME", "/home/me");
        let xdg = ("XDG_CACHE_HOME", "/var/cache/me");
        let own = (CACHE_VARIABLE, "/big/disk");
        assert_eq!(root(&[home, xdg, own]), Some("/big/disk".into()));
        assert_eq!(root(&[home, xdg]), Some("/var/cache/me/vivarium".into()));
        assert_eq!(root(&[home]), Some("/home/me/.cache/vivarium".into()));
        assert_eq!(root(&[]), None);
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert_eq!(root(&[("HOME", "/home/me"), (CACHE_VARIABLE, "")]), Some("/home/me/.cache/vivarium".into()));
    }

    fn arrived(cache: &Cache, release: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir_in(&cache.directory).unwrap();
        fs::write(directory.path().join("release"), release).unwrap();
        fs::create_dir(directory.path().join("modules")).unwrap();
        directory
    }

    #[test]
    fn a_newer_kernel_takes_the_place_of_an_older_one_and_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache { directory: directory.path().to_owned() };
        assert!(cache.kept(KernelLine::Newest).is_none());
        for release in ["7.1", "7.2"] {
            cache.replace(KernelLine::Newest, arrived(&cache, release)).unwrap();
            assert_eq!(cache.kept(KernelLine::Newest).unwrap().release, release);
        }
        let names: Vec<_> = fs::read_dir(&cache.directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["newest"]);
    }
}
