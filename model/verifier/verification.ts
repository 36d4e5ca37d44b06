// One verification under way: the subject, the current state, and what all parts need of each other.

import { FRAME_POINTER } from '../isa/program.ts';
import type { ErrnoName } from '../maps/errno.ts';
import { Exploration } from './explore/exploration.ts';
import type { FlowFacts } from './flow/facts.ts';
import type { CallSite } from './helpers/call-site.ts';
import type { Log } from './log/log.ts';
import type { Parts } from './parts.ts';
import type { VerifierRules } from './rules.ts';
import type { ScalarDomain } from './scalars.ts';
import type { Frame } from './state/frame.ts';
import { Register, type RegisterType } from './state/register.ts';
import type { LinkedPlace, State } from './state/state.ts';
import type { AluLimit } from './steps/sanitize.ts';
import type { Subject } from './subject.ts';

/** Ends a verification: the program is refused. */
export class Rejection {
  readonly errno: ErrnoName;
  readonly message: string;
  readonly pc: number | undefined;

  constructor(errno: ErrnoName, message: string, pc?: number) {
    this.errno = errno;
    this.message = message;
    this.pc = pc;
  }
}

/** Ends a verification: the program uses what is not modelled. */
export class NotModelled {
  readonly reason: string;
  readonly pc: number | undefined;

  constructor(reason: string, pc?: number) {
    this.reason = reason;
    this.pc = pc;
  }
}

export class Verification {
  readonly subject: Subject;
  readonly rules: VerifierRules;
  readonly domain: ScalarDomain;
  readonly parts: Parts;
  readonly log: Log;
  /** Whether anything is logged of the program: its size was not refused. */
  hasBegun = false;
  /** There from the end of the flow checks on. */
  flow!: FlowFacts;
  /** The state before the current instruction, while it changes to the one after it. */
  state!: State;
  /** Slot of the current instruction; -1 before the first. */
  pc = -1;
  /** Instructions gone through. */
  processed = 0;
  /** Bytes of stack that each function was seen to use. */
  readonly stackDepths: number[] = [];
  /** The same of an accepted program, without functions that no path goes through, with what a kernel adds. */
  keptStackDepths: readonly number[] | undefined;
  /** By slot: 1 where a path went through (`insn_aux_data.seen`). There with `flow`. */
  seen!: Uint8Array;
  /** By slot: what all paths through a call of a helper with a map agree on. */
  readonly callSites = new Map<number, CallSite>();
  /** A register that nothing was written to. */
  readonly notInit: Register;
  /** A scalar of which nothing is known (`mark_reg_unknown`); without privileges it is precise. */
  readonly unknownScalar: Register;
  /** Numbers of immediates, made as they are needed. */
  readonly immediates = new Map<number, Register>();
  /** What loads give of whose bytes nothing is known, made as they are needed: by size, and 8 more for signed ones. */
  readonly unknownLoads: (Register | undefined)[] = [];
  /** By slot: the type of the pointer that a load or a store went through. */
  readonly pointerTypes: (RegisterType | undefined)[] = [];
  /** What the current instruction says of its step of the history. */
  stackFrame = -1;
  stackSlot = -1;
  linked: readonly LinkedPlace[] | undefined;
  /** Operands of the current comparison that are pointers to the stack: bits of `STACK_POINTER`. */
  stackPointers = 0;
  /** Scalars cover each other only where all that is known of them is the same (`explore_alu_limits`). */
  comparesScalarsExactly = false;
  /** By slot: how far sums with pointers may go that are masked, without privileges (`alu_limit`). */
  readonly aluLimits = new Map<number, AluLimit>();
  readonly exploration: Exploration;
  /** Keeps a state wherever states are compared (BPF_F_TEST_STATE_FREQ). */
  keepsAllStates = false;
  /** Called before each instruction that is gone through, with the state before it. */
  observer: ((v: Verification) => void) | undefined;
  /** The last id that a register got. */
  lastId = 0;

  constructor(
    subject: Subject,
    rules: VerifierRules,
    domain: ScalarDomain,
    parts: Parts,
    log: Log,
  ) {
    this.subject = subject;
    this.rules = rules;
    this.domain = domain;
    this.parts = parts;
    this.log = log;
    this.notInit = new Register('not_init', domain.unknown);
    const unknown = new Register('scalar', domain.unknown);
    this.unknownScalar = unknown.with({ precise: !subject.privileged });
    this.exploration = new Exploration(domain, subject.program.code.length);
  }

  /** The running function's. */
  get frame(): Frame {
    return this.state.frame;
  }

  /** An id that no register has yet. */
  nextId(): number {
    return ++this.lastId;
  }

  /** @throws Rejection */
  reject(
    errno: ErrnoName,
    message: string,
    pc: number | undefined = this.pc < 0 ? undefined : this.pc,
  ): never {
    this.log.line(message);
    throw new Rejection(errno, message, pc);
  }

  /** Where the kernel logs nothing. @throws Rejection */
  rejectSilently(errno: ErrnoName): never {
    throw new Rejection(errno, '');
  }

  /** @throws NotModelled */
  unsupported(reason: string): never {
    throw new NotModelled(reason, this.pc < 0 ? undefined : this.pc);
  }

  /** A register of the running function, for an instruction that reads it. Refuses one that is not set. */
  use(register: number): Register {
    const { frame } = this;
    frame.scratched.registers |= 1 << register;
    const value = frame.registers[register]!;
    if (value.type === 'not_init') this.reject('EACCES', `R${register} !read_ok`);
    if (register !== FRAME_POINTER) {
      this.parts.liveness.readRegister(this, frame.number, register);
    }
    return value;
  }

  /** Refuses r10 as a register that an instruction sets. */
  checkWritable(register: number): void {
    if (register === FRAME_POINTER) this.reject('EACCES', 'frame pointer is read only');
  }

  /** An instruction sets a register of the running function. */
  define(register: number, value: Register): void {
    this.checkWritable(register);
    this.frame.written.registers |= 1 << register;
    this.frame.setRegister(register, value);
  }

  /** Replaces what is known of a register that no instruction sets: a branch, an id that was checked. Not printed. */
  refine(frame: Frame, register: number, value: Register): void {
    frame.registers[register] = value;
  }

  /** The current instruction reads or writes one slot of stack. */
  noteStackAccess(frame: number, slot: number): void {
    this.stackFrame = frame;
    this.stackSlot = slot;
  }
}
