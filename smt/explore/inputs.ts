// Which parts of a scenario are symbolic, and putting a model's values back into it.

import { InputError, invariant, UnsupportedError } from '../../model/errors.ts';
import { contextFields, PACKET_FIELDS } from '../../model/scenario/context.ts';
import { valueStride } from '../../model/scenario/environment.ts';
import type { MapDefinition, Scenario, ValueMap } from '../../model/scenario/scenario.ts';
import { arrayIndex } from '../machine/map-store.ts';
import { valueBytes } from '../machine/memory.ts';
import { type Assignment, type BvTerm, bv, bvVar } from '../terms/index.ts';

/** What a run's inputs are; everything else stays as the scenario says. */
export interface SymbolicInputs {
  /** r0 to r9 that are unknown at the start; type raw only. */
  readonly registers?: readonly number[];
  /** The context's bytes (type raw), or its fields without those that the packet decides. */
  readonly context?: boolean;
  /** The packet's bytes; its length is fixed. */
  readonly packet?: boolean;
  /** The values of array maps and of the initial entries of hash maps. */
  readonly mapValues?: boolean;
}

/** The inputs as terms: variables where symbolic, else constants. */
export interface Inputs {
  readonly registers: ReadonlyMap<number, BvTerm>;
  readonly context: readonly BvTerm[];
  readonly packet: readonly BvTerm[];
  /** By map: the cells of all values at their stride; zero where nothing is said. */
  readonly mapCells: readonly (readonly BvTerm[])[];
  /** Whether the maps' values are symbolic. */
  readonly mapValues: boolean;
  /** The scenario's own values of the variables. */
  readonly original: Assignment;
}

const registerName = (register: number) => `r${register}`;
const contextName = (at: number) => `context_${at}`;
const packetName = (at: number) => `packet_${at}`;
const mapName = (map: number, slot: number, at: number) => `map${map}_${slot}_${at}`;

/** A term for each byte of more maps than this does not fit. */
const MAP_BYTES_MAX = 1 << 18;

/**
 * The inputs of a scenario.
 * @throws InputError for symbolic registers of a type that sets them.
 * @throws UnsupportedError for maps that are too large.
 */
export function createInputs(scenario: Scenario, symbolic: SymbolicInputs): Inputs {
  const mapBytes = scenario.maps.reduce((sum, map) => sum + valueBytes(map), 0);
  if (mapBytes > MAP_BYTES_MAX) {
    throw new UnsupportedError(
      `a symbolic run takes maps of ${MAP_BYTES_MAX} bytes together, not of ${mapBytes}`,
    );
  }
  const original = new Map<string, bigint>();
  const variable = (name: string, width: number, value: bigint) => {
    original.set(name, value);
    return bvVar(name, width);
  };
  const cells = (bytes: Uint8Array, nameOf: (at: number) => string | undefined) =>
    Array.from(bytes, (byte, at) => {
      const name = nameOf(at);
      return name === undefined ? bv(8, BigInt(byte)) : variable(name, 8, BigInt(byte));
    });
  const { run, type } = scenario;
  if (type !== 'raw' && symbolic.registers !== undefined && symbolic.registers.length > 0) {
    throw new InputError('only programs of type raw have unknown registers at the start');
  }
  const given = [...run.registers].map(([n, value]) => [n, bv(64, value)] as const);
  const unknown = (symbolic.registers ?? []).map(
    (n) => [n, variable(registerName(n), 64, run.registers.get(n) ?? 0n)] as const,
  );
  const isSymbolicField = contextBytesOfFields(scenario);
  return {
    registers: new Map<number, BvTerm>([...given, ...unknown]),
    context: cells(run.context, (at) =>
      symbolic.context === true && isSymbolicField(at) ? contextName(at) : undefined,
    ),
    packet: cells(run.packet ?? new Uint8Array(0), (at) =>
      symbolic.packet === true ? packetName(at) : undefined,
    ),
    mapCells: scenario.maps.map((definition, map) =>
      mapCells(definition, (slot, value) =>
        cells(value, (at) => (symbolic.mapValues === true ? mapName(map, slot, at) : undefined)),
      ),
    ),
    mapValues: symbolic.mapValues === true,
    original,
  };
}

