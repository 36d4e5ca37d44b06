// The house rules that a machine can check.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LAYERS = ['model', 'interp', 'smt', 'fuzz', 'cli', 'test', 'bench'] as const;
type Layer = (typeof LAYERS)[number];

/** What each layer may import from; design: model is imported by all, interp and smt never by each other. */
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  model: ['model'],
  interp: ['model', 'interp'],
  smt: ['model', 'smt'],
  fuzz: ['model', 'interp', 'smt', 'fuzz'],
  cli: ['model', 'interp', 'smt', 'fuzz', 'cli'],
  test: LAYERS,
  bench: ['model', 'interp', 'smt', 'fuzz', 'cli', 'bench'],
};

/** Adapters to other engines, which may use processes and files. */
const ADAPTERS = 'interp/linux/';

/** Packages and node modules that only some layers may use. */
const CONFINED: readonly {
  readonly what: RegExp;
  readonly to: readonly Layer[];
  readonly adapters?: true;
}[] = [
  { what: /^z3-solver/, to: ['smt'] },
  { what: /^fast-check/, to: ['fuzz', 'test'] },
  { what: /^(commander|picocolors)/, to: ['cli'] },
  { what: /^node:(fs|child_process|process)/, to: ['cli', 'test', 'bench', 'smt'], adapters: true },
];

const LINES_MAX = 500;

interface Source {
  readonly path: string;
  readonly layer: Layer;
  readonly text: string;
}

const sources: Source[] = LAYERS.flatMap((layer) =>
  readdirSync(join(ROOT, layer), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      path: join(layer, name),
      layer,
      text: readFileSync(join(ROOT, layer, name), 'utf8'),
    })),
);

/** With `from`, for the side effect alone, and at run time. */
const IMPORT = /\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g;

function imports({ text }: Source): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1]!);
}

function layerOf(source: Source, specifier: string): Layer | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = relative(ROOT, join(ROOT, source.path, '..', specifier));
  return LAYERS.find((layer) => target.startsWith(`${layer}/`));
}

describe('layers', () => {
  it('import downwards only', () => {
    const wrong = sources.flatMap((source) =>
      imports(source)
        .filter((specifier) => {
          const layer = layerOf(source, specifier);
          return layer !== undefined && !MAY_IMPORT[source.layer].includes(layer);
        })
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keep solver, generators, files and processes where they belong', () => {
    const wrong = sources.flatMap((source) =>
      imports(source)
        .filter((specifier) =>
          CONFINED.some(
            ({ what, to, adapters }) =>
              what.test(specifier) &&
              !to.includes(source.layer) &&
              !(adapters && source.path.startsWith(ADAPTERS)),
          ),
        )
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  it(`are at most ${LINES_MAX} lines long`, () => {
    const long = sources
      .filter(({ path }) => !path.startsWith('test/'))
      .filter(({ text }) => text.split('\n').length > LINES_MAX + 1);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('say at their top what they are for', () => {
    const silent = sources
      .filter(({ layer }) => layer !== 'test')
      .filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*\*)/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('leave nothing undone, focused or skipped without a reason', () => {
    const marks = /\b(TODO|FIXME|XXX)\b|\b(it|test|describe)\.(only|skip|todo)\b/;
    const left = sources.filter(
      ({ path, text }) => path !== 'test/tidy.test.ts' && marks.test(text),
    );
    expect(left.map(({ path }) => path)).toEqual([]);
  });
});
