//! System calls about files and directories.

mod attributes;
mod contents;
mod directories;
mod extended;
mod names;
mod open;
mod receive;
