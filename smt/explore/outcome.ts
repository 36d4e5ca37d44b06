// The outcome of a path under a model: every term of the final state is evaluated.

import { invariant } from '../../model/errors.ts';
import type { Ending, MapContents, Outcome } from '../../model/scenario/outcome.ts';
import type { BvTerm } from '../terms/index.ts';
import type { SymbolicEnding, SymbolicState } from './state.ts';

type Evaluator = (term: BvTerm) => bigint;

/** What the path says that a run with the inputs of its model gives. */
export function outcomeUnderModel(state: SymbolicState): Outcome {
  const { ending, memory } = state;
  invariant(ending !== undefined, 'the run has ended');
  const valued: Evaluator = (term) => state.path.valuation.bits(term);
  return {
    ending: endingUnder(ending, valued),
    steps: state.steps,
    tailCalls: state.tailCalls,
    hops: state.hops.map((hop) => ({ ...hop, index: valued(hop.index) })),
    context: bytesUnder(memory.context(), valued),
    packet: bytesUnder(memory.packet(), valued),
    stack: memory.liveFrames().map((cells) => bytesUnder(cells, valued)),
    maps: state.maps.definitions.map((_, map) => contentsUnder(state, map, valued)),
    schedule: state.schedule.results,
    objects: state.objects.finish(),
  };
}

function endingUnder(ending: SymbolicEnding, valued: Evaluator): Ending {
  return ending.kind === 'exit' ? { kind: 'exit', r0: valued(ending.r0) } : ending;
}

function bytesUnder(cells: readonly BvTerm[], valued: Evaluator): Uint8Array {
  return Uint8Array.from(cells, (cell) => Number(valued(cell)));
}

function contentsUnder(state: SymbolicState, map: number, valued: Evaluator): MapContents {
  const definition = state.maps.definitions[map];
  invariant(definition !== undefined, `map ${map} exists`);
  const value = (slot: number) => bytesUnder(state.memory.value(map, slot), valued);
  if (definition.type === 'prog_array') {
    return { type: 'prog_array', slots: [...state.maps.progArray(map)] };
  }
  if (definition.type === 'array') {
    const slots = Array.from({ length: definition.maxEntries }, (_, slot) => slot);
    return { type: 'array', values: slots.map(value) };
  }
  const slots = state.maps
    .slots(map)
    .map((key, slot) =>
      key === null ? null : { key: bytesUnder(key, valued), value: value(slot) },
    );
  return { type: 'hash', slots };
}
