//! What criterion writes down of each benchmark.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::Groups;

/// How often a function was called in each sample, and how many nanoseconds that took.
#[derive(Deserialize)]
struct Samples {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// Adds the benchmarks under `home` where they were faster than before.
pub(super) fn add(home: &Path, to: &mut Groups) -> anyhow::Result<()> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut found = 0;
    for group in folders(home)? {
        for benchmark in folders(&group)? {
            let path = benchmark.join("new/sample.json");
            let Ok(text) = fs::read(&path) else { continue };
            let samples: Samples = serde_json::from_slice(&text).with_context(|| path.display().to_string())?;
            let each = samples.times.iter().zip(&samples.iters).map(|(time, calls)| time / calls);
            let fastest = each.fold(f64::INFINITY, f64::min);
            let known = to.0.entry(name(&group)).or_default().entry(name(&benchmark)).or_insert(f64::INFINITY);
            *known = known.min(fastest);
            found += 1;
        }
    }
    ensure!(found > 0, "criterion wrote nothing to {}", home.display());
    Ok(())
}

fn folders(within: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(within)?.collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
}
