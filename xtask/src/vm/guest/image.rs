//! The disk that a guest boots from: an ext4 file system with busybox, a few users, and what the programs need.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::libraries::{LibrariesError, libraries_of};
use super::program::{GuestProgram, ZeroByte};
use crate::host_command::{HostCommandError, output_of};
use crate::vm::kernel::Kernel;

/// The program that the kernel starts first.
pub(crate) const INIT: &str = "/vivarium/init";
const INIT_SCRIPT: &str = include_str!("init.sh");
const PROGRAMS: &str = "/vivarium/programs";
/// Where the modules of each kernel are.
const MODULES: &str = "/lib/modules";

/// Directories that are there before anything is mounted.
const DIRECTORIES: [&str; 12] =
    ["/bin", "/dev", "/etc", "/home/user", "/proc", "/root", "/run", "/sys", "/tmp", "/var/tmp", "/usr/bin", PROGRAMS];

/// Small files that programs expect of any machine.
const ETC: [(&str, &str); 3] = [
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\n\
         user:x:1000:1000:user:/home/user:/bin/sh\n\
         nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    ),
    ("/etc/group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n"),
    ("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 guest\n"),
];

/// What the guest can write beside what it comes with.
const FREE_SPACE: u64 = 256 << 20;

/// Why an image could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("cannot put {path} into the guest")]
    File { path: PathBuf, source: io::Error },
    #[error("{0} is not an absolute path, as the path of a file in the guest must be")]
    RelativePath(PathBuf),
    #[error(transparent)]
    Program(#[from] ZeroByte),
    #[error(transparent)]
    Libraries(#[from] LibrariesError),
    #[error(transparent)]
    Command(#[from] HostCommandError),
}

/// A disk image, which lasts as long as this value. Guests boot from it without changing it.
pub(crate) struct GuestImage {
    directory: TempDir,
}

impl GuestImage {
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("root.img")
    }
}

/// An image in the making.
pub(crate) struct GuestImageBuilder {
    directory: TempDir,
    size: u64,
    programs: usize,
}

impl GuestImageBuilder {
    /// An image with nothing but `busybox`, a program of the host, under all its names.
    pub(crate) fn new(busybox: &Path) -> Result<Self, ImageError> {
        let directory = tempfile::tempdir().map_err(failed_at("a temporary directory"))?;
        let mut builder = Self { directory, size: 0, programs: 0 };
        for path in DIRECTORIES {
            builder.directory(Path::new(path))?;
        }
        for (path, text) in ETC {
            builder.write(Path::new(path), text.as_bytes(), 0o644)?;
        }
        builder.write(Path::new(INIT), INIT_SCRIPT.as_bytes(), 0o755)?;
        builder.file(Path::new("/bin/busybox"), busybox)?;
        let applets = output_of(Command::new(busybox).arg("--list-full"), "busybox-static")?;
        for applet in String::from_utf8_lossy(&applets).lines() {
            let path = PathBuf::from(format!("/{applet}"));
            if !builder.holds(&path) {
                symlink("/bin/busybox", builder.place(&path)?).map_err(failed_at(applet))?;
            }
        }
        Ok(builder)
    }

    /// Puts a file of the host at `guest`, and where it is a program the libraries that it needs at their own paths.
    pub(crate) fn file(&mut self, guest: &Path, host: &Path) -> Result<(), ImageError> {
        self.copy(guest, host)?;
        for library in libraries_of(host)? {
            if !self.holds(&library) {
                self.copy(&library, &library)?;
            }
        }
        Ok(())
    }

    /// Puts the modules there that a guest of this kernel loads when it boots.
    pub(crate) fn modules(&mut self, kernel: &Kernel) -> Result<(), ImageError> {
        for module in fs::read_dir(&kernel.modules).map_err(failed_at(&kernel.modules))? {
            let module = module.map_err(failed_at(&kernel.modules))?;
            self.copy(&Path::new(MODULES).join(&kernel.release).join(module.file_name()), &module.path())?;
        }
        Ok(())
    }

    /// Lets the guest run `program` after those that were added before.
    pub(crate) fn program(&mut self, program: &GuestProgram) -> Result<(), ImageError> {
        self.directory(&program.directory)?;
        // The shell runs them in the order of their names.
        let path = format!("{PROGRAMS}/{:04}", self.programs);
        self.programs += 1;
        self.write(Path::new(&path), &program.script()?, 0o755)
    }

    /// Makes the image.
    pub(crate) fn build(self) -> Result<GuestImage, ImageError> {
        let image = GuestImage { directory: self.directory };
        let path = image.path();
        // Room for the file system's own structures is about a tenth.
        let size = self.size + self.size / 10 + FREE_SPACE;
        File::create(&path).and_then(|file| file.set_len(size)).map_err(failed_at(&path))?;
        let tree = tree_in(&image.directory);
        let mut mkfs = Command::new("mkfs.ext4");
        mkfs.args(["-q", "-F", "-b", "4096", "-O", "^has_journal", "-E", "root_owner=0:0", "-d"])
            .args([&tree, &path])
            // It is no program for everyone on Debian.
            .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
        output_of(&mut mkfs, "e2fsprogs")?;
        fs::remove_dir_all(&tree).map_err(failed_at(&tree))?;
        Ok(image)
    }

    fn copy(&mut self, guest: &Path, host: &Path) -> Result<(), ImageError> {
        let place = self.place(guest)?;
        // A link would follow no symbolic link, and the guest has not what it points to.
        let host = host.canonicalize().map_err(failed_at(host))?;
        fs::hard_link(&host, &place).or_else(|_| fs::copy(&host, &place).map(|_| ())).map_err(failed_at(&host))?;
        self.size += fs::metadata(&place).map_err(failed_at(&place))?.len();
        Ok(())
    }

    fn write(&mut self, guest: &Path, content: &[u8], mode: u32) -> Result<(), ImageError> {
        let place = self.place(guest)?;
        fs::write(&place, content)
            .and_then(|()| fs::set_permissions(&place, Permissions::from_mode(mode)))
            .map_err(failed_at(guest))?;
        self.size += content.len() as u64;
        Ok(())
    }

    fn directory(&mut self, guest: &Path) -> Result<(), ImageError> {
        fs::create_dir_all(self.in_tree(guest)?).map_err(failed_at(guest))
    }

    /// Where to put the file that will be at `guest`: the directory for it is there, and nothing is in its place that
    /// writing could follow to a file of the host.
    fn place(&self, guest: &Path) -> Result<PathBuf, ImageError> {
        let place = self.in_tree(guest)?;
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(failed_at(guest))?;
        }
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed_at(guest)(error)),
            _ => Ok(place),
        }
    }

    fn holds(&self, guest: &Path) -> bool {
        self.in_tree(guest).is_ok_and(|path| path.symlink_metadata().is_ok())
    }

    fn in_tree(&self, guest: &Path) -> Result<PathBuf, ImageError> {
        let relative = guest.strip_prefix("/").map_err(|_| ImageError::RelativePath(guest.to_owned()))?;
        Ok(tree_in(&self.directory).join(relative))
    }
}

