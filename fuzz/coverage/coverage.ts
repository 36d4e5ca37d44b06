// Semantic coverage: row × operand form × edge class × outcome for instructions, and outcome × hop × writer
// position for tail calls. Counts in flat arrays, so that workers' coverage adds up.

import type { Machine, StepObserver } from '../interp/machine.ts';
import type { Row } from '../model/isa/row.ts';
import { ROWS, rowKey } from '../model/isa/table.ts';
import { HOP_RESULTS, type Hop, type Outcome, TRAP_KINDS } from '../model/scenario/outcome.ts';
import type { Scenario, ScheduleEntry } from '../model/scenario/scenario.ts';

/** Classes of the word that decides most about an instruction: its second operand, or what it works on. */
export const EDGE_CLASSES = ['0', '1', '-1', 'min', 'max', 'small', 'sign32', 'other'] as const;
/** What became of an instruction. */
export const STEP_OUTCOMES = ['done', 'jumped', ...TRAP_KINDS, 'unsupported'] as const;
/** The last write to a prog array before a tail call: none, before an earlier hop, since, or since to this slot. */
export const WRITER_POSITIONS = ['none', 'earlier', 'since', 'same slot'] as const;
/** Hops 0 to 34 apart, later ones together. */
export const HOP_CLASSES = 36;

const MIN64 = 1n << 63n;

function edgeClass(word: bigint, width: 32 | 64): number {
  const value = width === 32 ? BigInt.asUintN(32, word) : word;
  const min = width === 32 ? 1n << 31n : MIN64;
  if (value === 0n) return 0;
  if (value === 1n) return 1;
  if (value === 2n * min - 1n) return 2;
  if (value === min) return 3;
  if (value === min - 1n) return 4;
  if (value < 0x80n) return 5;
  return (value & 0x8000_0000n) !== 0n ? 6 : 7;
}

/** The word that is classed: the right operand where there is one, else what the instruction takes in. */
function edgeOf(machine: Machine, pc: number, row: Row): number {
  const { r, image } = machine;
  const { operation } = row;
  switch (operation.family) {
    case 'alu':
    case 'jump':
      return edgeClass(
        operation.source === 'K' ? image.operand[pc]! : r[image.src[pc]!]!,
        operation.width,
      );
    case 'neg':
      return edgeClass(r[image.dst[pc]!]!, operation.width);
    case 'swap':
      return edgeClass(r[image.dst[pc]!]!, 64);
    case 'movsx':
    case 'stx':
    case 'atomic':
      return edgeClass(r[image.src[pc]!]!, 64);
    case 'st':
    case 'ld_imm64':
      return edgeClass(image.operand[pc]!, 64);
    case 'call':
      return edgeClass(r[1]!, 64);
    case 'exit':
      return edgeClass(r[0]!, 64);
    default:
      return EDGE_CLASSES.length - 1;
  }
}

const JUMPED = STEP_OUTCOMES.indexOf('jumped');
const CELLS_A_ROW = EDGE_CLASSES.length * STEP_OUTCOMES.length;
const TAIL_CALL_CELLS = HOP_RESULTS.length * HOP_CLASSES * WRITER_POSITIONS.length;

export class Coverage {
  readonly steps: Uint32Array;
  readonly tailCalls: Uint32Array;
  private row = -1;
  private edge = 0;
  private jumpTarget = -1;

  constructor(steps?: Uint32Array, tailCalls?: Uint32Array) {
    this.steps = steps ?? new Uint32Array(ROWS.length * CELLS_A_ROW);
    this.tailCalls = tailCalls ?? new Uint32Array(TAIL_CALL_CELLS);
  }

  /** Sees each instruction before it executes; what became of the one before is known by then. */
  readonly observe: StepObserver = (machine, pc) => {
    this.close(pc === this.jumpTarget ? JUMPED : 0);
    const row = ROWS[machine.image.row[pc]!]!;
    this.row = row.id;
    this.edge = edgeOf(machine, pc, row);
    const { family } = row.operation;
    this.jumpTarget = family === 'jump' || family === 'may_goto' ? machine.image.target[pc]! : -1;
  };

  /** Closes the last step of a run and counts its tail calls. */
  finish(scenario: Scenario, outcome: Outcome): void {
    const { ending } = outcome;
    if (ending.kind === 'trap') this.close(STEP_OUTCOMES.indexOf(ending.trap));
    else this.close(ending.kind === 'unsupported' ? STEP_OUTCOMES.indexOf('unsupported') : 0);
    outcome.hops.forEach((hop, index) => {
      const writer = writerPosition(scenario, outcome, hop, index);
      const result = HOP_RESULTS.indexOf(hop.result);
      const hopClass = Math.min(index, HOP_CLASSES - 1);
      this.tailCalls[(result * HOP_CLASSES + hopClass) * WRITER_POSITIONS.length + writer]!++;
    });
  }

  add(other: Coverage): void {
    for (let i = 0; i < this.steps.length; i++) this.steps[i]! += other.steps[i]!;
    for (let i = 0; i < this.tailCalls.length; i++) this.tailCalls[i]! += other.tailCalls[i]!;
  }

  summary(): CoverageSummary {
    const rowsMissed = ROWS.filter(({ id }) => {
      const cells = this.steps.subarray(id * CELLS_A_ROW, (id + 1) * CELLS_A_ROW);
      return cells.every((count) => count === 0);
    });
    return {
      rows: ROWS.length - rowsMissed.length,
      rowsAll: ROWS.length,
      rowsMissed: rowsMissed.map(rowKey),
      cells: countNonZero(this.steps),
      tailCallCells: countNonZero(this.tailCalls),
      tailCallCellsAll: TAIL_CALL_CELLS,
      tailCallResults: Object.fromEntries(
        HOP_RESULTS.map((result, i) => {
          const size = HOP_CLASSES * WRITER_POSITIONS.length;
          const cells = this.tailCalls.subarray(i * size, (i + 1) * size);
          return [result, cells.reduce((sum, count) => sum + count, 0)];
        }),
      ),
    };
  }

  private close(outcome: number): void {
    if (this.row < 0) return;
    this.steps[this.row * CELLS_A_ROW + this.edge * STEP_OUTCOMES.length + outcome]!++;
    this.row = -1;
    this.jumpTarget = -1;
  }
}

export interface CoverageSummary {
  /** Rows (with operand form) that were executed. */
  readonly rows: number;
  readonly rowsAll: number;
  readonly rowsMissed: readonly string[];
  /** Cells of row × edge class × outcome that were met. */
  readonly cells: number;
  /** Cells of outcome × hop × writer position that were met. */
  readonly tailCallCells: number;
  readonly tailCallCellsAll: number;
  /** Attempted tail calls by result. */
  readonly tailCallResults: Readonly<Record<string, number>>;
}

function countNonZero(cells: Uint32Array): number {
  return cells.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
}

function isBefore({ before }: ScheduleEntry, hop: Hop, index: number): boolean {
  return 'step' in before ? before.step <= hop.step : before.hop <= index;
}

function writerPosition(scenario: Scenario, outcome: Outcome, hop: Hop, index: number): number {
  let position = 0;
  scenario.schedule.forEach((entry, i) => {
    if (outcome.schedule[i] !== 0 || entry.map !== hop.map || !isBefore(entry, hop, index)) return;
    const previous = outcome.hops[index - 1];
    const earlier = previous !== undefined && isBefore(entry, previous, index - 1);
    const slot = BigInt(entry.index) === BigInt.asUintN(32, hop.index);
    position = Math.max(position, earlier ? 1 : slot ? 3 : 2);
  });
  return position;
}
