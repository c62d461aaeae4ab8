//! Sessions of vivariumd: which there are, and which of their sites are on.

use std::io::{self, Write};
use std::thread;
use std::time::{Duration, Instant};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use vivarium_protocol::{ClientError, SessionEntry, Shown, SocketPath, Switchboard};
use vivarium_session::filter::{FilterError, SitePattern};
use vivarium_session::record::Pid;
use vivarium_session::session::SiteInfo;

use crate::cli::{Failure, OutputError};
use crate::exit::Exit;

/// How long it is waited for the spans that are open in functions that are switched off.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked for them.
const LOOK: Duration = Duration::from_millis(10);
/// The gap between two columns.
const GAP: u16 = 2;

/// Which session is meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meant {
    /// The one with this number.
    Number(u64),
    /// The one that observes this process.
    Process(Pid),
    /// The only one.
    Only,
}

/// Why a session's sites are not switched.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Pattern(#[from] FilterError),
    #[error(
        "no session of yours in vivariumd observes process {0}; one that `vivarium run` observes by itself, as root does without \
         --daemon, can only be told at its beginning, with `vivarium run --disable`"
    )]
    NoneOf(Pid),
    #[error(
        "you have no session in vivariumd: begin one with `vivarium run` or `vivarium attach`, as root with --daemon"
    )]
    None,
    #[error("you have several such sessions ({}): say with --session which one", numbers(.0))]
    Several(Vec<SessionEntry>),
}

impl Failure for SessionError {
    fn exit(&self) -> Exit {
        match self {
            Self::Client(ClientError::Refused(_)) => Exit::BadInput,
            Self::Client(_) => Exit::Failed,
            _ => Exit::BadInput,
        }
    }
}

fn numbers(sessions: &[SessionEntry]) -> String {
    let numbers: Vec<_> = sessions.iter().map(|session| session.id.to_string()).collect();
    numbers.join(", ")
}

/// Lists the sessions of the one who asks.
pub(super) fn list(json: bool) -> Result<(), Box<dyn Failure>> {
    let sessions = connect()?.sessions(None).map_err(SessionError::from)?;
    let written = match json {
        true => write_json(&sessions),
        false => write_sessions(&sessions),
    };
    Ok(written.map_err(OutputError::from)?)
}

/// Switches sites of a session off, and then others on, and lists them.
pub(super) fn switch(
    meant: Meant,
    disable: &[SitePattern],
    enable: &[SitePattern],
    json: bool,
) -> Result<(), Box<dyn Failure>> {
    let mut board = connect()?;
    let id = find(&mut board, meant)?;
    let (sites, _) = board.show(id).map_err(SessionError::from)?;
    // All of it or nothing.
    let find = |patterns: &[SitePattern]| -> Result<Vec<_>, FilterError> {
        let found = patterns.iter().map(|pattern| pattern.find(&sites));
        Ok(found.collect::<Result<Vec<_>, _>>()?.concat())
    };
    let (mut off, on) = (find(disable).map_err(SessionError::from)?, find(enable).map_err(SessionError::from)?);
    off.retain(|site| !on.contains(site));
    board.switch(id, false, &off).map_err(SessionError::from)?;
    board.switch(id, true, &on).map_err(SessionError::from)?;
    let mut shown = board.show(id).map_err(SessionError::from)?;
    let deadline = Instant::now() + PATIENCE;
    while shown.1.held.iter().any(|site| off.contains(site)) && Instant::now() < deadline {
        thread::sleep(LOOK);
        shown = board.show(id).map_err(SessionError::from)?;
    }
    let (sites, shown) = shown;
    let written = match json {
        true => write_json(&Switches::of(&sites, &shown)),
        false => write_sites(&sites, &shown),
    };
    Ok(written.map_err(OutputError::from)?)
}

fn connect() -> Result<Switchboard, SessionError> {
    Ok(Switchboard::connect(&SocketPath::from_environment())?)
}

fn find(board: &mut Switchboard, meant: Meant) -> Result<u64, SessionError> {
    let process = match meant {
        Meant::Number(number) => return Ok(number),
        Meant::Process(pid) => Some(pid),
        Meant::Only => None,
    };
    let mut sessions = board.sessions(process)?;
    match (sessions.len(), sessions.pop(), process) {
        (1, Some(session), _) => Ok(session.id),
        (0, _, Some(pid)) => Err(SessionError::NoneOf(pid)),
        (0, _, None) => Err(SessionError::None),
        (_, last, _) => {
            sessions.extend(last);
            Err(SessionError::Several(sessions))
        }
    }
}

/// A session's sites, for machines.
#[derive(Serialize)]
struct Switches<'a> {
    session: &'a SessionEntry,
    sites: Vec<SwitchedSite<'a>>,
}

#[derive(Serialize)]
struct SwitchedSite<'a> {
    #[serde(flatten)]
    site: &'a SiteInfo,
    enabled: bool,
    attached: bool,
}

impl<'a> Switches<'a> {
    fn of(sites: &'a [SiteInfo], shown: &'a Shown) -> Self {
        let site = |site: &'a SiteInfo| {
            let enabled = !shown.off.contains(&site.id);
            SwitchedSite { site, enabled, attached: enabled || shown.held.contains(&site.id) }
        };
        Self { session: &shown.session, sites: sites.iter().map(site).collect() }
    }
}

fn write_json(what: &impl Serialize) -> io::Result<()> {
    let mut output = io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, what)?;
    writeln!(output)
}

fn write_sessions(sessions: &[SessionEntry]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    if sessions.is_empty() {
        return writeln!(output, "no sessions");
    }
    let rows = sessions.iter().map(|session| {
        let mut processes: Vec<_> = session.processes.iter().take(4).map(ToString::to_string).collect();
        if session.process_count > processes.len() {
            processes.push(format!("and {} more", session.process_count - processes.len()));
        }
        let [id, user, sites, off] =
            [session.id.to_string(), session.user.to_string(), session.sites.to_string(), session.off.to_string()];
        [id, user, processes.join(" "), sites, off]
    });
    write_table(&mut output, ["SESSION", "USER", "PROCESSES", "SITES", "OFF"], rows)
}

fn write_sites(sites: &[SiteInfo], shown: &Shown) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let SessionEntry { id, off, .. } = shown.session;
    writeln!(output, "session {id}: {} sites, {off} off", sites.len())?;
    let state = |site: &SiteInfo| match (shown.off.contains(&site.id), shown.held.contains(&site.id)) {
        (false, _) => "on",
        (true, false) => "off",
        (true, true) => "off, in use yet",
    };
    let mut sites: Vec<_> = sites.iter().collect();
    sites.sort_by_key(|site| (site.module.to_string(), site.name.to_string(), site.line));
    let rows = sites.into_iter().map(|site| {
        let place = format!("{}:{}", site.file, site.line);
        [format!("{}::{}", site.module, site.name), site.kind.name().to_owned(), place, state(site).to_owned()]
    });
    write_table(&mut output, ["FUNCTION", "KIND", "PLACE", "STATE"], rows)
}

fn write_table<const N: usize>(
    output: &mut impl Write,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    rows.for_each(|row| _ = table.add_row(row));
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    table.lines().try_for_each(|line| writeln!(output, "{}", line.trim_end()))
}
