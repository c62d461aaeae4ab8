//! `parser TIMES THREADS`: parses texts in a marked function, TIMES of them on each of THREADS threads; every fifth is no
//! number. It has one site.

#[vivarium::observe(err)]
fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).expect("a number");
    let (times, threads) = (number(), number());
    let count = || (1..=times).filter(|at| parse(if at % 5 == 0 { "five" } else { "7" }).is_err()).count();
    let failed: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it doesn't panic")).sum()
    });
    println!("failed: {failed}");
}
