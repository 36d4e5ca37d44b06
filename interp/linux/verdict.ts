// Real kernels asked for verdicts only: programs are loaded with their maps, and nothing runs.

import { bytesFromSlots } from '../../model/isa/instruction.ts';
import { encodeProgram } from '../../model/isa/program.ts';
import { ERRNO } from '../../model/maps/errno.ts';
import {
  attributesOf,
  type MapDefinition,
  type ProgramAttributes,
  type Scenario,
} from '../../model/scenario/scenario.ts';
import type { LogLevel } from '../../model/verifier/log/log.ts';
import { kernelMapName } from '../../model/verifier/log/map-name.ts';
import type { Verdict } from '../../model/verifier/verdict.ts';
import type { LinuxEngine } from './engine.ts';
import { MAP_TYPES, PROG_TYPES } from './scenario-case.ts';
import { verdictOf } from './verdict-log.ts';
import { CaseWriter, FUNCTIONS_MAX, MAPS_MAX, PROGRAMS_MAX, ReplyReader } from './wire.ts';

export interface LoadedProgram {
  readonly type: keyof typeof PROG_TYPES;
  /** Little-endian slots, which need not be instructions; the imm of LD_IMM64 with a map is its number. */
  readonly bytecode: Uint8Array;
  /** Slots at which functions start, ascending from 0. BTF is made for them where it can be loaded: with privileges. */
  readonly functions: readonly number[];
  readonly expectedAttachType?: number;
  /** BPF_F_* of BPF_PROG_LOAD. */
  readonly flags?: number;
}

/** Programs that are loaded one after the other and share maps, so that one may own a prog array of another. */
export interface VerdictRequest {
  readonly maps: readonly MapDefinition[];
  readonly programs: readonly LoadedProgram[];
  /** 0: statistics only; 1: with the path that was refused; 2: with every state. */
  readonly logLevel: LogLevel;
  /** Loads without any capability. */
  readonly unprivileged?: boolean;
}

/** BPF_LOG_STATS: depths of stacks, and how long it took. */
const LOG_STATS = 4;
/** As much as a guest has room for. */
const LOG_MAX = 16 * 1024 * 1024;
/** BPF_F_SLEEPABLE and BPF_F_XDP_HAS_FRAGS. */
const FLAGS = { sleepable: 1 << 4, xdpHasFrags: 1 << 5 } as const;

/** The request of a scenario's programs, or why a kernel cannot be asked. */
export function requestOf(
  scenario: Scenario,
  options: Pick<VerdictRequest, 'logLevel' | 'unprivileged'>,
): VerdictRequest | { readonly unsupported: string } {
  const { maps, programs } = scenario;
  const loaded: LoadedProgram[] = [];
  for (const [index, { name, program, replaces }] of programs.entries()) {
    const attributes = attributesOf(scenario, index);
    const { type } = attributes;
    if (type === 'raw') return { unsupported: 'Linux has no program type raw' };
    const other = replaces === undefined ? unknownAttribute(attributes) : 'replaces';
    if (other !== undefined)
      return { unsupported: `${name} has ${other}, which no load here can have` };
    loaded.push({
      type,
      bytecode: bytesFromSlots(encodeProgram(program)),
      functions: program.functions,
      expectedAttachType: attributes.expectedAttachType,
      flags: flagsOf(attributes),
    });
  }
  return { maps, programs: loaded, ...options };
}

/** Attributes that come from what a program is attached to, which no load here names. */
function unknownAttribute(attributes: ProgramAttributes): string | undefined {
  const names = ['attachFuncProto', 'cgroupStorage', 'kprobeOverride', 'devBound'] as const;
  return names.find((name) => attributes[name]);
}

function flagsOf({ sleepable, xdpHasFrags }: ProgramAttributes): number {
  return (sleepable ? FLAGS.sleepable : 0) | (xdpHasFrags ? FLAGS.xdpHasFrags : 0);
}

/**
 * Loads programs on a kernel, all requests as one batch on one guest.
 * @returns for each request a verdict on each of its programs; a kernel that fails is unsupported, with how.
 */
