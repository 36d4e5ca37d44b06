// Flags of BPF_MAP_UPDATE_ELEM (uapi/linux/bpf.h), 64 bits as the system call and the helper take them.

/** Create an element, or overwrite it. */
export const BPF_ANY = 0n;
/** Create only. */
export const BPF_NOEXIST = 1n;
/** Overwrite only. */
export const BPF_EXIST = 2n;
/** Under the lock in the value, which no map here has. */
export const BPF_F_LOCK = 4n;
