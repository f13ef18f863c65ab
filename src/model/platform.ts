import type {
  DataClass,
  DataDocument,
  DirectiveClass,
  DirectiveDocument,
  DirectiveReading,
  HclBlock,
  OutlinedDocument,
  RepoDocument,
  SourceClass,
  TextClass,
  TextDocument,
} from './document.ts';
import type { KubeObject, Workload } from './kube.ts';
import type { Origin } from './origin.ts';
import type { EnvironmentSpec, ServiceSpec, Spec, StoreSpec } from './spec.ts';

/** How a deployable becomes objects. */
export type Renderer = 'plain' | 'kustomize' | 'helm' | 'terraform';

/** A unit as it is really deployed to an environment. */
export interface Deployable {
  /** Unique: `kustomize:overlays/production`, `helm:charts/api@values-prod.yaml`, `plain:k8s`, `terraform:infra/prod`. */
  readonly id: string;
  readonly renderer: Renderer;
  /** Folder (or file) it starts from, relative to the repository's root. */
  readonly path: string;
  /** The environment it is for, where its name, folder or Argo CD application tells; undefined: any. */
  readonly environment?: string;
  /** How the environment was recognised, in words; empty when it is undefined. */
  readonly environmentFrom?: string;
  readonly namespace?: string;
  /** Files it is made of, as far as they are known without rendering. */
  readonly sources: readonly string[];
  /** Helm: values files in the order they apply, release name, inline values. Kustomize: none. */
  readonly helm?: {
    readonly release: string;
    readonly valuesFiles: readonly string[];
    readonly values?: Readonly<Record<string, unknown>>;
    /** What an application says of its cluster, for charts that ask: otherwise Helm answers for a cluster without any custom resource. */
    readonly kubeVersion?: string;
    readonly apiVersions?: readonly string[];
    readonly skipCrds?: true;
  };
  /** What an Argo CD or Flux application adds to the folder: fields of a kustomization, and variables Flux fills in afterwards. */
  readonly kustomize?: {
    readonly overlay?: Readonly<Record<string, unknown>>;
    readonly substitute?: Readonly<Record<string, string>>;
    /** What else variables are read from, and nobody can see here. */
    readonly hiddenVariables?: HiddenVariables;
    /** Of a plain folder: a kustomization is made that lists its files, as Flux does, so that the fields act on them. */
    readonly generated?: true;
  };
  /** Labels and annotations that Flux gives every object at last, over those it has. Pods made of it do not get them. */
  readonly commonMetadata?: CommonMetadata;
  /** What named it: `overlays/production/kustomization.yaml`, `argocd/apps/api.yaml`. */
  readonly declaredBy: string;
  /** The application that named it, where that is itself a part of what another deployable renders. */
  readonly declaredAt?: Origin;
}

/** Variables whose values are in the cluster alone. */
export interface HiddenVariables {
  /** `Secret flux-system/vars`. */
  readonly from: readonly string[];
  /** Which ones; absent: any that nothing else gives a value. */
  readonly names?: readonly string[];
}

