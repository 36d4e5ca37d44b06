// Fields of the context that drawn statements read and write.

/** Of `struct __sk_buff`: what every program type that has one may read. */
export const SK_BUFF_FIELDS = [
  'len',
  'pkt_type',
  'mark',
  'queue_mapping',
  'protocol',
  'vlan_present',
  'vlan_tci',
  'vlan_proto',
  'priority',
  'ingress_ifindex',
  'ifindex',
  'tc_index',
  'cb0',
  'cb1',
  'cb2',
  'cb3',
  'cb4',
  'hash',
] as const;
/** What every such type may write. */
export const CB_FIELDS = ['cb0', 'cb1', 'cb2', 'cb3', 'cb4'] as const;
/** Of `struct xdp_md`, all read-only. */
export const XDP_FIELDS = ['ingress_ifindex', 'rx_queue_index'] as const;
