//! What goes into a guest beside the tests, in one place.

/// The test targets of [`TEST_PACKAGE`] that are meant for guests: those with this at the start of their names.
pub(super) const TEST_PREFIX: &str = "vm_";

/// The package with the tests.
pub(super) const TEST_PACKAGE: &str = "vivarium-tests";

/// The packages whose binaries and examples the tests find in the directory that `VIVARIUM_BIN_DIR` names.
pub(super) const PROGRAM_PACKAGES: [&str; 3] = ["vivarium", "vivarium-daemon", "vivarium-programs"];

/// Programs of the host that the tests watch, or hold what is seen against. A test says so where one is missing.
pub(super) const HOST_PROGRAMS: [&str; 5] =
    ["/bin/bash", "/usr/bin/git", "/usr/bin/ls", "/usr/bin/strace", "/usr/bin/tar"];
