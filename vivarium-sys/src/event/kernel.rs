//! The system as a whole: mounts, modules, what is loaded into the kernel. Numbers 80 to 103.

use super::events;

events! {}
