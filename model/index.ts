// What eBPF is and what it allows: the instruction table, scenarios, maps, profiles. Nothing here runs a program.

export {
  InputError,
  InternalError,
  type Place,
  type Total,
  UnsupportedError,
} from './errors.ts';
export * from './domain/index.ts';
export * from './isa/instruction.ts';
export * from './isa/operations.ts';
export { createProgram, decodeProgram, encodeProgram, type Program } from './isa/program.ts';
export type { Family, FieldRules, Form, Operation, Row, RowName } from './isa/row.ts';
export { isWide, ROWS, rowKey, rowNamed } from './isa/table.ts';
export { type AssembleOptions, type Assembly, assemble } from './isa/text/assemble.ts';
export {
  type DisassembleOptions,
  disassemble,
  disassembleInstruction,
} from './isa/text/disassemble.ts';
export * from './maps/index.ts';
export {
  DEFAULT_PROFILE,
  isInCatalogue,
  listProfiles,
  profileNamed,
} from './profiles/catalogue.ts';
export type { LinuxRelease } from './profiles/instruction-set.ts';
export * from './profiles/profile.ts';
export { parseProfile } from './profiles/read.ts';
export { type ProgramType, PROGRAM_TYPES } from './scenario/context.ts';
export { createScenario, type ScenarioInput } from './scenario/create.ts';
export * from './scenario/outcome.ts';
export {
  type NamedScenario,
  parseScenario,
  parseScenarioFile,
  type ScenarioOfFile,
} from './scenario/read.ts';
export * from './scenario/scenario.ts';
export { validateScenario } from './scenario/validate.ts';
export { validateInstructions } from './scenario/validate-instructions.ts';
export { type FormatOptions, formatScenario } from './scenario/write.ts';
