import type { Exporter } from './types.ts';

/** The monitoring itself. */
export const MONITORING: readonly Exporter[] = [
  {
    id: 'prometheus',
    port: 9090,
    source: 'Prometheus 3.5',
    images: /(?:^|\/)prometheus$/,
    apps: ['prometheus', 'prometheus-k8s', 'kube-prometheus-stack-prometheus'],
    prefixes: ['prometheus_', 'net_conntrack_', 'reloader_'],
    names: `
prometheus_{build_info,ready,config_last_reload_success_timestamp_seconds,config_last_reload_successful,api_notification_active_subscribers,engine_queries,engine_queries_concurrent_max,engine_query_duration_seconds,engine_query_log_enabled,engine_query_samples_total,http_request_duration_seconds,http_requests_total,http_response_size_bytes,notifications_alertmanagers_discovered,notifications_dropped_total,notifications_errors_total,notifications_latency_seconds,notifications_queue_capacity,notifications_queue_length,notifications_sent_total,rule_evaluation_duration_seconds,rule_evaluation_failures_total,rule_evaluations_total,rule_group_duration_seconds,rule_group_interval_seconds,rule_group_iterations_missed_total,rule_group_iterations_total,rule_group_last_duration_seconds,rule_group_last_evaluation_samples,rule_group_last_evaluation_timestamp_seconds,rule_group_rules,sd_discovered_targets,sd_failed_configs,sd_kubernetes_events_total,sd_kubernetes_failures_total,sd_refresh_failures_total,sd_refresh_duration_seconds,sd_updates_total,web_federation_errors_total}
prometheus_remote_storage_{bytes_total,dropped_samples_total,enqueue_retries_total,failed_samples_total,highest_timestamp_in_seconds,max_samples_per_send,pending_samples,queue_highest_sent_timestamp_seconds,queue_highest_timestamp_seconds,retried_samples_total,samples_dropped_total,samples_failed_total,samples_in_total,samples_pending,samples_retried_total,samples_total,sent_batch_duration_seconds,shard_capacity,shards,shards_desired,shards_max,shards_min,succeeded_samples_total,string_interner_zero_reference_releases_total,exemplars_total,histograms_total,metadata_total}
prometheus_target_{interval_length_seconds,metadata_cache_bytes,metadata_cache_entries,scrape_pool_exceeded_label_limits_total,scrape_pool_exceeded_target_limit_total,scrape_pool_reloads_failed_total,scrape_pool_reloads_total,scrape_pool_sync_total,scrape_pool_targets,scrape_pools_failed_total,scrape_pools_total,scrapes_cache_flush_forced_total,scrapes_exceeded_body_size_limit_total,scrapes_exceeded_sample_limit_total,scrapes_exceeded_native_histogram_bucket_limit_total,scrapes_exemplar_out_of_order_total,scrapes_sample_duplicate_timestamp_total,scrapes_sample_out_of_bounds_total,scrapes_sample_out_of_order_total,sync_failed_total,sync_length_seconds}
prometheus_tsdb_{blocks_loaded,checkpoint_creations_failed_total,checkpoint_deletions_failed_total,compaction_duration_seconds,compactions_failed_total,compactions_total,compactions_triggered_total,head_active_appenders,head_chunks,head_gc_duration_seconds,head_max_time,head_min_time,head_samples_appended_total,head_series,head_series_created_total,head_series_removed_total,head_truncations_failed_total,lowest_timestamp,lowest_timestamp_seconds,mmap_chunk_corruptions_total,out_of_order_samples_total,reloads_failures_total,reloads_total,retention_limit_bytes,size_retentions_total,storage_blocks_bytes,symbol_table_size_bytes,time_retentions_total,tombstone_cleanup_seconds,too_old_samples_total,vertical_compactions_total,wal_corruptions_total,wal_fsync_duration_seconds,wal_page_flushes_total,wal_segment_current,wal_storage_size_bytes,wal_truncations_failed_total,wal_writes_failed_total}
prometheus_wal_watcher_{current_segment,record_decode_failures_total,records_read_total,samples_sent_pre_tailing_total} net_conntrack_{dialer_conn_attempted_total,dialer_conn_established_total,dialer_conn_failed_total,listener_conn_accepted_total,listener_conn_closed_total} reloader_{last_reload_successful,last_reload_success_timestamp_seconds,reloads_failed_total,reloads_total,watches,watch_errors_total}`,
  },
  {
    id: 'prometheus-operator',
    source: 'prometheus-operator 0.83',
    images: /(?:^|\/)prometheus-operator$/,
    apps: ['prometheus-operator'],
    prefixes: ['prometheus_operator_'],
    names: `prometheus_operator_{build_info,feature_gate,kubelet_managed_resource,list_operations_failed_total,list_operations_total,managed_resources,node_address_lookup_errors_total,node_syncs_failed_total,node_syncs_total,ready,reconcile_duration_seconds,reconcile_errors_total,reconcile_operations_total,reconcile_sts_delete_create_total,resources,spec_replicas,spec_shards,status_update_errors_total,status_update_operations_total,syncs,triggered_total,watch_operations_failed_total,watch_operations_total}`,
  },
  {
    id: 'alertmanager',
    port: 9093,
    source: 'Alertmanager 0.28',
    images: /(?:^|\/)alertmanager$/,
    apps: ['alertmanager', 'alertmanager-main', 'kube-prometheus-stack-alertmanager'],
    prefixes: ['alertmanager_', 'reloader_'],
    names: `alertmanager_{alerts,alerts_invalid_total,alerts_received_total,build_info,cluster_alive_messages_total,cluster_enabled,cluster_failed_peers,cluster_health_score,cluster_members,cluster_messages_pruned_total,cluster_messages_queued,cluster_messages_received_total,cluster_messages_sent_total,cluster_peer_info,cluster_peers_joined_total,cluster_peers_left_total,cluster_pings_seconds,cluster_reconnections_failed_total,cluster_reconnections_total,cluster_refresh_join_failed_total,cluster_refresh_join_total,config_hash,config_last_reload_success_timestamp_seconds,config_last_reload_successful,dispatcher_aggregation_groups,dispatcher_alert_processing_duration_seconds,http_concurrency_limit_exceeded_total,http_request_duration_seconds,http_requests_in_flight,http_response_size_bytes,inhibition_rules,integrations,marked_alerts,nflog_gc_duration_seconds,nflog_queries_total,nflog_snapshot_size_bytes,notification_latency_seconds,notification_requests_failed_total,notification_requests_total,notifications_failed_total,notifications_suppressed_total,notifications_total,oversize_gossip_message_duration_seconds,partial_state_merges_failed_total,peer_position,receivers,silences,silences_query_duration_seconds,silences_snapshot_size_bytes,state_replication_failed_total} reloader_{last_reload_successful,reloads_failed_total,reloads_total}`,
  },
  {
    id: 'blackbox_exporter',
    port: 9115,
    source: 'blackbox_exporter 0.27',
    images: /(?:^|\/)blackbox[-_]exporter$/,
    apps: ['blackbox-exporter', 'prometheus-blackbox-exporter'],
    prefixes: ['blackbox_'],
    names:
      'blackbox_{exporter_build_info,exporter_config_last_reload_success_timestamp_seconds,exporter_config_last_reload_successful,module_unknown_total}',
  },
  {
    id: 'probe',
    source: 'blackbox_exporter 0.27, /probe',
    images: /$^/,
    apps: [],
    path: '/probe',
    prefixes: ['probe_'],
    gauges: true,
    names:
      'probe_{success,duration_seconds,dns_lookup_time_seconds,http_content_length,http_duration_seconds,http_redirects,http_ssl,http_status_code,http_uncompressed_body_length,http_version,http_last_modified_timestamp_seconds,ip_addr_hash,ip_protocol,ssl_earliest_cert_expiry,ssl_last_chain_expiry_timestamp_seconds,ssl_last_chain_info,tls_version_info,tls_cipher_info,failed_due_to_regex,dns_answer_rrs,dns_authority_rrs,dns_additional_rrs,dns_serial,dns_duration_seconds,icmp_duration_seconds,icmp_reply_hop_limit,expect_info,grpc_duration_seconds,grpc_healthcheck_response,grpc_ssl,grpc_status_code}',
  },
  {
    id: 'grafana',
    source: 'Grafana 12',
    images: /(?:^|\/)grafana(?:-oss|-enterprise)?$/,
    apps: ['grafana'],
    prefixes: [
      'grafana_',
      'access_',
      'deprecated_',
      'apiserver_',
      'authentication_',
      'authorization_',
      'plugins_',
      'workqueue_',
      'prometheus_template_',
      'cache_',
      'kubernetes_',
      'aggregator_',
      'field_validation_',
      'rest_client_',
      'watch_',
      'registered_metric',
      'hidden_metric',
      'disabled_metric',
    ],
    names:
      'grafana_{build_info,build_timestamp,http_request_duration_seconds,http_request_in_flight,http_response_size_bytes,page_response_status_total,proxy_response_status_total,api_response_status_total,alerting_result_total,alerting_execution_time_milliseconds,alerting_active_alerts,alerting_notification_failed_total,alerting_notification_sent_total,alerting_rule_evaluations_total,alerting_rule_evaluation_failures_total,alerting_rule_evaluation_duration_seconds,alerting_scheduler_behind_seconds,datasource_request_duration_seconds,datasource_request_total,datasource_request_in_flight,datasource_response_size_bytes,stat_totals_dashboard,stat_total_users,stat_total_orgs,stat_active_users,stat_totals_alert_rules,instance_start_total,database_conn_open,database_conn_in_use,database_conn_idle,feature_toggles_info,plugin_build_info,live_node_num_clients}',
  },
  {
    id: 'otel-collector',
    source: 'OpenTelemetry Collector 0.130',
    images:
      /(?:^|\/)(?:opentelemetry-collector(?:-[\w-]+)?|otel-?col(?:lector)?(?:-contrib)?|otelcol(?:-contrib)?|aws-otel-collector)$/,
    apps: ['opentelemetry-collector', 'otel-collector'],
    prefixes: ['otelcol_', 'http_', 'rpc_', 'target_info', 'promhttp_'],
    // What its Prometheus exporter hands on, at another port than its own 8888.
    opens: /./,
    names:
      'otelcol_{receiver_accepted_spans,receiver_refused_spans,receiver_accepted_metric_points,receiver_refused_metric_points,receiver_accepted_log_records,receiver_refused_log_records,exporter_sent_spans,exporter_send_failed_spans,exporter_sent_metric_points,exporter_send_failed_metric_points,exporter_sent_log_records,exporter_send_failed_log_records,exporter_enqueue_failed_spans,exporter_enqueue_failed_metric_points,exporter_enqueue_failed_log_records,exporter_queue_size,exporter_queue_capacity,processor_accepted_spans,processor_refused_spans,processor_dropped_spans,processor_incoming_items,processor_outgoing_items,processor_batch_batch_send_size,processor_batch_timeout_trigger_send,processor_tail_sampling_count_traces_sampled,processor_tail_sampling_sampling_decision_latency,processor_tail_sampling_sampling_trace_dropped_too_early,processor_tail_sampling_new_trace_id_received,process_cpu_seconds,process_memory_rss,process_runtime_heap_alloc_bytes,process_runtime_total_alloc_bytes,process_runtime_total_sys_memory_bytes,process_uptime}{,_total}',
  },
];
