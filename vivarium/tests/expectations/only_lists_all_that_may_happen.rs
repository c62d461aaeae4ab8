use vivarium::fixture;

use crate::support::{connects, opens, seen, told};

#[test]
fn what_is_listed_may_happen() {
    let seen = seen(|kernel| {
        opens(kernel, "/home/someone/app/app.toml", libc::O_RDONLY | libc::O_CLOEXEC);
        connects(kernel, [127, 0, 0, 1], 8080);
    });
    seen.expect().only([fixture::opens("**/app.toml").read_only(), fixture::connects("localhost:8080")]).complete();
    seen.expect().only([fixture::event("*")]);
    seen.expect().only(["@file", "sock_*"]);
}

#[test]
fn what_is_not_listed_may_not() {
    let seen = seen(|kernel| {
        opens(kernel, "/srv/app.toml", libc::O_RDONLY);
        opens(kernel, "/etc/passwd", libc::O_RDONLY);
    });
    let told = told(|| seen.expect().only([fixture::opens("**/app.toml")]));
    assert!(told.contains("/etc/passwd") && !told.contains("path_open    /srv/app.toml"), "{told}");
}

#[test]
fn reading_is_not_writing() {
    for flags in [libc::O_WRONLY, libc::O_RDWR, libc::O_RDONLY | libc::O_CREAT, libc::O_RDONLY | libc::O_TRUNC] {
        let seen = seen(|kernel| opens(kernel, "/srv/app.toml", flags));
        told(|| seen.expect().only([fixture::opens("**/app.toml").read_only()]));
        seen.expect().only([fixture::opens("**/app.toml")]);
    }
}

#[test]
fn nothing_is_nothing() {
    seen(|_| {}).expect().nothing().strictly_only::<fixture::Matcher>([]).complete();
    let seen = seen(|kernel| opens(kernel, "/etc/passwd", libc::O_RDONLY));
    let told = told(|| seen.expect().nothing());
    assert!(told.starts_with("expected `nothing()`, but this happened:"), "{told}");
}
