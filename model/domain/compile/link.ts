// Recorded functions, compiled by the JavaScript engine when they are first called.

import type { Expression, Outlined } from './expression.ts';
import { type Body, moduleOf } from './module.ts';

// What is used of the engine's WebAssembly: its types come with a browser's, which this project has none of.
interface Engine {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly f: (...operands: never[]) => unknown } };
}
const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

/** Functions over one memory of 64 KiB. */
export interface Linker {
  readonly buffer: ArrayBuffer;
  /** The function, which reads and writes the memory, and returns its one result if it has any. */
  compile(stores: Body['stores'], result?: Expression): () => number;
}

export function createLinker(): Linker {
  const memory = new Memory({ initial: 1 });
  const linked = new Map<Outlined, unknown>();
  const instantiate = (body: Body): unknown => {
    const { bytes, imports } = moduleOf(body);
    const instance = new Instance(new Module(bytes), {
      m: { m: memory },
      f: Object.fromEntries(imports.map((callee, i) => [i, link(callee)])),
    });
    return instance.exports.f;
  };
  const link = (outlined: Outlined): unknown => {
    let found = linked.get(outlined);
    if (found === undefined) {
      const { parameters, body } = outlined;
      found = instantiate({ parameters, results: body(), stores: [] });
      linked.set(outlined, found);
    }
    return found;
  };
  return {
    buffer: memory.buffer,
    compile: (stores, result) =>
      instantiate({
        parameters: [],
        results: result === undefined ? [] : [result],
        stores,
      }) as () => number,
  };
}
