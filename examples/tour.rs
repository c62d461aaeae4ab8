//! A tour of what Vivarium shows: files, connections, programs and panics, each in the function that caused it.
//!
//! ```text
//! cargo build --example tour
//! sudo vivarium run -- target/debug/examples/tour
//! ```
//!
//! It talks to no one but itself.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::panic;
use std::path::Path;
use std::process::Command;
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn main() -> io::Result<()> {
    let hosts = load_config(Path::new("/etc/hosts"))?;
    println!("{} hosts have a name", hosts.len());

    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let server = serve()?;
    println!("the server says {:?}", runtime.block_on(fetch(server))?);

    println!("we are {}", spawn_helper()?);

    let outcome = panic::catch_unwind(|| divide(1, 0));
    println!("dividing by nought {}", if outcome.is_ok() { "worked" } else { "did not work" });
    Ok(())
}

/// The names in a hosts file.
#[vivarium::observe(err)]
fn load_config(path: &Path) -> io::Result<Vec<String>> {
    let text = std::fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    Ok(vivarium::span!("parse", {
        lines.flat_map(|line| line.split_whitespace().skip(1).map(str::to_owned)).collect()
    }))
}

/// Asks the server for its greeting.
#[vivarium::observe(err)]
async fn fetch(server: SocketAddr) -> io::Result<String> {
    let mut connection = TcpStream::connect(server).await?;
    connection.write_all(b"hello\n").await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Runs another program, which is followed.
#[vivarium::observe(err)]
fn spawn_helper() -> io::Result<String> {
    let output = Command::new("sh").args(["-c", "id"]).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// Panics where it can't do it.
#[vivarium::observe]
fn divide(number: u32, by: u32) -> u32 {
    number.checked_div(by).expect("nothing is divided by nought")
}

/// Starts a server on the loopback that answers once.
fn serve() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || answer(&listener));
    Ok(address)
}

/// Answers one connection.
#[vivarium::observe(err, name = "server")]
fn answer(listener: &TcpListener) -> io::Result<()> {
    let (mut connection, _) = listener.accept()?;
    let mut greeting = [0; 6];
    connection.read_exact(&mut greeting)?;
    connection.write_all(b"welcome")
}
