//! Getting a kernel out of the Debian archive.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::bzimage::{BzImage, BzImageError};
use super::cache::KernelFiles;
use super::line::Suite;
use crate::host_command::{HostCommandError, output_of};
use crate::vm::packages::{Apt, AptError, Installed, Mirror, MirrorError, Source, UnpackError, unpack_all};

/// The package that always depends on the newest kernel for virtual machines.
const METAPACKAGE: &str = "linux-image-cloud-amd64";
const FLAVOUR: &str = "-cloud-amd64";
const BUSYBOX: &str = "busybox-static";
/// What guests need that Debian's kernels have as modules, none of which needs another one.
const MODULES: [&str; 1] = ["overlay"];

/// Why a kernel could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error(transparent)]
    Apt(#[from] AptError),
    #[error(transparent)]
    Unpack(#[from] UnpackError),
    #[error("none of the packages that {METAPACKAGE} depends on is known to hold a kernel: {0:?}")]
    NoKernelPackage(Vec<String>),
    #[error("the module {0} cannot be unpacked; remove the cache and fetch it again")]
    Module(&'static str, #[source] HostCommandError),
    #[error("there is no {0} in the packages; they changed their form and this harness has to follow")]
    NoFile(&'static str),
    #[error("cannot use the kernel in {path}")]
    BzImage { path: PathBuf, source: BzImageError },
    #[error("cannot write the kernel; check the space and rights of the cache")]
    Write(#[from] io::Error),
}

/// Fetches the newest kernel of `suite` and writes it to `files`.
pub(super) fn fetch(suite: Suite, files: &KernelFiles) -> Result<(), FetchError> {
    let apt = Apt::over(&sources(suite, &Mirror::of_this_machine()?), Installed::Nothing)?;
    let candidates = kernel_packages(|package| apt.dependencies(package))?;
    let Some(package) = holder_of_the_kernel(&candidates) else {
        return Err(FetchError::NoKernelPackage(candidates));
    };
    let wanted: Vec<_> = [package, BUSYBOX].into_iter().chain(holder_of_modules(&candidates)).collect();
    let downloads = tempfile::tempdir()?;
    apt.download(&wanted, downloads.path())?;
    let unpacked = tempfile::tempdir()?;
    unpack_all(downloads.path(), unpacked.path())?;

    let is_kernel = |name: &str| name == "vmlinuz" || name.starts_with("vmlinuz-");
    let vmlinuz = find_file(unpacked.path(), &is_kernel)?.ok_or(FetchError::NoFile("vmlinuz"))?;
    let busybox = find_file(&unpacked.path().join("bin"), &|name| name == "busybox")?
        .or(find_file(&unpacked.path().join("usr/bin"), &|name| name == "busybox")?)
        .ok_or(FetchError::NoFile("busybox"))?;

    let data = fs::read(&vmlinuz)?;
    let unpack = || {
        let image = BzImage::parse(&data)?;
        Ok((image.release()?, image.unpack()?))
    };
    let (release, vmlinux) = unpack().map_err(|source| FetchError::BzImage { path: vmlinuz, source })?;
    fs::write(&files.vmlinux, vmlinux)?;
    fs::copy(busybox, &files.busybox)?;
    fs::create_dir(&files.modules)?;
    for module in MODULES {
        let plain = format!("{module}.ko");
        let is_module = |name: &str| name.strip_prefix(&plain).is_some_and(|rest| matches!(rest, "" | ".xz"));
        let found = find_file(unpacked.path(), &is_module)?.ok_or(FetchError::NoFile(module))?;
        let content = if found.extension().is_some_and(|extension| extension == "xz") {
            output_of(Command::new(&files.busybox).arg("xzcat").arg(&found), BUSYBOX)
                .map_err(|source| FetchError::Module(module, source))?
        } else {
            fs::read(&found)?
        };
        fs::write(files.modules.join(plain), content)?;
    }
    fs::write(&files.release, release)?;
    Ok(())
}

/// Where the packages of `suite` are.
fn sources(suite: Suite, mirror: &Mirror) -> Vec<Source> {
    let mut sources = vec![Source::new(&mirror.archive, suite.name())];
    if let (Some(address), Some(security)) = (&mirror.security, suite.security()) {
        sources.push(Source::new(address, security));
    }
    sources
}

/// The metapackage and every package of its flavour that it depends on, directly or not.
fn kernel_packages<E>(dependencies: impl Fn(&str) -> Result<Vec<String>, E>) -> Result<Vec<String>, E> {
    let mut packages = vec![METAPACKAGE.to_owned()];
    let mut next = 0;
    while let Some(package) = packages.get(next) {
        for dependency in dependencies(package)? {
            if dependency.ends_with(FLAVOUR) && !packages.contains(&dependency) {
                packages.push(dependency);
            }
        }
        next += 1;
    }
    Ok(packages)
}

/// Since 7.1 the kernel is in a `linux-binary-` package, and the `linux-image-` package that it was in is empty.
fn holder_of_the_kernel(packages: &[String]) -> Option<&str> {
    of_a_version(packages, "linux-binary-").or_else(|| of_a_version(packages, "linux-image-"))
}

/// Since then the modules are in a package of their own.
fn holder_of_modules(packages: &[String]) -> Option<&str> {
    of_a_version(packages, "linux-modules-")
}

/// The package whose name is this and a version.
fn of_a_version<'p>(packages: &'p [String], prefix: &str) -> Option<&'p str> {
    packages
        .iter()
        .map(String::as_str)
        .find(|package| package.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
}

/// The first regular file under `directory` whose name is wanted.
fn find_file(directory: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if let Some(found) = find_file(&entry.path(), wanted)? {
                return Ok(Some(found));
            }
        } else if kind.is_file() && entry.file_name().to_str().is_some_and(wanted) {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn packages(archive: &[(&str, &[&str])]) -> Vec<String> {
        let Ok(packages) = kernel_packages(|package| {
            let record = archive.iter().find(|(name, _)| *name == package);
            let names = record.map_or(&[][..], |(_, names)| names);
            Ok::<_, Infallible>(names.iter().map(|name| (*name).to_owned()).collect())
        });
        packages
    }

    #[test]
    fn before_7_1_the_image_package_holds_the_kernel() {
        let packages = packages(&[
            (METAPACKAGE, &["linux-image-6.1.0-50-cloud-amd64"]),
            ("linux-image-6.1.0-50-cloud-amd64", &["kmod", "linux-base", "initramfs-tools"]),
        ]);
        assert_eq!(holder_of_the_kernel(&packages), Some("linux-image-6.1.0-50-cloud-amd64"));
        assert_eq!(holder_of_modules(&packages), None, "they are in the same package");
    }

    #[test]
    fn since_7_1_the_binary_package_holds_the_kernel() {
        let packages = packages(&[
            (METAPACKAGE, &["linux-base-cloud-amd64", "linux-image-7.2-cloud-amd64"]),
            (
                "linux-image-7.2-cloud-amd64",
                &["linux-base-7.2-cloud-amd64", "linux-binary-7.2-cloud-amd64", "linux-modules-7.2-cloud-amd64"],
            ),
            ("linux-binary-7.2-cloud-amd64", &["linux-base-7.2-cloud-amd64"]),
        ]);
        assert_eq!(packages.len(), 6, "each once: {packages:?}");
        assert_eq!(holder_of_modules(&packages), Some("linux-modules-7.2-cloud-amd64"));
        assert_eq!(holder_of_the_kernel(&packages), Some("linux-binary-7.2-cloud-amd64"));
    }

    #[test]
    fn the_metapackage_itself_holds_nothing() {
        assert_eq!(holder_of_the_kernel(&packages(&[])), None);
    }

    #[test]
    fn security_updates_are_asked_for_where_suite_and_mirror_have_them() {
        let mirror = Mirror {
            archive: "http://mirror.example/debian".to_owned(),
            security: Some("http://mirror.example/debian-security".to_owned()),
        };
        let suites = |suite, mirror: &Mirror| -> Vec<String> {
            sources(suite, mirror).into_iter().map(|source| source.suite).collect()
        };
        assert_eq!(suites(Suite::Trixie, &mirror), ["trixie", "trixie-security"]);
        assert_eq!(suites(Suite::Sid, &mirror), ["sid"]);
        let without = Mirror { security: None, ..mirror };
        assert_eq!(suites(Suite::Trixie, &without), ["trixie"]);
    }
}
