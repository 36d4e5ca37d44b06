// One guest: a kernel in QEMU under software emulation, and the channel to its init. Its process ends with
// this one, whatever ends this one, because it is started by guest/launch.c.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { InputError, InternalError } from '../../model/errors.ts';
import { FrameReader } from './frames.ts';
import { messageOf, WIRE_VERSION } from './wire.ts';

/** What it takes to start a guest: absolute paths. */
export interface GuestFiles {
  readonly qemu: string;
  /** Folders of QEMU's libraries, with colons, when the system does not have them. */
  readonly libraries?: string;
  readonly launcher: string;
  readonly kernel: string;
  readonly initrd: string;
}

export interface GuestOptions {
  /** Processors; a second one is needed only for races. */
  readonly cpus?: number;
  readonly bootMs?: number;
}

/** Why a guest is no longer there: its kernel panicked, it said nothing for too long, or its process ended. */
export type FailureKind = 'panic' | 'hang' | 'ended';

/** What a guest that failed leaves behind. */
export interface Failure {
  readonly kind: FailureKind;
  /** The end of its console. */
  readonly console: string;
}

/** Thrown by `exchange`: what was answered before the guest failed. */
export class GuestFailed extends Error {
  readonly failure: Failure;
  readonly replies: readonly Uint8Array[];

  constructor(failure: Failure, replies: readonly Uint8Array[]) {
    super(`the guest failed: ${failure.kind}`);
    this.name = 'GuestFailed';
    this.failure = failure;
    this.replies = replies;
  }
}

const MEMORY_MIB = 512;
const BOOT_MS = 60_000;
/** Of the console, the end is kept. */
const CONSOLE_CHARACTERS = 16_384;
const CHANNEL_FD = 3;
/**
 * A delete from a prog array waits for an RCU grace period: expedited, it takes a tenth of a millisecond instead of
 * several. Nothing else is told to the kernel: what it verifies and compiles is what its users have.
 */
const KERNEL_PARAMETERS =
  'console=ttyS0 quiet loglevel=4 panic=-1 oops=panic rcupdate.rcu_expedited=1';

function qemuArguments({ kernel, initrd }: GuestFiles, cpus: number): string[] {
  return [
    ...['-accel', 'tcg', '-machine', 'q35', '-cpu', 'max', '-smp', String(cpus)],
    ...[
      '-m',
      String(MEMORY_MIB),
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
      '-no-reboot',
    ],
    ...['-kernel', kernel, '-initrd', initrd],
    ...['-append', KERNEL_PARAMETERS],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=channel,fd=${CHANNEL_FD}`],
    ...['-device', 'virtio-serial-pci,max_ports=2'],
    ...['-device', 'virtserialport,chardev=channel,name=bpf'],
  ];
}

/** What is under way between host and guest. */
interface Waiting {
  readonly expected: number;
  readonly replies: Uint8Array[];
  readonly resolve: (replies: Uint8Array[]) => void;
  readonly reject: (error: GuestFailed) => void;
  readonly silenceMs: number;
}

export class Guest {
  /** As `uname -r` has it. */
  release = '';
  private readonly child: ChildProcess;
  private readonly channel: Duplex;
  private readonly exited: Promise<void>;
  private console = '';
  private waiting: Waiting | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failure: Failure | undefined;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.channel = child.stdio[CHANNEL_FD] as unknown as Duplex;
    const frames = new FrameReader((frame) => this.take(frame));
    this.channel.on('data', (piece: Uint8Array) => {
      if (!frames.push(piece)) this.fail('ended');
    });
    // The guest's end; what it means is known when the process ends.
    this.channel.on('error', () => {});
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        this.console = (this.console + text).slice(-CONSOLE_CHARACTERS);
      });
    }
    this.exited = new Promise((resolve) => {
      // `close`: also the console has been read to its end.
      child.once('close', () => {
        this.fail(/Kernel panic|\bOops\b|BUG: /.test(this.console) ? 'panic' : 'ended');
        resolve();
      });
    });
  }

  /**
   * Starts a guest and waits for its greeting.
   * @throws InputError when it does not come up, with the end of its console.
   */
  static async start(files: GuestFiles, options: GuestOptions = {}): Promise<Guest> {
    const { cpus = 1, bootMs = BOOT_MS } = options;
    const child = spawn(
      files.launcher,
      [String(process.pid), files.qemu, ...qemuArguments(files, cpus)],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        ...(files.libraries === undefined
          ? {}
          : { env: { ...process.env, LD_LIBRARY_PATH: files.libraries } }),
      },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(new InputError(`cannot start ${files.launcher}: ${error.message}`)),
      );
    });
    const guest = new Guest(child);
    try {
      const [greeting] = await guest.expect(1, bootMs);
      guest.greeted(greeting!);
      return guest;
    } catch (error) {
      await guest.kill();
      if (!(error instanceof GuestFailed)) throw error;
      throw new InputError(bootFailure(error.failure, bootMs));
    }
  }

  /** Whether it can still be asked. */
  get alive(): boolean {
    return this.failure === undefined;
  }

  /** The process, for whoever wants to see it end. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Sends cases in one message. @param silenceMs how long the guest may say nothing.
   * @returns a reply for each. @throws GuestFailed with those that came before it failed.
   */
  async exchange(cases: readonly Uint8Array[], silenceMs: number): Promise<Uint8Array[]> {
    if (this.failure !== undefined) throw new GuestFailed(this.failure, []);
    const replies = this.expect(cases.length, silenceMs);
    this.channel.write(messageOf(cases));
    return replies;
  }

  /** Ends it at once; resolves when its process is gone. */
  async kill(): Promise<void> {
    this.fail('ended');
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private greeted(frame: Uint8Array): void {
    const version = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
    if (version !== WIRE_VERSION) throw new InternalError(`the guest speaks version ${version}`);
    this.release = new TextDecoder().decode(frame.subarray(4));
  }

  private expect(count: number, silenceMs: number): Promise<Uint8Array[]> {
    if (count === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting = { expected: count, replies: [], resolve, reject, silenceMs };
      this.wind();
    });
  }

  private wind(): void {
    clearTimeout(this.timer);
    const { waiting } = this;
    if (waiting === undefined) return;
    this.timer = setTimeout(() => {
      this.fail('hang');
      this.child.kill('SIGKILL');
    }, waiting.silenceMs);
  }

  private take(frame: Uint8Array): void {
    const { waiting } = this;
    if (waiting === undefined) return;
    waiting.replies.push(frame);
    if (waiting.replies.length === waiting.expected) {
      this.waiting = undefined;
      waiting.resolve(waiting.replies);
    }
    this.wind();
  }

  /** The first failure is the one that counts. */
  private fail(kind: FailureKind): void {
    this.failure ??= { kind, console: this.console };
    const { waiting } = this;
    this.waiting = undefined;
    clearTimeout(this.timer);
    waiting?.reject(new GuestFailed(this.failure, waiting.replies));
  }
}

const CONSOLE_LINES = 3;

function bootFailure({ kind, console }: Failure, bootMs: number): string {
  const said = console.trim().split(/\r?\n/).slice(-CONSOLE_LINES).join(' | ');
  const what =
    kind === 'hang'
      ? `did not come up within ${Math.round(bootMs / 1000)} s`
      : kind === 'panic'
        ? 'panicked while it booted'
        : 'ended while it booted';
  return `the guest ${what}; it said: ${said === '' ? 'nothing' : said}; tailproof linux doctor looks at what it is made of`;
}
