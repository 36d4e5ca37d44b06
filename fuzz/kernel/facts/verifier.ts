// Facts about what the verifier takes: the stack of callers, calls and tail calls together, arguments, privilege.

import { createMachine } from '../../../interp/index.ts';
import { PROG_TYPES, MAP_TYPES } from '../../../interp/linux/scenario-case.ts';
import { bytesFromSlots } from '../../../model/isa/instruction.ts';
import { encodeProgram, type Program } from '../../../model/isa/program.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { parseScenario } from '../../../model/scenario/read.ts';
import { ask, errnoText, type Fact, type FactGroup, type Place, SILENT } from './fact.ts';

const PROG_ARRAY = { type: MAP_TYPES.prog_array, keySize: 4, valueSize: 4, maxEntries: 4 } as const;
const ARRAY = { type: MAP_TYPES.array, keySize: 4, valueSize: 4, maxEntries: 1 } as const;

/** A program whose map 0 is a prog array, map 1 another, map 2 an array. */
function programOf(assembly: string): Program {
  const scenario = parseScenario(`tailproof: 1
type: sched_cls
maps:
  jmp: { type: prog_array, max_entries: 4 }
  other: { type: prog_array, max_entries: 4 }
  values: { type: array, value_size: 4, max_entries: 1 }
programs:
  entry: |
${assembly.replace(/^/gm, '    ')}
`);
  return scenario.programs[0]!.program;
}

interface Loading {
  readonly type?: number;
  readonly unprivileged?: boolean;
  /** Without type information for the functions. */
  readonly withoutBtf?: boolean;
}

/** Loads a program: `accepted`, or the error and the verifier's reason. */
async function load(place: Place, assembly: string, options: Loading = {}): Promise<string> {
  const { type = PROG_TYPES.sched_cls, unprivileged = false, withoutBtf = false } = options;
  const program = programOf(assembly);
  const functions = program.functions.length > 1 && !withoutBtf ? program.functions : [];
  const loaded = await ask(
    place,
    (writer) => {
      writer.mapCreate(PROG_ARRAY);
      writer.mapCreate(PROG_ARRAY);
      writer.mapCreate(ARRAY);
      writer.progLoad({
        type,
        functions,
        bytecode: bytesFromSlots(encodeProgram(program)),
        logLevel: 1,
        logMax: 4096,
      });
    },
    (reader) => {
      for (let map = 0; map < 3; map++) reader.status();
      return { errno: reader.status(), log: reader.log() };
    },
    unprivileged,
  );
  if (loaded.errno === 0) return 'accepted';
  return `${errnoText(loaded.errno)}: ${reasonIn(loaded.log)}`;
}

/** The last line before the statistics. */
function reasonIn(log: string): string {
  const lines = log.trim().split('\n');
  const reason = lines.findLast(
    (line) => !/^(processed|verification time|stack depth) /.test(line),
  );
  return (reason ?? '').trim();
}

function loading(
  what: string,
  assembly: string,
  options?: Loading,
  expected?: Fact['expected'],
): Fact {
  return {
    what,
    expected: expected ?? (() => SILENT),
    observed: (place) => load(place, assembly, options),
  };
}

/** A function that tail-calls, below a caller that uses so much stack. */
const withCallerStack = (bytes: number) => `*(u64 *)(r10 -${bytes}) = 0
call tail
r0 = 1
exit
tail:
r2 = map[jmp]
r3 = 0
call bpf_tail_call
r0 = 0
exit`;

function stackFact(bytes: number): Fact {
  return {
    what: `a function that tail-calls, below a caller with ${bytes} bytes of stack`,
    expected: ({ profile }) => {
      const { callerLimit, rounding } = profile.facts.stack;
      if (profile.tailCall.propagation === 'rejected') return 'refused';
      const rounded = Math.ceil(bytes / rounding) * rounding;
      return callerLimit === 'none' || rounded < callerLimit ? 'accepted' : 'refused';
    },
    observed: async (place) => {
      const text = await load(place, withCallerStack(bytes));
      return text === 'accepted' ? text : `refused (${text})`;
    },
  };
}

const TWO_MAPS = `r2 = map[jmp]
r0 = *(u32 *)(r1 +8)
if r0 == 0 goto go
r2 = map[other]
go:
r3 = 1
call bpf_tail_call
r0 = 1
exit`;

