//! The JSON in `docs/recording.md` is what recordings hold: all of it is read, and nothing else would be written.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vivarium_session::session::{Conclusion, SessionInfo, SiteInfo, Switched};

use crate::support::page::examples;

fn assert_holds<T: DeserializeOwned + Serialize>(frame: &str, json: &str) {
    let read: T = serde_json::from_str(json).unwrap_or_else(|error| panic!("{frame}: {error}: {json}"));
    let shown: Value = serde_json::from_str(json).unwrap();
    assert_eq!(shown, serde_json::to_value(read).unwrap(), "{frame}");
}

#[test]
fn the_page_of_recordings_shows_what_is_written() {
    let mut seen = BTreeSet::new();
    for (frame, json) in examples() {
        seen.insert(frame);
        match frame {
            "SESS" => assert_holds::<SessionInfo>(frame, json),
            "SITE" => assert_holds::<SiteInfo>(frame, json),
            "SWIT" => assert_holds::<Switched>(frame, json),
            "DONE" => assert_holds::<Conclusion>(frame, json),
            _ => panic!("there is no frame {frame} of JSON"),
        }
    }
    assert_eq!(seen, BTreeSet::from(["SESS", "SITE", "SWIT", "DONE"]), "each has an example");
}
