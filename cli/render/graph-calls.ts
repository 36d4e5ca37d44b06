// The tail-call graph of a run: programs as boxes below each other; from the left the slots that hold them, to
// the right the tail calls that the run made. Every edge leaves its box in a row of its own and goes down a lane
// of its own, so that labels never meet.

import type { Hop, Outcome } from '../../model/scenario/outcome.ts';
import type { FunctionPlace, Scenario } from '../../model/scenario/scenario.ts';
import { programName } from './code-place.ts';
import { arrowHead, type Part, path, ROW, rectangle, textAt, textWidth } from './graph-svg.ts';
import { slotText } from './outcome.ts';
import { count, firstFew } from './text.ts';

/** More would be no picture any more. */
const PROGRAMS_MAX = 64;
/** Of one program, on each side. */
const EDGES_MAX = 12;
const ARRAYS_MAX = 4;
const SLOTS_TEXT_MAX = 40;
const LANE = 14;
const STUB = 36;
/** Between boxes. */
const GAP = 20;
const IDLE_GAP = 8;
const CORNER = 6;
const PADDING = 12;

type SlotStyle = 'initial' | 'written' | 'omitted';

interface SlotEdge {
  readonly label: string;
  readonly style: SlotStyle;
}

interface CallEdge {
  readonly hop: Hop;
  readonly label: string;
  times: number;
}

interface Node {
  readonly program: number;
  readonly slots: readonly SlotEdge[];
  readonly calls: readonly CallEdge[];
  /** By the start of the run and by tail calls; how often an extension was called is not known. */
  readonly entered: number;
  readonly runs: boolean;
  /** Lines under the name and beside the box that are not edges. */
  readonly omitted: number;
  readonly isRoot: boolean;
  readonly y: number;
  readonly height: number;
}

/** `0-3, 7` for 0, 1, 2, 3, 7. */
export function rangesText(sorted: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const index of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  let text = '';
  let shown = 0;
  for (const [first, last] of ranges) {
    const range = first === last ? `${first}` : `${first}-${last}`;
    if (text.length + range.length > SLOTS_TEXT_MAX) return `${text}, … (${sorted.length} slots)`;
    text += shown++ === 0 ? range : `, ${range}`;
  }
  return text;
}

/** Programs in the order in which the run enters them, then those in slots, then the rest, in the file's order. */
function orderOf(scenario: Scenario, { hops }: Outcome): number[] {
  const order = new Set([scenario.run.program]);
  for (const { target } of hops) if (target >= 0) order.add(target);
  for (const map of scenario.maps) {
    if (map.type === 'prog_array') for (const { program } of map.entries) order.add(program);
  }
  return [...new Set([...order, ...scenario.programs.keys()])];
}

/** What leads to each program: slots at the start, writes of the schedule that were done, functions it stood for. */
function slotEdges(scenario: Scenario, outcome: Outcome): Map<number, SlotEdge[]> {
  const { maps, schedule } = scenario;
  const edges = new Map<number, SlotEdge[]>();
  const add = (name: string, slots: Map<number, Set<number>>, written: boolean) => {
    for (const [program, indices] of slots) {
      const sorted = [...indices].sort((a, b) => a - b);
      const list = edges.get(program) ?? [];
      const label = `${name}[${rangesText(sorted)}]`;
      list.push(
        written ? { label: `${label} written`, style: 'written' } : { label, style: 'initial' },
      );
      edges.set(program, list);
    }
  };
  const put = (slots: Map<number, Set<number>>, program: number, index: number) =>
    slots.set(program, (slots.get(program) ?? new Set()).add(index));
  maps.forEach((map, number) => {
    if (map.type !== 'prog_array') return;
    const initial = new Map<number, Set<number>>();
    const written = new Map<number, Set<number>>();
    for (const { index, program } of map.entries) put(initial, program, index);
    schedule.forEach((entry, i) => {
      if (entry.op !== 'update' || entry.map !== number || outcome.schedule[i] !== 0) return;
      if (!initial.get(entry.program)?.has(entry.index)) put(written, entry.program, entry.index);
    });
    add(map.name, initial, false);
    add(map.name, written, true);
  });
  for (const [program, place] of attachedTo(scenario, outcome)) {
    const label = `in place of ${programName(scenario, place.program)} slot ${place.slot}`;
    edges.set(program, [...(edges.get(program) ?? []), { label, style: 'written' }]);
  }
  return edges;
}

/** The functions whose place extensions took. */
function attachedTo(
  { programs, schedule }: Scenario,
  outcome: Outcome,
): Map<number, FunctionPlace> {
  return new Map(
    schedule.flatMap((entry, i): [number, FunctionPlace][] => {
      const place = entry.op === 'attach' && programs[entry.program]!.replaces;
      return place && outcome.schedule[i] === 0 ? [[entry.program, place]] : [];
    }),
  );
}

