// An archive that the kernel unpacks at boot: cpio in the "newc" format (initramfs, buffer-format.rst).

export interface ArchiveEntry {
  /** Without a leading slash. */
  readonly name: string;
  /** Of a folder: undefined. */
  readonly bytes?: Uint8Array;
  readonly executable?: boolean;
}

const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';
const FOLDER_MODE = 0o040755;
const FILE_MODE = 0o100644;
const EXECUTABLE_MODE = 0o100755;

function header(inode: number, mode: number, size: number, nameSize: number): string {
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, nameSize, 0];
  return MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
}

const padding = (size: number) => new Uint8Array(-size & 3);

/** The archive; folders come before what is in them. */
export function cpioArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (name: string, mode: number, bytes: Uint8Array) => {
    const head = new TextEncoder().encode(
      `${header(parts.length + 1, mode, bytes.length, name.length + 1)}${name}\0`,
    );
    parts.push(head, padding(head.length), bytes, padding(bytes.length));
  };
  for (const { name, bytes, executable } of entries) {
    if (bytes === undefined) add(name, FOLDER_MODE, new Uint8Array());
    else add(name, executable ? EXECUTABLE_MODE : FILE_MODE, bytes);
  }
  add(TRAILER, 0, new Uint8Array());
  return Buffer.concat(parts);
}
