/** Clouds and platforms whose networks are not read: that something lies there is said, by the prefix of their provider's resources. */
import type { Configuration, Resource } from '../../proofs/topology/evaluate/index.ts';

const CLOUDS: Readonly<Record<string, string>> = {
  alicloud: 'Alibaba Cloud',
  civo: 'Civo',
  exoscale: 'Exoscale',
  huaweicloud: 'Huawei Cloud',
  ibm: 'IBM Cloud',
  ionoscloud: 'IONOS Cloud',
  linode: 'Linode',
  oci: 'Oracle Cloud',
  openstack: 'OpenStack',
  opentelekomcloud: 'Open Telekom Cloud',
  ovh: 'OVHcloud',
  proxmox: 'Proxmox',
  scaleway: 'Scaleway',
  stackit: 'STACKIT',
  tencentcloud: 'Tencent Cloud',
  upcloud: 'UpCloud',
  vsphere: 'vSphere',
  vultr: 'Vultr',
  yandex: 'Yandex Cloud',
};

/** What lies in no network: names, grants, images, objects and keys. */
const APART = /_(?:domain|dns|iam|me|object|registry|secret|kms|ssh)(?:_|$)/;

/** What a root makes in such clouds, one resource of each. */
export function otherClouds({ resources }: Configuration): { resource: Resource; cloud: string }[] {
  const found = resources
    .filter(({ mode, type }) => mode === 'managed' && !APART.test(type))
    .flatMap((resource) => {
      const cloud = CLOUDS[resource.type.split('_')[0] ?? ''];
      return cloud === undefined ? [] : [{ resource, cloud }];
    });
  return [...new Map(found.toReversed().map((one) => [one.cloud, one])).values()].toReversed();
}