export async function verdictsOf(
  engine: Pick<LinuxEngine, 'cases' | 'jit'>,
  requests: readonly VerdictRequest[],
): Promise<Verdict[][]> {
  const verdicts = await loadAll(engine, requests);
  // A log that does not fit is an error of its own; without it the kernel says what it thinks.
  const again = requests.flatMap((request, i) =>
    request.logLevel > 0 && verdicts[i]!.some(lacksRoom) ? [i] : [],
  );
  if (again.length === 0) return verdicts;
  const silent = await loadAll(
    engine,
    again.map((i) => ({ ...requests[i]!, logLevel: 0 })),
  );
  for (const [at, i] of again.entries()) {
    verdicts[i] = verdicts[i]!.map((verdict, p) =>
      lacksRoom(verdict) ? { ...silent[at]![p]!, log: verdict.log } : verdict,
    );
  }
  return verdicts;
}

type Cut = Extract<Verdict, { readonly kind: 'rejected' }>;

function lacksRoom(verdict: Verdict): verdict is Cut {
  return verdict.kind === 'rejected' && verdict.errno === 'ENOSPC';
}

async function loadAll(
  engine: Pick<LinuxEngine, 'cases' | 'jit'>,
  requests: readonly VerdictRequest[],
): Promise<Verdict[][]> {
  const reasons = requests.map(sizeReason);
  const asked = requests.filter((_, i) => reasons[i] === undefined);
  const results = await engine.cases(asked.map((request) => loadCase(request, engine.jit)));
  let next = 0;
  return requests.map((request, i): Verdict[] => {
    const reason = reasons[i];
    if (reason !== undefined) return unsupported(request, reason);
    const result = results[next++]!;
    if ('reply' in result) return readReply(request, result.reply);
    return unsupported(request, `the guest failed: ${result.failure.kind}`);
  });
}

function unsupported({ programs }: VerdictRequest, reason: string): Verdict[] {
  return programs.map(() => ({ kind: 'unsupported', reason }));
}

function sizeReason({ maps, programs }: VerdictRequest): string | undefined {
  if (maps.length > MAPS_MAX) return `at most ${MAPS_MAX} maps fit in a case`;
  if (programs.length > PROGRAMS_MAX) return `at most ${PROGRAMS_MAX} programs fit in a case`;
  const many = programs.some(({ functions }) => functions.length > FUNCTIONS_MAX);
  return many ? `a program here has at most ${FUNCTIONS_MAX} functions` : undefined;
}

function loadCase({ maps, programs, logLevel, unprivileged }: VerdictRequest, jit: boolean) {
  const writer = new CaseWriter();
  writer.settings(jit, unprivileged ?? false);
  for (const map of maps) {
    const sizes = map.type === 'prog_array' ? { keySize: 4, valueSize: 4 } : map;
    const { keySize, valueSize } = sizes;
    writer.mapCreate({
      type: MAP_TYPES[map.type],
      ...{ keySize, valueSize },
      maxEntries: map.maxEntries,
      name: kernelMapName(map.name),
    });
  }
  for (const { type, bytecode, functions, expectedAttachType = 0, flags = 0 } of programs) {
    writer.progLoad({
      type: PROG_TYPES[type],
      ...{ bytecode, expectedAttachType, flags },
      functions: functions.length > 1 && !unprivileged ? functions : [],
      logLevel: logLevel | LOG_STATS,
      logMax: LOG_MAX,
    });
  }
  return writer.finish();
}

function readReply(request: VerdictRequest, reply: Uint8Array): Verdict[] {
  const reader = new ReplyReader(reply);
  reader.status();
  const refused = request.maps.map((map) => ({ map, errno: reader.status() }));
  const verdicts = request.programs.map(() => verdictOf(reader.status(), reader.log()));
  reader.end();
  const bad = refused.find(({ errno }) => errno !== 0);
  if (bad === undefined) return verdicts;
  const name = Object.entries(ERRNO).find(([, number]) => number === bad.errno)?.[0] ?? bad.errno;
  return unsupported(request, `the kernel refuses the map ${bad.map.name}: ${name}`);
}
