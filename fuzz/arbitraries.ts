// The generators as fast-check arbitraries, for anyone's own tests. They shrink like any other.

import fc, { Arbitrary, type Random, Stream, Value } from 'fast-check';
import { createInstruction, type Instruction } from '../model/isa/instruction.ts';
import type { Program } from '../model/isa/program.ts';
import type { FieldRules, Row } from '../model/isa/row.ts';
import { isWide, ROWS } from '../model/isa/table.ts';
import type { MapDefinition, Scenario, ScheduleEntry } from '../model/scenario/scenario.ts';
import { Rng } from './generate/rng.ts';
import { generateScenario, type ScenarioOptions } from './generate/scenario.ts';
import { EDGE_WORDS, immediate, word64 } from './generate/words.ts';
import { smallerScenarios } from './shrink/shrink.ts';

/** An arbitrary over a generator that draws by itself, with a way to make its values smaller. */
class Drawn<T> extends Arbitrary<T> {
  private readonly draw: (rng: Rng) => T;
  private readonly smaller: (value: T) => Iterable<T>;

  constructor(draw: (rng: Rng) => T, smaller: (value: T) => Iterable<T>) {
    super();
    this.draw = draw;
    this.smaller = smaller;
  }

  override generate(random: Random): Value<T> {
    return new Value(this.draw(new Rng(random)), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return true;
  }

  override shrink(value: T): Stream<Value<T>> {
    const { smaller } = this;
    function* values(): IterableIterator<Value<T>> {
      for (const candidate of smaller(value)) yield new Value(candidate, undefined);
    }
    return new Stream(values());
  }
}

/** Unsigned 64-bit words, half of them at the edges of 8, 16, 32 and 64 bits. Shrinks towards 0. */
export function word(): Arbitrary<bigint> {
  return new Drawn(word64, function* (value) {
    if (value === 0n) return;
    yield 0n;
    yield value >> 1n;
    yield value - 1n;
  });
}

/** One of the edges that `word` is drawn from. */
export function edgeWord(): Arbitrary<bigint> {
  return fc.constantFrom(...EDGE_WORDS);
}

/** One row of the instruction table. */
export function row(rows: readonly Row[] = ROWS): Arbitrary<Row> {
  return fc.constantFrom(...rows);
}

/** One valid encoding of a row: every field within what the row allows, edge-biased. */
export function instruction(rows: readonly Row[] = ROWS): Arbitrary<Instruction> {
  return new Drawn(
    (rng) => drawInstruction(rng, rng.pick(rows)),
    function* (value) {
      for (const field of ['offset', 'imm', 'nextImm', 'src', 'dst'] as const) {
        const rule: FieldRules[keyof FieldRules] = value.row.fields[field];
        if (typeof rule === 'number' || rule === undefined || value[field] === 0) continue;
        yield { ...value, [field]: 0 };
        yield { ...value, [field]: value[field] >> 1 };
      }
    },
  );
}

function drawInstruction(rng: Rng, drawn: Row): Instruction {
  const { fields } = drawn;
  const register = (rule: FieldRules['dst'] | FieldRules['src']) =>
    rule === 'register' ? rng.int(0, 10) : rule;
  return createInstruction(drawn, {
    dst: register(fields.dst),
    src: register(fields.src),
    offset: fields.offset === 'any' ? rng.pick(OFFSETS) : fields.offset,
    imm: fields.imm === 'any' ? immediate(rng) : fields.imm,
    nextImm: isWide(drawn) && fields.nextImm === 'any' ? immediate(rng) : 0,
  });
}

const OFFSETS = [-32768, -32767, -512, -8, -1, 0, 1, 2, 7, 8, 255, 256, 511, 512, 32766, 32767];

/** A whole scenario: structured programs, maps, inputs and a schedule of prog-array writes, by swarm. */
export function scenario(options: ScenarioOptions = {}): Arbitrary<Scenario> {
  return new Drawn((rng) => generateScenario(rng, options), smallerScenarios);
}

/** A structured program out of such a scenario. */
export function program(options: ScenarioOptions = {}): Arbitrary<Program> {
  return scenario(options).map(({ programs }) => programs[0]!.program);
}

/** The maps of such a scenario, prog arrays among them; programs are named by number. */
export function maps(options: ScenarioOptions = {}): Arbitrary<readonly MapDefinition[]> {
  return scenario(options).map((drawn) => drawn.maps);
}

/** A schedule of writes to the prog arrays of such a scenario. */
export function schedule(options: ScenarioOptions = {}): Arbitrary<readonly ScheduleEntry[]> {
  return scenario(options).map((drawn) => drawn.schedule);
}
