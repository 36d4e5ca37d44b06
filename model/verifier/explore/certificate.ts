// A second look at an accepted program: whether the states that its paths were pruned with justify that. A kept state
// is taken twice, as it was, and as what it counted for in the end: without what nobody read and without ranges that
// nothing hung on. Paths are gone through again, from the entry and from each such state that another path ended in;
// one from which something is refused may end none. If nothing is refused from the entry, the states that are left
// are an invariant of all runs, however the verifier came to keep them.

import { PARTS } from '../default-parts.ts';
import { frameBytes } from '../flow/stack-depth.ts';
import { Log } from '../log/log.ts';
import type { CheckpointPart, LivenessPart, Parts, PrecisionPart } from '../parts.ts';
import type { State } from '../state/state.ts';
import type { Subject } from '../subject.ts';
import type { Verdict } from '../verdict.ts';
import { NotModelled, Rejection, Verification } from '../verification.ts';
import { createVerification, runVerification, type VerifyOptions } from '../verify.ts';
import { abstracted } from './abstracted.ts';
import type { Checkpoint } from './exploration.ts';
import { follow, initialState } from './explore.ts';
import { includes } from './includes.ts';
import type { SpeculationPart } from './speculation.ts';

export interface Certificate {
  readonly verdict: Verdict;
  /** Why an accepted program is not certified. */
  readonly problem?: CertificateProblem;
  /** Of a certified program: states at a slot, of which each run is in one whenever it comes there. */
  statesAt(pc: number): readonly State[];
  /** Of an accepted program: bytes of stack that the function at a slot counts for. */
  frameBytesAt(pc: number): number;
}

export interface CertificateProblem {
  /** Something is refused on a path that was pruned without reason; or there is more to go through than is worth it. */
  readonly kind: 'refused' | 'undecided';
  /** Slot and text of the refusal. */
  readonly pc: number | undefined;
  readonly message: string;
}

/** Instructions of the second look, for each of the first; but at least and at most so many. */
const EFFORT = { factor: 16, least: 20_000, most: 4_000_000 } as const;

/** Verifies a program and looks at the result a second time. @throws InternalError for a bug of ours only */
export function certify(subject: Subject, options: VerifyOptions = {}): Certificate {
  const originals = new Map<State, State>();
  const parts = keepingOriginals(options.parts ?? PARTS, originals);
  const first = createVerification(subject, { ...options, parts });
  const verdict = runVerification(first);
  if (verdict.kind !== 'accepted') return { verdict, statesAt: () => [], frameBytesAt: () => 0 };
  const frameBytesAt = frameSizes(first);
  const look = new SecondLook(first, originals);
  const problem = look.run();
  if (problem !== undefined) return { verdict, problem, statesAt: () => [], frameBytesAt };
  const states = look.states();
  return { verdict, statesAt: (pc) => states.get(pc) ?? [], frameBytesAt };
}

function frameSizes(v: Verification): Certificate['frameBytesAt'] {
  const { subprograms, functionOf } = v.flow;
  const sizes = subprograms.map((_, index) => frameBytes(v, index));
  return (pc) => sizes[functionOf[pc]!]!;
}

/** Kept states as they were before what nobody read was taken out of them. */
function keepingOriginals(parts: Parts, originals: Map<State, State>): Parts {
  const clean: CheckpointPart['clean'] = (v, state) => {
    originals.set(state, state.copy());
    parts.checkpoints.clean(v, state);
  };
  return { ...parts, checkpoints: { ...parts.checkpoints, clean } };
}

/** A state that paths may end in, as long as nothing is refused from it. */
class Node {
  readonly pc: number;
  readonly start: State;
  isRefused = false;
  /** Where paths from here end; undefined before they were gone through. */
  ends: Set<Node> | undefined;
  /** By slot: what the paths from here came through. */
  readonly states = new Map<number, State[]>();

  constructor(pc: number, start: State) {
    this.pc = pc;
    this.start = start;
  }
}

class SecondLook {
  private readonly v: Verification;
  private readonly entry: Node;
  /** By slot. Those that stand for less come first. */
  private readonly nodes = new Map<number, Node[]>();
  /** The one that is gone through. */
  private current: Node;

  constructor(first: Verification, originals: ReadonlyMap<State, State>) {
    this.entry = new Node(0, initialState(first));
    this.current = this.entry;
    const checkpoints = checkpointsOf(first);
    for (const { pc, state } of checkpoints) {
      addTo(this.nodes, pc, new Node(pc, originals.get(state) ?? state));
    }
    for (const { pc, state } of checkpoints) {
      addTo(this.nodes, pc, new Node(pc, abstracted(first, state)));
    }
    this.v = this.secondVerification(first);
  }