export interface CommonMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Something that should have been read and was not. */
export interface Gap {
  readonly path: string;
  /** Deployable that it belongs to, where known. */
  readonly deployable?: string;
  readonly reason: string;
  /** What mends it: "Install kustomize 5 or newer", "Fix the YAML at line 12". */
  readonly fix: string;
  /** What may be hidden in it. */
  readonly hides: readonly SourceClass[];
  /** The one service or store that it leaves open, `service/api`: it says nothing of the others. */
  readonly subject?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A service of the spec with the workloads that run it; or, without a declaration, a workload that was discovered: a Job, too. */
export interface Service {
  readonly name: string;
  readonly declared: boolean;
  readonly spec: ServiceSpec;
  readonly workloads: readonly Workload[];
  /** Set where nothing can be told of what runs it: there are no workloads then. */
  readonly unknown?: UnknownPods;
}

/** Why it cannot be told what runs: a workload that is named and not there, a kind whose pods nobody reads, a pod template that is none. */
export interface UnknownPods {
  readonly because: string;
  readonly origin: Origin;
  /** They end by themselves, as those of a Job. */
  readonly ends: boolean;
}

/** Another environment of the same platform, as far as its deployables could be rendered. */
export interface OtherEnvironment {
  readonly environment: EnvironmentSpec;
  readonly deployables: readonly Deployable[];
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly terraform: readonly HclBlock[];
  readonly gaps: readonly Gap[];
}

/** The facts of a platform in one environment, before they are indexed. */
export interface PlatformFacts {
  readonly name: string;
  readonly environment: EnvironmentSpec;
  /** True when no spec was found and discovery filled in for it. */
  readonly provisional: boolean;
  readonly assumptions: readonly string[];
  readonly spec: Spec;
  /** Path of the spec below the root; absent where discovery filled in for it. */
  readonly specPath?: string;
  readonly deployables: readonly Deployable[];
  readonly services: readonly Service[];
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  /** What Argo CD and Flux are told about this environment: applications and their sources, whether a deployable holds them or not. */
  readonly applications?: readonly KubeObject[];
  /** The other environments of the spec, or those that discovery recognised. */
  readonly otherEnvironments?: readonly OtherEnvironment[];
  readonly terraform: readonly HclBlock[];
  readonly documents: readonly RepoDocument[];
  /** Every file below the root, sorted. */
  readonly files: readonly string[];
  readonly gaps: readonly Gap[];
  /** Files that are there and are not what runs, with the reason: tests, examples, unselected components, exclusions. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

/** What a control's query may call. Each read is checked against the classes its metadata declares. */
export interface PlatformView {
  /** Stands for the platform that this is a view of, the same in all its views: what was worked out of it is remembered by it. */
  readonly platform: object;
  readonly environment: EnvironmentSpec;
  /** True when there is no spec: what is missing from it is unknown, not absent. */
  readonly provisional: boolean;
  /** Class `spec`. */
  readonly spec: Spec;
  /** Class `kubernetes`. */
  services(): readonly Service[];
  service(name: string): Service | undefined;
  store(name: string): StoreSpec | undefined;
  /** Class `kubernetes`: every workload, declared as a service or not. */
  workloads(): readonly Workload[];
  /** Class `kubernetes`: all objects of a kind, optionally of one namespace. Kind may be qualified: `Gateway.gateway.networking.k8s.io`. */
  objects(kind: string, namespace?: string): readonly KubeObject[];
  /** Class `kubernetes`: applications of Argo CD and Flux, and the sources of Flux, for this environment. */
  applications(): readonly KubeObject[];
  /** Class `kubernetes`: the other environments, each with what of it could not be read. */
  otherEnvironments(): readonly OtherEnvironment[];
  /** Class `kubernetes`: the kinds present. */
  kinds(): readonly string[];
  /** Class `terraform`: all blocks of a type, for resources and data optionally of one resource type. */
  terraform(type: string, label?: string): readonly HclBlock[];
  /** Class `terraform`: plans in JSON that lie beside the code. */
  plans(): readonly DataDocument[];
  data(kind: DataClass): readonly DataDocument[];
  directives(kind: DirectiveClass): readonly DirectiveDocument[];
  /** Reads a text that is not a file of the repository, such as a key of a ConfigMap, as a file of that class. */
  readDirectives(kind: DirectiveClass, text: string, origin: Origin): DirectiveReading;
  /** The first document of a YAML or JSON text that is not a file of the repository; undefined where it cannot be parsed. */
  readData(text: string): unknown;
  texts(kind: TextClass): readonly TextDocument[];
  /** Class `markdown`: the Markdown files with their outlines. */
  outlines(): readonly OutlinedDocument[];
  /** Class `files`: paths of all files, sorted. */
  files(): readonly string[];
}
