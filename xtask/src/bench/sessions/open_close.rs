//! How long it takes to open a session on a process with a thousand sites, and to close it.

use super::bars::Bar;
use super::scene::Scene;

/// How long each may take, in milliseconds.
const BAR: f64 = 50.0;

pub(super) fn measure(scene: &Scene, rounds: u32) -> anyhow::Result<Vec<Bar>> {
    let _daemon = scene.daemon()?;
    let crowd = scene.crowd()?;
    let words = ["open-close".to_owned(), crowd.pid().to_string(), rounds.to_string()];
    let said = scene.output("observers", &words)?;
    let column = |at: usize| -> Vec<f64> {
        let numbers = said.lines().filter_map(|line| line.split_whitespace().nth(at)?.parse::<f64>().ok());
        let mut times: Vec<_> = numbers.map(|nanoseconds| nanoseconds / 1e6).collect();
        times.sort_by(f64::total_cmp);
        times
    };
    let bars = [("opening", 1), ("closing", 3)].map(|(what, at)| {
        let times = column(at);
        let (median, worst) = (times.get(times.len() / 2).copied().unwrap_or(f64::NAN), times.last().copied());
        let what =
            format!("{what} a session on a process with 1,000 sites; at worst {:.1} ms", worst.unwrap_or(f64::NAN));
        Bar::below(BAR, median, "ms", what)
    });
    Ok(bars.into())
}
