// Names of Linux's helpers. The numbers are user-space ABI (linux/bpf.h), fixed for ever once released.

/** In order of their numbers, from 1. */
const NAMES_FROM_1 = [
  'bpf_map_lookup_elem',
  'bpf_map_update_elem',
  'bpf_map_delete_elem',
  'bpf_probe_read',
  'bpf_ktime_get_ns',
  'bpf_trace_printk',
  'bpf_get_prandom_u32',
  'bpf_get_smp_processor_id',
  'bpf_skb_store_bytes',
  'bpf_l3_csum_replace',
  'bpf_l4_csum_replace',
  'bpf_tail_call',
  'bpf_clone_redirect',
  'bpf_get_current_pid_tgid',
  'bpf_get_current_uid_gid',
  'bpf_get_current_comm',
  'bpf_get_cgroup_classid',
  'bpf_skb_vlan_push',
  'bpf_skb_vlan_pop',
  'bpf_skb_get_tunnel_key',
  'bpf_skb_set_tunnel_key',
  'bpf_perf_event_read',
  'bpf_redirect',
  'bpf_get_route_realm',
  'bpf_perf_event_output',
  'bpf_skb_load_bytes',
  'bpf_get_stackid',
  'bpf_csum_diff',
] as const;

/**
 * Linux defined its last numbered helper as 211 and adds kernel functions since; so a greater number behind
 * an unknown name (`call name#N`) is a kernel function's BTF id.
 */
export const HELPER_ID_MAX = 211;

/** Helper numbers by name. */
export const HELPER_IDS: ReadonlyMap<string, number> = new Map(
  NAMES_FROM_1.map((name, index) => [name, index + 1]),
);

/** The name of a helper, or undefined where only its number is known. */
export function linuxHelperName(id: number): string | undefined {
  return NAMES_FROM_1[id - 1];
}
