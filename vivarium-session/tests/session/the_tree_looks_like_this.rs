use vivarium_session::sink::Look;

use crate::support::observation::{tree, tree_that_looks};
use crate::support::storm::storm;
use crate::support::tour::tour;

#[test]
fn of_a_little_of_everything() {
    let expected = r#"vivarium · tour (pid 4242) · backend lsm · 49.4 ms · complete: 10 events, 0 lost
[4242 tour]
├─ load_config                     examples/tour.rs:12      1.2 ms
│  └─ path_open    /etc/hosts  O_RDONLY                    +0.2 ms
├─ fetch (3 polls)                 examples/tour.rs:30     39.8 ms
│  └─ sock_connect 127.0.0.1:8080 tcp                      +3.0 ms
├─ spawn_helper                    examples/tour.rs:51      7.7 ms
│  └─ proc_exec    /bin/sh ["sh", "-c", "id"]              +0.4 ms
│     └─ [4250 sh]
│        └─ path_open    /etc/passwd  O_RDONLY             +0.1 ms
└─ (outside any span)
   ├─ path_open    /lib/x86_64-linux-gnu/libc.so.6  O_RDONLY
   └─ proc_fork    thread=4243
"#;
    assert_eq!(tree(&tour()), expected);
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = tree_that_looks(&storm(), Look::plain().coloured());
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        let (code, after) = after.split_once('m').expect("a colour ends");
        assert!(
            code.strip_prefix('[').is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
        );
        rest = after;
    }
    plain.push_str(rest);
    assert_eq!(plain, tree(&storm()));
    assert_ne!(coloured, plain);
}
