// An exhibit that scenarios show: from its two variants, its law and its sight to the hunts and the fix.

import type { Draft } from '../draft.ts';
import type { Exhibit, NotApplicable } from '../exhibit.ts';
import { huntByFuzzing, huntByProof, type Quarry } from '../hunt.ts';
import { type Law, proveFix } from '../law.ts';

export interface ScenarioExhibit
  extends Pick<Exhibit, 'title' | 'kernels' | 'source' | 'sureness'>,
    Quarry {
  readonly aliases?: readonly string[];
  readonly law: Law<Draft>;
  /** Why random scenarios are not tried. */
  readonly noFuzzing?: NotApplicable;
}

export function scenarioExhibit(description: ScenarioExhibit): Exhibit {
  const { id, title, kernels, source, sureness, aliases = [], law } = description;
  const { faulty, mended, sight } = description;
  return {
    id,
    aliases,
    kind: 'tail-call',
    title,
    kernels,
    source,
    sureness,
    faulty: nameOf(faulty),
    mended: nameOf(mended),
    shows: sight.words,
    law: law.statement,
    proof: (tools) => huntByProof(description, law, tools),
    fuzzing: description.noFuzzing ?? ((tools) => huntByFuzzing(description, tools)),
    fix: (tools) =>
      proveFix(
        law,
        `museum/${id}`,
        source,
        { faulty: faulty.subject, mended: mended.subject },
        tools,
      ),
  };
}

const nameOf = ({ profile, isProfile }: Quarry['faulty']) =>
  isProfile ? profile.name : `${profile.name}, with a changed meaning`;
