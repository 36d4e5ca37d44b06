// The public face of smt/: terms, the solver, the meaning of instructions as terms, and runs of it.

export { bitblast, checkDrat, dimacs } from './certificates/index.ts';
export {
  type CutPath,
  type Exploration,
  type ExploreBounds,
  type ExploredPath,
  type ExploreOptions,
  explore,
  type UnknownBranch,
} from './explore/explore.ts';
export type { SymbolicInputs } from './explore/inputs.ts';
export { type ConcreteMachine, createConcreteMachine, runConcrete } from './machine/machine.ts';
export * from './semantics/index.ts';
export * from './solver/index.ts';
export * from './terms/index.ts';
export * from './theorems/index.ts';
