// Bounds of what a scenario may ask for.

/** Numbers that count steps, hops and the like. */
export const COUNT_MAX = 2 ** 31 - 1;
export const U32_MAX = 2 ** 32 - 1;

/** Enough for what engines keep of each map; the windows of so many lie below 2^32. */
export const MAPS_MAX = 1024;
/** Slots of a prog array; the kernel has no limit of its own. */
export const PROG_SLOTS_MAX = 2 ** 20;
/** Linux: MAX_BPF_STACK, since a program's key has to lie on its stack. */
export const KEY_BYTES_MAX = 512;

/** What kernel names of maps and programs are made of (bpf_obj_name), and `-`. */
export const NAME = /^[A-Za-z_][\w.-]{0,62}$/;
export const BAD_NAME =
  'a name starts with a letter or _, goes on with letters, digits, _, . and -, and has at most 63 of them';
