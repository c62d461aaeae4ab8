//! strace is an oracle that nobody here wrote: of what is done to files, both tell the same, in the same order, with the same
//! modes, owners, lengths, flags and names.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use serde_json::Value;
use vivarium_tests::deeds::prepare_files;
use vivarium_tests::observation::{Observation, may_observe, subject};
use vivarium_tests::strace::{self, Call, described, string};

const CALLS: &str = "trace=open,openat,name_to_handle_at,open_by_handle_at,chmod,fchmod,chown,lchown,fchown,fchownat,truncate,ftruncate,\
                     mkdir,rename,renameat2,symlink,link,unlink,rmdir,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr";
const KINDS: &str = "path_open,file_chmod,file_chown,file_truncate,file_mkdir,file_rename,file_symlink,file_hardlink,file_unlink,\
                     file_rmdir,file_setxattr,file_removexattr";

#[test]
fn of_what_is_done_to_files() {
    if !may_observe() {
        return;
    }
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        return eprintln!("skipped: there is no strace; apt-get install strace");
    }
    let base = tempfile::tempdir().expect("a temporary directory");
    let directory = base.path().canonicalize().expect("its path").join("work");
    let fresh = || {
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir(&directory).expect("a directory");
        prepare_files(&directory);
    };
    let name = directory.to_str().expect("a plain name");
    let command = [subject("kinds"), "file".to_owned(), name.to_owned()];

    fresh();
    let log = base.path().join("strace.log");
    let traced = Command::new("strace")
        .args(["-f", "-qq", "-y", "-s", "65536", "-e", CALLS, "-e", "signal=none", "-o"])
        .arg(&log)
        .args(&command)
        .stdout(Stdio::null())
        .status();
    assert!(traced.is_ok_and(|status| status.success()), "{command:?} fails under strace");
    let text = String::from_utf8_lossy(&std::fs::read(&log).expect("strace wrote its log")).into_owned();
    let mut handles = Handles::new();
    let of_strace: Vec<_> = strace::calls(&text).iter().filter_map(|call| told_by_strace(call, &mut handles)).collect();

    fresh();
    let observation = Observation::of(&["-e", KINDS, "--strict"], &command);
    assert!(observation.status.success(), "{}", observation.stderr);
    let events = observation.lines.iter().filter(|line| line["type"] == "event");
    let of_vivarium: Vec<_> = events.filter_map(told_by_vivarium).collect();

    let here = |told: &[String]| -> Vec<String> { told.iter().filter(|text| text.contains(name)).cloned().collect() };
    let (of_strace, of_vivarium) = (here(&of_strace), here(&of_vivarium));
    assert_eq!(of_vivarium, of_strace);
    assert!(of_strace.len() > 25, "too little to compare: {of_strace:#?}");
}

/// The paths of files by their handles: all that strace tells of an open by one.
type Handles = HashMap<String, String>;

