// What a model and a kernel say of one program: whether it is the same, and in which class a difference is.

import type { Program } from '../../../model/isa/program.ts';
import { rowKey } from '../../../model/isa/table.ts';
import type { Verdict } from '../../../model/verifier/verdict.ts';
import { verdictText } from '../reasons.ts';
import {
  type ComparedPlaces,
  compareStates,
  type StateComparison,
  type StateDifference,
} from './states.ts';

/** How far two verdicts agree. Where one side decides nothing they are not compared. */
export type Comparison =
  | { readonly kind: 'left'; readonly reason: string }
  | {
      readonly kind: 'compared';
      /** Whether both accept, or both refuse. */
      readonly verdict: boolean;
      /** The same verdict with the same error number. */
      readonly errno: boolean;
      /** The same verdict in the same words. */
      readonly message: boolean;
      /** Of programs that both accept. */
      readonly states?: StateComparison;
      /** The first thing that differs. */
      readonly difference?: Difference;
    };

export const DIFFERENCE_KINDS = ['verdict', 'errno', 'message', 'states', 'outside'] as const;

export interface Difference {
  readonly kind: (typeof DIFFERENCE_KINDS)[number];
  /** The same for differences that are alike: two reasons, the instruction after which numbers differ, or where a run is outside. */
  readonly name: string;
}

/** Compares verdicts of log level 2. */
export function compareVerdicts(
  program: Program,
  model: Verdict,
  kernel: Verdict,
  places?: ComparedPlaces,
): Comparison {
  if (kernel.kind === 'unsupported') return { kind: 'left', reason: `kernel: ${kernel.reason}` };
  if (model.kind === 'unsupported') return { kind: 'left', reason: `model: ${model.reason}` };
  const verdict = model.kind === kernel.kind;
  const errno = verdict && errnoOf(model) === errnoOf(kernel);
  const message = errno && messageOf(model) === messageOf(kernel);
  const states =
    model.kind === 'accepted' && kernel.kind === 'accepted'
      ? compareStates(model.log, kernel.log, places)
      : undefined;
  const kind = !verdict ? 'verdict' : !errno ? 'errno' : !message ? 'message' : undefined;
  const difference: Difference | undefined =
    kind !== undefined
      ? { kind, name: `model ${verdictText(model)}, kernel ${verdictText(kernel)}` }
      : stateDifference(program, states?.first);
  return {
    ...{ kind: 'compared', verdict, errno, message },
    ...(states === undefined ? {} : { states }),
    ...(difference === undefined ? {} : { difference }),
  };
}

type Decided = Exclude<Verdict, { kind: 'unsupported' }>;

const errnoOf = (verdict: Decided) => (verdict.kind === 'rejected' ? verdict.errno : undefined);
const messageOf = (verdict: Decided) => (verdict.kind === 'rejected' ? verdict.message : undefined);

function stateDifference(
  { code }: Program,
  first: StateDifference | undefined,
): Difference | undefined {
  if (first === undefined) return undefined;
  const { after, what } = first;
  const before = after === undefined ? undefined : code[after];
  const where = before === undefined ? 'at the start' : `after ${rowKey(before.row)}`;
  const which = what === 'visits' || what === 'frame' ? what : 'numbers';
  return { kind: 'states', name: `${which} ${where}` };
}
