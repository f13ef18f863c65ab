import type { ControlMeta } from '../../model/control.ts';

export const workloadsControls: readonly ControlMeta[] = [
  {
    id: 'on-prem-topology',
    title: 'On-premises topology',
    statement:
      'An installation on VMs or bare metal has at least three control-plane and three worker nodes, storage nodes, a VIP pair and the same services as the cloud.',
    area: 'workloads',
    stage: 'day-0',
    launch: false,
    sources: ['IR1', 'IR3'],
    halves: ['check'],
    reads: ['spec', 'compose', 'files'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
