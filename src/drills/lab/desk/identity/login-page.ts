import { LAB_USERS } from './users.ts';

/** One button for each user. */
export function loginPage(uid: string): string {
  const buttons = LAB_USERS.map(
    ({ id, tenant, roles }) =>
      `<p><button name="user" value="${id}">Log in as ${id}</button> ${roles.join(', ')} of ${tenant}</p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Log in to the lab</title>
<h1>Log in to the lab</h1>
<form method="get" action="/interaction/${encodeURIComponent(uid)}">
${buttons.join('\n')}
</form>
</html>
`;
}
