//! What must be found, however the specimen is built: two files beside its sources.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use vivarium_tests::listing::Identity;

use super::found::{Found, FoundSite, Hits, Part};
use super::way::Unused;

const HEADER: &str = "part\tusage\tkind\tfunction\tfile\tline\tsite id\tstarts\tstops\traises";

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GoldenError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path}:{line}: not a line of this table; `cargo xtask survival --bless` writes it anew")]
    Unreadable { path: PathBuf, line: usize },
}

/// How what is found differs from what must be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Difference {
    #[error("the {0} has no site {1}")]
    Lost(Part, Box<Identity>),
    #[error("the {0} has a site that should not be there: {1}")]
    Unexpected(Part, Box<Identity>),
    #[error("{site} was hit {found:?} instead of {expected:?}")]
    Hits { site: Box<Identity>, found: Hits, expected: Hits },
    #[error("the program printed something else:\n{0}")]
    Output(String),
}

/// What must be found.
pub(super) struct Golden {
    rows: Vec<Row>,
    output: String,
}

/// A site that must be found.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Row {
    part: Part,
    usage: Usage,
    identity: Identity,
    hits: Hits,
}

/// Whether anything calls the code of a site.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Usage {
    Used,
    Unused,
}

impl Usage {
    const ALL: [Self; 2] = [Self::Used, Self::Unused];

    const fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
        }
    }
}

impl Golden {
    /// What was found when the linker discarded what isn't used, and when it kept that.
    pub(super) fn of(found: &Found, kept: &Found) -> Self {
        let is_new = |site: &&FoundSite| {
            !found.sites.iter().any(|other| other.identity == site.identity && other.part == site.part)
        };
        let row = |usage| {
            move |site: &FoundSite| Row {
                part: site.part,
                usage,
                identity: site.identity.clone(),
                hits: site.hits.unwrap_or_default(),
            }
        };
        let always = found.sites.iter().map(row(Usage::Used));
        let rows = always.chain(kept.sites.iter().filter(is_new).map(row(Usage::Unused))).collect();
        Self { rows, output: found.output.clone() }
    }

    pub(super) fn read() -> Result<Self, GoldenError> {
        let read =
            |path: &Path| fs::read_to_string(path).map_err(|source| GoldenError::Io { path: path.to_owned(), source });
        let path = table();
        let text = read(&path)?;
        let rows = text.lines().enumerate().skip(1).map(|(index, line)| {
            Row::parse(line).ok_or_else(|| GoldenError::Unreadable { path: path.clone(), line: index + 1 })
        });
        Ok(Self { rows: rows.collect::<Result<_, _>>()?, output: read(&output())? })
    }

    pub(super) fn write(&self) -> Result<(), GoldenError> {
        let mut text = format!("{HEADER}\n");
        for row in &self.rows {
            text.push_str(&row.line());
        }
        let write =
            |path: PathBuf, text: &str| fs::write(&path, text).map_err(|source| GoldenError::Io { path, source });
        write(table(), &text)?;
        write(output(), &self.output)
    }

    /// Compares what was found with what must be, where the linker did this with what isn't used.
    pub(super) fn check(&self, found: &Found, unused: Unused) -> Result<(), Difference> {
        let expected: Vec<_> = self.rows.iter().filter(|row| found.has(row.part) && row.is_there(unused)).collect();
        for row in &expected {
            let Some(site) = found.sites.iter().find(|site| row.is(site)) else {
                return Err(Difference::Lost(row.part, row.identity.clone().into()));
            };
            if let Some(hits) = site.hits.filter(|hits| *hits != row.hits) {
                return Err(Difference::Hits { site: row.identity.clone().into(), found: hits, expected: row.hits });
            }
        }
        if let Some(site) = found.sites.iter().find(|site| !expected.iter().any(|row| row.is(site))) {
            return Err(Difference::Unexpected(site.part, site.identity.clone().into()));
        }
        let is_said = |line: &&str| found.has(Part::Plugin) || !line.starts_with(Part::Plugin.name());
        if self.output.lines().filter(is_said).eq(found.output.lines()) {
            return Ok(());
        }
        Err(Difference::Output(found.output.clone()))
    }
}

impl Row {
    fn is_there(&self, unused: Unused) -> bool {
        self.usage == Usage::Used || unused == Unused::Kept
    }

    fn is(&self, site: &FoundSite) -> bool {
        self.part == site.part && self.identity == site.identity
    }

    fn line(&self) -> String {
        let Self { part, usage, identity: Identity { function, kind, file, line, id }, hits } = self;
        let usage = usage.name();
        let Hits { starts, stops, raises } = hits;
        let mut text = String::new();
        // Writing into a string can't fail.
        let _ =
            writeln!(text, "{part}\t{usage}\t{kind}\t{function}\t{file}\t{line}\t{id}\t{starts}\t{stops}\t{raises}");
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split('\t').collect();
        let &[part, usage, kind, function, file, line, id, starts, stops, raises] = fields.as_slice() else {
            return None;
        };
        Some(Self {
            part: Part::ALL.into_iter().find(|known| known.name() == part)?,
            usage: Usage::ALL.into_iter().find(|known| known.name() == usage)?,
            identity: Identity {
                function: function.to_owned(),
                kind: kind.to_owned(),
                file: file.to_owned(),
                line: line.parse().ok()?,
                id: id.to_owned(),
            },
            hits: Hits { starts: starts.parse().ok()?, stops: stops.parse().ok()?, raises: raises.parse().ok()? },
        })
    }
}

fn table() -> PathBuf {
    expected("sites.tsv")
}

fn output() -> PathBuf {
    expected("output.txt")
}

fn expected(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/specimen/expected").join(name)
}
