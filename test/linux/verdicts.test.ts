// Verdicts of real kernels, and the verifier beside them: on every example the same verdicts, and the same log line
// by line on 6.12, or the same states in the spelling of 6.1.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { compareVerdicts } from '../../cli/verify-compare.ts';
import { createLinuxEngines, TARGET_NAMES } from '../../interp/linux/index.ts';
import { requestOf, type VerdictRequest, verdictsOf } from '../../interp/linux/verdict.ts';
import { slotsFromBytes } from '../../model/isa/instruction.ts';
import { decodeSlots, uncheckedProgram } from '../../model/isa/program.ts';
import { parseScenarioFile } from '../../model/scenario/read.ts';
import { loadPrograms } from '../../model/verifier/load.ts';
import type { VerifierVersion } from '../../model/verifier/rules.ts';
import { verify } from '../../model/verifier/verify.ts';
import { NOT_INSTALLED } from './installed.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const FOLDERS = [EXAMPLES, join(EXAMPLES, 'selftests')];

const scenarios = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const [first] = parseScenarioFile(text, { file, programs: 'unchecked' }).scenarios;
      return { file, scenario: first!.scenario };
    }),
);

interface Said {
  readonly errno: string;
  readonly message: string;
  readonly pc?: number;
}

/** Bytecode in hex, and what both kernels say. */
const REFUSED: readonly {
  readonly what: string;
  readonly bytecode: string;
  readonly said: Said;
}[] = [
  {
    what: 'no exit',
    bytecode: 'b700000000000000',
    said: { errno: 'EINVAL', message: 'last insn is not an exit or jmp' },
  },
  {
    what: 'R0 that is not set',
    bytecode: '9500000000000000',
    said: { errno: 'EACCES', message: 'R0 !read_ok', pc: 0 },
  },
  {
    what: 'what is no instruction',
    bytecode: '8d000000000000009500000000000000',
    said: { errno: 'EINVAL', message: 'unknown opcode 8d' },
  },
];

function requestFor(hex: string, type: 'xdp' | 'socket_filter' = 'xdp'): VerdictRequest {
  const program = { type, bytecode: Buffer.from(hex, 'hex'), functions: [0] };
  return { maps: [], programs: [program], logLevel: 1 };
}

describe.skipIf(NOT_INSTALLED !== undefined)('kernels', () => {
  const linux = createLinuxEngines(TARGET_NAMES, process.env, { guests: 1, silenceMs: 120_000 });
  const engine = (name: string) => linux.engines.find((one) => one.name === name)!;
  afterAll(() => linux.close());

  test.each(TARGET_NAMES)('%s and the verifier say the same of every example', async (name) => {
    const kernel = engine(name);
    const rules = `linux-${kernel.version}` as VerifierVersion;
    const asked = scenarios.flatMap(({ file, scenario }) => {
      const request = requestOf(scenario, { logLevel: 2 });
      return 'maps' in request ? [{ file, scenario, request }] : [];
    });
    const said = await verdictsOf(
      kernel,
      asked.map(({ request }) => request),
    );
    let same = 0;
    for (const [i, { file, scenario }] of asked.entries()) {
      const ours = loadPrograms(scenario, { rules, jited: kernel.jit, logLevel: 2 });
      for (const [p, verdict] of [...ours].entries()) {
        if (verdict.kind === 'unsupported') continue;
        const comparison = compareVerdicts(verdict, said[i]![p]!);
        expect({ file, program: scenario.programs[p]!.name, ...comparison }).toEqual({
          ...{ file, program: scenario.programs[p]!.name, verdicts: 'same' },
        });
        same++;
      }
    }
    expect(same).toBeGreaterThan(80);
  });

  test.each(['linux:6.1', 'linux:6.12'])('%s says why and where it refuses', async (name) => {
    const verdicts = await verdictsOf(
      engine(name),
      REFUSED.map(({ bytecode }) => requestFor(bytecode)),
    );
    for (const [i, { what, said }] of REFUSED.entries()) {
      expect({ what, ...verdicts[i]![0] }).toMatchObject({ what, kind: 'rejected', ...said });
    }
  });

  test('a log that does not fit leaves a verdict', async () => {
    // Each instruction logs some 50 bytes; the log has room for 16 MiB.
    const program = `${'b700000000000000'.repeat(400_000)}9500000000000000`;
    const [[verdict] = []] = await verdictsOf(engine('linux:6.12'), [
      { ...requestFor(program), logLevel: 2 },
    ]);
    expect(verdict).toMatchObject({ kind: 'accepted', statistics: { processed: 400_001 } });
  });

  test('a load without privileges has none', async () => {
    const request = requestFor('bfa00000000000009500000000000000', 'socket_filter');
    const [[free] = [], [bound] = []] = await verdictsOf(engine('linux:6.12'), [
      request,
      { ...request, unprivileged: true },
    ]);
    expect(free).toMatchObject({ kind: 'accepted' });
    const program = uncheckedProgram(decodeSlots(slotsFromBytes(request.programs[0]!.bytecode)));
    const subject = { program, type: 'socket_filter', maps: [], jited: true, btf: true } as const;
    const ours = verify({ ...subject, privileged: false }, { logLevel: 1 });
    expect(compareVerdicts(ours, bound!)).toEqual({ verdicts: 'same' });
    expect(bound).toMatchObject({ errno: 'EACCES', message: 'R0 leaks addr as return value' });
  });
});
