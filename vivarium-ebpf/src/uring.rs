//! What is asked for through rings: by the thread that submits it, whoever of the kernel's workers does it.

mod issued;
mod submitted;

pub(crate) use issued::{is_issuing, who_asked};
