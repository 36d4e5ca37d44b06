// A solver's model of a goal: read, confirmed by the evaluator, and put back into terms.

import { InternalError } from '../../model/errors.ts';
import {
  type BoolSort,
  type BoolTerm,
  bv,
  type BvSort,
  eq,
  evaluate,
  type GoalText,
  not,
  type Value,
  type Variable,
  zeroValue,
} from '../terms/index.ts';
import { parseValue } from './model-text.ts';
import type { SolveReply } from './protocol.ts';

/** Values of variables by name. */
export type Model = ReadonlyMap<string, Value>;

/** Values in SMT-LIB text by name; those that do not matter may be absent. */
export type ValueTexts = Extract<SolveReply, { answer: 'sat' }>['values'];

/** The values of all variables of the goal. */
function readModel(text: GoalText, values: ValueTexts): Map<string, Value> {
  const texts = new Map(values);
  return new Map(text.variables.map((variable) => [variable.name, readValue(texts, variable)]));
}

function readValue(texts: ReadonlyMap<string, string>, { name, sort }: Variable): Value {
  const valueText = texts.get(name);
  return valueText === undefined ? zeroValue(sort) : parseValue(valueText, sort);
}

/** That the variables, but for arrays, have their values. */
export function valuesAsTerms(text: GoalText, values: ValueTexts): BoolTerm[] {
  const model = readModel(text, values);
  return text.variables.flatMap((variable) => {
    const value = model.get(variable.name);
    if (typeof value === 'bigint') {
      const { sort } = variable as Variable<BvSort>;
      return [eq(variable as Variable<BvSort>, bv(sort.width, value))];
    }
    if (typeof value !== 'boolean') return [];
    return [value ? (variable as Variable<BoolSort>) : not(variable as Variable<BoolSort>)];
  });
}

/**
 * The values that were asked for, once all assertions have been evaluated under the model.
 * @throws InternalError when one of them does not hold.
 */
export function confirmedModel(
  { name, assertions, wanted }: ModelGoal,
  text: GoalText,
  values: ValueTexts,
): Model {
  const model = readModel(text, values);
  assertions.forEach((assertion, i) => {
    if (!evaluate(assertion, model)) {
      throw new InternalError(`goal ${name}: the model does not satisfy assertion ${i + 1}`);
    }
  });
  if (wanted === undefined) return model;
  const texts = new Map(values);
  return new Map(
    wanted.map((variable) => [
      variable.name,
      model.get(variable.name) ?? readValue(texts, variable),
    ]),
  );
}

interface ModelGoal {
  readonly name: string;
  readonly assertions: readonly BoolTerm[];
  readonly wanted?: readonly Variable[];
}