/** What each program's tail calls came to; equal ones are one edge with a number. */
function callEdges(scenario: Scenario, { hops }: Outcome): Map<number, CallEdge[]> {
  const found = new Map<string, CallEdge>();
  const edges = new Map<number, CallEdge[]>();
  for (const hop of hops) {
    const from = hop.at.program;
    const key = `${from} ${hop.map} ${hop.index} ${hop.result} ${hop.target}`;
    const known = found.get(key);
    if (known !== undefined) {
      known.times++;
      continue;
    }
    const failure = hop.result === 'taken' ? '' : ` ${hop.result.replaceAll('_', ' ')}`;
    const edge = { hop, label: `${slotText(scenario, hop)}${failure}`, times: 1 };
    found.set(key, edge);
    const list = edges.get(from);
    if (list === undefined) edges.set(from, [edge]);
    else list.push(edge);
  }
  return edges;
}

/** The first edges into a program, and a line that says how many more there are. */
function fewSlots(edges: readonly SlotEdge[] = []): readonly SlotEdge[] {
  const more = edges.length - EDGES_MAX;
  if (more <= 0) return edges;
  return [...edges.slice(0, EDGES_MAX), { label: `… and ${more} more`, style: 'omitted' }];
}

/** The edges of a program that are drawn: where they are too many, taken ones rather than failed ones. */
function fewCalls(edges: readonly CallEdge[]): readonly CallEdge[] {
  if (edges.length <= EDGES_MAX) return edges;
  const isTaken = ({ hop }: CallEdge) => hop.result === 'taken';
  const failed = edges.filter((edge) => !isTaken(edge));
  return [...edges.filter(isTaken), ...failed].slice(0, EDGES_MAX);
}

function nodesOf(scenario: Scenario, outcome: Outcome): Node[] {
  const slots = slotEdges(scenario, outcome);
  const calls = callEdges(scenario, outcome);
  const entered = new Map([[scenario.run.program, 1]]);
  for (const { target } of outcome.hops) {
    if (target >= 0) entered.set(target, (entered.get(target) ?? 0) + 1);
  }
  let y = 0;
  return orderOf(scenario, outcome)
    .slice(0, PROGRAMS_MAX)
    .map((program) => {
      const isRoot = program === scenario.run.program;
      const all = calls.get(program) ?? [];
      const shown = fewCalls(all);
      const omitted = all.length - shown.length;
      const held = fewSlots(slots.get(program));
      const left = held.length + (isRoot ? 1 : 0);
      const runs = entered.has(program) || all.length > 0;
      // The first row on the right is where calls come in. What is not entered has a name and no more.
      const right = runs ? 1 + Math.max(1, shown.length + (omitted > 0 ? 1 : 0)) : 1;
      const node = {
        program,
        slots: held,
        calls: shown,
        entered: entered.get(program) ?? 0,
        runs,
        omitted,
        isRoot,
        y,
        height: Math.max(left, right) * ROW + 2,
      };
      y += node.height + (runs ? GAP : IDLE_GAP);
      return node;
    });
}

const times = (n: number) => (n === 1 ? '' : ` ×${n}`);
const labelOf = ({ label, times: n }: CallEdge) => `${label}${times(n)}`;
/** Rows have their text in the upper part, and their line near the lower edge. */
const lineY = (node: Node, row: number) => node.y + row * ROW + 16;

interface Lane {
  readonly edge: CallEdge;
  readonly from: number;
  readonly to: number;
  lane: number;
}

/** Short edges go inside, and no two share a place in a lane. */
function assignLanes(edges: Lane[]): number {
  const taken: [number, number][][] = [];
  const span = ({ from, to }: Lane) => [Math.min(from, to), Math.max(from, to)] as const;
  const length = (edge: Lane) => Math.abs(edge.from - edge.to);
  for (const edge of [...edges].sort((a, b) => length(a) - length(b))) {
    const [top, bottom] = span(edge);
    let lane = 0;
    while (taken[lane]?.some(([a, b]) => top <= b && a <= bottom)) lane++;
    taken[lane] = [...(taken[lane] ?? []), [top, bottom]];
    edge.lane = lane;
  }
  return taken.length;
}

