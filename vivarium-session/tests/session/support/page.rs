//! The page that describes recordings.

const PAGE: &str = include_str!("../../../../docs/recording.md");

/// The examples, each under the heading of its frame.
pub(crate) fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("\n### ").skip(1).flat_map(|part| {
        let frame = part.lines().next().unwrap_or_default();
        let blocks = part.split("\n```json\n").skip(1);
        blocks.map(move |block| (frame, block.split("\n```").next().unwrap_or_default()))
    })
}
