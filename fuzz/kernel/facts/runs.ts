// Facts about runs: a scenario for each, on the interpreter under the profile and on the kernel.

import { createMachine } from '../../../interp/index.ts';
import { InputError } from '../../../model/errors.ts';
import type { MapContents, Outcome } from '../../../model/scenario/outcome.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { Fact, FactGroup, Place } from './fact.ts';

/** What a test run wants at the least, as an Ethernet packet. */
const PACKET = `00 00 00 00 00 00 00 00 00 00 00 00 08 00${' 00'.repeat(50)}`;

/** A scenario for the profile; undefined where the profile refuses it when it is loaded. */
function scenarioUnder(text: string, profile: string): Scenario | undefined {
  try {
    return parseScenario(`tailproof: 1\nprofile: ${profile}\n${text}\n`);
  } catch (error) {
    if (error instanceof InputError && /local calls/.test(error.message)) return undefined;
    throw error;
  }
}

const REFUSED = 'refused';

const machine = createMachine();

function counterOf(maps: readonly MapContents[]): bigint {
  const [first] = maps;
  const value = first?.type === 'array' ? first.values[0]! : new Uint8Array(8);
  return new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0, true);
}

function modelText(outcome: Outcome, counts: boolean): string {
  const { ending } = outcome;
  if (ending.kind !== 'exit') return ending.kind.replaceAll('_', ' ');
  return counts
    ? `${counterOf(outcome.maps)} entries`
    : `returns ${Number(ending.r0 & 0xffff_ffffn)}`;
}

/** A fact that is a run: its result, or how often programs were entered where `counts`. */
function runFact(what: string, text: string, counts: boolean): Fact {
  return {
    what,
    expected: ({ profile }) => {
      const scenario = scenarioUnder(text, profile.name);
      return scenario === undefined ? REFUSED : modelText(machine.run(scenario), counts);
    },
    observed: (place) => observed(place, text, counts),
  };
}

async function observed(
  { kernel, profile }: Place,
  text: string,
  counts: boolean,
): Promise<string> {
  // A scenario that its profile refuses is read under one that does not, and sent to the kernel all the same.
  const own = scenarioUnder(text, profile.name);
  const scenario = own ?? { ...scenarioUnder(text, 'linux-6.12/x86_64')!, profile };
  const [outcome] = await kernel.run([scenario], { logLevel: 1 });
  switch (outcome?.kind) {
    case 'exit':
      return counts ? `${counterOf(outcome.maps)} entries` : `returns ${outcome.retval}`;
    case 'rejected':
      return REFUSED;
    default:
      return outcome?.kind === 'unsupported'
        ? `unsupported: ${outcome.reason}`
        : (outcome?.kind ?? '');
  }
}

/** Counts its entries in the first map, makes some failing calls on the first one, then calls itself. */
function selfCall(failing: string, times: number, index: string): string {
  const fail = `    r1 = r6\n    r2 = map[${failing}]\n    r3 = ${failing === 'jmp' ? 5 : 0}\n    call bpf_tail_call\n`;
  return `type: sched_cls
maps:
  count: { type: array, value_size: 8, max_entries: 1 }
  jmp: { type: prog_array, max_entries: 1, entries: { 0: entry } }
  none: { type: prog_array, max_entries: 1 }
programs:
  entry: |
    r6 = r1
    r7 = map[count][0]+0
    r8 = *(u64 *)(r7 +0)
    r8 += 1
    *(u64 *)(r7 +0) = r8
    if r8 != 1 goto self
${fail.repeat(times)}    self:
${index}
    r1 = r6
    r2 = map[jmp]
    call bpf_tail_call
    r0 = 7
    exit
run: { packet: "${PACKET}" }`;
}

const CONSTANT = '    r3 = 0';
const VARIABLE = '    r3 = *(u32 *)(r6 +8)';

const PING_PONG = `type: sched_cls
maps:
  count: { type: array, value_size: 8, max_entries: 1 }
  jmp: { type: prog_array, max_entries: 2, entries: { 0: entry, 1: other } }
programs:
  entry: |
    r7 = map[count][0]+0
    r3 = 1
    lock *(u64 *)(r7 +0) += r3
    r2 = map[jmp]
    call bpf_tail_call
    r0 = 7
    exit
  other: |
    r7 = map[count][0]+0
    r3 = 1
    lock *(u64 *)(r7 +0) += r3
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 7
    exit
run: { packet: "${PACKET}" }`;

/** Entries after which the hierarchy stops by itself: counted by value it would go on 2^34 times. */
const CAP = 1000;

const HIERARCHY = `type: sched_cls
maps:
  count: { type: array, value_size: 8, max_entries: 1 }
  jmp: { type: prog_array, max_entries: 1, entries: { 0: entry } }
programs:
  entry: |
    r6 = r1
    r7 = map[count][0]+0
    r8 = *(u64 *)(r7 +0)
    r8 += 1
    *(u64 *)(r7 +0) = r8
    if r8 > ${CAP} goto out
    call tail
    r1 = r6
    call tail
    out:
    r0 = 1
    exit
    tail:
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    r0 = 0
    exit
run: { packet: "${PACKET}" }`;

/** Returns 42 from slot 0, else 2. */
function indexed(index: string, entries = '0: leaf'): string {
  return `type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 4, entries: { ${entries} } }
programs:
  entry: |
    r3 = ${index}
    r2 = map[jmp]
    call bpf_tail_call
    r0 = 2
    exit
  leaf: |
    r0 = 42
    exit
run: { packet: "${PACKET}" }`;
}

export const RUN_FACTS: FactGroup = {
  title: 'Runs',
  facts: [
    runFact('a program calls itself, constant index', selfCall('none', 0, CONSTANT), true),
    runFact('a program calls itself, index from the context', selfCall('none', 0, VARIABLE), true),
    runFact('two programs call each other', PING_PONG, true),
    runFact(
      'five calls of an empty slot first, constant index',
      selfCall('none', 5, CONSTANT),
      true,
    ),
    runFact(
      'five calls of an empty slot first, variable index',
      selfCall('none', 5, VARIABLE),
      true,
    ),
    runFact('five calls out of range first, constant index', selfCall('jmp', 5, CONSTANT), true),
    runFact('five calls out of range first, variable index', selfCall('jmp', 5, VARIABLE), true),
    runFact(
      `twice a function that calls the program again, which stops after ${CAP}`,
      HIERARCHY,
      true,
    ),
    runFact('an empty slot', indexed('1'), false),
    runFact('an index out of range (4 of 4)', indexed('4'), false),
    runFact('index 256', indexed('256'), false),
    runFact('index -1', indexed('-1'), false),
    runFact('index 2^32', indexed('0x100000000 ll'), false),
  ],
};
