//! The marks that a guest writes between the output of its programs.
//!
//! A mark is a line that starts with a control character and a secret of this one boot, so that no program writes one by
//! accident. It may follow output that does not end its line. Each is written twice, under one number, and counts once.

use std::hash::{BuildHasher, Hasher, RandomState};

/// The first byte of a mark: the record separator of ASCII.
const FIRST: u8 = 0x1e;

/// The word that the marks of one boot start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// A word that no one can know before.
    pub(crate) fn new() -> Self {
        Self(format!("{:016x}", RandomState::new().build_hasher().finish()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a guest reports about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It has booted.
    Ready,
    /// The next program starts.
    Started,
    /// That program ended with this status.
    Ended { status: u8 },
    /// There are no more programs.
    Done,
}

impl Mark {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "ready" => Some(Self::Ready),
            "started" => Some(Self::Started),
            "done" => Some(Self::Done),
            _ => {
                let status = text.strip_prefix("ended ")?.parse().ok()?;
                Some(Self::Ended { status })
            }
        }
    }
}

/// A piece of what a guest wrote.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sighting {
    Output(Vec<u8>),
    Mark(Mark),
}

/// Tells marks from output, in whatever pieces the bytes arrive.
pub(crate) struct MarkReader {
    /// What every mark starts with.
    start: Vec<u8>,
    /// Bytes that may yet become a mark.
    pending: Vec<u8>,
    /// The number of the mark that was read last.
    last: u32,
}

impl MarkReader {
    pub(crate) fn new(secret: &Secret) -> Self {
        let mut start = vec![FIRST];
        start.extend(secret.0.as_bytes());
        start.push(b' ');
        Self { start, pending: Vec::new(), last: 0 }
    }

    /// What there is to see after `bytes` have arrived.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Vec<Sighting> {
        self.pending.extend(bytes);
        let mut sightings = Vec::new();
        loop {
            let start = self.next_start();
            if start > 0 {
                sightings.push(Sighting::Output(self.pending.drain(..start).collect()));
            }
            if !self.pending.starts_with(&self.start) {
                return sightings;
            }
            let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') else {
                return sightings;
            };
            let line: Vec<u8> = self.pending.drain(..=end).collect();
            let text = String::from_utf8_lossy(&line[self.start.len()..end]);
            let numbered = text.split_once(' ').and_then(|(number, mark)| number.parse().ok().zip(Mark::parse(mark)));
            match numbered {
                Some((number, mark)) if number > self.last => {
                    self.last = number;
                    sightings.push(Sighting::Mark(mark));
                }
                Some(_) => {}
                None => {
                    // What is broken may have swallowed the next one.
                    let next = line[1..].windows(self.start.len()).position(|bytes| bytes == self.start);
                    let (broken, rest) = line.split_at(next.map_or(line.len(), |at| at + 1));
                    sightings.push(Sighting::Output(broken.to_vec()));
                    self.pending.splice(0..0, rest.iter().copied());
                }
            }
        }
    }

    /// Where the first mark starts, or what may become one; the end where there is none.
    fn next_start(&self) -> usize {
        let may_start_at = |at: &usize| {
            let rest = &self.pending[*at..];
            rest.starts_with(&self.start) || self.start.starts_with(rest)
        };
        (0..self.pending.len()).find(may_start_at).unwrap_or(self.pending.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> MarkReader {
        MarkReader::new(&Secret("5ec2e7".to_owned()))
    }

    // One of the marks is there once, and whole.
    const STREAM: &[u8] = b"\x1e5ec2e7 1 ready\n\x1e5ec2e7 1 ready\n\x1e5ec2e7 2 started\n\x1e5ec2e7 2 started\n\
                            no line end\x1e5ec2e7 3 ended 101\n\x1e5ec2e7 4 done\n\x1e5ec2e7 4 done\n";

    fn expected() -> Vec<Sighting> {
        vec![
            Sighting::Mark(Mark::Ready),
            Sighting::Mark(Mark::Started),
            Sighting::Output(b"no line end".to_vec()),
            Sighting::Mark(Mark::Ended { status: 101 }),
            Sighting::Mark(Mark::Done),
        ]
    }

    #[test]
    fn marks_are_told_from_output() {
        assert_eq!(reader().read(STREAM), expected());
    }

    #[test]
    fn the_pieces_in_which_bytes_arrive_do_not_matter() {
        for length in 1..STREAM.len() {
            let mut reader = reader();
            let mut seen: Vec<Sighting> = Vec::new();
            for piece in STREAM.chunks(length) {
                for sighting in reader.read(piece) {
                    match (seen.last_mut(), sighting) {
                        (Some(Sighting::Output(output)), Sighting::Output(more)) => output.extend(more),
                        (_, sighting) => seen.push(sighting),
                    }
                }
            }
            assert_eq!(seen, expected(), "in pieces of {length}");
        }
    }

    #[test]
    fn a_mark_of_which_something_is_lost_is_read_from_its_repetition() {
        for broken in [&b"\x1e5ec2e7 1 rea"[..], b"\x1e5ec2e7 1 rea\n", b"\x1e5ec", b"5ec2e7 1 ready\n", b""] {
            let stream = [broken, b"\x1e5ec2e7 1 ready\n"].concat();
            let seen = reader().read(&stream);
            assert_eq!(seen.last(), Some(&Sighting::Mark(Mark::Ready)), "{broken:?}");
        }
    }

    #[test]
    fn a_program_that_writes_like_a_mark_writes_output() {
        let output = b"\x1e0ther5 done\n\x1e5ec2e7 nonsense\n\x1e";
        let mut reader = reader();
        let seen: Vec<u8> = [reader.read(output), reader.read(b"!")]
            .into_iter()
            .flatten()
            .flat_map(|sighting| match sighting {
                Sighting::Output(bytes) => bytes,
                Sighting::Mark(mark) => panic!("{mark:?}"),
            })
            .collect();
        assert_eq!(seen, [&output[..], b"!"].concat());
    }

    #[test]
    fn two_boots_have_two_secrets() {
        assert_ne!(Secret::new(), Secret::new());
    }
}
