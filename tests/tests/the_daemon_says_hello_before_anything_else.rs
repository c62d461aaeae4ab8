//! A client need not wait for the first words of the daemon, which come first all the same.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use vivarium_protocol::{Hello, Incoming, Message, Request, Start, Target};
use vivarium_tests::daemon::Daemon;
use vivarium_tests::observation::may_observe;

#[test]
fn hello_comes_first_although_the_session_was_asked_for_at_once() {
    if !may_observe() {
        return;
    }
    let daemon = Daemon::start();
    let mut words = Vec::new();
    for request in [Request::Hello(Hello::ours()), Request::Start(Start::of([Target::Caller])), Request::Stop] {
        request.write(&mut words).expect("it is short enough");
    }
    let mut socket = UnixStream::connect(daemon.socket()).expect("it listens");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("it can be waited for");
    socket.write_all(&words).expect("it takes all at once");

    let (mut incoming, mut said) = (Incoming::default(), Vec::new());
    let mut room = vec![0; 64 << 10];
    while !matches!(said.last(), Some(Message::Done(_))) {
        let count = socket.read(&mut room).expect("it answers");
        assert_ne!(count, 0, "it ends with the conclusion: {said:?}");
        incoming.push(&room[..count]);
        while let Some(message) = incoming.take().expect("it makes sense") {
            said.push(message);
        }
    }
    assert!(matches!(said.as_slice(), [Message::Hello(_), Message::Started(_), ..]), "{said:?}");
}
