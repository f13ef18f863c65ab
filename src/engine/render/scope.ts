import { isMapping } from '../../model/cursor.ts';

/** Kinds without a namespace, as `Kind.group`; core kinds have no group. From the API of Kubernetes 1.33 and the CRDs people install. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'ComponentStatus',
  'APIService.apiregistration.k8s.io',
  'CertificateSigningRequest.certificates.k8s.io',
  'ClusterTrustBundle.certificates.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'CSIDriver.storage.k8s.io',
  'CSINode.storage.k8s.io',
  'StorageClass.storage.k8s.io',
  'VolumeAttachment.storage.k8s.io',
  'VolumeAttributesClass.storage.k8s.io',
  'VolumeSnapshotClass.snapshot.storage.k8s.io',
  'VolumeSnapshotContent.snapshot.storage.k8s.io',
  'DeviceClass.resource.k8s.io',
  'ResourceSlice.resource.k8s.io',
  'FlowSchema.flowcontrol.apiserver.k8s.io',
  'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io',
  'IngressClass.networking.k8s.io',
  'IPAddress.networking.k8s.io',
  'ServiceCIDR.networking.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'MutatingAdmissionPolicy.admissionregistration.k8s.io',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'PriorityClass.scheduling.k8s.io',
  'RuntimeClass.node.k8s.io',
  'PodSecurityPolicy.policy',
  'GatewayClass.gateway.networking.k8s.io',
  'AdminNetworkPolicy.policy.networking.k8s.io',
  'BaselineAdminNetworkPolicy.policy.networking.k8s.io',
  'ClusterIssuer.cert-manager.io',
  'ClusterSecretStore.external-secrets.io',
  'ClusterExternalSecret.external-secrets.io',
  'ClusterPushSecret.external-secrets.io',
  'ClusterGenerator.generators.external-secrets.io',
  'ClusterPolicy.kyverno.io',
  'ClusterCleanupPolicy.kyverno.io',
  'ClusterPolicyReport.wgpolicyk8s.io',
  'ValidatingPolicy.policies.kyverno.io',
  'ImageValidatingPolicy.policies.kyverno.io',
  'MutatingPolicy.policies.kyverno.io',
  'GeneratingPolicy.policies.kyverno.io',
  'ClusterImagePolicy.policy.sigstore.dev',
  'ConstraintTemplate.templates.gatekeeper.sh',
  'ClusterAnalysisTemplate.argoproj.io',
  'ClusterWorkflowTemplate.argoproj.io',
  'CiliumClusterwideNetworkPolicy.cilium.io',
  'CiliumNode.cilium.io',
  'CiliumLoadBalancerIPPool.cilium.io',
  'CiliumBGPClusterConfig.cilium.io',
  ...[
    'GlobalNetworkPolicy',
    'GlobalNetworkSet',
    'HostEndpoint',
    'IPPool',
    'KubeControllersConfiguration',
    'StagedGlobalNetworkPolicy',
    'Tier',
  ].flatMap((kind) => [`${kind}.projectcalico.org`, `${kind}.crd.projectcalico.org`]),
  'NodePool.karpenter.sh',
  'NodeClaim.karpenter.sh',
  'EC2NodeClass.karpenter.k8s.aws',
  'Provisioner.karpenter.sh',
  'ClusterTriggerAuthentication.keda.sh',
  'ClusterImageCatalog.postgresql.cnpg.io',
  'ClusterComplianceReport.aquasecurity.github.io',
]);

/** Tells which kinds have no namespace: Kubernetes' own, well-known CRDs, and the CRDs of the repository. */
export class Scopes {
  readonly #declared = new Map<string, boolean>();

  /** Takes note of what a CustomResourceDefinition says. Other objects are ignored. */
  learn(body: Readonly<Record<string, unknown>>): void {
    const spec = body['spec'];
    if (body['kind'] !== 'CustomResourceDefinition' || !isMapping(spec) || !isMapping(spec['names'])) return;
    const kind = spec['names']['kind'];
    if (typeof kind === 'string' && typeof spec['group'] === 'string')
      this.#declared.set(`${kind}.${spec['group']}`, spec['scope'] === 'Cluster');
  }

  isClusterScoped(apiVersion: string, kind: string): boolean {
    const slash = apiVersion.indexOf('/');
    const key = slash === -1 ? kind : `${kind}.${apiVersion.slice(0, slash)}`;
    return this.#declared.get(key) ?? (CLUSTER_SCOPED.has(key) || key.endsWith('.constraints.gatekeeper.sh'));
  }
}