/** Draws the graph. */
export function callGraph(scenario: Scenario, outcome: Outcome): Part {
  const nodes = nodesOf(scenario, outcome);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => textWidth(text)));
  const entered = ({ entered: n }: Node) => (n === 0 ? '' : `entered ${n}×`);
  const name = ({ program }: Node) => programName(scenario, program);
  const left = widest(['run', ...nodes.flatMap(({ slots }) => slots.map(({ label }) => label))]);
  const boxX = left + STUB + 8;
  const boxWidth = widest(nodes.flatMap((node) => [name(node), entered(node)])) + 2 * PADDING;
  const right = boxX + boxWidth;
  const more = ({ omitted }: Node) => `… and ${omitted} more`;
  const labels = nodes.flatMap((node) => [
    ...node.calls.map(labelOf),
    ...(node.omitted > 0 ? [more(node)] : []),
  ]);
  const laneX = right + 10 + widest(labels) + 28;

  const place = new Map(nodes.map((node) => [node.program, node]));
  const lanes: Lane[] = nodes.flatMap((node) =>
    node.calls.flatMap((edge, i) => {
      const target = place.get(edge.hop.target);
      if (target === undefined) return [];
      return [{ edge, from: lineY(node, i + 1), to: lineY(target, 0), lane: 0 }];
    }),
  );
  const laneCount = assignLanes(lanes);
  const content: string[] = [];
  for (const lane of lanes) content.push(...drawTaken(lane, right, laneX + lane.lane * LANE));
  for (const node of nodes) {
    content.push(...drawSlots(node, left, boxX), ...drawCalls(node, right, laneX));
    content.push(
      rectangle(boxX, node.y, boxWidth, node.height, 4, node.runs ? 'box' : 'idle'),
      textAt(boxX + PADDING, node.y + 16, name(node), 'strong'),
    );
    if (node.entered > 0) {
      content.push(textAt(boxX + PADDING, node.y + 16 + ROW - 4, entered(node), 'muted'));
    }
    if (node.omitted > 0) {
      const y = lineY(node, node.calls.length + 1);
      content.push(textAt(right + 10, y - 5, more(node), 'muted'));
    }
  }
  const last = nodes.at(-1)!;
  let height = last.y + last.height;
  const hidden = scenario.programs.length - nodes.length;
  if (hidden > 0) {
    content.push(textAt(boxX, height + ROW, `… and ${hidden} more programs`, 'muted'));
    height += ROW + 4;
  }
  return { width: laneX + Math.max(1, laneCount) * LANE, height, content };
}

function drawTaken({ from, to }: Lane, right: number, x: number): string[] {
  const turn = to < from ? -CORNER : CORNER;
  const corner = (dx: number, dy: number) => `q${dx} 0 ${dx} ${dy}`;
  return [
    path(
      `M${right} ${from}H${x - CORNER}${corner(CORNER, turn)}V${to - turn}q0 ${turn} ${-CORNER} ${turn}H${right + 7}`,
      'taken',
    ),
    arrowHead(right + 1, to, -1, 'hop'),
  ];
}

/** Text, line and arrow of what comes in from the left. */
const LEFT_STYLES: Readonly<Record<SlotStyle | 'root', readonly [string, string, string]>> = {
  root: ['strong', 'slot', 'head'],
  initial: ['', 'slot', 'head'],
  written: ['edit', 'written', 'write'],
  omitted: ['muted', 'slot', 'head'],
};

/** The edges that come in from the left: the start of the run, and slots. */
function drawSlots(node: Node, left: number, boxX: number): string[] {
  const start = { label: 'run', style: 'root' } as const;
  return [...(node.isRoot ? [start] : []), ...node.slots].flatMap(({ label, style }, i) => {
    const y = node.y + i * ROW + 12;
    const [text, line, head] = LEFT_STYLES[style];
    return [
      textAt(left, y + 4, label, text, 'end'),
      path(`M${left + 6} ${y}H${boxX - 7}`, line),
      arrowHead(boxX - 1, y, 1, head),
    ];
  });
}

/** Labels of a program's tail calls, and the stubs of those that failed. */
function drawCalls(node: Node, right: number, laneX: number): string[] {
  return node.calls.flatMap((edge, i) => {
    const y = lineY(node, i + 1);
    const isTaken = edge.hop.result === 'taken';
    const label = textAt(right + 10, y - 5, labelOf(edge), isTaken ? 'strong' : 'bad');
    if (isTaken) return [label];
    const end = laneX - 10;
    return [
      path(`M${right} ${y}H${end - 6}`, 'failed'),
      path(`M${end - 4} ${y - 4}l8 8m0 -8l-8 8`, 'cross'),
      label,
    ];
  });
}

/** How the slots of each prog array stand at the start, in words. */
export function arraysText({ maps }: Scenario): string {
  const arrays = maps.filter((map) => map.type === 'prog_array');
  if (arrays.length === 0) return 'no prog array';
  const texts = arrays.map(
    ({ name, entries, maxEntries }) => `${name}: ${entries.length} of ${count(maxEntries, 'slot')}`,
  );
  return `filled at the start: ${firstFew(texts, ARRAYS_MAX).join(', ')}`;
}