/// A call in the words in which both are compared; none where strace doesn't say which file it is about.
fn told_by_strace(call: &Call, handles: &mut Handles) -> Option<String> {
    let argument = |index: usize| call.arguments[index].as_str();
    // Where there is no text, it tells the address.
    let given = |index: usize| if argument(index).starts_with("0x") { None } else { plain(string(argument(index))) };
    let open = |index: usize| plain(described(argument(index))?);
    let number = |index: usize| argument(index).parse::<i64>().expect("a number");
    let mode = |index: usize| u32::from_str_radix(argument(index), 8).expect("a mode in octal");
    let handle = |index: usize| argument(index).split_once("f_handle=").map(|(_, handle)| handle.to_owned());
    Some(match call.name.as_str() {
        "openat" if argument(0).starts_with("AT_FDCWD") => format!("open {} {}", given(1)?, argument(2)),
        "openat" => format!("open {} {}", plain(call.opened.as_deref()?)?, argument(2)),
        "name_to_handle_at" => {
            handles.insert(handle(2)?, given(1)?);
            return None;
        }
        "open_by_handle_at" => format!("open {} {}", handles.get(&handle(1)?)?, argument(2)),
        "chmod" => format!("chmod {} {:o}", given(0)?, mode(1)),
        "fchmod" => format!("chmod {} {:o}", open(0)?, mode(1)),
        "chown" | "lchown" => format!("chown {} {} {}", given(0)?, number(1), number(2)),
        "fchown" => format!("chown {} {} {}", open(0)?, number(1), number(2)),
        "fchownat" => format!("chown {} {} {}", open(0)?, number(2), number(3)),
        "truncate" => format!("truncate {} {}", given(0)?, number(1)),
        "ftruncate" => format!("truncate {} {}", open(0)?, number(1)),
        "mkdir" => format!("mkdir {} {:o}", given(0)?, mode(1)),
        "renameat2" => format!("rename {} {} {}", given(1)?, given(3)?, argument(4)),
        "symlink" => format!("symlink {} {}", given(0)?, given(1)?),
        "link" => format!("link {} {}", given(0)?, given(1)?),
        "unlink" => format!("unlink {}", given(0)?),
        "rmdir" => format!("rmdir {}", given(0)?),
        "setxattr" | "lsetxattr" => set(&given(0)?, string(argument(1)), number(3), argument(4)),
        "fsetxattr" => set(&open(0)?, string(argument(1)), number(3), argument(4)),
        "removexattr" | "lremovexattr" => format!("removexattr {} {}", given(0)?, string(argument(1))),
        "fremovexattr" => format!("removexattr {} {}", open(0)?, string(argument(1))),
        _ => return None,
    })
}

fn set(path: &str, name: &str, size: i64, flags: &str) -> String {
    format!("setxattr {path} {name} {size} {flags}")
}

/// A path that both write in the same way: not one that strace escapes, or that is far down or gone.
fn plain(path: &str) -> Option<String> {
    let is_plain = !path.contains(['\\', ' ']) && !path.contains("/ddd") && path.is_ascii();
    (is_plain && path.chars().all(|char| !char.is_control())).then(|| path.trim_end_matches('/').to_owned())
}

/// An event in the same words; none where it is about a file of which strace tells nothing comparable.
fn told_by_vivarium(line: &Value) -> Option<String> {
    let fields = &line["fields"];
    let path = |name: &str| plain(fields[name].as_str()?);
    let number = |name: &str| fields[name].as_i64().expect("a number");
    let mode = || fields["mode"]["value"].as_u64().expect("a mode");
    let flags = || {
        let names = fields["flags"]["names"].as_array().expect("names");
        let names: Vec<_> = names.iter().map(|name| name.as_str().expect("a name")).collect();
        if names.is_empty() { "0".to_owned() } else { names.join("|") }
    };
    Some(match line["kind"].as_str()? {
        "path_open" => format!("open {} {}", path("path")?, flags()),
        "file_chmod" => format!("chmod {} {:o}", path("path")?, mode()),
        "file_chown" => format!("chown {} {} {}", path("path")?, number("uid"), number("gid")),
        "file_truncate" => format!("truncate {} {}", path("path")?, number("length")),
        "file_mkdir" => format!("mkdir {} {:o}", path("path")?, mode()),
        "file_rename" => format!("rename {} {} {}", path("from")?, path("to")?, flags()),
        "file_symlink" => format!("symlink {} {}", path("target")?, path("path")?),
        "file_hardlink" => format!("link {} {}", path("from")?, path("to")?),
        "file_unlink" => format!("unlink {}", path("path")?),
        "file_rmdir" => format!("rmdir {}", path("path")?),
        "file_setxattr" => set(&path("path")?, fields["name"].as_str()?, number("size"), &flags()),
        "file_removexattr" => format!("removexattr {} {}", path("path")?, fields["name"].as_str()?),
        _ => return None,
    })
}
