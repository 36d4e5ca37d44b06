// A run of the interpreter step by step.

import type { TraceStep } from '../../interp/index.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { instructionText, programName } from './code-place.ts';
import { hex } from './text.ts';

const TEXT_WIDTH = 44;

/** Hands out a line for each step: where it is, the instruction, and the registers that it changed. */
export async function traceLines(
  scenario: Scenario,
  fault: string | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  const { createMachine, traceObserver } = await import('../../interp/index.ts');
  const semantics = fault === undefined ? undefined : await faulty(fault);
  const machine = createMachine(semantics);
  let open: TraceStep | undefined;
  // What a step has changed is seen only when the next one comes.
  const close = (registers: readonly bigint[]) => {
    if (open !== undefined) onLine(traceLine(scenario, open, registers));
  };
  machine.run(
    scenario,
    traceObserver((step) => {
      close(step.registers);
      open = step;
    }),
  );
  close([...machine.r]);
}

async function faulty(name: string) {
  const { findFault } = await import('../engines.ts');
  const { faultySemantics } = await import('../../fuzz/faults/fault.ts');
  return faultySemantics(await findFault(name)).interp;
}

function traceLine(scenario: Scenario, step: TraceStep, after: readonly bigint[]): string {
  const where = `${programName(scenario, step.at.program)}:${step.at.pc}`;
  const frame = step.frame === 0 ? '' : ` [frame ${step.frame}]`;
  const text = `${String(step.step).padStart(6)}  ${where}${frame}  ${instructionText(scenario, step.at)}`;
  const changes = after.flatMap((value, register) =>
    value === step.registers[register] ? [] : [`r${register}=${hex(value)}`],
  );
  return changes.length === 0 ? text : `${text.padEnd(TEXT_WIDTH)}  ${changes.join(' ')}`;
}
