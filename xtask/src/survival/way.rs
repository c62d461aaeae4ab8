//! The ways to build a program in which its sites must survive.

use vivarium_tests::specimen::{Build, Profile};
use vivarium_tests::tool;

use super::linker::Linker;
use super::treatment::Treatment;
use crate::target;

/// A way to build the specimen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) profile: Profile,
    /// Settings of the profile.
    pub(super) settings: &'static [&'static str],
    pub(super) linker: Linker,
    pub(super) unused: Unused,
    pub(super) equal: Equal,
    pub(super) linkage: Linkage,
    pub(super) symbols: Symbols,
    pub(super) treatment: Treatment,
}

/// What becomes of sites in code that nothing calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unused {
    /// The linker discards them.
    Discarded,
    /// The linker keeps them.
    Kept,
}

/// What becomes of functions with the same instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Equal {
    Apart,
    /// The linker makes one of them.
    Folded,
}

/// What kind of program it becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Linkage {
    /// It may be loaded anywhere, and loads libraries.
    Pie,
    /// It has a fixed address, and loads libraries.
    Fixed,
    /// It may be loaded anywhere, and has all libraries in it.
    StaticPie,
    /// It has a fixed address, and all libraries in it.
    StaticFixed,
    /// It has musl in it instead of the GNU C library.
    Musl,
}

/// Whether the linker writes a symbol table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Symbols {
    /// If it likes.
    Permitted,
    Stripped,
}

/// The way that most others differ from in one thing.
pub(super) const RELEASE: Way = Way {
    name: "release",
    profile: Profile::Release,
    settings: &[],
    linker: Linker::RustLld,
    unused: Unused::Discarded,
    equal: Equal::Apart,
    linkage: Linkage::Pie,
    symbols: Symbols::Permitted,
    treatment: Treatment::Nothing,
};

/// The way in which nothing is discarded.
pub(super) const NO_GC: Way = Way { name: "no gc", unused: Unused::Kept, ..RELEASE };

const GNU_LD: Way = Way { name: "GNU ld", linker: Linker::Gnu, ..RELEASE };

/// All ways; the ones that cost no more than linking again follow the one that they have the rest from.
pub(super) const WAYS: &[Way] = &[
    Way { name: "debug", profile: Profile::Dev, ..RELEASE },
    RELEASE,
    Way { name: "system LLD", linker: Linker::Lld, ..RELEASE },
    GNU_LD,
    Way { name: "mold", linker: Linker::Mold, ..RELEASE },
    NO_GC,
    Way { name: "no gc, system LLD", unused: Unused::Kept, linker: Linker::Lld, ..RELEASE },
    Way { name: "no gc, GNU ld", unused: Unused::Kept, linker: Linker::Gnu, ..RELEASE },
    Way { name: "no gc, mold", unused: Unused::Kept, linker: Linker::Mold, ..RELEASE },
    Way { name: "icf = all", equal: Equal::Folded, ..RELEASE },
    Way { name: "icf = all, mold", equal: Equal::Folded, linker: Linker::Mold, ..RELEASE },
    Way { name: "no PIE", linkage: Linkage::Fixed, ..RELEASE },
    Way { name: "no PIE, GNU ld", linkage: Linkage::Fixed, ..GNU_LD },
    Way { name: "strip -s", treatment: Treatment::Strip, ..RELEASE },
    Way { name: "llvm-strip", treatment: Treatment::LlvmStrip, ..RELEASE },
    Way { name: "lto = fat", settings: &["lto=\"fat\""], ..RELEASE },
    Way { name: "lto = thin", settings: &["lto=\"thin\""], ..RELEASE },
    Way { name: "opt-level = z", settings: &["opt-level=\"z\""], ..RELEASE },
    Way { name: "codegen-units = 1", settings: &["codegen-units=1"], ..RELEASE },
    Way { name: "strip = symbols", settings: &["strip=\"symbols\""], symbols: Symbols::Stripped, ..RELEASE },
    Way { name: "panic = abort", settings: &["panic=\"abort\""], ..RELEASE },
    Way { name: "smallest", settings: SMALLEST, symbols: Symbols::Stripped, ..RELEASE },
    Way { name: "smallest, GNU ld", settings: SMALLEST, symbols: Symbols::Stripped, linker: Linker::Gnu, ..RELEASE },
    Way { name: "static PIE", linkage: Linkage::StaticPie, ..RELEASE },
    Way { name: "static PIE, GNU ld", linkage: Linkage::StaticPie, ..GNU_LD },
    Way { name: "static, no PIE", linkage: Linkage::StaticFixed, ..RELEASE },
    Way { name: "musl", linkage: Linkage::Musl, linker: Linker::Cc, ..RELEASE },
];

/// What people set who want the smallest program.
const SMALLEST: &[&str] =
    &["opt-level=\"z\"", "lto=\"fat\"", "codegen-units=1", "strip=\"symbols\"", "panic=\"abort\""];

impl Way {
    /// What isn't installed that this needs.
    pub(super) fn missing(&self, host: &str) -> Option<String> {
        let programs = [self.linker.program(), self.treatment.program()];
        for (program, package) in programs.into_iter().flatten() {
            if tool::find(program).is_none() {
                return Some(format!("`{program}` is not installed: `apt-get install {package}`"));
            }
        }
        target::missing(&self.linkage.target(host))
    }

    /// The build, for a host that is the target `host`.
    pub(super) fn build(&self, host: &str) -> Build {
        let build = self.linkage.apply(Build::new(self.profile), host).with_link_flags(self.linker.flags());
        let build = self.settings.iter().fold(build, |build, setting| build.with_setting(setting));
        let build = match self.unused {
            Unused::Discarded => build,
            Unused::Kept => build.with_link_flags(&["-Clink-dead-code"]),
        };
        match self.equal {
            Equal::Apart => build,
            Equal::Folded => build.with_link_flags(&["-Clink-arg=-Wl,--icf=all"]),
        }
    }
}

impl Linkage {
    fn target(self, host: &str) -> String {
        match self {
            Self::Musl => host.replace("-gnu", "-musl"),
            Self::Pie | Self::Fixed | Self::StaticPie | Self::StaticFixed => host.to_owned(),
        }
    }

    fn apply(self, build: Build, host: &str) -> Build {
        const STATIC: &str = "-Ctarget-feature=+crt-static";
        const FIXED: &str = "-Crelocation-model=static";
        // With a target given, the macros are not built anew for each set of flags.
        let build = build.for_target(&self.target(host));
        match self {
            Self::Pie => build,
            Self::Fixed => build.with_program_flags(&[FIXED]),
            Self::StaticPie => build.without_plugin().with_flags(&[STATIC]),
            Self::StaticFixed => build.without_plugin().with_flags(&[STATIC]).with_program_flags(&[FIXED]),
            Self::Musl => build.without_plugin(),
        }
    }
}
