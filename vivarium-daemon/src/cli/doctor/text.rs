//! The checkup for people.

use std::io::{self, Write};

use vivarium_session::accounting::GapGroup;

use crate::doctor::{BackendCheck, Checkup, Finding};

/// How wide the names of checks are.
const NAME_WIDTH: usize = 18;

/// Writes what was found, line by line.
pub(super) fn write(output: &mut impl Write, checkup: &Checkup) -> io::Result<()> {
    let Checkup { version, host, .. } = checkup;
    writeln!(output, "vivarium {version} on Linux {} {}\n", host.kernel, host.machine)?;
    for check in &checkup.checks {
        write_finding(output, check.name, &check.finding)?;
    }
    for check in &checkup.backends {
        write_finding(output, &format!("backend {}", check.backend.name()), &check.finding)?;
        for lost in &check.lost {
            write_detail(output, lost)?;
        }
        if checkup.used == Some(check.backend.name()) {
            write_gaps(output, check)?;
        }
    }
    let daemon = &checkup.daemon;
    write_finding(output, "vivariumd", &daemon.finding)?;
    match (checkup.used, daemon.backend) {
        (Some(used), _) => writeln!(output, "\n`vivarium run` uses the backend {used}."),
        (None, Some(backend)) => {
            let used = checkup.backends.iter().find(|check| check.backend.name() == backend);
            used.map_or(Ok(()), |check| write_gaps(output, check))?;
            writeln!(output, "\n`vivarium run` observes through vivariumd: everything of your own can be observed.")
        }
        (None, None) => writeln!(output, "\nNothing can be observed here."),
    }
}

fn write_finding(output: &mut impl Write, name: &str, finding: &Finding) -> io::Result<()> {
    match finding {
        Finding::Fine { how } => writeln!(output, "ok       {name:NAME_WIDTH$}{how}"),
        Finding::Lacking { why, remedy, without } => {
            writeln!(output, "lacking  {name:NAME_WIDTH$}{why}")?;
            if let Some(remedy) = remedy {
                write_detail(output, &format!("what to do: {remedy}"))?;
            }
            write_detail(output, &format!("without it: {without}"))
        }
        Finding::Untried => writeln!(output, "-        {name:NAME_WIDTH$}not tried, because of what is lacking above"),
    }
}

fn write_gaps(output: &mut impl Write, check: &BackendCheck) -> io::Result<()> {
    for gap in GapGroup::all(&check.gaps) {
        write_detail(output, &format!("not visible{gap}"))?;
    }
    Ok(())
}

fn write_detail(output: &mut impl Write, detail: &str) -> io::Result<()> {
    writeln!(output, "         {:NAME_WIDTH$}{detail}", "")
}
