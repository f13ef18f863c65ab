/** The Kubernetes cluster that the target is identified by, and no other one. */
export interface Cluster {
  /** Rejects with CannotTell unless that way leads to the target's cluster. Asks for its identity, and sends nothing else. */
  demand(way?: ClusterWay): Promise<void>;
  /** One call of the API, sent once the way is known to lead to the target's cluster; rejects with the API's message for a status of 400 and more. */
  call(
    method: 'GET' | 'PATCH' | 'DELETE',
    path: string,
    options?: { readonly patch?: unknown; readonly way?: ClusterWay },
  ): Promise<unknown>;
}

/** Another way than the one by which the target was identified: a login with other rights, say. */
export interface ClusterWay {
  /** Absolute path. */
  readonly kubeconfig?: string;
  /** Of that kubeconfig; without one, of the kubeconfig that the target was identified with. */
  readonly context?: string;
}
