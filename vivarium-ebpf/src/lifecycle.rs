//! How threads and processes come, what they become, and how they go.

mod assign;
mod exec;
mod exit;
mod fork;
mod whoami;
