// The dispatch loop, generated once for a machine from the instruction table: one case a row, one line a
// case, each calling the row's meaning. Generated, because a switch over literals with direct calls is what
// V8 turns into machine words and a jump table; a table of functions behind one call site boxes every bigint.
// No part of the source comes from a scenario.

import { BYTES } from '../model/isa/operations.ts';
import type { Row } from '../model/isa/row.ts';
import { ROWS } from '../model/isa/table.ts';
import { FREED_ROW } from './code-image.ts';
import { ENDED } from './control.ts';
import type { Machine } from './machine.ts';
import { HIGH, LOW } from './registers.ts';
import type { Semantics } from './semantics/semantics.ts';

/** Runs from the machine's pc until `until` steps have completed, or the run has ended. */
export type Loop = (until: number) => void;

interface Case {
  /** Statements; `pc` is the instruction's, and they leave the next one in it. */
  readonly source: string;
  /** What the statements call `f`, if anything. */
  readonly meaning?: unknown;
}

const NEXT = 'pc++;';

/** Finds the bytes of an access, or traps. */
function located(base: 'dst' | 'src', size: number): string {
  return `at = space.locate(halves, ${base}[pc], offset[pc], ${size}); if (at < 0) return stop(pc, steps, at);`;
}

function caseOf(row: Row, semantics: Semantics): Case {
  const { operation } = row;
  switch (operation.family) {
    case 'alu': {
      const table = operation.width === 64 ? semantics.alu64 : semantics.alu32;
      const right = operation.source === 'K' ? 'operand[pc]' : 'r[src[pc]]';
      return {
        source: `r[dst[pc]] = f(r[dst[pc]], ${right}); ${NEXT}`,
        meaning: table[operation.op],
      };
    }
    case 'neg':
      return {
        source: `r[dst[pc]] = f(r[dst[pc]]); ${NEXT}`,
        meaning: semantics.neg[operation.width],
      };
    case 'swap':
      return {
        source: `r[dst[pc]] = f(r[dst[pc]]); ${NEXT}`,
        meaning: semantics.swap[operation.op],
      };
    case 'movsx':
      return {
        source: `r[dst[pc]] = f(r[src[pc]]); ${NEXT}`,
        meaning: semantics.movsx[operation.op],
      };
    case 'jump': {
      const table = operation.width === 64 ? semantics.jump64 : semantics.jump32;
      const right = operation.source === 'K' ? 'operand[pc]' : 'r[src[pc]]';
      return {
        source: `if (f(r[dst[pc]], ${right})) pc = target[pc]; else ${NEXT}`,
        meaning: table[operation.op],
      };
    }
    case 'ja':
      return { source: 'pc = target[pc];' };
    case 'ldx':
    case 'ordered':
    case 'st':
    case 'stx':
      return memoryCase(row, semantics);
    case 'ld_imm64':
      if (operation.op === 'LD_VAR_ADDR') return { source: CONTROL };
      return { source: 'r[dst[pc]] = operand[pc]; pc += 2;' };
    default:
      return { source: CONTROL };
  }
}

/** Everything that is rare or touches more than registers and bytes: the machine decides what comes next. */
const CONTROL = `next = control(pc, steps);
  if (next < 0) { machine.pc = pc; machine.steps = next === ${ENDED} ? steps + 1 : steps; return; }
  pc = next;`;

function memoryCase(row: Row, semantics: Semantics): Case {
  const { operation } = row;
  switch (operation.family) {
    case 'ldx':
      return {
        source: `${located('src', BYTES[operation.size])} f(halves, dst[pc], view, at); ${NEXT}`,
        meaning:
          operation.signed && operation.size !== 'DW'
            ? semantics.loadSigned[operation.size]
            : semantics.load[operation.size],
      };
    case 'st':
      return {
        source: `${located('dst', BYTES[operation.size])} f(view, at, operandHalves[2 * pc + LOW], operandHalves[2 * pc + HIGH]); ${NEXT}`,
        meaning: semantics.store[operation.size],
      };
    case 'stx':
      return {
        source: `${located('dst', BYTES[operation.size])} f(view, at, halves[2 * src[pc] + LOW], halves[2 * src[pc] + HIGH]); ${NEXT}`,
        meaning: semantics.store[operation.size],
      };
    case 'ordered':
      return operation.op === 'LOAD_ACQ'
        ? {
            source: `${located('src', BYTES[operation.size])} f(halves, dst[pc], view, at); ${NEXT}`,
            meaning: semantics.loadAcquire[operation.size],
          }
        : {
            source: `${located('dst', BYTES[operation.size])} f(view, at, halves[2 * src[pc] + LOW], halves[2 * src[pc] + HIGH]); ${NEXT}`,
            meaning: semantics.storeRelease[operation.size],
          };
    default:
      return { source: CONTROL };
  }
}

/**
 * Builds a machine's loop.
 * @param observed whether the machine sees each instruction before it executes (uninitialised reads, traces);
 *   the plain loop is several times faster.
 */
export function createLoop(machine: Machine, semantics: Semantics, observed: boolean): Loop {
  const cases = ROWS.map((row) => caseOf(row, semantics));
  cases[FREED_ROW] = { source: CONTROL };
  const bindings = cases.map((_, id) => `const f${id} = meanings[${id}];`).join('\n');
  const body = cases
    .map(({ source }, id) => `case ${id}: ${source.replaceAll(/\bf\(/g, `f${id}(`)} break;`)
    .join('\n');
  const observe = observed
    ? 'if (!machine.observe(pc, steps)) { machine.pc = pc; machine.steps = steps; return; }'
    : '';
  const source = `
    const { r, halves, space } = machine;
    const LOW = ${LOW}, HIGH = ${HIGH};
    const control = (pc, steps) => machine.control(pc, steps);
    const stop = (pc, steps, fault) => { machine.pc = pc; machine.steps = steps; machine.trapAccess(fault); };
    ${bindings}
    return (until) => {
      const { row, dst, src, offset, target, operand, operandHalves } = machine.image;
      const view = space.view;
      let pc = machine.pc;
      let steps = machine.steps;
      let at = 0;
      let next = 0;
      for (; steps < until; steps++) {
        ${observe}
        switch (row[pc]) {
          ${body}
        }
      }
      machine.pc = pc;
      machine.steps = steps;
    };`;
  const build = new Function('machine', 'meanings', source) as (
    machine: Machine,
    meanings: readonly unknown[],
  ) => Loop;
  return build(
    machine,
    cases.map(({ meaning }) => meaning),
  );
}