/** Whether a byte of the context can be set by a scenario: a gap between fields cannot, nor where the packet is. */
function contextBytesOfFields({ type }: Scenario): (at: number) => boolean {
  if (type === 'raw') return () => true;
  const fields = Object.entries(contextFields(type)).filter(([name]) => !PACKET_FIELDS.has(name));
  const bytes = new Set(
    fields.flatMap(([, offset]) => [offset, offset + 1, offset + 2, offset + 3]),
  );
  return (at) => bytes.has(at);
}

/** The initial value of each slot that has one: of all slots in arrays, of filled ones in hash maps. */
function initialValues(definition: ValueMap): ReadonlyMap<number, Uint8Array> {
  if (definition.type === 'hash') {
    return new Map(definition.entries.map(({ value }, slot) => [slot, value]));
  }
  const values = new Map<number, Uint8Array>();
  for (let slot = 0; slot < definition.maxEntries; slot++) {
    values.set(slot, new Uint8Array(definition.valueSize));
  }
  for (const { key, value } of definition.entries) values.set(arrayIndex(key), value);
  return values;
}

function mapCells(
  definition: MapDefinition,
  cellsOf: (slot: number, value: Uint8Array) => readonly BvTerm[],
): readonly BvTerm[] {
  if (definition.type === 'prog_array') return [];
  const stride = valueStride(definition.valueSize);
  const cells = new Array<BvTerm>(definition.maxEntries * stride).fill(bv(8, 0n));
  for (const [slot, value] of initialValues(definition)) {
    cellsOf(slot, value).forEach((cell, at) => {
      cells[slot * stride + at] = cell;
    });
  }
  return cells;
}

function numberOf(model: Assignment, name: string): number | undefined {
  const value = model.get(name);
  invariant(value === undefined || typeof value === 'bigint', `${name} is a bit-vector`);
  return value === undefined ? undefined : Number(value);
}

/** The scenario with a model's values in place of its own. */
export function withInputs(scenario: Scenario, inputs: Inputs, model: Assignment): Scenario {
  const { run } = scenario;
  const registers = new Map(run.registers);
  for (const register of inputs.registers.keys()) {
    const value = model.get(registerName(register));
    if (typeof value === 'bigint') registers.set(register, value);
  }
  const bytes = (from: Uint8Array, nameOf: (at: number) => string) =>
    from.map((byte, at) => numberOf(model, nameOf(at)) ?? byte);
  return {
    ...scenario,
    maps: inputs.mapValues
      ? scenario.maps.map((definition, map) => withValues(definition, map, model))
      : scenario.maps,
    run: {
      ...run,
      registers,
      context: bytes(run.context, contextName),
      ...(run.packet === undefined ? {} : { packet: bytes(run.packet, packetName) }),
    },
  };
}

/** Array maps get an entry for each value that is not zero; hash maps keep their keys and order. */
function withValues(definition: MapDefinition, map: number, model: Assignment): MapDefinition {
  if (definition.type === 'prog_array') return definition;
  const put = (slot: number, value: Uint8Array) =>
    value.map((byte, at) => numberOf(model, mapName(map, slot, at)) ?? byte);
  if (definition.type === 'hash') {
    const entries = definition.entries.map(({ key, value }, slot) => ({
      key,
      value: put(slot, value),
    }));
    return { ...definition, entries };
  }
  const entries = [...initialValues(definition)]
    .map(([index, value]) => ({ key: indexKey(index), value: put(index, value) }))
    .filter(({ value }) => value.some((byte) => byte !== 0));
  return { ...definition, entries };
}

function indexKey(index: number): Uint8Array {
  return Uint8Array.from({ length: 4 }, (_, at) => (index >>> (8 * at)) & 255);
}
