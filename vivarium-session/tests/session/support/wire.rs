//! Writing wire records, as `vivarium_sys::wire` describes them.

use vivarium_sys::wire::{Header, TextLength};

/// A record of these parts. The counts in the header are set from them.
pub(crate) fn encode(header: &Header, numbers: &[u64], texts: &[(&[u8], TextLength)]) -> Vec<u8> {
    let mut bytes = vec![header.record, header.flags.0];
    bytes.extend(header.kind.0.to_le_bytes());
    bytes.extend(header.depth.to_le_bytes());
    bytes.push(u8::try_from(numbers.len()).expect("few numbers"));
    bytes.push(u8::try_from(texts.len()).expect("few texts"));
    bytes.extend(header.time.to_le_bytes());
    bytes.extend(header.sessions.to_le_bytes());
    for number in [header.pid, header.tid, header.uid, header.gid] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(header.instance.0.to_le_bytes());
    bytes.extend(header.site.0.to_le_bytes());
    bytes.extend(header.result.to_le_bytes());
    bytes.extend(header.cpu.to_le_bytes());
    bytes.extend(header.comm);
    for number in numbers {
        bytes.extend(number.to_le_bytes());
    }
    for (_, length) in texts {
        bytes.extend(length.kept.to_le_bytes());
        bytes.extend(length.whole.to_le_bytes());
    }
    for (text, _) in texts {
        bytes.extend(*text);
    }
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// A text that is here as a whole.
pub(crate) fn whole(text: &[u8]) -> (&[u8], TextLength) {
    let length = u32::try_from(text.len()).expect("a short text");
    (text, TextLength { kept: length, whole: length })
}
