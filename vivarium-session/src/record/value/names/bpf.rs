//! BPF and performance events.
//!
//! The one crate that has these numbers is a loader of BPF programs, which is more than reading them needs: the names are
//! listed in the order of their numbers, and a test compares each with that crate.

use super::{OneOf, Table, one_of};

/// Names whose numbers are their places.
macro_rules! numbered {
    ($($name:ident)+) => {{
        const NAMES: &[&str] = &[$(stringify!($name)),+];
        const TABLE: [(&str, u64); NAMES.len()] = {
            let mut table = [("", 0); NAMES.len()];
            let mut at = 0;
            while at < NAMES.len() {
                table[at] = (NAMES[at], at as u64);
                at += 1;
            }
            table
        };
        &TABLE
    }};
}

const COMMANDS: Table = numbered! {
    BPF_MAP_CREATE BPF_MAP_LOOKUP_ELEM BPF_MAP_UPDATE_ELEM BPF_MAP_DELETE_ELEM BPF_MAP_GET_NEXT_KEY
    BPF_PROG_LOAD BPF_OBJ_PIN BPF_OBJ_GET BPF_PROG_ATTACH BPF_PROG_DETACH BPF_PROG_TEST_RUN BPF_PROG_GET_NEXT_ID
    BPF_MAP_GET_NEXT_ID BPF_PROG_GET_FD_BY_ID BPF_MAP_GET_FD_BY_ID BPF_OBJ_GET_INFO_BY_FD BPF_PROG_QUERY
    BPF_RAW_TRACEPOINT_OPEN BPF_BTF_LOAD BPF_BTF_GET_FD_BY_ID BPF_TASK_FD_QUERY BPF_MAP_LOOKUP_AND_DELETE_ELEM
    BPF_MAP_FREEZE BPF_BTF_GET_NEXT_ID BPF_MAP_LOOKUP_BATCH BPF_MAP_LOOKUP_AND_DELETE_BATCH BPF_MAP_UPDATE_BATCH
    BPF_MAP_DELETE_BATCH BPF_LINK_CREATE BPF_LINK_UPDATE BPF_LINK_GET_FD_BY_ID BPF_LINK_GET_NEXT_ID BPF_ENABLE_STATS
    BPF_ITER_CREATE BPF_LINK_DETACH BPF_PROG_BIND_MAP BPF_TOKEN_CREATE
};

const MAPS: Table = numbered! {
    BPF_MAP_TYPE_UNSPEC BPF_MAP_TYPE_HASH BPF_MAP_TYPE_ARRAY BPF_MAP_TYPE_PROG_ARRAY BPF_MAP_TYPE_PERF_EVENT_ARRAY
    BPF_MAP_TYPE_PERCPU_HASH BPF_MAP_TYPE_PERCPU_ARRAY BPF_MAP_TYPE_STACK_TRACE BPF_MAP_TYPE_CGROUP_ARRAY
    BPF_MAP_TYPE_LRU_HASH BPF_MAP_TYPE_LRU_PERCPU_HASH BPF_MAP_TYPE_LPM_TRIE BPF_MAP_TYPE_ARRAY_OF_MAPS
    BPF_MAP_TYPE_HASH_OF_MAPS BPF_MAP_TYPE_DEVMAP BPF_MAP_TYPE_SOCKMAP BPF_MAP_TYPE_CPUMAP BPF_MAP_TYPE_XSKMAP
    BPF_MAP_TYPE_SOCKHASH BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED BPF_MAP_TYPE_REUSEPORT_SOCKARRAY
    BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE_DEPRECATED BPF_MAP_TYPE_QUEUE BPF_MAP_TYPE_STACK BPF_MAP_TYPE_SK_STORAGE
    BPF_MAP_TYPE_DEVMAP_HASH BPF_MAP_TYPE_STRUCT_OPS BPF_MAP_TYPE_RINGBUF BPF_MAP_TYPE_INODE_STORAGE
    BPF_MAP_TYPE_TASK_STORAGE BPF_MAP_TYPE_BLOOM_FILTER BPF_MAP_TYPE_USER_RINGBUF BPF_MAP_TYPE_CGRP_STORAGE
    BPF_MAP_TYPE_ARENA
};

