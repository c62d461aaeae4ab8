//! Functions of libraries.

use std::ffi::{CStr, CString, c_int, c_void};
use std::path::Path;

use crate::deed::{Deed, deeds, done, path};

pub(crate) const DEEDS: &[Deed] = deeds! {
    "dlopen": load_libraries;
    "env_access": use_the_environment, use_long_keys, use_it_again_and_again, forget_the_environment;
    "ssl_write": write_secrets;
};

/// Loads a library that is to stay.
fn load(name: *const libc::c_char) -> *mut c_void {
    // SAFETY: a text that ends with a zero byte, or nothing.
    unsafe { libc::dlopen(name, libc::RTLD_NOW | libc::RTLD_LOCAL) }
}

#[vivarium::observe]
fn load_libraries(directory: &Path) {
    // New to the process, there already, and not to be found.
    assert!(!load(path(directory, "library.so").as_ptr()).is_null());
    assert!(!load(c"libc.so.6".as_ptr()).is_null());
    assert!(load(c"no such library".as_ptr()).is_null());
    assert!(!load(std::ptr::null()).is_null());
}

unsafe extern "C" {
    fn secure_getenv(name: *const libc::c_char) -> *mut libc::c_char;
}

const ONE: &CStr = c"VIVARIUM_ONE";

#[vivarium::observe]
fn use_the_environment(_: &Path) {
    // SAFETY: texts that end with a zero byte, and this program has one thread.
    unsafe {
        assert!(libc::getenv(ONE.as_ptr()).is_null());
        assert!(secure_getenv(ONE.as_ptr()).is_null());
        done(libc::setenv(ONE.as_ptr(), c"a secret".as_ptr(), 1));
        done(libc::putenv(c"VIVARIUM_TWO=another secret".as_ptr().cast_mut()));
        done(libc::putenv(c"VIVARIUM_TWO".as_ptr().cast_mut()));
        done(libc::unsetenv(ONE.as_ptr()));
    }
    assert!(std::env::var_os("VIVARIUM_THREE").is_none());
}

/// Keys that are told as a whole, and keys that are cut.
#[vivarium::observe]
fn use_long_keys(_: &Path) {
    for length in [254, 255, 256, 600] {
        let key = CString::new(vec![b'K'; length]).expect("no zero byte");
        // SAFETY: a text that ends with a zero byte, and this program has one thread.
        assert!(unsafe { libc::getenv(key.as_ptr()) }.is_null());
    }
    let both = [vec![b'K'; 300], b"=a secret".to_vec()].concat();
    let both = CString::new(both).expect("no zero byte").into_raw();
    // SAFETY: as above; it is never freed.
    done(unsafe { libc::putenv(both) });
}

/// None of these calls is made by another of these functions.
#[vivarium::observe]
fn use_it_again_and_again(_: &Path) {
    // SAFETY: texts that end with a zero byte, and this program has one thread.
    unsafe {
        done(libc::unsetenv(ONE.as_ptr()));
        deeper(|| assert!(libc::getenv(ONE.as_ptr()).is_null()));
        assert!(secure_getenv(ONE.as_ptr()).is_null());
        assert!(libc::getenv(ONE.as_ptr()).is_null());
        assert!(libc::getenv(ONE.as_ptr()).is_null());
    }
}

/// Does something a little deeper in the stack.
#[inline(never)]
fn deeper(act: impl FnOnce()) {
    std::hint::black_box(act)();
}

#[vivarium::observe]
fn forget_the_environment(_: &Path) {
    // SAFETY: this program has one thread.
    done(unsafe { libc::clearenv() });
}

/// In place of the function of a library, which is called the same.
#[unsafe(no_mangle)]
extern "C" fn SSL_write(_connection: *mut c_void, _data: *const c_void, count: c_int) -> c_int {
    std::hint::black_box(count)
}

/// As above.
#[unsafe(no_mangle)]
extern "C" fn SSL_write_ex(
    _connection: *mut c_void,
    _data: *const c_void,
    count: usize,
    _written: *mut usize,
) -> c_int {
    std::hint::black_box(c_int::from(count > 0))
}

#[vivarium::observe]
fn write_secrets(_: &Path) {
    let nobody = std::ptr::null_mut();
    let request = b"GET /path HTTP/1.1\r\nAuthorization: secret\r\n\r\n";
    let frame = b"\0\0\x06\0\x01\0\0\0\x01secret";
    SSL_write(nobody, request.as_ptr().cast(), request.len() as c_int);
    SSL_write_ex(nobody, frame.as_ptr().cast(), frame.len(), std::ptr::null_mut());
    SSL_write(nobody, request.as_ptr().cast(), -1);
}
