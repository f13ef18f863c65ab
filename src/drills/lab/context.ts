/** The lab as its parts see it. */
import { join } from 'node:path';
import { LaunchgateError } from '../../model/errors.ts';
import type { Lab, Part, TlsFiles } from './part.ts';
import type { LabPlan } from './plan.ts';
import { nodeProgram } from './run/programs.ts';
import type { LabState } from './run/state.ts';
import { enterSegment, segmentParts } from './segments/index.ts';
import { ownerFor } from './run/users.ts';
import { makeFolder, writeOwned } from './trust/mount.ts';
import type { TrustStore } from './trust/store.ts';

/** Who the lab itself is when it asks servers for their health. */
export const OPERATOR = { name: 'lab-operator', namespace: 'lab' } as const;

export interface LabSources {
  readonly directory: string;
  readonly state: LabState;
  readonly plan: LabPlan;
  readonly parts: readonly Part[];
  readonly trust: TrustStore;
}

export function makeLab({ directory, state, plan, parts, trust }: LabSources): Lab {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const lab: Lab = {
    id: state.id,
    directory,
    host: state.host,
    plan,
    client: tlsFiles(join(directory, 'client')),
    scratch: (part) => join(state.scratch, part),
    folder: (part) => join(state.partsFolder, known(part).name),
    port(part, name) {
      const port = state.parts[part]?.ports[name];
      if (port !== undefined) return port;
      throw new LaunchgateError('internal', `part "${part}" of the lab has no port "${name}"`);
    },
    has: (part) => byName.has(part),
    replicas: (service) =>
      parts
        .map(({ name }) => name)
        .filter((name) => name.startsWith(`${service}-`) && /^\d+$/.test(name.slice(service.length + 1))),
    tls: (part) => tlsFiles(join(lab.folder(part), 'tls')),
    secret: (name) => trust.secret(name),
    secretFile(part, name) {
      if (known(part).secrets?.includes(name) === true) return join(lab.folder(part), 'secrets', name);
      throw new LaunchgateError('internal', `part "${part}" of the lab does not declare the secret "${name}"`);
    },
    write(part, path, content, mode = 0o600) {
      const owner = ownerFor(known(part).user);
      const file = join(lab.folder(part), path);
      makeFolder(join(file, '..'), owner);
      writeOwned(file, content, mode, owner);
      return file;
    },
    log: (part) => join(directory, 'logs', `${part}.log`),
    enter: (part, owner) =>
      state.segmented ? enterSegment({ id: state.id, parts: segmentParts(state.parts) }, part, owner) : [],
    program: nodeProgram,
  };
  return lab;

  function known(part: string): Part {
    const found = byName.get(part);
    if (found !== undefined) return found;
    throw new LaunchgateError('internal', `the lab has no part "${part}"`);
  }
}

function tlsFiles(folder: string): TlsFiles {
  return { folder, cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), ca: join(folder, 'ca.crt') };
}
