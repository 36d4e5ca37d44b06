// Semantic coverage: row × operand form × edge class × outcome for instructions, result × hop × writer position for
// tail calls, operation × result for user space. Counts in flat arrays, so that workers' coverage adds up.

import type { Machine, StepObserver } from '../../interp/machine.ts';
import { HIGH, LOW } from '../../interp/registers.ts';
import type { Row } from '../../model/isa/row.ts';
import { ROWS, rowKey } from '../../model/isa/table.ts';
import type { Profile } from '../../model/profiles/profile.ts';
import { HOP_RESULTS, type Outcome, TRAP_KINDS } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { OPERATION_CELLS, operationCell, operationResultName } from './operations.ts';
import {
  cellName,
  cellOf,
  TAIL_CALL_CELLS,
  UNREACHABLE_REASONS,
  unreachableCells,
} from './tail-calls.ts';

/** Classes of the word that decides most about an instruction: its second operand, or what it works on. */
export const EDGE_CLASSES = ['0', '1', '-1', 'min', 'max', 'small', 'sign32', 'other'] as const;
/** What became of an instruction. */
export const STEP_OUTCOMES = ['done', 'jumped', ...TRAP_KINDS, 'unsupported'] as const;

const [MIN32, MAX32, ONES] = [0x8000_0000, 0x7fff_ffff, 0xffff_ffff];

/** The class of a word from its halves, unsigned; 32-bit words have the low one only. */
function edgeClass(low: number, high: number, is32: boolean): number {
  if (is32 || high === 0) {
    if (low === 0) return 0;
    if (low === 1) return 1;
    if (is32 && low === ONES) return 2;
    if (is32 && low === MIN32) return 3;
    if (is32 && low === MAX32) return 4;
    if (low < 0x80) return 5;
  } else {
    if (low === ONES && high === ONES) return 2;
    if (low === 0 && high === MIN32) return 3;
    if (low === ONES && high === MAX32) return 4;
  }
  return low >= MIN32 ? 6 : 7;
}

/** Which word of an instruction is classed: the right operand where there is one, else what it takes in. */
type EdgeSource = 'operand' | 'src' | 'dst' | 'r0' | 'r1' | 'none';

function edgeSourceOf({ operation }: Row): EdgeSource {
  switch (operation.family) {
    case 'alu':
    case 'jump':
      return operation.source === 'K' ? 'operand' : 'src';
    case 'neg':
    case 'swap':
      return 'dst';
    case 'movsx':
    case 'stx':
    case 'atomic':
      return 'src';
    case 'st':
    case 'ld_imm64':
      return 'operand';
    case 'call':
      return 'r1';
    case 'exit':
      return 'r0';
    default:
      return 'none';
  }
}

function is32(row: Row): boolean {
  const { operation } = row;
  const { family } = operation;
  return (family === 'alu' || family === 'jump' || family === 'neg') && operation.width === 32;
}

/** What is asked of each row at every step, by row id. */
const EDGE_SOURCE = ROWS.map(edgeSourceOf);
const IS_32 = ROWS.map(is32);
const CAN_JUMP = ROWS.map(
  ({ operation: { family } }) => family === 'jump' || family === 'may_goto',
);

const NO_CLASS = EDGE_CLASSES.length - 1;

function edgeOf({ halves, image }: Machine, pc: number, row: number): number {
  let at: number;
  switch (EDGE_SOURCE[row]!) {
    case 'operand': {
      const { operandHalves } = image;
      return edgeClass(operandHalves[2 * pc + LOW]!, operandHalves[2 * pc + HIGH]!, IS_32[row]!);
    }
    case 'src':
      at = image.src[pc]!;
      break;
    case 'dst':
      at = image.dst[pc]!;
      break;
    case 'r0':
      at = 0;
      break;
    case 'r1':
      at = 1;
      break;
    case 'none':
      return NO_CLASS;
  }
  return edgeClass(halves[2 * at + LOW]!, halves[2 * at + HIGH]!, IS_32[row]!);
}

const JUMPED = STEP_OUTCOMES.indexOf('jumped');
const CELLS_A_ROW = EDGE_CLASSES.length * STEP_OUTCOMES.length;

/** Counts, as they travel between threads. */
export interface CoverageCounts {
  readonly steps: Uint32Array;
  readonly tailCalls: Uint32Array;
  readonly operations: Uint32Array;
}

export class Coverage implements CoverageCounts {
  readonly steps: Uint32Array;
  readonly tailCalls: Uint32Array;
  readonly operations: Uint32Array;
  private row = -1;
  private edge = 0;
  private jumpTarget = -1;

  constructor(counts?: CoverageCounts) {
    this.steps = counts?.steps ?? new Uint32Array(ROWS.length * CELLS_A_ROW);
    this.tailCalls = counts?.tailCalls ?? new Uint32Array(TAIL_CALL_CELLS.length);
    this.operations = counts?.operations ?? new Uint32Array(OPERATION_CELLS.length);
  }

