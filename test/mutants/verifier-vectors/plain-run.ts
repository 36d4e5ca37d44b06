// Runs of one program with nothing drawn at random: hashes are empty, arrays hold zeros, slot 0 of each prog array
// another program.

import type { Violation } from '../../../fuzz/verifier/oracle/judge.ts';
import type { TestedVerifier } from '../../../fuzz/verifier/oracle/tested.ts';
import { examine } from '../../../fuzz/verifier/oracle/violation.ts';
import { createMachine } from '../../../interp/index.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { buildContext } from '../../../model/scenario/context.ts';
import type { MapDefinition, Scenario } from '../../../model/scenario/scenario.ts';
import type { Subject } from '../../../model/verifier/index.ts';
import { subjectOf } from '../../model/verifier/subjects.ts';

/** A program as it is loaded. */
export interface LoadedSubject {
  readonly subject: Subject;
  readonly keepsAllStates: boolean;
}

const PACKETS = [new Uint8Array(0), new Uint8Array(64)];
const FUEL = 10_000;

const machine = createMachine();
const other = { name: 'other', program: subjectOf('r0 = 7; exit').program };

/** The promise that a run of the program breaks, if the verifier accepts it. */
export function brokenByPlainRun(
  tested: TestedVerifier,
  { subject, keepsAllStates }: LoadedSubject,
): Violation | undefined {
  for (const packet of PACKETS) {
    const scenario = scenarioOf(subject, packet);
    const asked = { ...tested, keepsAllStates };
    const { violation } = examine(asked, machine, scenario, subject.privileged);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function scenarioOf({ program, type, maps, privileged }: Subject, packet: Uint8Array): Scenario {
  if (type === 'raw') throw new Error('the verifier knows no programs of type raw');
  return {
    profile: profileNamed('linux-6.12/x86_64'),
    type,
    maps: maps.map(withOther),
    programs: [{ name: 'entry', program }, other],
    run: {
      program: 0,
      context: buildContext(type, packet),
      packet,
      registers: new Map(),
      fuel: FUEL,
      seed: 0,
      // Programs with privileges may read stack that nothing was written to.
      uninitialised: privileged ? 'ignore' : 'trap',
      mayGoto: 1,
      helpers: 'linux',
    },
    schedule: [],
  };
}

function withOther(map: MapDefinition): MapDefinition {
  return map.type === 'prog_array' ? { ...map, entries: [{ index: 0, program: 1 }] } : map;
}
