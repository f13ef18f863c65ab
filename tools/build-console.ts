/** Bundles the page of the console into a folder of plain files that any web server can hand out. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url);

export async function buildConsole(folder: string): Promise<void> {
  const build = await rolldown({
    cwd: fileURLToPath(root),
    input: { main: 'services/console/src/main.ts' },
    platform: 'browser',
    resolve: { conditionNames: ['launchgate-source', 'import', 'browser', 'default'] },
    logLevel: 'warn',
  });
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', minify: true });
  await build.close();
  const styles = ['node_modules/@xterm/xterm/css/xterm.css', 'services/console/src/style.css'];
  const css = await Promise.all(styles.map((path) => readFile(new URL(path, root), 'utf8')));
  await writeFile(new URL(`${folder}/main.css`, root), css.join('\n'));
  await copyFile(new URL('services/console/index.html', root), new URL(`${folder}/index.html`, root));
}
