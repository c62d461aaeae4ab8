//! The listing for machines. Its form is described in `docs/sites.md`; a field keeps its meaning, and new ones may come.

use std::io::{self, Write};

use serde::Serialize;
use vivarium_session::text::Text;

use super::contents::{Code, Contents, Rest, Row, Semaphore};
use super::report::{Listed, Report};
use crate::elf::{Address, Bias, FileOffset};
use crate::sites::{Obstacle, ProbeLocation};

/// Grows when a field goes or changes its meaning.
const VERSION: u32 = 1;

/// Writes the report as one JSON object.
pub(super) fn write(output: &mut impl Write, report: &Report) -> io::Result<()> {
    let files = report.files.iter().map(FileObject::from).collect();
    let report = ReportObject { version: VERSION, pid: report.pid.map(|pid| pid.0), files };
    serde_json::to_writer_pretty(&mut *output, &report)?;
    writeln!(output)
}

#[derive(Serialize)]
struct ReportObject<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    files: Vec<FileObject<'a>>,
}

#[derive(Serialize)]
struct FileObject<'a> {
    path: &'a Text,
    #[serde(flatten)]
    outcome: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Read(ContentsObject<'a>),
    Failed { error: String },
}

#[derive(Serialize)]
struct ContentsObject<'a> {
    architecture: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bias: Option<Bias>,
    sites: Vec<SiteObject<'a>>,
    discarded: usize,
    makes_more: bool,
    incomplete: Option<String>,
}

#[derive(Serialize)]
struct SiteObject<'a> {
    id: String,
    kind: &'static str,
    function: Text,
    module: &'a Text,
    name: &'a Text,
    file: &'a Text,
    line: u32,
    column: Option<u32>,
    copies: Option<usize>,
    attachable: bool,
    obstacle: Option<ObstacleObject>,
    /// Left out of files, null where it isn't known.
    #[serde(skip_serializing_if = "Option::is_none")]
    semaphore_value: Option<Option<u32>>,
    probes: Vec<ProbeObject>,
}

#[derive(Serialize)]
struct ObstacleObject {
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct ProbeObject {
    probe: &'static str,
    address: Address,
    offset: Option<FileOffset>,
    semaphore: Address,
    semaphore_offset: Option<FileOffset>,
    obstacle: Option<ObstacleObject>,
}

impl<'a> From<&'a Listed> for FileObject<'a> {
    fn from(file: &'a Listed) -> Self {
        let outcome = match &file.contents {
            Ok(contents) => Outcome::Read(contents.into()),
            Err(error) => Outcome::Failed { error: error.to_string() },
        };
        Self { path: &file.path, outcome }
    }
}

impl<'a> From<&'a Contents> for ContentsObject<'a> {
    fn from(contents: &'a Contents) -> Self {
        Self {
            architecture: contents.architecture.name(),
            bias: contents.bias,
            sites: contents.rows.iter().map(SiteObject::from).collect(),
            discarded: contents.discarded,
            makes_more: contents.rest == Rest::MadeAtRunTime,
            incomplete: match contents.rest {
                Rest::CutShort(flaw) => Some(flaw.to_string()),
                Rest::Nothing | Rest::MadeAtRunTime => None,
            },
        }
    }
}

impl<'a> From<&'a Row> for SiteObject<'a> {
    fn from(row: &'a Row) -> Self {
        let (column, copies, probes) = match &row.code {
            Code::Own { column, copies, probes } => (Some(*column), Some(*copies), probes),
            Code::Shared { probes } => (None, None, probes),
        };
        Self {
            id: row.id.to_string(),
            kind: row.kind.name(),
            function: row.function(),
            module: &row.module,
            name: &row.name,
            file: &row.file,
            line: row.line,
            column,
            copies,
            attachable: row.attachable.is_ok(),
            obstacle: row.attachable.err().map(ObstacleObject::from),
            semaphore_value: match row.semaphore {
                Semaphore::OfFile => None,
                Semaphore::Unknown => Some(None),
                Semaphore::Value(value) => Some(Some(value)),
            },
            probes: probes.iter().map(ProbeObject::from).collect(),
        }
    }
}

impl From<Obstacle> for ObstacleObject {
    fn from(obstacle: Obstacle) -> Self {
        Self { kind: obstacle.name(), text: obstacle.to_string() }
    }
}

impl From<&ProbeLocation> for ProbeObject {
    fn from(location: &ProbeLocation) -> Self {
        let point = location.attach.ok();
        Self {
            probe: location.probe.name(),
            address: location.address,
            offset: point.map(|point| point.probe),
            semaphore: location.semaphore,
            semaphore_offset: point.map(|point| point.semaphore),
            obstacle: location.attach.err().map(ObstacleObject::from),
        }
    }
}
