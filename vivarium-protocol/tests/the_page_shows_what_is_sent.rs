//! The JSON in `docs/protocol.md` is what both sides send: all of it is read, and nothing else would be written.

use std::collections::BTreeSet;

use serde_json::Value;
use vivarium_protocol::{Incoming, Malformed, Message, Receiver, Request};

const PAGE: &str = include_str!("../../docs/protocol.md");
/// Before the content of a frame stand its tag and its length.
const HEAD_BYTES: usize = 8;

/// The part of the page under this heading.
fn part(heading: &str) -> &'static str {
    let (_, part) = PAGE.split_once(heading).expect("the page has the heading");
    part.split("\n## ").next().unwrap_or_default()
}

/// The tags that its table says are JSON.
fn tags_of_json(part: &str) -> BTreeSet<&str> {
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.filter(|(tag, what)| tag.len() == 4 && what.starts_with("JSON")).map(|(tag, _)| tag).collect()
}

/// The examples, each under the heading of its tag.
fn examples(part: &str) -> impl Iterator<Item = (&str, &str)> {
    part.split("\n### ").skip(1).flat_map(|entry| {
        let tag = entry.lines().next().unwrap_or_default();
        let blocks = entry.split("```json\n").skip(1);
        blocks.map(move |block| (tag, block.split("\n```").next().unwrap_or_default()))
    })
}

fn frame(tag: &str, content: &str) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap();
    [tag.as_bytes(), &length.to_le_bytes(), content.as_bytes()].concat()
}

/// Reads each example as the frame that it is said to be, and writes it again.
fn assert_holds<T: Receiver>(heading: &str, write: fn(&T, &mut Vec<u8>) -> Result<(), Malformed>) {
    let part = part(heading);
    let mut seen = BTreeSet::new();
    for (tag, json) in examples(part) {
        seen.insert(tag);
        let mut incoming = Incoming::default();
        incoming.push(&frame(tag, json));
        let said: Option<T> = incoming.take().unwrap_or_else(|error| panic!("{tag}: {error}: {json}"));
        let mut written = Vec::new();
        write(&said.expect("all of it is there"), &mut written).unwrap();
        let shown: Value = serde_json::from_str(json).unwrap();
        assert_eq!(shown, serde_json::from_slice::<Value>(&written[HEAD_BYTES..]).unwrap(), "{tag}");
        assert_eq!(&written[..tag.len()], tag.as_bytes());
    }
    assert_eq!(seen, tags_of_json(part), "each frame of JSON has an example");
}

#[test]
fn the_page_shows_what_a_client_sends() {
    assert_holds::<Request>("\n## From a client\n", Request::write);
}

#[test]
fn the_page_shows_what_the_daemon_sends() {
    assert_holds::<Message>("\n## From the daemon\n", Message::write);
}
