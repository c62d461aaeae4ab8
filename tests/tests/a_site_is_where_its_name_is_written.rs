//! The note tells the line of a function's name, or of a span's, and of the outermost macro where they come from one.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::collections::HashSet;
use std::path::Path;

use vivarium_daemon::elf::Image;
use vivarium_daemon::sites::{Catalog, Site};
use vivarium_sys::SiteKind;

const PLAIN: u32 = line!() + 6;
#[rustfmt::skip]
#[vivarium::observe]
/// Documented.
#[must_use]
pub(crate)
fn plain() -> u8 {
    1
}

macro_rules! make {
    (wrapped $($input:tt)*) => {
        make!($($input)*);
    };
    ($name:ident) => {
        #[vivarium::observe]
        fn $name() {}
    };
    () => {
        #[vivarium::observe]
        fn made_inside() {}
    };
}
const NAMED_OUTSIDE: u32 = line!() + 3;
#[rustfmt::skip]
make!(
    named_outside
);
const MADE_INSIDE: u32 = line!() + 1;
make!(wrapped);

macro_rules! make_methods {
    ($($ty:ident)+) => {
        $(
            struct $ty;
            impl $ty {
                #[vivarium::observe]
                fn method(&self) {}
            }
        )+
    };
}
const METHODS: u32 = line!() + 1;
make_methods!(One Two Three);

fn spans() -> u8 {
    vivarium::span!("block", {
        #[rustfmt::skip]
        let _span = vivarium::span!(
            "guard"
        );
        1
    })
}

const LATER: u32 = line!() + 2;
#[vivarium::observe]
async fn later() {}

const RETURNED: u32 = line!() + 2;
#[vivarium::observe]
fn returned() -> impl Future<Output = ()> {
    let _prelude = ();
    async {}
}

#[vivarium::observe(name = "a { brace, a \" quote, a \\ backslash, a \n new line, an ü")]
fn strange() {}

/// What is never called has no sites.
fn call_each() {
    assert_eq!(plain() + spans(), 2);
    named_outside();
    made_inside();
    One.method();
    Two.method();
    Three.method();
    drop((later(), returned()));
    strange();
}

fn sites() -> Vec<Site> {
    call_each();
    let image = Image::open(Path::new("/proc/self/exe")).expect("the test is an ELF file");
    Catalog::read(&image).expect("the test has sites").sites
}

fn site(name: &str) -> Site {
    let mut found = sites().into_iter().filter(|site| site.name.as_bytes() == name.as_bytes());
    let site = found.next().unwrap_or_else(|| panic!("{name} is among the sites"));
    assert!(found.next().is_none(), "{name} is there once");
    assert_eq!(site.module.as_bytes(), module_path!().as_bytes());
    assert_eq!(site.file.as_bytes(), file!().as_bytes());
    site
}

#[test]
fn functions() {
    assert_eq!((site("plain").line, site("plain").column), (PLAIN, 4));
    assert_eq!(site("named_outside").line, NAMED_OUTSIDE);
    assert_eq!(site("made_inside").line, MADE_INSIDE);
    assert_eq!(site("later").line, LATER);
    assert_eq!(site("returned").line, RETURNED);
}

#[test]
fn spans_at_their_names() {
    let (block, guard) = (site("block"), site("guard"));
    assert_eq!(guard.line, block.line + 3);
    assert_eq!((block.column, guard.column), (21, 13));
}

#[test]
fn kinds() {
    let kinds = ["plain", "later", "returned", "block"].map(|name| site(name).kind);
    assert_eq!(kinds, [SiteKind::Function, SiteKind::AsyncFunction, SiteKind::AsyncFunction, SiteKind::Span]);
}

#[test]
fn any_name() {
    site("a { brace, a \" quote, a \\ backslash, a \n new line, an ü");
}

#[test]
fn repeated_functions_are_told_apart() {
    let methods = ["method", "method#2", "method#3"].map(site);
    assert!(methods.iter().all(|method| method.line == METHODS));
    assert_eq!(methods.iter().map(|method| method.id).collect::<HashSet<_>>().len(), 3);
}

#[test]
fn ids_differ() {
    let sites = sites();
    assert_eq!(sites.iter().map(|site| site.id).collect::<HashSet<_>>().len(), sites.len());
}
