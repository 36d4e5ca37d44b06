// What tells one kernel's verifier from another's, and the sound ones from the historical bugs, as data.

import type { DomainVersion } from '../domain/index.ts';
import { HELPERS_6_1, HELPERS_6_12, type HelperNumbers } from './helpers/availability.ts';

export interface Limits {
  /** Instructions of a program: BPF_MAXINSNS without privileges, else what may be processed. */
  readonly instructions: { readonly unprivileged: number; readonly privileged: number };
  /** BPF_COMPLEXITY_LIMIT_INSNS: instructions that are gone through, on all paths. */
  readonly processed: number;
  /** BPF_COMPLEXITY_LIMIT_JMP_SEQ: branches that wait for their turn. */
  readonly jumpSequence: number;
  /** BPF_MAX_SUBPROGS */
  readonly subprograms: number;
  /** MAX_CALL_FRAMES */
  readonly frames: number;
  /** MAX_BPF_STACK, bytes: of one function, and of a chain of calls. */
  readonly stack: number;
  /** Bytes of the callers of a function with a tail call; they must stay below. */
  readonly tailCallerStack: number | 'none';
  /** BPF_MAX_VAR_OFF: of pointers. */
  readonly variableOffset: number;
  /** MAX_PACKET_OFF */
  readonly packetOffset: number;
  /** MAX_USED_MAPS */
  readonly maps: number;
  /** LINKED_REGS_MAX: registers that learn from one comparison. */
  readonly linkedRegisters: number;
  /** BPF_COMPLEXITY_LIMIT_STATES: states kept for one instruction, without privileges. */
  readonly states: number;
}

/** How states are kept and compared, and how precision is traced back. */
export interface PruningRules {
  /** A path that remembers more steps than this has its state kept in any case (6.12). */
  readonly historyMax: number;
  /** Where a state is to be kept in any case, it is also in a loop's quick rounds (6.4). */
  readonly keepsForcedStates: boolean;
  /** Scalars that are linked have to be linked alike (6.5). */
  readonly comparesIds: boolean;
  /** Slots of which nothing is known and spilled scalars cover each other as scalars do (6.9). */
  readonly comparesSlotsAsScalars: boolean;
  /** What makes a loop endless is that nothing has changed; or only that nothing has that was read since (6.1). */
  readonly comparesLoopsExactly: boolean;
  /** Precision is traced into functions that returned and out of the running one, for all places at once (6.4). */
  readonly backtracksCalls: boolean;
  /** Linked scalars that learned from a comparison are precise together (6.5). */
  readonly backtracksLinks: boolean;
}

export interface VerifierRules {
  readonly domain: DomainVersion;
  readonly limits: Limits;
  /** Bytes to which a function's stack is rounded up, by whether it is compiled. */
  readonly stackRounding: { readonly jited: number; readonly interpreted: number };
  /** The least that a function's stack counts for, bytes. */
  readonly stackLeast: { readonly jited: number; readonly interpreted: number };
  /** Which edges of privileged programs may lead back: all, or only those of jumps (6.1). */
  readonly backEdges: 'any' | 'jumps';
  /** Too many maps are refused with a message, and before offsets into their values are looked at. */
  readonly reportsMapLimit: boolean;
  /** A tail call of the entry counts for what interpreters cannot mix with local calls (6.11). */
  readonly entryTailCallCounts: boolean;
  /** Which helpers the types of programs have. */
  readonly helpers: HelperNumbers;
  /** The number of the last helper. */
  readonly lastHelper: number;
  /** What is said of a helper that a program's type lacks, before its name. */
  readonly helperRefusal: string;
  /** Types that a pointer to a key or a value may have, as refusals list them. */
  readonly memoryTypes: string;
  /** Packet pointers after a tail call that falls through: CVE-2024-58237. */
  readonly tailCallPackets: 'keep' | 'drop' | 'fork';
  /** A subprogram that tail-calls may also return what the program it jumped to returns. */
  readonly tailCallReturns: boolean;
  /** Privileged programs may read stack that nothing was written to. */
  readonly readsUninitialisedStack: boolean;
  /**
   * Which numbers stay known when they are stored: all, with an id that they share with the copy, or only those of which
   * something is known but that they are 0 (6.1). With all go loads of a part, zeros beside them, and zeros that are
   * known without being precise.
   */
  readonly scalarSpills: 'all' | 'bounded';
  /** Precision is traced through stack whatever register an access goes through, or only through r10 (6.1). */
  readonly tracesAllStack: boolean;
  /** A load with sign extension of a number that it changes keeps the number's id: not sound, and true of 6.12 to 6.19. */
  readonly signedFillsKeepId: boolean;
  /** ST may write to the context (6.4). */
  readonly storesImmediatesToContext: boolean;
  /** Refusals spell a tnum that is known as a number (6.10). */
  readonly spellsKnownTnums: boolean;
  /** Refusals of accesses to maps themselves say that they are structures. */
  readonly quotesStructures: boolean;
  /** Refusals of stack at offsets that vary also name the part that does not. */
  readonly namesStackOffset: boolean;
  /** MOVSX, loads with sign extension, unconditional byte swaps, signed division. Stable 6.1 has gotol without them. */
  readonly cpuV4: boolean;
  readonly mayGoto: boolean;
  /** Load-acquire and store-release (6.15). */
  readonly orderedAccesses: boolean;
  /** Registers that differ by a constant learn from each other (BPF_ADD_CONST). */
  readonly linkedDeltas: boolean;
  /** What a move links, besides numbers that are not known in 64 bits: 32-bit moves of those that fit, or known ones. */
  readonly movesLink: 'words' | 'constants';
  /** Comparisons are decided where either operand is known; or only the second one. */
  readonly knownOperand: 'either' | 'second';
  /** A pointer that is not null shows that one that equals it is not (6.2). */
  readonly equalsLiftNull: boolean;
  /** Comparing a map itself with 0 is decided. */
  readonly mapsAreNotNull: boolean;
  /** Bounds that contradict each other are reported and given up (`reg_bounds_sanity_check`, 6.8). */
  readonly checksBounds: boolean;
  /** AND and OR of a register in [-1, 0] with a constant are gone through for each of its two values. */
  readonly forksScalars: boolean;
  readonly pruning: PruningRules;
  /** Precision goes on to both registers of a comparison: CVE-2023-2163 when not. */
  readonly comparisonsPassPrecision: boolean;
  /** Arithmetic on pointers that may be null is refused: CVE-2022-23222 when not. */
  readonly refusesNullableArithmetic: boolean;
}