/// The tree of files that becomes the image.
fn tree_in(directory: &TempDir) -> PathBuf {
    directory.path().join("tree")
}

fn failed_at<P: AsRef<OsStr> + ?Sized>(path: &P) -> impl FnOnce(io::Error) -> ImageError + use<P> {
    let path = PathBuf::from(path.as_ref());
    |source| ImageError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::guest::ErrorOutput;

    /// What `debugfs`, which reads ext4 by itself, says to `request`.
    fn debugfs(image: &GuestImage, request: &str) -> String {
        let mut debugfs = Command::new("debugfs");
        debugfs.args(["-R", request]).arg(image.path()).env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin");
        String::from_utf8(output_of(&mut debugfs, "e2fsprogs").unwrap()).unwrap()
    }

    /// A stand-in for busybox that knows two applets.
    fn busybox(directory: &TempDir) -> PathBuf {
        let path = directory.path().join("busybox");
        fs::write(&path, "#!/bin/sh\necho bin/sh\necho sbin/ip\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn holds_files_with_their_libraries_users_and_programs() {
        let directory = tempfile::tempdir().unwrap();
        let mut builder = GuestImageBuilder::new(&busybox(&directory)).unwrap();
        let this = std::env::current_exe().unwrap();
        builder.file(Path::new("/opt/tests/this"), &this).unwrap();
        let program = GuestProgram {
            path: "/opt/tests/this".into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: "/srv/work".into(),
            errors: ErrorOutput::Merged,
        };
        builder.program(&program).unwrap();
        let image = builder.build().unwrap();

        assert!(debugfs(&image, "cat /etc/passwd").contains("user:x:1000:1000:"));
        assert!(debugfs(&image, "cat /vivarium/programs/0000").contains("exec /opt/tests/this"));
        assert!(debugfs(&image, "stat /opt/tests/this").contains("Type: regular"));
        assert!(debugfs(&image, "stat /lib64/ld-linux-x86-64.so.2").contains("Type: regular"));
        assert!(debugfs(&image, "stat /sbin/ip").contains("Fast link dest: \"/bin/busybox\""));
        assert!(debugfs(&image, "stat /srv/work").contains("Type: directory"));
        assert!(debugfs(&image, "stat /vivarium/init").contains("Mode:  0755"));
    }

    #[test]
    fn a_file_may_take_the_place_of_an_applet_and_the_host_keeps_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let mut builder = GuestImageBuilder::new(&busybox(&directory)).unwrap();
        let shell = directory.path().join("shell");
        fs::write(&shell, "not the applet").unwrap();
        builder.file(Path::new("/bin/sh"), &shell).unwrap();
        builder.write(Path::new("/bin/sh"), b"nor the file", 0o755).unwrap();
        assert_eq!(fs::read(&shell).unwrap(), b"not the applet");
        assert_eq!(debugfs(&builder.build().unwrap(), "cat /bin/sh"), "nor the file");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let mut builder = GuestImageBuilder::new(&busybox(&directory)).unwrap();
        let error = builder.file(Path::new("/x"), Path::new("/no/such/file")).unwrap_err();
        assert!(error.to_string().contains("/no/such/file"), "{error}");
        let error = builder.file(Path::new("x"), Path::new("/bin/sh")).unwrap_err();
        assert!(error.to_string().contains("absolute"), "{error}");
    }
}
