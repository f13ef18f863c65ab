import type { Exporter } from './types.ts';

/** Edge, mesh, delivery and workflow. */
export const DELIVERY: readonly Exporter[] = [
  {
    id: 'ingress-nginx',
    source: 'ingress-nginx 1.12',
    images: /(?:^|\/)(?:ingress-nginx(?:\/controller(?:-chroot)?)?|ingress-nginx-controller|nginx-ingress-controller)$/,
    apps: ['ingress-nginx', 'nginx-ingress-controller'],
    prefixes: ['nginx_ingress_controller_'],
    names:
      'nginx_ingress_controller_{requests,request_duration_seconds,request_size,response_duration_seconds,response_size,bytes_sent,connect_duration_seconds,header_duration_seconds,ingress_upstream_latency_seconds,build_info,check_errors,check_success,config_hash,config_last_reload_successful,config_last_reload_successful_timestamp_seconds,errors,success,leader_election_status,orphan_ingress,ssl_certificate_info,ssl_expire_time_seconds,admission_config_size,admission_render_duration,admission_render_ingresses,admission_roundtrip_duration,admission_tested_duration,admission_tested_ingresses,nginx_process_connections,nginx_process_connections_total,nginx_process_cpu_seconds_total,nginx_process_num_procs,nginx_process_oldest_start_time_seconds,nginx_process_read_bytes_total,nginx_process_requests_total,nginx_process_resident_memory_bytes,nginx_process_virtual_memory_bytes,nginx_process_write_bytes_total}',
  },
  {
    id: 'nginx-exporter',
    port: 9113,
    source: 'nginx-prometheus-exporter 1.4',
    images: /(?:^|\/)nginx(?:-prometheus)?-exporter$/,
    apps: ['nginx-prometheus-exporter', 'nginx-exporter'],
    prefixes: ['nginx_', 'nginxplus_', 'nginxexporter_'],
    names:
      'nginx_{up,connections_accepted,connections_active,connections_handled,connections_reading,connections_waiting,connections_writing,http_requests_total,exporter_build_info}',
  },
  {
    id: 'argo-rollouts',
    source: 'Argo Rollouts 1.8',
    images: /(?:^|\/)argo-rollouts$/,
    apps: ['argo-rollouts'],
    prefixes: [
      'rollout_',
      'analysis_run_',
      'experiment_',
      'controller_clientset_',
      'notification_send',
      'notification_',
      'workqueue_',
    ],
    names:
      'rollout_{info,info_replicas_available,info_replicas_desired,info_replicas_unavailable,info_replicas_updated,phase,reconcile,reconcile_error,events_total} analysis_run_{info,metric_phase,metric_type,phase,reconcile,reconcile_error} experiment_{info,phase,reconcile,reconcile_error} controller_clientset_k8s_request_total notification_send{,_error,_success}',
  },
  {
    id: 'argocd',
    source: 'Argo CD 3.0',
    images: /(?:^|\/)argocd$/,
    apps: ['argocd', 'argocd-application-controller', 'argocd-server', 'argocd-repo-server'],
    prefixes: ['argocd_', 'workqueue_'],
    names:
      'argocd_{app_info,app_condition,app_k8s_request_total,app_labels,app_orphaned_resources_count,app_reconcile,app_sync_total,app_sync_duration_seconds_total,cluster_api_resource_objects,cluster_api_resources,cluster_cache_age_seconds,cluster_connection_status,cluster_events_total,cluster_info,git_request_duration_seconds,git_request_total,git_fetch_fail_total,git_lsremote_fail_total,repo_pending_request_total,redis_request_duration,redis_request_total,kubectl_exec_pending,kubectl_exec_total,kubectl_requests_total,login_request_total,info}',
  },
  {
    id: 'cert-manager',
    source: 'cert-manager 1.18',
    images: /(?:^|\/)cert-manager-controller$/,
    apps: ['cert-manager'],
    prefixes: ['certmanager_', 'workqueue_'],
    names:
      'certmanager_{certificate_expiration_timestamp_seconds,certificate_renewal_timestamp_seconds,certificate_not_before_timestamp_seconds,certificate_not_after_timestamp_seconds,certificate_issuance_timestamp_seconds,certificate_ready_status,certificate_challenge_status,clock_time_seconds,clock_time_seconds_gauge,controller_sync_call_count,controller_sync_error_count,http_acme_client_request_count,http_acme_client_request_duration_seconds,http_venafi_client_request_duration_seconds}{,_total}',
  },
  {
    id: 'envoy',
    source: 'Envoy 1.34',
    images: /(?:^|\/)(?:envoy(?:-distroless|-gateway)?|proxyv2)$/,
    apps: ['envoy', 'istio-proxy', 'envoy-stats-monitor', 'istio-component-monitor'],
    prefixes: ['envoy_', 'istio_'],
    opens: /./,
    names:
      'istio_{requests_total,request_duration_milliseconds,request_bytes,response_bytes,request_messages_total,response_messages_total,tcp_connections_opened_total,tcp_connections_closed_total,tcp_received_bytes_total,tcp_sent_bytes_total,build,agent_process_start_time_seconds} envoy_cluster_{upstream_rq_total,upstream_rq_time,upstream_rq_xx,upstream_cx_active,upstream_cx_total,membership_healthy,membership_total,upstream_rq_retry,upstream_rq_timeout,upstream_rq_pending_overflow} envoy_http_{downstream_rq_total,downstream_rq_xx,downstream_rq_time,downstream_cx_active,downstream_cx_total} envoy_server_{live,uptime,memory_allocated,days_until_first_cert_expiring,state}',
  },
  {
    id: 'istiod',
    source: 'Istio 1.26',
    images: /(?:^|\/)pilot$/,
    apps: ['istiod', 'pilot'],
    prefixes: ['pilot_', 'istiod_', 'citadel_', 'galley_', 'sidecar_injection_', 'webhook_', 'istio_'],
    names:
      'pilot_{xds,xds_pushes,xds_push_time,proxy_convergence_time,conflict_inbound_listener,total_xds_rejects,k8s_cfg_events,info} istiod_{uptime_seconds,managed_clusters} citadel_server_{root_cert_expiry_timestamp,csr_count,success_cert_issuance_count} galley_validation_{passed,failed} sidecar_injection_{success,failure,requests}_total istio_build',
  },
  {
    id: 'temporal',
    source: 'Temporal server 1.28',
    images: /(?:^|\/)(?:temporal-server|temporalio\/server|auto-setup|temporal)$/,
    apps: ['temporal', 'temporal-frontend', 'temporal-history', 'temporal-matching', 'temporal-worker'],
    // Its names share no beginning; these are the words that most of them start with.
    prefixes: [
      'temporal_',
      'service_',
      'persistence_',
      'task_',
      'tasks_',
      'workflow_',
      'history_',
      'matching_',
      'poll_',
      'approximate_',
      'cache_',
      'lock_',
      'schedule_',
      'activity_',
      'replication_',
      'shard',
      'visibility_',
      'namespace_',
      'acquire_',
      'membership_',
      'client_',
      'memory_',
      'num_',
      'transfer_',
      'timer_',
      'nexus_',
      'semaphore_',
      'state_transition_',
      'mutable_state_',
    ],
    names:
      'service_requests service_errors service_error_with_type service_pending_requests service_latency service_latency_nouserlatency persistence_{requests,errors,errors_with_type,latency} approximate_backlog_{count,age_seconds} task_{requests,errors,latency,attempt,latency_queue} workflow_{success,failed,timeout,terminate,cancel,continued_as_new,task_timeout} schedule_to_start_timeout cache_{latency,miss,requests} history_{size,count} mutable_state_size syncmatch_latency asyncmatch_latency poll_{success,timeouts} tasks_added lock_{requests,latency} restarts membership_changed_count client_{requests,errors,latency} num_goroutines memory_{allocated,heap}{,idle,inuse}',
  },
];
