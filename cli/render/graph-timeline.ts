// The time line of a run: programs entered, tail calls that failed, and what user space did where it was applied,
// a line each, in order. What repeats is shown once, with how often it came.

import { errnoName } from '../../model/maps/index.ts';
import type { Hop, Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario, ScheduleEntry } from '../../model/scenario/scenario.ts';
import { programName } from './code-place.ts';
import {
  circle,
  type Part,
  path,
  ROW,
  rectangle,
  shortened,
  textAt,
  textWidth,
} from './graph-svg.ts';
import { endingText, slotText } from './outcome.ts';
import { operationText, timeText } from './schedule.ts';

type Kind = 'start' | 'taken' | 'failed' | 'write' | 'end' | 'unreached' | 'omitted';

export interface TimelineEvent {
  readonly kind: Kind;
  /** Steps completed before; absent for what has no place in time. */
  readonly step?: number;
  readonly text: string;
  readonly detail: string;
}

/** Events that came so many times in a row, as a group. */
export interface Repeated {
  readonly events: readonly TimelineEvent[];
  readonly times: number;
}

/** The longest cycle that is recognised: so many hops and writes. */
const PERIOD_MAX = 40;
const ROWS_MAX = 160;
const ROWS_AT_END = 20;
const TEXT_MAX = 160;

function writeEvent(
  scenario: Scenario,
  entry: ScheduleEntry,
  errno: number | null,
  step?: number,
): TimelineEvent {
  const result = errno === null ? ': never reached' : errno === 0 ? '' : `: ${errnoName(errno)}`;
  return {
    kind: errno === null ? 'unreached' : 'write',
    ...(step === undefined ? {} : { step }),
    text: operationText(scenario, entry),
    detail: `before ${timeText(entry)}${result}`,
  };
}

function hopEvent(scenario: Scenario, hop: Hop): TimelineEvent {
  const slot = slotText(scenario, hop);
  const from = programName(scenario, hop.at.program);
  return hop.result === 'taken'
    ? {
        kind: 'taken',
        step: hop.step,
        text: programName(scenario, hop.target),
        detail: `${slot} from ${from}`,
      }
    : {
        kind: 'failed',
        step: hop.step,
        text: `${slot} ${hop.result.replaceAll('_', ' ')}`,
        detail: `in ${from}`,
      };
}

/**
 * All that happened, in order. At the same step the writes before the step come first, then those before the
 * hop, then the hop itself: docs/semantics.md, Run.
 */
export function timelineEvents(scenario: Scenario, outcome: Outcome): TimelineEvent[] {
  const { schedule } = scenario;
  const placed: { readonly order: readonly [number, number]; readonly event: TimelineEvent }[] = [];
  const unreached: TimelineEvent[] = [];
  schedule.forEach((entry, i) => {
    const errno = outcome.schedule[i] ?? null;
    if (errno === null) {
      unreached.push(writeEvent(scenario, entry, null));
      return;
    }
    const { before } = entry;
    // A call that traps attempts nothing and leaves no hop, but what comes before it was applied: at the end.
    const step = 'step' in before ? before.step : (outcome.hops[before.hop]?.step ?? outcome.steps);
    const event = writeEvent(scenario, entry, errno, step);
    placed.push({ order: [step, 'step' in before ? 0 : 1], event });
  });
  for (const hop of outcome.hops) {
    placed.push({ order: [hop.step, 2], event: hopEvent(scenario, hop) });
  }
  // The sort is stable, so that equal ones stay in the file's order.
  placed.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
  return [
    {
      kind: 'start',
      step: 0,
      text: programName(scenario, scenario.run.program),
      detail: 'the run starts',
    },
    ...placed.map(({ event }) => event),
    {
      kind: 'end',
      step: outcome.steps,
      text: shortened(endingText(scenario, outcome.ending), TEXT_MAX),
      detail: '',
    },
    ...unreached,
  ];
}

/** Finds cycles: at each place the one that covers most, if it saves lines at all. */
export function collapse(events: readonly TimelineEvent[]): Repeated[] {
  const keys = events.map(({ kind, text, detail }) => `${kind}\0${text}\0${detail}`);
  const groups: Repeated[] = [];
  for (let at = 0; at < events.length; ) {
    let best = { period: 1, times: 1 };
    for (let period = 1; period <= PERIOD_MAX; period++) {
      let end = at + period;
      while (end < keys.length && keys[end] === keys[end - period]) end++;
      const times = Math.floor((end - at) / period);
      if (times > 1 && times * period > best.times * best.period) best = { period, times };
    }
    groups.push({ events: events.slice(at, at + best.period), times: best.times });
    at += best.period * best.times;
  }
  return groups;
}