const LIMITS: Limits = {
  instructions: { unprivileged: 4096, privileged: 1_000_000 },
  processed: 1_000_000,
  jumpSequence: 8192,
  subprograms: 256,
  frames: 8,
  stack: 512,
  tailCallerStack: 256,
  variableOffset: 1 << 29,
  packetOffset: 0xffff,
  maps: 64,
  linkedRegisters: 6,
  states: 64,
};

/** Linux 6.12 with its stable updates (6.12.117). */
const LINUX_6_12: VerifierRules = {
  domain: 'linux-6.12',
  limits: LIMITS,
  stackRounding: { jited: 16, interpreted: 32 },
  stackLeast: { jited: 0, interpreted: 1 },
  backEdges: 'any',
  reportsMapLimit: true,
  entryTailCallCounts: true,
  helpers: HELPERS_6_12,
  lastHelper: 211,
  helperRefusal: 'program of this type cannot use helper',
  memoryTypes: 'fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_',
  tailCallPackets: 'drop',
  tailCallReturns: false,
  readsUninitialisedStack: true,
  scalarSpills: 'all',
  tracesAllStack: true,
  signedFillsKeepId: true,
  storesImmediatesToContext: true,
  spellsKnownTnums: true,
  quotesStructures: true,
  namesStackOffset: true,
  cpuV4: true,
  mayGoto: true,
  orderedAccesses: false,
  linkedDeltas: true,
  movesLink: 'words',
  knownOperand: 'either',
  equalsLiftNull: true,
  mapsAreNotNull: true,
  checksBounds: true,
  forksScalars: true,
  pruning: {
    historyMax: 40,
    keepsForcedStates: true,
    comparesIds: true,
    comparesSlotsAsScalars: true,
    comparesLoopsExactly: true,
    backtracksCalls: true,
    backtracksLinks: true,
  },
  comparisonsPassPrecision: true,
  refusesNullableArithmetic: true,
};

/** Linux 6.1 with its stable updates (6.1.192). */
const LINUX_6_1: VerifierRules = {
  ...LINUX_6_12,
  domain: 'linux-6.1',
  limits: { ...LIMITS, linkedRegisters: Number.POSITIVE_INFINITY },
  stackRounding: { jited: 32, interpreted: 32 },
  stackLeast: { jited: 1, interpreted: 1 },
  backEdges: 'jumps',
  reportsMapLimit: false,
  entryTailCallCounts: false,
  helpers: HELPERS_6_1,
  lastHelper: 209,
  helperRefusal: 'unknown func',
  memoryTypes: 'fp, pkt, pkt_meta, map_key, map_value',
  tailCallPackets: 'keep',
  scalarSpills: 'bounded',
  tracesAllStack: false,
  storesImmediatesToContext: false,
  spellsKnownTnums: false,
  quotesStructures: false,
  namesStackOffset: false,
  pruning: {
    historyMax: Number.POSITIVE_INFINITY,
    keepsForcedStates: false,
    comparesIds: false,
    comparesSlotsAsScalars: false,
    comparesLoopsExactly: false,
    backtracksCalls: false,
    backtracksLinks: false,
  },
  cpuV4: false,
  mayGoto: false,
  linkedDeltas: false,
  movesLink: 'constants',
  knownOperand: 'second',
  equalsLiftNull: false,
  mapsAreNotNull: false,
  checksBounds: false,
  forksScalars: false,
};

/**
 * Linux 6.12 with what 6.19 knows of tail calls (e3245f899043): one that succeeds in a function comes back to the
 * caller with any R0, and packet pointers are lost on that path alone. There are
 * load-acquire and store-release, as 6.19.14 was seen to check them. What it does wrong is as 7.3.4 was seen to do it: a
 * fill that extends a sign is a number of its own, no load-acquire goes through a context. Nothing else of 6.19 is
 * modelled: these are the rules that no run is known to break.
 */
const LINUX_6_19: VerifierRules = {
  ...LINUX_6_12,
  tailCallPackets: 'fork',
  tailCallReturns: true,
  signedFillsKeepId: false,
  orderedAccesses: true,
};

export const VERIFIER_VERSIONS = ['linux-6.1', 'linux-6.12', 'linux-6.19'] as const;
export type VerifierVersion = (typeof VERIFIER_VERSIONS)[number];

export const VERIFIER_RULES: Readonly<Record<VerifierVersion, VerifierRules>> = {
  'linux-6.1': LINUX_6_1,
  'linux-6.12': LINUX_6_12,
  'linux-6.19': LINUX_6_19,
};
