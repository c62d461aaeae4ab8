//! Who may observe which process.

use vivarium_protocol::{Reason, Refusal};
use vivarium_session::record::Pid;

use super::peer::Peer;
use super::standing::Standing;
use super::yama::Scope;

/// Whether someone may observe a process: everyone those of their own that they could trace, and the privileged all.
pub(super) fn check(peer: &Peer, process: Pid) -> Result<(), Refusal> {
    if peer.is_privileged {
        return Ok(());
    }
    let standing = Standing::of(process).map_err(|_| no_process())?;
    let refuse = |what: &str| {
        let message = format!("process {process} {what}");
        Err(Refusal::new(Reason::NotYours, message, "observe your own processes, or run it with sudo"))
    };
    if !standing.is(peer.user) {
        refuse("runs as another user")
    } else if standing.groups != [peer.group; 4] {
        refuse("runs in another group")
    } else if standing.permitted != 0 {
        refuse("has capabilities")
    } else if !standing.is_open {
        refuse("runs a program that its user may not look into")
    } else if !peer.process.process().is_some_and(|client| Scope::now().lets(client, process)) {
        refuse("may not be traced by the one who asks, says Yama in /proc/sys/kernel/yama/ptrace_scope")
    } else {
        Ok(())
    }
}

/// The process has ended, or never was.
pub(super) fn no_process() -> Refusal {
    Refusal::new(Reason::NoProcess, "there is no such process any more", "see with `ps` what runs")
}
