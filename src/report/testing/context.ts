import type { ReportContext } from '../context.ts';
import { sampleControls } from './controls.ts';
import { sampleEvidence } from './decision.ts';
import { sampleTopology } from './topology.ts';

export const sampleContext: ReportContext = {
  controls: sampleControls,
  docs: 'https://docs.example.com/controls',
  evidence: sampleEvidence,
  topology: sampleTopology,
};
