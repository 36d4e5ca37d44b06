// A scenario for the verifier: programs of one type near the border of acceptance, on shared maps whose prog arrays
// hold them, with several inputs to run what is accepted with.

import type { Instruction } from '../../../model/isa/instruction.ts';
import { uncheckedProgram } from '../../../model/isa/program.ts';
import { assemble } from '../../../model/isa/text/assemble.ts';
import { profileNamed } from '../../../model/profiles/catalogue.ts';
import { buildContext, contextFields, type ProgramType } from '../../../model/scenario/context.ts';
import type { MapDefinition, NamedProgram, Scenario } from '../../../model/scenario/scenario.ts';
import type { Rng } from '../../generate/rng.ts';
import type { Dialect, Surroundings } from './draft.ts';
import { expand } from './expand.ts';
import { drawInput, type RunInput, withInput } from './inputs.ts';
import { writeAtLimit, writeManyMaps } from './limits.ts';
import { mutate } from './mutate.ts';
import { swarmWeights, writeProgram } from './program.ts';
import { TEMPLATES } from './templates/index.ts';
import type { Template } from './templates/template.ts';

/** A scenario whose programs a verifier may accept or not, and what the accepted ones are run with. */
export interface VerifierCase {
  /** With the first of the inputs. */
  readonly scenario: Scenario;
  readonly privileged: boolean;
  readonly inputs: readonly RunInput[];
}

const TYPES = ['socket_filter', 'sched_cls', 'xdp'] as const;
const TYPE_WEIGHTS = [3, 4, 3];
/** Without privileges only socket filters are loaded, and others to see that they are not. */
const UNPRIVILEGED_ONE_IN = { socket_filter: 2, sched_cls: 200, xdp: 200 } as const;
/** Steps of a run: more than accepted programs here take, but for those with may_goto. */
const FUEL = 100_000;
/** Rounds of a may_goto; the kernel's 8388608 say nothing more. */
const MAY_GOTO = [0, 1, 3, 20] as const;
const INPUTS = 4;
/** In few scenarios there is one map more than a program may use (MAX_USED_MAPS). */
const MANY_MAPS = 65;
const MANY_MAPS_ONE_IN = 400;

/**
 * Draws a case. It depends on the generator alone.
 * @param about programs are drawn from these templates only
 */
export function generateCase(
  rng: Rng,
  profile: string,
  dialect: Dialect,
  about?: readonly Template[],
): VerifierCase {
  const type = TYPES[rng.weighted(TYPE_WEIGHTS)]!;
  const privileged = !rng.chance(1, UNPRIVILEGED_ONE_IN[type]);
  const maps = drawMaps(rng);
  const weights = swarmWeights(rng);
  const surroundings: Surroundings = { rng, type, dialect, maps, privileged, weights };
  const programs = Array.from({ length: rng.int(1, 3) }, (_, index): NamedProgram => {
    const drawn = about === undefined ? drawProgram : drawAbout(about);
    const program = uncheckedProgram(drawn(surroundings));
    return { name: index === 0 ? 'entry' : `p${index}`, program };
  });
  const inputs = Array.from({ length: INPUTS }, () => drawInput(rng, type, maps, programs.length));
  const packet = new Uint8Array();
  const scenario: Scenario = {
    profile: profileNamed(profile),
    type,
    maps: filled(rng, maps, programs.length),
    programs,
    run: {
      program: 0,
      context: buildContext(type, packet),
      packet,
      registers: new Map(),
      fuel: FUEL,
      seed: rng.int(0, 0xffff),
      // Programs with privileges may read stack that nothing was written to.
      uninitialised: privileged ? 'ignore' : 'trap',
      mayGoto: rng.pick(MAY_GOTO),
      helpers: 'linux',
    },
    schedule: [],
  };
  return { scenario: withInput(scenario, inputs[0]!), privileged, inputs };
}

/** Of statements, of a template, or at a limit; now and then changed a little. */
const SOURCES = [
  { write: writeProgram, weight: 12 },
  { write: (surroundings: Surroundings) => fromTemplate(surroundings), weight: 7 },
  { write: writeAtLimit, weight: 1 },
] as const;
const SOURCE_WEIGHTS = SOURCES.map(({ weight }) => weight);
const MUTATED_ONE_IN = 5;
/** A loop that a change makes endless costs a verifier a million instructions. */
const MUTATED_LOOP_ONE_IN = 100;