  /** Sees each instruction before it executes; what became of the one before is known by then. */
  readonly observe: StepObserver = (machine, pc) => {
    this.close(pc === this.jumpTarget ? JUMPED : 0);
    const { image } = machine;
    // Not what the image has in its place: the row of a freed program is one of its own.
    const row = image.instructions[pc]!.row.id;
    this.row = row;
    this.edge = edgeOf(machine, pc, row);
    this.jumpTarget = CAN_JUMP[row] ? image.target[pc]! : -1;
  };

  /** Closes the last step of a run and counts its tail calls and operations. */
  finish(scenario: Scenario, outcome: Outcome): void {
    const { ending } = outcome;
    if (ending.kind === 'trap') this.close(STEP_OUTCOMES.indexOf(ending.trap));
    else this.close(ending.kind === 'unsupported' ? STEP_OUTCOMES.indexOf('unsupported') : 0);
    for (let hop = 0; hop < outcome.hops.length; hop++) {
      this.tailCalls[cellOf(scenario, outcome, hop)]!++;
    }
    for (let entry = 0; entry < scenario.schedule.length; entry++) {
      const errno = outcome.schedule[entry]!;
      if (errno === null) continue;
      const cell = operationCell(scenario.schedule[entry]!.op, errno);
      if (cell !== undefined) this.operations[cell]!++;
    }
  }

  add(other: Coverage): void {
    for (const kind of ['steps', 'tailCalls', 'operations'] as const) {
      for (let i = 0; i < this[kind].length; i++) this[kind][i]! += other[kind][i]!;
    }
  }

  /** @param profiles those that scenarios were drawn for: they decide which cells there are to meet. */
  summary(profiles: readonly Profile[]): CoverageSummary {
    const rowsMissed = ROWS.filter(({ id }) => {
      const cells = this.steps.subarray(id * CELLS_A_ROW, (id + 1) * CELLS_A_ROW);
      return cells.every((count) => count === 0);
    });
    const size = TAIL_CALL_CELLS.length / HOP_RESULTS.length;
    return {
      rows: ROWS.length - rowsMissed.length,
      rowsAll: ROWS.length,
      rowsMissed: rowsMissed.map(rowKey),
      cells: countNonZero(this.steps),
      tailCallCells: tailCallSummary(this.tailCalls, profiles),
      tailCallResults: Object.fromEntries(
        HOP_RESULTS.map((result, i) => {
          const cells = this.tailCalls.subarray(i * size, (i + 1) * size);
          return [result, cells.reduce((sum, count) => sum + count, 0)];
        }),
      ),
      operations: {
        met: countNonZero(this.operations),
        all: OPERATION_CELLS.length,
        missing: OPERATION_CELLS.flatMap(({ op, errno }, i) =>
          this.operations[i] === 0 ? [operationResultName(op, errno)] : [],
        ),
      },
    };
  }

  private close(outcome: number): void {
    if (this.row < 0) return;
    this.steps[this.row * CELLS_A_ROW + this.edge * STEP_OUTCOMES.length + outcome]!++;
    this.row = -1;
    this.jumpTarget = -1;
  }
}

/** Cells of result × hop × writer position. */
export interface TailCallSummary {
  readonly met: number;
  readonly all: number;
  /** That no profile of the campaign can meet, by why; a cell that has several reasons counts for one. */
  readonly unreachable: Readonly<Record<string, number>>;
  /** That could have been met and were not. */
  readonly missing: readonly string[];
}

export interface CoverageSummary {
  /** Rows (with operand form) that were executed. */
  readonly rows: number;
  readonly rowsAll: number;
  readonly rowsMissed: readonly string[];
  /** Cells of row × edge class × outcome that were met. */
  readonly cells: number;
  readonly tailCallCells: TailCallSummary;
  /** Attempted tail calls by result. */
  readonly tailCallResults: Readonly<Record<string, number>>;
  /** Operations of user space with each of their results. */
  readonly operations: {
    readonly met: number;
    readonly all: number;
    readonly missing: readonly string[];
  };
}

function tailCallSummary(counts: Uint32Array, profiles: readonly Profile[]): TailCallSummary {
  const byProfile = profiles.map(unreachableCells);
  const unreachable: Record<string, number> = {};
  const missing: string[] = [];
  TAIL_CALL_CELLS.forEach((cell, i) => {
    if (counts[i]! > 0) return;
    const reason = byProfile.every((reasons) => reasons[i] !== undefined) && byProfile[0]?.[i];
    if (!reason) {
      missing.push(cellName(cell));
      return;
    }
    const why = UNREACHABLE_REASONS[reason];
    unreachable[why] = (unreachable[why] ?? 0) + 1;
  });
  return { met: countNonZero(counts), all: TAIL_CALL_CELLS.length, unreachable, missing };
}

function countNonZero(cells: Uint32Array): number {
  return cells.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
}
