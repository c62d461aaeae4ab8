//! `cargo xtask docs`: writes the pages that are made from the code.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use vivarium_session::catalog;

/// Write the pages that are made from the code, or check that they are as it says
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a page is not what the code says
    #[arg(long)]
    check: bool,
}

/// A page that is made from the code.
struct Page {
    /// Its file, from the root of the repository.
    file: &'static str,
    text: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    for page in pages() {
        if args.check { page.check()? } else { page.write()? }
    }
    Ok(ExitCode::SUCCESS)
}

fn pages() -> [Page; 2] {
    [
        Page { file: "docs/events.md", text: catalog::table().to_string() },
        Page { file: "docs/records.md", text: catalog::records().to_string() },
    ]
}

impl Page {
    fn path(&self) -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "..", self.file].iter().collect()
    }

    fn write(&self) -> anyhow::Result<()> {
        fs::write(self.path(), &self.text).with_context(|| format!("cannot write {}", self.file))
    }

    fn check(&self) -> anyhow::Result<()> {
        let written = fs::read_to_string(self.path()).unwrap_or_default();
        anyhow::ensure!(written == self.text, "{} is not what the code says: run `cargo xtask docs`", self.file);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_what_the_code_says() {
        for page in pages() {
            page.check().unwrap();
        }
    }
}
