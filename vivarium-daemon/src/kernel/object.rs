//! The BPF object that is a part of this program.

use aya::util::nr_cpus;
use aya::{Btf, Ebpf, EbpfError, EbpfLoader, VerifierLogLevel};
use vivarium_sys::load::{Offsets, global, map};

use super::RingSize;
use super::sizes::scratch_entries;

/// Built by `cargo xtask bpf`.
pub(super) static OBJECT: &[u8] = aya::include_bytes_aligned!("../../bpf/vivarium.bpf.o");

/// Makes the maps, and gets the programs ready to be loaded.
pub(super) fn open(types: &Btf, offsets: &Offsets, ring: RingSize) -> Result<Ebpf, EbpfError> {
    let processors = nr_cpus().map_err(|(path, error)| EbpfError::FileError { path: path.into(), error })?;
    let scratch = scratch_entries(u32::try_from(processors).unwrap_or(u32::MAX));
    EbpfLoader::new()
        .btf(Some(types))
        .verifier_log_level(VerifierLogLevel::DEBUG)
        .override_global(global::OFFSETS, offsets.0.as_slice(), true)
        .override_global(global::SCRATCH_MASK, &(scratch - 1), true)
        .override_global(global::WAKE_BYTES, &ring.wake_bytes(), true)
        .map_max_entries(map::RECORDS, ring.bytes())
        .map_max_entries(map::SCRATCH, scratch)
        .load(OBJECT)
}