function drawProgram(surroundings: Surroundings): readonly Instruction[] {
  const { rng, maps } = surroundings;
  if (maps.length >= MANY_MAPS) return writeManyMaps(surroundings);
  const instructions = SOURCES[rng.weighted(SOURCE_WEIGHTS)]!.write(surroundings);
  const oneIn = instructions.some(isBackward) ? MUTATED_LOOP_ONE_IN : MUTATED_ONE_IN;
  return rng.chance(1, oneIn) ? mutate(rng, instructions, rng.int(1, 2)) : instructions;
}

function isBackward({ row, offset, imm }: Instruction): boolean {
  const { family } = row.operation;
  return (family === 'jump' || family === 'ja') && (row.name === 'JA32' ? imm : offset) < 0;
}

/** From one of the templates, if any is for such programs; now and then changed a little. */
function drawAbout(templates: readonly Template[]) {
  return (surroundings: Surroundings): readonly Instruction[] => {
    const { rng } = surroundings;
    if (!templates.some((template) => isFitting(template, surroundings))) {
      return drawProgram(surroundings);
    }
    const instructions = fromTemplate(surroundings, templates);
    return rng.chance(1, MUTATED_ONE_IN) ? mutate(rng, instructions, 1) : instructions;
  };
}

function isFitting(template: Template, { type, privileged, dialect }: Surroundings): boolean {
  return (
    (template.types ?? TYPES).includes(type) &&
    (template.privileged ?? privileged) === privileged &&
    (dialect.mayGoto || template.mayGoto === undefined) &&
    (dialect.ordered || template.ordered === undefined) &&
    (dialect.slow || template.slow === undefined)
  );
}

function fromTemplate(
  surroundings: Surroundings,
  templates: readonly Template[] = TEMPLATES,
): readonly Instruction[] {
  const { rng, type, maps } = surroundings;
  const fitting = templates.filter((template) => isFitting(template, surroundings));
  const template = fitting[rng.weighted(fitting.map(weightOf))]!;
  return assembleTemplate(
    expand(rng, template.text),
    type,
    maps.map(({ name }) => name),
  );
}

const weightOf = ({ weight = 4 }: Template) => weight * 100;

/** The instructions of a template's text, its choices made. */
export function assembleTemplate(
  text: string,
  type: Exclude<ProgramType, 'raw'>,
  mapNames: readonly string[],
): readonly Instruction[] {
  const fields = contextFields(type);
  const named = text
    .replace(/\bDATA(_END|_META)?\b/g, (name) => String(fields[name.toLowerCase()]))
    .replace(/\+ -/g, '- ');
  const mapFd = (name: string) => {
    const index = mapNames.indexOf(name);
    return index < 0 ? undefined : index;
  };
  return assemble(named, { spelling: 'kernel', mapNames, mapFd }).instructions;
}

/** What templates name, one more of each kind with sizes of its own, and seldom many more. */
function drawMaps(rng: Rng): MapDefinition[] {
  const maps = drawFewMaps(rng);
  if (!rng.chance(1, MANY_MAPS_ONE_IN)) return maps;
  const more = Array.from({ length: MANY_MAPS - maps.length }, (_, i) => ({
    ...ARRAY,
    ...{ name: `more${i}`, valueSize: 1, maxEntries: 1 },
  }));
  return [...maps, ...more];
}

const ARRAY = { type: 'array', keySize: 4, entries: [] } as const;

function drawFewMaps(rng: Rng): MapDefinition[] {
  const hash = { type: 'hash', entries: [] } as const;
  return [
    { ...ARRAY, name: 'array', valueSize: 16, maxEntries: 1 },
    { ...ARRAY, name: 'many', valueSize: 8, maxEntries: 4 },
    { ...hash, name: 'hash', keySize: 8, valueSize: 24, maxEntries: 3 },
    { name: 'jmp', type: 'prog_array', maxEntries: 4, entries: [] },
    {
      ...ARRAY,
      name: 'other',
      valueSize: rng.pick([1, 4, 12, 48, 256]),
      maxEntries: rng.int(1, 3),
    },
    {
      ...hash,
      name: 'table',
      keySize: rng.pick([1, 4, 12, 16]),
      valueSize: rng.pick([1, 4, 8, 40]),
      maxEntries: rng.int(1, 3),
    },
    { name: 'jmp2', type: 'prog_array', maxEntries: rng.int(1, 3), entries: [] },
  ];
}

/** With programs of the scenario in most slots. */
function filled(rng: Rng, maps: readonly MapDefinition[], programCount: number): MapDefinition[] {
  return maps.map((map) => {
    if (map.type !== 'prog_array') return map;
    const slots = Array.from({ length: map.maxEntries }, (_, index) => index);
    const taken = slots.filter(() => rng.chance(3, 4));
    return {
      ...map,
      entries: taken.map((index) => ({ index, program: rng.int(0, programCount - 1) })),
    };
  });
}
