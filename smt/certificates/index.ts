// The public face of smt/certificates.

export { bitblast } from './bitblast.ts';
export { type Cnf, dimacs } from './cnf.ts';
export { type Check, checkDrat } from './drat.ts';
