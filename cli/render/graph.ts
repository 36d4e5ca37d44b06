// A run as a picture: its tail-call graph above, its time line below, as one SVG file.

import type { Outcome } from '../../model/scenario/outcome.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { arraysText, callGraph } from './graph-calls.ts';
import { shortened, svgDocument } from './graph-svg.ts';
import { timeline } from './graph-timeline.ts';
import { endingText } from './outcome.ts';
import { count, oneLine } from './text.ts';

const TITLE_MAX = 160;

/** The picture of a run; the same run gives the same bytes. @param title names it, as a heading. */
export function graphSvg(title: string, scenario: Scenario, outcome: Outcome): string {
  const { profile, type } = scenario;
  const facts = [
    profile.name,
    type,
    count(outcome.steps, 'step'),
    `${count(outcome.tailCalls, 'tail call')} taken`,
    endingText(scenario, outcome.ending),
  ];
  return svgDocument(
    shortened(oneLine(title), TITLE_MAX),
    shortened(oneLine(facts.join(' · ')), TITLE_MAX),
    [
      {
        heading: 'Tail calls',
        caption: shortened(arraysText(scenario), TITLE_MAX),
        part: callGraph(scenario, outcome),
      },
      { heading: 'Time line', caption: '', part: timeline(scenario, outcome) },
    ],
  );
}