  /** @returns what is refused from the entry */
  run(): CertificateProblem | undefined {
    const pending = [this.entry];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.isRefused || node.ends !== undefined) continue;
      const refusal = this.followFrom(node);
      if (refusal === undefined) {
        pending.push(...(node.ends ?? []));
      } else if (node === this.entry || refusal.kind === 'undecided') {
        return refusal;
      } else {
        node.isRefused = true;
        pending.push(...this.reopen(node));
      }
    }
    return undefined;
  }

  /** Of all nodes that the entry's paths end in, and so on. */
  states(): Map<number, State[]> {
    const all = new Map<number, State[]>();
    const reached = new Set([this.entry]);
    for (const node of reached) {
      for (const [pc, states] of node.states) for (const state of states) addTo(all, pc, state);
      for (const end of node.ends ?? []) reached.add(end);
    }
    return all;
  }

  /** Nodes with a path that ends in one that is refused: to be gone through again. */
  private reopen(refused: Node): Node[] {
    const reopened = [this.entry, ...[...this.nodes.values()].flat()].filter(
      ({ ends }) => ends?.has(refused) === true,
    );
    for (const node of reopened) node.ends = undefined;
    return reopened;
  }

  private followFrom(node: Node): CertificateProblem | undefined {
    const { v } = this;
    this.current = node;
    node.ends = new Set();
    node.states.clear();
    v.state = node.start.copy();
    v.state.parent = undefined;
    v.exploration.waiting.length = 0;
    try {
      follow(v, node.pc);
      return undefined;
    } catch (problem) {
      node.ends = undefined;
      return this.problemOf(problem);
    }
  }

  private problemOf(problem: unknown): CertificateProblem {
    if (problem instanceof NotModelled) {
      return { kind: 'refused', pc: problem.pc, message: problem.reason };
    }
    if (!(problem instanceof Rejection)) throw problem;
    const isOver = this.v.processed > this.v.rules.limits.processed;
    return {
      kind: isOver ? 'undecided' : 'refused',
      pc: problem.pc,
      message: problem.message,
    };
  }

  /** One that neither learns nor keeps anything: it ends a path only in a node. */
  private secondVerification(first: Verification): Verification {
    const { subject, rules, domain } = first;
    const fair = Math.max(EFFORT.least, EFFORT.factor * first.processed);
    const processed = Math.min(EFFORT.most, fair);
    const limits = { ...rules.limits, processed, jumpSequence: Number.POSITIVE_INFINITY };
    const parts: Parts = {
      ...first.parts,
      checkpoints: { ...NO_CHECKPOINTS, visit: () => this.endsHere() },
      liveness: NO_LIVENESS,
      precision: NO_PRECISION,
      speculation: NO_SPECULATION,
    };
    const v = new Verification(subject, { ...rules, limits }, domain, parts, new Log(0));
    v.flow = first.flow;
    v.seen = new Uint8Array(first.seen.length);
    v.lastId = first.lastId;
    v.observer = () => this.record();
    return v;
  }

  /** In a node, or in what another path of this one is gone through from. */
  private endsHere(): boolean {
    const { v } = this;
    // The node's own state has not gone anywhere yet.
    if (v.state.lastPc < 0) return false;
    if (this.isToldAlready()) return true;
    const end = this.nodes
      .get(v.pc)
      ?.find((node) => !node.isRefused && includes(v, node.start, v.state));
    if (end === undefined) return false;
    this.current.ends!.add(end);
    return true;
  }

  private record(): void {
    if (!this.isToldAlready()) addTo(this.current.states, this.v.pc, this.v.state.copy());
  }

  private isToldAlready(): boolean {
    const { v } = this;
    const there = this.current.states.get(v.pc);
    return there?.some((state) => includes(v, state, v.state)) === true;
  }
}

/** Those of paths that runs take. */
function checkpointsOf({ exploration }: Verification): Checkpoint[] {
  const all = [...exploration.retired];
  for (const newest of exploration.lists) {
    for (let c = newest; c !== undefined; c = c.next) all.push(c);
  }
  return all.filter(({ state }) => !state.isSpeculative);
}

function addTo<T>(lists: Map<number, T[]>, pc: number, element: T): void {
  const list = lists.get(pc);
  if (list === undefined) lists.set(pc, [element]);
  else list.push(element);
}

const NO_CHECKPOINTS: CheckpointPart = {
  visit: () => false,
  isForced: () => false,
  isSpaced: () => false,
  isCrowded: () => false,
  isHit: () => false,
  isUseless: () => false,
  refuseEndlessLoop: () => {},
  clean: () => {},
};

const NO_LIVENESS: LivenessPart = {
  readRegister: () => {},
  readSlot: () => {},
  propagate: () => {},
  enterFrame: () => {},
  leaveFrame: () => {},
};

const NO_PRECISION: PrecisionPart = {
  markRegister: () => {},
  propagate: () => {},
  forget: () => {},
  traceSegment: () => true,
};

/** Runs do what is decided. */
const NO_SPECULATION: SpeculationPart = {
  mispredict: () => {},
  mask: () => {},
  mayCover: () => true,
};
