//! What is asked for through rings: by the thread that submits it, whoever of the kernel's workers does it.

mod submitted;
mod workers;

pub(crate) use workers::who_asked;
