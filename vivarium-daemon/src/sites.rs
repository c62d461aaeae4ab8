//! The sites of a program or a library, read from its file.
//!
//! ```no_run
//! use vivarium_daemon::elf::Image;
//! use vivarium_daemon::sites::Catalog;
//!
//! let image = Image::open("target/release/tour".as_ref())?;
//! for site in &Catalog::read(&image)?.sites {
//!     for probe in &site.probes {
//!         if let Ok(point) = &probe.attach {
//!             println!("{} {}: uprobe at {}, counted at {}", site.function(), probe.probe.name(), point.probe, point.semaphore);
//!         }
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalog;
mod error;
mod note;
mod obstacle;
mod probes;
mod site;

pub use catalog::{Catalog, DynamicProbes};
pub use error::{CatalogError, NoteFlaw};
pub use obstacle::Obstacle;
pub use site::{AttachPoint, ProbeLocation, Site, function};

/// What is said of a session in which no program had sites.
pub(crate) const NO_SITES: &str = "nothing that ran has marked functions: mark them with #[vivarium::observe] of the crate \
                                   vivarium, and what they do is shown in them";
