// The museum of bugs: what it has, and a visit of it.

export {
  EXHIBIT_KINDS,
  type Exhibit,
  type ExhibitKind,
  type Find,
  type FixResult,
  type FoundFile,
  type Hunt,
  type HuntResult,
  type Measure,
  type NotApplicable,
  type Tools,
} from './exhibit.ts';
export { type Choice, chooseExhibits, EXHIBITS } from './registry.ts';
export {
  type ExhibitReport,
  type FixReport,
  type VisitEvent,
  type VisitOptions,
  visit,
  WAYS,
  type Way,
  type WayReport,
} from './visit.ts';
