//! The command line of `vivariumd`.

use std::path::PathBuf;

use clap::Parser;
use vivarium_protocol::{DEFAULT_SOCKET, SOCKET_VARIABLE, SocketPath};
use vivarium_sys::event::Backend;

use crate::exit::Exit;
use crate::kernel::RingSize;

/// How the daemon ends.
const EXITS: [Exit; 3] = [Exit::Success, Exit::BadInput, Exit::Failed];

/// Observe processes for those who have no privileges: for `vivarium`, and for tests.
///
/// Loads the BPF programs as root, gives up what it needs no more, and serves everyone who connects, each only what is theirs
/// to see.
#[derive(Parser, Debug)]
#[command(name = "vivariumd", version, after_help = Exit::help(&EXITS))]
pub(super) struct Options {
    /// Where to listen.
    #[arg(long, value_name = "PATH", help = format!("Where to listen [default: ${SOCKET_VARIABLE}, or {DEFAULT_SOCKET}]"))]
    socket: Option<PathBuf>,
    /// Where events come from: lsm, fentry or syscalls [default: the first of them that works].
    #[arg(long, value_parser = crate::cli::backend)]
    pub(super) backend: Option<Backend>,
    /// How many bytes of records may wait to be read.
    #[arg(long, default_value = "16M", value_name = "BYTES")]
    pub(super) ring_size: RingSize,
    /// Log more.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

impl Options {
    /// Where to listen.
    pub(super) fn socket(&self) -> SocketPath {
        self.socket.as_ref().map_or_else(SocketPath::from_environment, SocketPath::new)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_help_tells_of_the_exits_of_the_daemon_and_of_no_others() {
        let help = Options::command().render_long_help().to_string();
        for exit in Exit::ALL {
            assert_eq!(help.contains(exit.meaning()), EXITS.contains(exit), "{exit:?}: {help}");
        }
    }
}
