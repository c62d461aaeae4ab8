//! With `err` an `Err` that is returned is told in the span, with its Display, and returned as it was.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::future::Future;
use std::num::ParseIntError;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use vivarium_tests::observer::observe;

#[vivarium::observe(err)]
fn parse(text: &str) -> Result<u8, ParseIntError> {
    let number: u8 = text.parse()?;
    if number == 0 {
        return "nought".parse();
    }
    Ok(number)
}

#[vivarium::observe(err, name = "later")]
async fn parse_later(text: &str) -> Result<u8, ParseIntError> {
    Ok(text.parse::<u8>()? + 1)
}

struct Words(Vec<String>);

impl Words {
    #[vivarium::observe(err)]
    fn longest(&mut self, limit: usize) -> Result<&mut String, String> {
        let longest = self.0.iter_mut().max_by_key(|word| word.len()).ok_or("there are no words")?;
        if longest.len() > limit { Err(format!("{longest} is too long")) } else { Ok(longest) }
    }

    #[vivarium::observe(err)]
    fn iter(self) -> Result<impl Iterator<Item = String>, &'static str> {
        if self.0.is_empty() { Err("there are no words") } else { Ok(self.0.into_iter()) }
    }
}

fn poll_once<F: Future>(future: F) -> F::Output {
    let Poll::Ready(value) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else { panic!("it is ready") };
    value
}

#[test]
fn an_error_is_raised_before_the_stop() {
    let expected = ["start parse #1", "raise parse #1 error \"invalid digit found in string\"", "stop parse #1 last"];
    assert_eq!(observe(|| assert!(parse("x").is_err())), expected, "by ?");
    assert_eq!(observe(|| assert!(parse("0").is_err())), expected, "by return");
}

#[test]
fn success_is_silent() {
    assert_eq!(observe(|| assert_eq!(parse("7"), Ok(7))), ["start parse #1", "stop parse #1 last"]);
}

#[test]
fn an_async_error_is_raised_in_the_last_poll() {
    assert_eq!(
        observe(|| assert!(poll_once(parse_later("x")).is_err())),
        ["start later #1 poll", "raise later #1 error \"invalid digit found in string\"", "stop later #1 poll last"]
    );
    assert_eq!(observe(|| assert_eq!(poll_once(parse_later("1")), Ok(2))).events.len(), 2);
}

#[test]
fn what_is_returned_may_borrow_and_be_opaque() {
    let mut words = Words(vec!["a".into(), "word".into()]);
    let trace = observe(|| {
        words.longest(9).unwrap().push('s');
        assert_eq!(words.longest(4), Err("words is too long".into()));
    });
    assert_eq!(trace.lines()[3], "raise longest #2 error \"words is too long\"");
    assert_eq!(observe(|| assert_eq!(words.iter().unwrap().count(), 2)), ["start iter #1", "stop iter #1 last"]);
    assert_eq!(
        observe(|| assert!(Words(Vec::new()).iter().is_err())).lines()[1],
        "raise iter #1 error \"there are no words\""
    );
}
