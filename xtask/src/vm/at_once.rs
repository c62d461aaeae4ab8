//! Several jobs at once, whose words stay apart.

use std::io::Write;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

/// Does each of `jobs`, so many at once, and gives what comes of them, in their order. After one that fails none is begun.
///
/// What a job says goes to `output` in one piece, when it is over; where there is one at a time, as it says it.
pub(super) fn at_once<J: Sync, R: Send + Sync, E: Send + Sync>(
    count: NonZeroUsize,
    jobs: &[J],
    output: &mut (dyn Write + Send),
    work: impl Fn(&J, &mut dyn Write) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    if count.get() == 1 {
        return jobs.iter().map(|job| work(job, output)).collect();
    }
    let output = Mutex::new(output);
    let outcomes: Vec<OnceLock<Result<R, E>>> = jobs.iter().map(|_| OnceLock::new()).collect();
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let worker = || {
        while !failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let (Some(job), Some(outcome)) = (jobs.get(number), outcomes.get(number)) else { return };
            let mut said = Vec::new();
            let result = outcome.get_or_init(|| work(job, &mut said));
            if result.is_err() {
                failed.store(true, Ordering::Relaxed);
            }
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            // Where nobody listens, nobody misses it.
            let _ = output.write_all(&said).and_then(|()| output.flush());
        }
    };
    thread::scope(|scope| {
        for _ in 0..count.get().min(jobs.len()) {
            scope.spawn(worker);
        }
    });
    // They are begun in their order, so that those which weren't come after the one that failed.
    outcomes.into_iter().map_while(OnceLock::into_inner).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    fn count(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn what_each_says_stays_together_however_they_overlap() {
        // Each of the two says its first line before, and its second after, the other one has said its first.
        let both = Barrier::new(2);
        let mut output = Vec::new();
        let lengths = at_once(count(2), &["one", "three"], &mut output, |job, lines| {
            writeln!(lines, "{job} begins")?;
            both.wait();
            writeln!(lines, "{job} ends")?;
            both.wait();
            Ok::<_, std::io::Error>(job.len())
        });
        assert_eq!(lengths.unwrap(), [3, 5], "in the order of the jobs");
        let said = String::from_utf8(output).unwrap();
        for job in ["one", "three"] {
            assert!(said.contains(&format!("{job} begins\n{job} ends\n")), "{said}");
        }
    }

    #[test]
    fn one_at_a_time_is_heard_at_once() {
        struct Heard<'h>(&'h Mutex<Vec<u8>>);
        impl Write for Heard<'_> {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let heard = Mutex::new(Vec::new());
        let done = at_once(count(1), &["a", "b"], &mut Heard(&heard), |job, lines| {
            lines.write_all(job.as_bytes())?;
            assert!(heard.lock().unwrap().ends_with(job.as_bytes()));
            Ok::<_, std::io::Error>(())
        });
        assert_eq!(done.unwrap().len(), 2);
    }

    #[test]
    fn none_is_begun_after_one_that_fails() {
        for at_a_time in [1, 2] {
            let begun = AtomicUsize::new(0);
            let result = at_once(count(at_a_time), &[(); 100], &mut std::io::sink(), |(), _| {
                begun.fetch_add(1, Ordering::Relaxed);
                Err::<(), _>("failed")
            });
            assert_eq!(result, Err("failed"));
            assert!(begun.load(Ordering::Relaxed) <= at_a_time);
        }
    }
}
