//! What a mark costs while no one looks: functions of a few nanoseconds, bare and marked in every way that there is.
//!
//! All of them do the same work. Criterion measures each by itself; `cargo xtask bench sites` runs this and shows the ratios.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use criterion::{Criterion, criterion_group, criterion_main};

/// A few nanoseconds: multiplications, each of which waits for the one before.
macro_rules! work {
    ($number:expr) => {{
        let mut hash: u64 = $number;
        for _ in 0..8 {
            hash = (hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        hash
    }};
}

#[inline(never)]
fn bare(number: u64) -> u64 {
    work!(number)
}

#[inline(never)]
#[vivarium::observe]
fn observe(number: u64) -> u64 {
    work!(number)
}

#[inline(never)]
#[tracing::instrument]
fn instrument(number: u64) -> u64 {
    work!(number)
}

/// The probes of the `usdt` crate.
#[usdt::provider(provider = "peer")]
mod peer {
    fn enter(_: u64) {}
    fn leave(_: u64) {}
}

#[inline(never)]
fn usdt(number: u64) -> u64 {
    peer::enter!(|| number);
    let result = work!(number);
    peer::leave!(|| number);
    result
}

#[inline(never)]
fn probe_lazy(number: u64) -> u64 {
    probe::probe_lazy!(peer, begin, number);
    let result = work!(number);
    probe::probe_lazy!(peer, end, number);
    result
}

#[inline(never)]
async fn bare_async(number: u64) -> u64 {
    work!(number)
}

#[inline(never)]
#[vivarium::observe]
async fn observe_async(number: u64) -> u64 {
    work!(number)
}

#[inline(never)]
#[tracing::instrument]
async fn instrument_async(number: u64) -> u64 {
    work!(number)
}

fn functions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fn");
    macro_rules! each {
        ($($name:ident)+) => {
            $(group.bench_function(stringify!($name), |bencher| bencher.iter(|| $name(black_box(7))));)+
        };
    }
    each!(bare observe instrument usdt probe_lazy);
    group.finish();
}

/// Polls once a future that is ready at once.
#[inline(always)]
fn poll(future: impl Future<Output = u64>) -> Poll<u64> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn futures(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("async");
    macro_rules! each {
        ($($name:ident: $function:ident)+) => {
            $(group.bench_function(stringify!($name), |bencher| bencher.iter(|| poll($function(black_box(7)))));)+
        };
    }
    each!(bare: bare_async observe: observe_async instrument: instrument_async);
    group.finish();
}

criterion_group!(benches, functions, futures);
criterion_main!(benches);
