use vivarium::fixture;

use crate::support::{connects, opens, seen, told};

#[test]
fn what_did_not_happen_is_not_there() {
    let seen = seen(|kernel| opens(kernel, "/srv/app.toml", libc::O_RDONLY));
    seen.expect().no("@net").no("proc_exec").no(fixture::opens("/etc/**")).no(fixture::opens("**").writing());
}

#[test]
fn what_happened_is_told() {
    let seen = seen(|kernel| connects(kernel, [10, 0, 0, 7], 443));
    let told = told(|| seen.expect().no("@net"));
    assert!(told.starts_with(r#"expected `no("@net")`, but this happened:"#), "{told}");
    assert!(told.contains("sock_connect 10.0.0.7:443 tcp"), "{told}");
    assert!(told.contains(r#".exactly(1, connects("10.0.0.7:443"))"#), "{told}");
}

#[test]
fn a_kind_that_does_not_exist_is_no_expectation() {
    let seen = seen(|_| {});
    let kind = told(|| seen.expect().no("path_opne"));
    assert!(kind.contains("is no kind of event") && kind.contains("path_open"), "{kind}");
    let family = told(|| seen.expect().no("@nett"));
    assert!(family.contains("@net"), "{family}");
}
