use vivarium::fixture;

use crate::support::kernel::{Kernel, ROOT};
use crate::support::places::Site;
use crate::support::{connects, opens, seen, told};

fn busy(kernel: &mut Kernel) {
    const CHILD: u32 = 5000;
    opens(kernel, "/srv/app.toml", libc::O_RDONLY);
    kernel.enter(ROOT, Site::LOAD_CONFIG, 2);
    opens(kernel, "/etc/hosts", libc::O_RDONLY);
    opens(kernel, "/etc/hosts", libc::O_RDONLY);
    kernel.forks(ROOT, CHILD);
    kernel.executes(CHILD, "/bin/sh", &["sh", "-c", "id"]);
    kernel.opens(CHILD, "/etc/passwd");
    kernel.exits(CHILD, 0);
    kernel.leave(ROOT, 2);
    connects(kernel, [127, 0, 0, 1], 8080);
}

#[test]
fn it_shows_the_unexpected_events_where_they_happened() {
    let seen = seen(busy);
    let told = told(|| seen.expect().only([fixture::opens("**/app.toml").read_only()]));
    let expected = r#"
expected `only([opens("**/app.toml").read_only()])`, but these 5 events happened:

step                               examples/tour.rs:81
├─ load_config                     examples/tour.rs:12
│  ├─ path_open    /etc/hosts  O_RDONLY  ×2
│  └─ [5000 sh]
│     ├─ proc_exec    /bin/sh ["sh", "-c", "id"]
│     └─ path_open    /etc/passwd  O_RDONLY
└─ sock_connect 127.0.0.1:8080 tcp

To accept it:

    .only([opens("**/app.toml").read_only(), opens("/etc/hosts").read_only(), opens("/etc/passwd").read_only(), executes("/bin/sh"), connects("localhost:8080")])
"#;
    assert_eq!(told, expected.trim_start_matches('\n'));
}

#[test]
fn what_it_proposes_accepts_it() {
    let allowed = [
        fixture::opens("**/app.toml").read_only(),
        fixture::opens("/etc/hosts").read_only(),
        fixture::executes("/bin/sh"),
        fixture::opens("/etc/passwd").read_only(),
        fixture::connects("localhost:8080"),
    ];
    seen(busy).expect().only(allowed).complete();
}

#[test]
fn many_files_of_a_directory_become_a_glob() {
    let seen = seen(|kernel| {
        for name in ["a", "b", "c", "d"] {
            opens(kernel, &format!("/srv/data/{name}"), libc::O_RDONLY);
        }
    });
    let told = told(|| seen.expect().nothing());
    assert!(told.contains(r#".only([opens("/srv/data/*").read_only()])"#), "{told}");
    seen.expect().only([fixture::opens("/srv/data/*").read_only()]);
}

#[test]
fn a_flood_is_told_in_part() {
    let seen = seen(|kernel| {
        for number in 0..2_000 {
            opens(kernel, &format!("/srv/{number}/data"), libc::O_RDONLY);
        }
    });
    let told = told(|| seen.expect().nothing());
    assert!(told.contains("these 2000 events happened"), "{told}");
    assert!(told.contains("… and 1500 events more"), "{told}");
}
