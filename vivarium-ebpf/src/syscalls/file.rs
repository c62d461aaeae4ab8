//! System calls about files and directories.

mod attributes;
mod names;
mod open;
