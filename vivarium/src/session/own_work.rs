//! The work that it takes to observe oneself: connecting, reading what the daemon tells, writing it down.
//!
//! It happens in a span of its own, so that it is told from the work of the program as exactly as anything else is; no session of
//! this library shows that span, nor anything in it. The observer of another process does: there it is seen under this name.

use vivarium_sys::probe::{StartFlags, StopFlags};
use vivarium_sys::{InstanceId, Site, SiteId, SiteKind, dynamic};

use crate::runtime::{Activation, Described, instance};

/// Where the library is at work.
const PLACE: Described<'static> =
    Described { kind: SiteKind::Span, module: "vivarium::session", name: "(vivarium itself)", file: "", line: 0 };

/// The site of all such work.
pub(crate) fn site() -> SiteId {
    PLACE.site().id
}

/// Does such work.
pub(crate) fn own_work<R>(work: impl FnOnce() -> R) -> R {
    let _entered = Entered::enter(PLACE.site(), instance::next());
    work()
}

/// A span that this thread is in, if anyone looks.
pub(crate) struct Entered {
    site: &'static Site,
    activation: Option<Activation>,
}

impl Entered {
    /// Enters it as this instance.
    pub(crate) fn enter(site: &'static Site, instance: InstanceId) -> Self {
        let activation = dynamic::is_observed().then(|| Activation::resume(site, instance, StartFlags::NONE));
        Self { site, activation }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(activation) = self.activation {
            activation.stop(self.site, StopFlags::LAST);
        }
    }
}
