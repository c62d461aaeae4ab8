//! Tests that hold what code does against what is expected of it.
//!
//! ```text
//! sudo vivariumd &
//! cargo test -p vivarium-examples --test fixtures
//! ```
//!
//! Without a daemon the expectations are skipped, and a line says so. `VIVARIUM_FIXTURES=record` writes recordings to
//! `examples/tests/recordings`, against which `VIVARIUM_FIXTURES=replay` holds them without a daemon.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, thread};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use vivarium::fixture::{self, event, executes, opens, renames};

/// Where this example keeps its files.
fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file)
}

/// The value of a key in a configuration.
#[vivarium::observe(err)]
fn load_config(file: &Path, key: &str) -> io::Result<Option<String>> {
    let text = fs::read_to_string(file)?;
    let pairs = text.lines().filter_map(|line| line.split_once(" = "));
    let value = pairs.filter(|(known, _)| *known == key).map(|(_, value)| value.trim_matches('"').to_owned()).next();
    Ok(value)
}

/// Writes a file so that nobody ever sees half of it.
#[vivarium::observe(err)]
fn save(file: &Path, text: &str) -> io::Result<()> {
    let temporary = file.with_extension("tmp");
    fs::File::create(&temporary)?.write_all(text.as_bytes())?;
    fs::rename(&temporary, file)
}

/// The lines of several files, counted by a thread each.
#[vivarium::observe(err)]
fn count_lines(files: &[PathBuf]) -> io::Result<usize> {
    thread::scope(|scope| {
        let counts: Vec<_> =
            files.iter().map(|file| scope.spawn(move || Ok(fs::read_to_string(file)?.lines().count()))).collect();
        counts.into_iter().map(|count| count.join().expect("it doesn't panic")).sum()
    })
}

/// Asks a server for its greeting.
#[vivarium::observe(err)]
async fn greeting(server: SocketAddr) -> io::Result<String> {
    let mut answer = String::new();
    TcpStream::connect(server).await?.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[test]
fn reads_only_its_own_config() {
    let seen = fixture::observe(|| {
        let greeting = load_config(&data("app.toml"), "greeting").unwrap();
        assert_eq!(greeting.as_deref(), Some("hello"));
    });
    seen.expect().only([opens("**/app.toml").read_only()]).no("@net").complete();
}

#[test]
fn saves_by_renaming() {
    let directory = tempfile::tempdir().unwrap();
    let seen = fixture::observe(|| save(&directory.path().join("state.txt"), "saved").unwrap());
    seen.expect()
        .only([
            opens("**/state.tmp").writing(),
            renames("**/state.tmp", "**/state.txt"),
            event("file_create").on("**/state.tmp"),
        ])
        .exactly(1, renames("**/state.tmp", "**/state.txt").within("save"))
        .complete();
}

#[test]
fn threads_count() {
    let files = vec![data("app.toml"); 3];
    let (lines, seen) = fixture::observe_value(|| count_lines(&files).unwrap());
    assert_eq!(lines, 6);
    seen.expect().exactly(3, opens("**/app.toml").within("count_lines")).complete();
}

#[test]
fn what_another_program_does_counts() {
    let seen = fixture::observe(|| {
        let output = Command::new("cat").arg(data("app.toml")).stdin(std::process::Stdio::null()).output().unwrap();
        assert!(output.status.success());
    });
    seen.expect().at_least(1, executes("**/cat")).exactly(1, opens("**/app.toml").read_only()).no("@net").complete();
}

#[vivarium::test(no("proc_exec"), exactly(1, connects("localhost:*").within("greeting")), no(opens("**").writing()), complete)]
#[tokio::test]
async fn asks_nobody_but_its_server() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let server = listener.local_addr().unwrap();
    let serving = thread::spawn(move || listener.accept().unwrap().0.write_all(b"welcome").unwrap());
    assert_eq!(greeting(server).await.unwrap(), "welcome");
    serving.join().unwrap();
}

#[vivarium::test(nothing(), complete)]
fn arithmetic_does_nothing_to_the_machine() {
    let digits = "1234".chars().filter_map(|digit| digit.to_digit(10));
    assert_eq!(digits.sum::<u32>(), 10);
}
