use serde_json::json;

use super::command::{listed_json, text, vivarium};
use super::elf_file::{ElfFile, SiteSpec};
use super::live::Live;
use super::program::Program;

#[test]
fn of_a_file() {
    let mut file = ElfFile::with_sites(&[SiteSpec::new("Store::load", 12), SiteSpec::new("unused", 40)]);
    for probe in &mut file.probes[3..] {
        probe.address = 1;
    }
    file.text[16] = 0xcc;
    let folder = tempfile::tempdir().unwrap();
    let path = file.write(folder.path());
    let rewritten = json!({
        "kind": "other_instructions",
        "text": "its instructions are not those of a probe, so something rewrote them",
    });
    let expected = json!({
        "version": 1,
        "files": [{
            "path": path,
            "architecture": std::env::consts::ARCH,
            "sites": [{
                "id": file.sites[0].id().to_string(),
                "kind": "fn",
                "function": "app::part::Store::load",
                "module": "app::part",
                "name": "Store::load",
                "file": "src/part.rs",
                "line": 12,
                "column": 1,
                "copies": 1,
                "attachable": false,
                "obstacle": rewritten,
                "probes": [
                    {
                        "probe": "span_start",
                        "address": 0x40_1000,
                        "offset": 0x1000,
                        "semaphore": 0x4000_0000,
                        "semaphore_offset": 0x2000,
                        "obstacle": null,
                    },
                    {
                        "probe": "span_stop",
                        "address": 0x40_1010,
                        "offset": null,
                        "semaphore": 0x4000_0000,
                        "semaphore_offset": null,
                        "obstacle": rewritten,
                    },
                    {
                        "probe": "span_raise",
                        "address": 0x40_1020,
                        "offset": 0x1020,
                        "semaphore": 0x4000_0000,
                        "semaphore_offset": 0x2000,
                        "obstacle": null,
                    },
                ],
            }],
            "discarded": 1,
            "makes_more": false,
            "incomplete": null,
        }],
    });
    assert_eq!(listed_json(&path), expected);
}

#[test]
fn of_a_file_that_cannot_be_read() {
    let output = vivarium().args(["--json", "/no/such/file"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let expected = json!({
        "version": 1,
        "files": [{ "path": "/no/such/file", "error": "/no/such/file: no such file" }],
    });
    assert_eq!(json, expected);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn of_a_process() {
    let program = Program::host(&["-O"]);
    assert_eq!(listed_json(program.path())["files"][0]["makes_more"], true);
    let live = Live::start(&program, &[""; 0]);
    let json = live.listed_json();
    assert_eq!(json["pid"], live.pid());
    let file = &json["files"][0];
    assert!(file["bias"].is_u64(), "{file}");
    assert_eq!(file["makes_more"], false);
    let sites = file["sites"].as_array().unwrap();
    assert!(sites.iter().all(|site| site["semaphore_value"] == 0), "{file}");
    let dynamic: Vec<_> = sites.iter().filter(|site| site["kind"] == "tracing").collect();
    assert_eq!(dynamic.len(), 2);
    for site in dynamic {
        assert_eq!((&site["copies"], &site["column"]), (&json!(null), &json!(null)));
        assert_eq!(site["probes"].as_array().unwrap().len(), 3);
        assert_eq!(site["attachable"], true);
    }
}
