// The public face of the verifier: verdicts on programs.

export { PARTS } from './default-parts.ts';
export {
  type Certificate,
  type CertificateProblem,
  certify,
} from './explore/certificate.ts';
export type { LogLevel } from './log/log.ts';
export type { Parts } from './parts.ts';
export {
  type Limits,
  VERIFIER_RULES,
  VERIFIER_VERSIONS,
  type VerifierRules,
  type VerifierVersion,
} from './rules.ts';
export type { Subject } from './subject.ts';
export type { Accepted, Rejected, Statistics, Unsupported, Verdict } from './verdict.ts';
export { Verification } from './verification.ts';
export { DEFAULT_VERIFIER, type VerifyOptions, verify } from './verify.ts';
