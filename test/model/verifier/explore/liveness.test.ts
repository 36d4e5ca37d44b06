// Whom a read concerns, and what precision and loops leave behind in the states that were kept.

import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../model/verifier/explore/exploration.ts';
import { enterLoop, finishPath, isInOpenLoop } from '../../../../model/verifier/explore/loops.ts';
import type { Verification } from '../../../../model/verifier/index.ts';
import { State } from '../../../../model/verifier/state/state.ts';
import { createVerification, runVerification } from '../../../../model/verifier/verify.ts';
import { subjectOf } from '../subjects.ts';

/** Verifies with a state kept wherever states are compared; none is cleaned. */
function verified(text: string): Verification {
  const v = createVerification(subjectOf(text, { type: 'sched_cls' }), { keepsAllStates: true });
  expect(runVerification(v).kind).toBe('accepted');
  return v;
}

function keptAt({ exploration }: Verification, pc: number): Checkpoint[] {
  const kept = [...exploration.retired];
  for (let c of exploration.lists) for (; c !== undefined; c = c.next) kept.push(c);
  return kept.filter((checkpoint) => checkpoint.pc === pc);
}

/** Numbers of a bit set. */
const numbers = (bits: number) => [...Array(11).keys()].filter((n) => ((bits >>> n) & 1) !== 0);

const readAt = (v: Verification, pc: number, frame = 0) =>
  keptAt(v, pc).map(({ state }) => numbers(state.frames[frame]!.read.registers));

describe('registers read', () => {
  it('are those read before they are written', () => {
    const v = verified('r2 = 1; r3 = 2; if r1 != 0 goto +0; r2 = r3; r0 = r2; exit');
    expect(readAt(v, 2)).toEqual([[1, 3]]);
    expect(readAt(v, 3)).toEqual([[3]]);
  });

  it('are of all states that came before, up to the one that wrote', () => {
    const v = verified(
      'r6 = 1; r2 = *(u32 *)(r1 + 0); if r2 != 0 goto +0; if r2 != 1 goto +0; r0 = r6; exit',
    );
    expect(readAt(v, 2)).toEqual([[2, 6]]);
    expect(readAt(v, 4).length).toBeGreaterThan(0);
    for (const read of readAt(v, 4)) expect(read).toEqual([6]);
  });

  it('are what the continuation of a state read that covers', () => {
    const v = verified(`r6 = 1; r2 = *(u32 *)(r1 + 0); r0 = 0; if r2 > 3 goto +2; r3 = 1; goto +1
      r3 = 2; if r2 > 9 goto +0; r0 = r6; exit`);
    // Both ways to slot 7 came through slot 3; one of them ended in the other's state.
    expect(readAt(v, 3)).toEqual([[2, 6]]);
  });

  it("are a caller's where a callee reads its arguments", () => {
    const v = verified(`r2 = 1; if r1 != 0 goto +0; call f; exit
      f: r0 = r2; exit`);
    expect(readAt(v, 1)).toEqual([[1, 2]]);
  });

  it("are a callee's where the caller reads its result", () => {
    const v = verified(`r6 = r1; call f; r0 += 1; exit
      f: r0 = 1; if r1 != 0 goto +0; r2 = 0; exit`);
    expect(readAt(v, 5, 1)).toEqual([[0, 1]]);
  });

  it('are none of a callee that another call has made', () => {
    const v = verified(`r6 = r1; r1 = 1; call f; r1 = r6; call f; exit
      f: *(u64 *)(r10 - 8) = r1; r0 = 0; if r1 != 0 goto +0; r2 = *(u64 *)(r10 - 8); exit`);
    for (const { state } of keptAt(v, 6)) expect(state.frames[1]!.read.slots.has(0)).toBe(false);
    expect(keptAt(v, 8).every(({ state }) => state.frames[1]!.read.slots.has(0))).toBe(true);
  });
});

describe('slots read', () => {
  it('are those read before all of their bytes are written', () => {
    const v = verified(`*(u64 *)(r10 - 8) = 1; *(u64 *)(r10 - 16) = 1; *(u64 *)(r10 - 24) = 1
      if r1 != 0 goto +0; *(u64 *)(r10 - 8) = 2; *(u32 *)(r10 - 16) = 2; r2 = *(u64 *)(r10 - 8)
      r2 = *(u64 *)(r10 - 16); r0 = 0; exit`);
    const [kept] = keptAt(v, 3);
    const { slots } = kept!.state.frame.read;
    expect([0, 1, 2].map((slot) => slots.has(slot))).toEqual([false, true, false]);
  });
});

describe('precise scalars', () => {
  it('are those that a decision hangs on, in all states that they came through', () => {
    const v = verified(`r6 = 3; r7 = 4; r2 = *(u32 *)(r1 + 0); if r2 != 0 goto +0
      r8 = r6; if r2 != 1 goto +0; r0 = r7; if r8 == 3 goto +0; exit`);
    for (const pc of [3, 4, 5]) {
      for (const { state } of keptAt(v, pc)) {
        const { registers } = state.frame;
        expect([pc, registers[7]!.precise]).toEqual([pc, false]);
        if (registers[6]!.type === 'scalar') expect(registers[pc < 5 ? 6 : 8]!.precise).toBe(true);
      }
    }
  });
});

describe('loops', () => {
  const states = (count: number) => {
    const made: State[] = [];
    for (let depth = 0; depth < count; depth++) {
      const state = new State([]);
      state.depth = depth;
      state.parent = made[depth - 1];
      made.push(state);
    }
    return made;
  };

  it('are open until all paths from their entry have ended', () => {
    const [entry, inside, end] = states(3) as [State, State, State];
    enterLoop(end, entry);
    finishPath(end);
    expect(inside.branches).toBe(0);
    expect(isInOpenLoop(inside)).toBe(false);
    expect(entry.branches).toBe(0);
  });

  it('are known to what they came through', () => {
    const [entry, inside, end] = states(3) as [State, State, State];
    // Another path waits at the entry.
    entry.branches = 2;
    enterLoop(end, entry);
    finishPath(end);
    expect(inside.branches).toBe(0);
    expect(isInOpenLoop(inside)).toBe(true);
    expect(entry.isLoopEntry).toBe(true);
  });

  it('count with the loop around them', () => {
    const [outer, inner, inside, end] = states(4) as [State, State, State, State];
    outer.branches = 2;
    inner.branches = 2;
    enterLoop(inside, inner);
    enterLoop(inner, outer);
    enterLoop(end, inside);
    expect(end.loopEntry).toBe(inside);
    expect(isInOpenLoop(end)).toBe(true);
    inner.branches = 0;
    expect(isInOpenLoop(end)).toBe(true);
    outer.branches = 0;
    expect(isInOpenLoop(end)).toBe(false);
  });

  it('are not entered by what comes before them', () => {
    const [before, , entry] = states(3) as [State, State, State];
    enterLoop(before, entry);
    expect(before.loopEntry).toBeUndefined();
  });
});
