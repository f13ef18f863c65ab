import { expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';
import { resolve } from './index.ts';

/** The reasons why something of a manifest could not be read. */
async function gapsOf(manifest: string): Promise<string[]> {
  return resolve(await discoverFiles({ 'k8s/all.yaml': manifest }), undefined, undefined).gaps.map(
    ({ reason }) => reason,
  );
}

it.each([
  ['fluxcd.controlplane.io/v1', 'ResourceSet', 'makes objects from templates'],
  ['helm.cattle.io/v1', 'HelmChart', 'installs a chart'],
  ['kubernetes.crossplane.io/v1alpha2', 'Object', 'makes an object'],
  ['core.oam.dev/v1beta1', 'Application', 'makes the objects of its components'],
])('tells what a %s %s brings', async (apiVersion, kind, brings) => {
  const manifest = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: shop, namespace: apps }\nspec: {}\n`;
  expect(await gapsOf(manifest)).toEqual([
    `${kind} apps/shop of ${apiVersion} ${brings}, and what that brings is not evaluated here`,
  ]);
});

it('tells it once where templates of pods are seen', async () => {
  const pods = '{ template: { spec: { containers: [{ name: web, image: web:1 }] } } }';
  const manifest = `apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: { name: shop, namespace: apps }\nspec: { resources: [{ spec: ${pods} }] }\n`;
  expect(await gapsOf(manifest)).toHaveLength(1);
});

it('takes other kinds of these groups for what they are', async () => {
  const manifest =
    'apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSetInputProvider\nmetadata: { name: shop, namespace: apps }\nspec: { type: Static }\n';
  expect(await gapsOf(manifest)).toEqual([]);
});
