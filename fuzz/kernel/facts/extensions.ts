// Facts about programs that replace a function (BPF_PROG_TYPE_EXT) and prog arrays: which of the two comes first
// decides, and no array takes an extension. An interpreter has none.

import { createMachine } from '../../../interp/index.ts';
import { MAP_TYPES, PROG_TYPES } from '../../../interp/linux/scenario-case.ts';
import type { CaseWriter, ReplyReader } from '../../../interp/linux/wire.ts';
import { bytesFromSlots } from '../../../model/isa/instruction.ts';
import { encodeProgram } from '../../../model/isa/program.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { ScheduleEntry } from '../../../model/scenario/scenario.ts';
import { ask, errnoText, type Fact, type FactGroup, type Place, SILENT } from './fact.ts';

/** On both sides: map 0 is a prog array, program 0 has a function, which programs 1 and 2 replace. */
const SCENARIO = parseScenario(`tailproof: 1
type: sched_cls
maps: { jmp: { type: prog_array, max_entries: 2 } }
programs:
  target: |
    call stub
    exit
    stub:
    r0 = 1
    exit
  first: { asm: "r0 = 7\\nexit", replaces: { program: target, function: stub } }
  second: { asm: "r0 = 8\\nexit", replaces: { program: target, function: stub } }
`);
const [TARGET, FIRST, SECOND] = [0, 1, 2];

/** What user space does here: attaches an extension, or inserts a program. */
type Operation = { readonly op: 'attach' | 'insert'; readonly program: number };

const attach = (program: number): Operation => ({ op: 'attach', program });
const insert = (program: number): Operation => ({ op: 'insert', program });

function scheduleEntry({ op, program }: Operation): ScheduleEntry {
  const before = { step: 0 };
  if (op === 'attach') return { before, op, program };
  return { before, op: 'update', map: 0, index: 0, program };
}

function writePrograms(writer: CaseWriter): void {
  writer.mapCreate({ type: MAP_TYPES.prog_array, keySize: 4, valueSize: 4, maxEntries: 2 });
  for (const { program, replaces } of SCENARIO.programs) {
    const log = { logLevel: 1, logMax: 4096 } as const;
    const load = { bytecode: bytesFromSlots(encodeProgram(program)), globals: true, ...log };
    const { functions } = program;
    if (replaces === undefined) writer.progLoad({ ...load, type: PROG_TYPES.sched_cls, functions });
    else {
      const replaced = { program: TARGET, function: 1 };
      writer.progLoad({ ...load, type: PROG_TYPES.ext, functions, replaces: replaced });
    }
  }
}

/** @returns why a program was refused, or undefined. */
function readPrograms(reader: ReplyReader): string | undefined {
  reader.status();
  const refusals = SCENARIO.programs.map(() => {
    const errno = reader.status();
    const log = reader.log().trim().split('\n');
    return errno === 0 ? undefined : `refused (${errnoText(errno)}: ${log[0]})`;
  });
  return refusals.find((refusal) => refusal !== undefined);
}

const machine = createMachine();

/** What the last of some operations gives, or what the run returns after them. */
function fact(what: string, operations: readonly Operation[], runs = false): Fact {
  return {
    what,
    expected: ({ kernel, profile }) => {
      if (!kernel.jit) return SILENT;
      const schedule = operations.map(scheduleEntry);
      const outcome = machine.run({ ...SCENARIO, profile, schedule });
      if (!runs) return errnoText(outcome.schedule.at(-1)!);
      return outcome.ending.kind === 'exit' ? `returns ${outcome.ending.r0}` : outcome.ending.kind;
    },
    observed: (place: Place) =>
      ask(
        place,
        (writer) => {
          writePrograms(writer);
          for (const { op, program } of operations) {
            if (op === 'attach') writer.attach(program);
            else writer.slotUpdate(0, 0, program);
          }
          if (runs) writer.run({ program: TARGET, packet: new Uint8Array(64) });
        },
        (reader) => {
          const refusal = readPrograms(reader);
          if (refusal !== undefined) return refusal;
          const given = operations.map(() => reader.status());
          if (!runs) return errnoText(given.at(-1)!);
          const errno = reader.status();
          return errno === 0 ? `returns ${reader.ran().retval}` : errnoText(errno);
        },
      ),
  };
}

export const EXTENSION_FACTS: FactGroup = {
  title: 'Extensions: programs that replace a function',
  facts: [
    fact('the function’s program runs with the extension attached', [attach(FIRST)], true),
    fact('a second extension of the same function is attached', [attach(FIRST), attach(SECOND)]),
    fact('an extension is inserted', [insert(FIRST)]),
    fact('an extension is inserted after its target', [insert(TARGET), insert(FIRST)]),
    fact('an extension of a program in an array is attached', [insert(TARGET), attach(FIRST)]),
    fact('a program with an extension attached is inserted', [attach(FIRST), insert(TARGET)]),
  ],
};
