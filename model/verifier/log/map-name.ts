// Names of maps as the kernel keeps them.

/** BPF_OBJ_NAME_LEN, without the zero at its end. */
const LENGTH_MAX = 15;

/** A scenario's name as a loader gives it to `BPF_MAP_CREATE`: letters, digits, `_` and `.`, cut off where it is too long. */
export function kernelMapName(name: string): string {
  return name.slice(0, LENGTH_MAX).replace(/[^A-Za-z0-9_.]/g, '_');
}
