//! What is inside a guest: its files, its users, and the programs that it runs.

mod image;
mod libraries;
mod marks;
mod program;

pub(crate) use image::{GuestImage, GuestImageBuilder, INIT, ImageError};
pub(crate) use marks::{Mark, MarkReader, Secret, Sighting};
pub(crate) use program::{ErrorOutput, GuestProgram};
