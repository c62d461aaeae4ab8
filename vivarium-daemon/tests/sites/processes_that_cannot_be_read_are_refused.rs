use super::command::{complaint, skip, vivarium};

#[track_caller]
fn refusal(pid: &str) -> String {
    complaint(&vivarium().args(["--pid", pid]).output().unwrap())
}

#[test]
fn one_that_is_not_there() {
    // Above what the kernel ever gives out.
    assert_eq!(refusal("4194305"), "vivarium: no process has the id 4194305");
    assert_eq!(refusal("0"), "vivarium: no process has the id 0");
}

#[test]
fn one_that_has_ended() {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let pid = child.id().to_string();
    // It stays a zombie until someone asks for its status.
    let stat = format!("/proc/{pid}/stat");
    while !std::fs::read_to_string(&stat).unwrap().contains(") Z ") {
        std::thread::yield_now();
    }
    let expected = format!("vivarium: process {pid} has nothing mapped: it has ended, or it is a thread of the kernel");
    assert_eq!(refusal(&pid), expected);
    child.wait().unwrap();
}

#[test]
fn one_of_someone_else() {
    if std::fs::read("/proc/1/maps").is_ok() {
        return skip("this user may look at every process");
    }
    let expected =
        "vivarium: no permission to look at process 1: run vivarium as the user of the process, or with sudo";
    assert_eq!(refusal("1"), expected);
}