const PROGRAMS: Table = numbered! {
    BPF_PROG_TYPE_UNSPEC BPF_PROG_TYPE_SOCKET_FILTER BPF_PROG_TYPE_KPROBE BPF_PROG_TYPE_SCHED_CLS
    BPF_PROG_TYPE_SCHED_ACT BPF_PROG_TYPE_TRACEPOINT BPF_PROG_TYPE_XDP BPF_PROG_TYPE_PERF_EVENT
    BPF_PROG_TYPE_CGROUP_SKB BPF_PROG_TYPE_CGROUP_SOCK BPF_PROG_TYPE_LWT_IN BPF_PROG_TYPE_LWT_OUT
    BPF_PROG_TYPE_LWT_XMIT BPF_PROG_TYPE_SOCK_OPS BPF_PROG_TYPE_SK_SKB BPF_PROG_TYPE_CGROUP_DEVICE
    BPF_PROG_TYPE_SK_MSG BPF_PROG_TYPE_RAW_TRACEPOINT BPF_PROG_TYPE_CGROUP_SOCK_ADDR BPF_PROG_TYPE_LWT_SEG6LOCAL
    BPF_PROG_TYPE_LIRC_MODE2 BPF_PROG_TYPE_SK_REUSEPORT BPF_PROG_TYPE_FLOW_DISSECTOR BPF_PROG_TYPE_CGROUP_SYSCTL
    BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE BPF_PROG_TYPE_CGROUP_SOCKOPT BPF_PROG_TYPE_TRACING BPF_PROG_TYPE_STRUCT_OPS
    BPF_PROG_TYPE_EXT BPF_PROG_TYPE_LSM BPF_PROG_TYPE_SK_LOOKUP BPF_PROG_TYPE_SYSCALL BPF_PROG_TYPE_NETFILTER
};

const PERF_EVENTS: Table = numbered! {
    PERF_TYPE_HARDWARE PERF_TYPE_SOFTWARE PERF_TYPE_TRACEPOINT PERF_TYPE_HW_CACHE PERF_TYPE_RAW PERF_TYPE_BREAKPOINT
};

/// A command of `bpf(2)`.
pub(in super::super) fn bpf_command(number: u64) -> OneOf {
    one_of(COMMANDS, number)
}

/// The type of a map.
pub(in super::super) fn bpf_map_type(number: u64) -> OneOf {
    one_of(MAPS, number)
}

/// The type of a program.
pub(in super::super) fn bpf_prog_type(number: u64) -> OneOf {
    one_of(PROGRAMS, number)
}

/// The type of a performance event; devices have numbers of their own behind these.
pub(in super::super) fn perf_type(number: u64) -> OneOf {
    one_of(PERF_EVENTS, number)
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use aya_obj::generated::{bpf_cmd, bpf_map_type, bpf_prog_type, perf_type_id};

    use super::*;

    /// Compares each name with that of the constant that has its number there, of which this is the list.
    fn assert_same<T: Debug>(table: Table, end: u64, constant: impl Fn(u32) -> T) {
        assert_eq!(table.len() as u64, end);
        for (name, number) in table {
            assert_eq!(format!("{:?}", constant(*number as u32)), *name);
        }
    }

    /// The constant of this number.
    macro_rules! numbered_as {
        ($kind:ty) => {
            // SAFETY: the enum is `repr(u32)` without gaps, and the number is below its last one.
            |number| unsafe { std::mem::transmute::<u32, $kind>(number) }
        };
    }

    #[test]
    fn names_and_numbers_are_those_of_the_kernels_headers() {
        assert_same(COMMANDS, bpf_cmd::__MAX_BPF_CMD as u64, numbered_as!(bpf_cmd));
        assert_same(MAPS, bpf_map_type::__MAX_BPF_MAP_TYPE as u64, numbered_as!(bpf_map_type));
        assert_same(PROGRAMS, bpf_prog_type::__MAX_BPF_PROG_TYPE as u64, numbered_as!(bpf_prog_type));
        assert_same(PERF_EVENTS, perf_type_id::PERF_TYPE_MAX as u64, numbered_as!(perf_type_id));
    }
}