/** So many lines that a picture can show: the first, how many were left out, and the last. */
function fewGroups(groups: readonly Repeated[]): readonly Repeated[] {
  let rows = 0;
  let first = 0;
  const total = groups.reduce((sum, { events }) => sum + events.length, 0);
  if (total <= ROWS_MAX) return groups;
  while (rows < ROWS_MAX - ROWS_AT_END) rows += groups[first++]!.events.length;
  let last = groups.length;
  for (let kept = 0; kept < ROWS_AT_END && last > first; ) kept += groups[--last]!.events.length;
  const omitted = groups
    .slice(first, last)
    .reduce((sum, { events, times }) => sum + events.length * times, 0);
  if (omitted === 0) return groups;
  const line: TimelineEvent = { kind: 'omitted', text: `… ${omitted} more …`, detail: '' };
  return [...groups.slice(0, first), { events: [line], times: 1 }, ...groups.slice(last)];
}

const TEXT_STYLES: Readonly<Record<Kind, string>> = {
  start: 'strong',
  taken: 'strong',
  failed: 'bad',
  write: 'edit',
  end: 'strong',
  unreached: 'muted',
  omitted: 'muted',
};

function marker(kind: Kind, x: number, y: number): string[] {
  switch (kind) {
    case 'start':
    case 'taken':
      return [circle(x, y, 5, 'hop')];
    case 'failed':
      return [circle(x, y, 6, 'page'), path(`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, 'cross')];
    case 'write':
      return [rectangle(x - 5, y - 5, 10, 10, 1, 'write')];
    case 'end':
      return [circle(x, y, 6, 'page'), circle(x, y, 5, 'end')];
    case 'unreached':
      return [rectangle(x - 5, y - 5, 10, 10, 1, 'idle')];
    case 'omitted':
      return [];
  }
}

/** Draws the time line. */
export function timeline(scenario: Scenario, outcome: Outcome): Part {
  const groups = fewGroups(collapse(timelineEvents(scenario, outcome)));
  const rows = groups.flatMap(({ events }) => events);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => textWidth(text)));
  const stepText = ({ step }: TimelineEvent) => (step === undefined ? '' : `${step}`);
  const stepX = widest(['step', ...rows.map(stepText)]);
  const axisX = stepX + 20;
  const textX = axisX + 18;
  // The ending is long and has no details: it may reach into their column.
  const detailed = rows.filter(({ detail }) => detail !== '');
  const detailX = textX + widest(detailed.map(({ text }) => text)) + 20;
  const timesX = detailX + widest(rows.map(({ detail }) => detail)) + 16;

  const content: string[] = [textAt(stepX, 4, 'step', 'muted', 'end')];
  const y = (row: number) => (row + 1) * ROW;
  const timed = rows.filter(({ step }) => step !== undefined).length;
  const lastTimed = rows.findLastIndex(({ step }) => step !== undefined);
  if (timed > 1) content.push(path(`M${axisX} ${y(0)}V${y(lastTimed)}`, 'slot'));
  let row = 0;
  let width = textX + widest(rows.map(({ text }) => text));
  for (const { events, times } of groups) {
    if (times > 1) {
      const middle = (y(row) + y(row + events.length - 1)) / 2;
      const label = `×${times}`;
      if (events.length > 1) {
        content.push(
          path(`M${timesX - 6} ${y(row) - 6}h4V${y(row + events.length - 1) + 6}h-4`, 'slot'),
        );
      }
      content.push(textAt(timesX + 4, middle + 4, label, 'strong'));
      width = Math.max(width, timesX + 4 + textWidth(label));
    }
    for (const event of events) {
      content.push(
        ...(event.step === undefined
          ? []
          : [textAt(stepX, y(row) + 4, stepText(event), 'muted', 'end')]),
        ...marker(event.kind, axisX, y(row)),
        textAt(textX, y(row) + 4, event.text, TEXT_STYLES[event.kind]),
        ...(event.detail === '' ? [] : [textAt(detailX, y(row) + 4, event.detail, 'muted')]),
      );
      row++;
    }
  }
  return { width: Math.max(width, timesX), height: y(rows.length - 1) + ROW / 2, content };
}
