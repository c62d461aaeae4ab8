//! Code that comes to be executed. Numbers 104 to 119.

use super::events;

events! {}
