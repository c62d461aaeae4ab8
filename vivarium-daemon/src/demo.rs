//! The program that `vivarium demo` observes: a little of everything, each in a function that says what it is.

mod async_fetch;

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::panic;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use async_fetch::fetch;

/// How long the server takes for an answer.
const THINKING: Duration = Duration::from_millis(5);

/// Does what there is to be seen.
///
/// # Errors
/// When the machine does not let it.
pub fn run() -> io::Result<()> {
    let directory = std::env::temp_dir().join(format!("vivarium-demo-{}", std::process::id()));
    fs::create_dir(&directory)?;
    let done = work_in(&directory);
    fs::remove_dir_all(&directory)?;
    done
}

fn work_in(directory: &Path) -> io::Result<()> {
    let mut output = io::stdout();
    writeln!(output, "demo: the names of this machine take {} bytes", load_config()?.len())?;
    writeln!(output, "demo: the page says {:?}", fetch_page()?.trim_end())?;
    writeln!(output, "demo: {}", ask_who_i_am()?.trim_end())?;
    publish(directory)?;
    writeln!(output, "demo: two threads counted {} words", count_words_twice(directory)?)?;
    // Its message would only look like a failure of the demo.
    panic::set_hook(Box::new(|_| {}));
    let caught = panic::catch_unwind(divide_by_nothing).is_err();
    writeln!(output, "demo: a panic was {}", if caught { "caught" } else { "missed" })?;
    Ok(())
}

#[vivarium::observe]
fn load_config() -> io::Result<String> {
    fs::read_to_string("/etc/hosts")
}

#[vivarium::observe]
fn fetch_page() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || serve_once(&listener));
    let page = async_fetch::block_on(fetch(address));
    server.join().unwrap_or_else(|_| Err(io::Error::other("the server panicked")))?;
    page
}

#[vivarium::observe]
fn serve_once(listener: &TcpListener) -> io::Result<()> {
    let (mut client, _) = listener.accept()?;
    thread::sleep(THINKING);
    client.write_all(b"hello from the loopback\n")
}

#[vivarium::observe]
fn ask_who_i_am() -> io::Result<String> {
    let output = Command::new("sh").args(["-c", "id"]).env("LC_ALL", "C").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes a file beside the real one and puts it in its place, as careful programs do.
#[vivarium::observe]
fn publish(directory: &Path) -> io::Result<()> {
    let (draft, page, latest) = (directory.join("draft"), directory.join("page"), directory.join("latest"));
    fs::write(&draft, "all that is seen is what is done\n")?;
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o640))?;
    fs::rename(&draft, &page)?;
    symlink("page", latest)
}

#[vivarium::observe]
fn count_words_twice(directory: &Path) -> io::Result<usize> {
    let pages = [directory.join("page"), directory.join("latest")];
    thread::scope(|scope| {
        let counters = pages.each_ref().map(|page| scope.spawn(|| count_words(page)));
        counters.into_iter().map(|counter| counter.join().unwrap_or(Ok(0))).sum()
    })
}

#[vivarium::observe]
fn count_words(page: &Path) -> io::Result<usize> {
    let mut text = String::new();
    fs::File::open(page)?.read_to_string(&mut text)?;
    Ok(text.split_whitespace().count())
}

#[vivarium::observe]
fn divide_by_nothing() -> usize {
    let parts = fs::read("/dev/null").map_or(0, |nothing| nothing.len());
    1 / parts
}
