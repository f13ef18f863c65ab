/** Who can log in at the lab. There are no passwords: everybody here is made up, and the provider listens on this machine only. */

export interface LabUser {
  readonly id: string;
  readonly tenant: string;
  readonly roles: readonly string[];
}

export const LAB_USERS: readonly LabUser[] = [
  { id: 'alice', tenant: 'acme', roles: ['user'] },
  { id: 'bob', tenant: 'globex', roles: ['user'] },
  { id: 'root', tenant: 'operations', roles: ['admin'] },
];

/** Colleagues of alice without number, who make load. The login page does not offer them. */
const CROWD = /^load-[1-9]\d{0,3}$/;

export function userOf(id: string | undefined): LabUser | undefined {
  if (id !== undefined && CROWD.test(id)) return { id, tenant: 'acme', roles: ['user'] };
  return LAB_USERS.find((user) => user.id === id);
}
