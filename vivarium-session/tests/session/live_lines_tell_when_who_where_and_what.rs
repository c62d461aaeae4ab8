use crate::support::observation::live;
use crate::support::tour::tour;

#[test]
fn of_a_little_of_everything() {
    let expected = r#"  0.1 ms [4242 tour] proc_exec /home/ann/tour/target/debug/examples/tour ["target/debug/examples/tour"]
  0.2 ms [4242 tour] path_open /lib/x86_64-linux-gnu/libc.so.6  O_RDONLY
  0.5 ms [4242 tour] load_config › path_open /etc/hosts  O_RDONLY
  1.6 ms [4242 tour] proc_fork thread=4243
  4.7 ms [4242 tour] fetch › sock_connect 127.0.0.1:8080 tcp
 41.9 ms [4242 tour] spawn_helper › proc_fork child=4250
 42.0 ms [4250 sh] spawn_helper (inherited) › proc_exec /bin/sh ["sh", "-c", "id"]
 42.1 ms [4250 sh] spawn_helper (inherited) › path_open /etc/passwd  O_RDONLY
 42.2 ms [4250 sh] spawn_helper (inherited) › proc_exit exit 0
 49.4 ms [4242 tour] proc_exit exit 0
vivarium · tour (pid 4242) · backend lsm · 49.4 ms · complete: 10 events, 0 lost
"#;
    assert_eq!(live(&tour()), expected);
}
