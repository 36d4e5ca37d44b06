// tailproof run --graph: pictures of runs.

import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphSvg } from '../../cli/render/graph.ts';
import { rangesText } from '../../cli/render/graph-calls.ts';
import { escapeXml, textWidth } from '../../cli/render/graph-svg.ts';
import { collapse, type TimelineEvent, timelineEvents } from '../../cli/render/graph-timeline.ts';
import { scenario as anyScenario } from '../../fuzz/index.ts';
import { interpret } from '../../interp/index.ts';
import { parseScenario } from '../../model/scenario/read.ts';
import { tailproof } from './fake-terminal.ts';
import { HOPS } from './samples.ts';
import { temporaryDirectory } from './temporary.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

const NAME = '[A-Za-z_][\\w:.-]*';
const VALUE = '[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*';
const TAG = new RegExp(`<(/?)(${NAME})((?: ${NAME}="${VALUE}")*)(/?)>`, 'y');
const TEXT = /[^<&]*(?:&(?:amp|lt|gt|quot);[^<&]*)*/y;

/** Reads the XML that is written here: elements, attributes, text, four entities. @throws for anything else. */
function parseXml(source: string): Element {
  const root: Element = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  let at = 0;
  while (at < source.length) {
    TEXT.lastIndex = at;
    const text = TEXT.exec(source)![0];
    open.at(-1)!.text += text;
    at += text.length;
    if (at === source.length) break;
    TAG.lastIndex = at;
    const tag = TAG.exec(source);
    if (tag === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 40)}`);
    const [whole, closing, name, attributes, empty] = tag;
    at += whole.length;
    if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const pairs = [...attributes!.matchAll(/ ([\w:.-]+)="([^"]*)"/g)];
    const element: Element = {
      name: name!,
      attributes: new Map(pairs.map((pair) => [pair[1]!, pair[2]!])),
      children: [],
      text: '',
    };
    if (pairs.length !== element.attributes.size) throw new Error(`an attribute twice: ${whole}`);
    open.at(-1)!.children.push(element);
    if (!empty) open.push(element);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one whole element');
  return root.children[0]!;
}

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** Where texts are in the picture. */
function textBoxes({ children }: Element, dx = 0, dy = 0): Box[] {
  return children.flatMap((element): Box[] => {
    const number = (key: string) => Number(element.attributes.get(key));
    if (element.name === 'g') {
      const [x, y] = element.attributes.get('transform')!.match(/\d+/g)!.map(Number);
      return textBoxes(element, dx + x!, dy + y!);
    }
    if (element.name !== 'text') return [];
    const plain = element.text.replace(/&\w+;/g, '&');
    const width = textWidth(plain, element.attributes.get('class') === 'heading');
    const x = dx + number('x');
    const left = element.attributes.get('text-anchor') === 'end' ? x - width : x;
    return [{ text: plain, left, right: left + width, y: dy + number('y') }];
  });
}

const FONT_HEIGHT = 12;

/** Checks that a picture is well-formed, that its texts do not meet, and that they are inside of it. */
function checkPicture(svg: string): void {
  const root = parseXml(svg);
  expect(root.name).toBe('svg');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const [width, height] = ['width', 'height'].map((key) => Number(root.attributes.get(key)));
  const boxes = textBoxes(root);
  const meeting = boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => Math.abs(a.y - b.y) < FONT_HEIGHT && a.left < b.right && b.left < a.right)
      .map((b) => [a.text, b.text]),
  );
  expect(meeting).toEqual([]);
  const outside = boxes.filter(
    ({ left, right, y }) => left < 0 || right > width! || y < FONT_HEIGHT || y > height!,
  );
  expect(outside).toEqual([]);
}

function draw(text: string): string {
  const scenario = parseScenario(text);
  return graphSvg('a run', scenario, interpret(scenario));
}

describe('a picture', () => {
  test.each([
    ['flow-parser.yaml', 'udp-parsed-as-tcp', 'graph-flow-parser.svg'],
    ['selftests/tailcall-2.yaml', 'deleted-2-0', 'graph-tailcall-2.svg'],
    ['hierarchy-nested.yaml', 'run', 'graph-hierarchy.svg'],
  ])('of %s, %s', async (file, run, golden) => {
    const graph = join(temporaryDirectory(), 'graph.svg');
    const argv = ['run', join(EXAMPLES, file), '--run', run, '--graph', graph];
    const { code, err } = await tailproof(argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const svg = readFileSync(graph, 'utf8');
    checkPicture(svg);
    await expect(svg).toMatchFileSnapshot(`golden/${golden}`);
  });

  test('of any scenario is well-formed, without texts that overlap, and the same each time', () => {
    fc.assert(
      fc.property(anyScenario(), fc.string({ unit: 'binary' }), (scenario, title) => {
        const outcome = interpret(scenario);
        const svg = graphSvg(title, scenario, outcome);
        checkPicture(svg);
        expect(graphSvg(title, scenario, outcome)).toBe(svg);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('shows failed calls by kind, what was written, errors, and what was never reached', () => {
    const svg = draw(
      HOPS.replace('{ before: { hop: 1 }, delete: jmp, index: 1 }', () =>
        [
          '{ before: { hop: 1 }, delete: jmp, index: 1 }',
          '{ before: { hop: 1 }, update: jmp, index: 9, program: middle }',
        ].join('\n  - '),
      ),
    );
    checkPicture(svg);
    for (const text of [
      'jmp[0]',
      'jmp[1] empty',
      'jmp[2] written',
      'jmp[2] = middle',
      'before hop 1: ENOENT',
      'before hop 1: E2BIG',
      'before step 4000: never reached',
      'exit, r0 = 7 (0x7)',
    ]) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  test('of a long run shows so much of it as can be seen, and every call that was taken', () => {
    const svg = draw(`tailproof: 1
type: raw
maps:
  jmp: { type: prog_array, max_entries: 1, entries: { 0: leaf } }
programs:
  entry: |
    r7 = 0
    again:
    r2 = map[jmp]
    r3 = r7
    r3 += 1
    call bpf_tail_call
    r7 += 1
    if r7 < 5000 goto again
    r2 = map[jmp]
    r3 = 0
    call bpf_tail_call
    exit
  leaf: |
    r0 = 7
    exit
`);
    checkPicture(svg);
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).toContain('>jmp[0]</text>');
    expect(svg).toMatch(/>… and \d+ more</);
    expect(svg).toMatch(/>… \d+ more …</);
  });

  test('has nothing that XML cannot hold', () => {
    expect(escapeXml('<a href="x">&\u0001\ud800\uffff')).toBe(
      '&lt;a href=&quot;x&quot;&gt;&amp;\ufffd\ufffd\ufffd',
    );
  });
});

describe('the time line', () => {
  const event = (text: string): TimelineEvent => ({ kind: 'taken', text, detail: '' });
  const shape = (texts: string) =>
    collapse([...texts].map(event)).map(({ events, times }) => {
      const group = events.map(({ text }) => text).join('');
      return times === 1 ? group : `${group}×${times}`;
    });

  test.each([
    ['abc', ['a', 'b', 'c']],
    ['aaab', ['a×3', 'b']],
    ['xababaz', ['x', 'ab×2', 'a', 'z']],
    ['abcabcabc', ['abc×3']],
    ['', []],
  ])('%s', (texts, groups) => {
    expect(shape(texts)).toEqual(groups);
  });

  test('loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 }), (texts) => {
        const again = collapse([...texts].map(event)).flatMap(({ events, times }) =>
          Array.from({ length: times }, () => events.map(({ text }) => text).join('')),
        );
        expect(again.join('')).toBe(texts);
      }),
    );
  });

  test('has writes before a step, then those before the hop, then the hop', () => {
    const scenario = parseScenario(
      HOPS.replace('{ before: { step: 4000 }', '{ before: { step: 3 }').replace(
        'delete: jmp, index: 0',
        'delete: jmp, index: 2',
      ),
    );
    const lines = timelineEvents(scenario, interpret(scenario)).map(({ step, text }) => [
      step,
      text,
    ]);
    expect(lines.slice(0, 4)).toEqual([
      [0, 'entry'],
      [3, 'delete jmp[2]'],
      [3, 'jmp[2] = middle'],
      [3, 'middle'],
    ]);
  });
});

test('ranges of slots', () => {
  expect(rangesText([0, 1, 2, 7])).toBe('0-2, 7');
  expect(rangesText([5])).toBe('5');
  expect(rangesText(Array.from({ length: 90 }, (_, i) => 2 * i))).toMatch(
    /^0, 2, .*… \(90 slots\)$/,
  );
});

describe('--graph', () => {
  const graph = (file: string, ...more: string[]) =>
    tailproof(['run', '-', '--graph', file, ...more], { stdin: HOPS });

  test('replaces a file that is there, and leaves nothing beside it', async () => {
    const directory = temporaryDirectory({ 'g.svg': 'old' });
    expect((await graph(join(directory, 'g.svg'))).code).toBe(0);
    checkPicture(readFileSync(join(directory, 'g.svg'), 'utf8'));
    expect(readdirSync(directory)).toEqual(['g.svg']);
  });

  test('says the same with either engine, and goes with --json', async () => {
    const directory = temporaryDirectory();
    const files = ['interp', 'smt', 'both'].map((engine) => ({
      engine,
      file: join(directory, engine),
    }));
    for (const { engine, file } of files) {
      const { code, out } = await graph(file, '--engine', engine, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(out).runs).toHaveLength(1);
    }
    const [first, ...others] = files.map(({ file }) => readFileSync(file, 'utf8'));
    for (const other of others) expect(other).toBe(first);
  });

  test('is written when an expectation fails; the exit code is that of the run', async () => {
    const file = join(temporaryDirectory(), 'g.svg');
    const stdin = HOPS.replace('exit: 7', 'exit: 8');
    expect((await tailproof(['run', '-', '--graph', file], { stdin })).code).toBe(1);
    checkPicture(readFileSync(file, 'utf8'));
  });

  test('says which engine it shows where they differ', async () => {
    const file = join(temporaryDirectory(), 'g.svg');
    const stdin = 'tailproof: 1\ntype: raw\nprograms:\n  entry: |\n    w0 += 0\n    exit\n';
    const fault = ['--fault', 'interp/add32-keeps-upper-half'];
    const { code } = await tailproof(['run', '-', '--graph', file, ...fault], { stdin });
    expect(code).toBe(1);
    expect(readFileSync(file, 'utf8')).toContain('as interp has it');
  });

  test('of a file with several runs wants --run', async () => {
    const file = join(temporaryDirectory(), 'g.svg');
    const example = join(EXAMPLES, 'index-truncation.yaml');
    const all = await tailproof(['run', example, '--graph', file]);
    expect(all).toMatchObject({ code: 2, out: '' });
    expect(all.err).toContain(
      '--graph draws one run, and there are 3; choose one, like --run high-bit',
    );
    expect((await tailproof(['run', example, '--graph', file, '--run', 'high-bits'])).code).toBe(0);
  });

  test('refuses what it cannot write, in one line that names the file', async () => {
    const directory = temporaryDirectory({ 'f.yaml': HOPS });
    mkdirSync(join(directory, 'locked'));
    chmodSync(join(directory, 'locked'), 0o500);
    const scenario = join(directory, 'f.yaml');
    const cases = [
      [join(directory, 'none', 'g.svg'), 'cannot be written: there is no such file or directory'],
      [directory, 'cannot be written: this is a directory'],
      [join(scenario, 'g.svg'), 'cannot be written: a part of the path is a file'],
      ['', '--graph wants the name of a file'],
      ['-', '--graph wants the name of a file'],
      [scenario, '--graph would replace the scenario file'],
      // Root writes where it likes.
      ...(process.getuid?.() === 0
        ? []
        : [[join(directory, 'locked', 'g.svg'), 'cannot be written: permission denied']]),
    ] as const;
    for (const [file, message] of cases) {
      const { code, err } = await tailproof(['run', scenario, '--graph', file]);
      expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
      expect(err).toContain(message);
    }
    expect(readFileSync(scenario, 'utf8')).toBe(HOPS);
  });
});