/** What is left of a packet pointer after a call. */
const PACKET_POINTER = `r6 = r1
r7 = *(u32 *)(r1 +76)
r8 = *(u32 *)(r1 +80)
r2 = r7
r2 += 14
if r2 > r8 goto out
r2 = map[jmp]
r3 = 0
call bpf_tail_call
r0 = *(u8 *)(r7 +0)
exit
out:
r0 = 0
exit`;

const CALL_JMP = `r2 = map[jmp]
r3 = 0
call bpf_tail_call`;

const machine = createMachine();

/** Index 2^32 by a program that was loaded without privilege: slot 0 (42), or none (2). */
const MASKED: Fact = {
  what: 'index 2^32, loaded without privilege (the profile is 6.12’s unprivileged JIT)',
  expected: () => {
    const scenario = parseScenario(`tailproof: 1
type: socket_filter
maps: { jmp: { type: prog_array, max_entries: 4, entries: { 0: leaf } } }
programs:
  entry: |
    r2 = map[jmp]
    r3 = 0x100000000 ll
    call bpf_tail_call
    r0 = 2
    exit
  leaf: |
    r0 = 42
    exit
`);
    const profile = profileNamed('linux-6.12/x86_64-unprivileged');
    const { ending } = machine.run({ ...scenario, profile });
    return ending.kind === 'exit' ? `returns ${ending.r0}` : ending.kind;
  },
  observed: (place) => {
    const entry = programOf(`r2 = map[jmp]\nr3 = 0x100000000 ll\ncall bpf_tail_call\nr0 = 2\nexit`);
    const leaf = programOf('r0 = 42\nexit');
    return ask(
      place,
      (writer) => {
        writer.mapCreate(PROG_ARRAY);
        for (const program of [entry, leaf]) {
          const bytecode = bytesFromSlots(encodeProgram(program));
          writer.progLoad({ type: PROG_TYPES.socket_filter, bytecode });
        }
        writer.slotUpdate(0, 0, 1);
        writer.run({ program: 0, packet: new Uint8Array(64) });
      },
      (reader) => {
        const map = reader.status();
        const loads = [0, 1].map(() => {
          const errno = reader.status();
          reader.log();
          return errno;
        });
        const failed = [map, ...loads, reader.status()].find((errno) => errno !== 0);
        const ran = reader.status();
        if (failed !== undefined || ran !== 0) return errnoText(failed ?? ran);
        return `returns ${reader.ran().retval}`;
      },
      true,
    );
  },
};

const FILTER = { type: PROG_TYPES.socket_filter, unprivileged: true } as const;

export const VERIFIER_FACTS: FactGroup = {
  title: 'The verifier',
  facts: [
    ...[224, 240, 248, 256].map(stackFact),
    loading('a tail call in a function without BTF', withCallerStack(8), { withoutBtf: true }),
    loading('R0 read after a tail call', `${CALL_JMP}\nexit`),
    loading('R1 read after a tail call', `${CALL_JMP}\nr0 = r1\nexit`),
    loading('a packet pointer used after a tail call', PACKET_POINTER, {}, ({ profile }) =>
      profile.facts.afterCall.packetPointers === 'drop' ? 'refused' : 'accepted',
    ),
    loading('a tail call with a changed context', `r1 += 8\n${CALL_JMP}\nr0 = 0\nexit`),
    loading(
      'a tail call on an array',
      'r2 = map[values]\nr3 = 0\ncall bpf_tail_call\nr0 = 0\nexit',
    ),
    loading(
      'a lookup in a prog array',
      '*(u32 *)(r10 -4) = 0\nr2 = r10\nr2 += -4\nr1 = map[jmp]\ncall bpf_map_lookup_elem\nr0 = 0\nexit',
    ),
    loading('a tail call with one of two maps', TWO_MAPS, { type: PROG_TYPES.socket_filter }),
    loading('the same without privilege', TWO_MAPS, FILTER),
    loading('a tail call without privilege', `${CALL_JMP}\nr0 = 0\nexit`, FILTER),
    loading('R0 = context without privilege', 'r0 = r1\nexit', FILTER),
    MASKED,
  ],
};
