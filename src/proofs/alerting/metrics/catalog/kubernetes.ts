import type { Exporter } from './types.ts';

/** What a cluster itself exposes, and the exporters of its objects and nodes. */
export const KUBERNETES: readonly Exporter[] = [
  {
    id: 'kube-state-metrics',
    source: 'kube-state-metrics 2.15, docs/metrics',
    images: /(?:^|\/)kube-state-metrics$/,
    apps: ['kube-state-metrics', 'ksm'],
    prefixes: ['kube_'],
    gauges: true,
    names: `
kube_pod_{info,owner,labels,annotations,created,start_time,completion_time,deletion_timestamp,restart_policy,ips,runtimeclass_name_info,tolerations,overhead_cpu_cores,overhead_memory_bytes,service_account,scheduler,spec_volumes_persistentvolumeclaims_info,spec_volumes_persistentvolumeclaims_readonly}
kube_pod_status_{phase,ready,ready_time,initialized_time,container_ready_time,reason,scheduled,scheduled_time,unschedulable,qos_class}
kube_pod_container_{info,resource_requests,resource_limits,state_started}
kube_pod_container_status_{ready,running,waiting,waiting_reason,terminated,terminated_reason,last_terminated_reason,last_terminated_exitcode,last_terminated_timestamp,restarts_total}
kube_pod_init_container_{info,resource_requests,resource_limits}
kube_pod_init_container_status_{ready,running,waiting,waiting_reason,terminated,terminated_reason,last_terminated_reason,restarts_total}
kube_deployment_{created,labels,annotations,owner,metadata_generation,spec_replicas,spec_paused,spec_strategy_rollingupdate_max_surge,spec_strategy_rollingupdate_max_unavailable}
kube_deployment_status_{condition,observed_generation,replicas,replicas_available,replicas_ready,replicas_unavailable,replicas_updated}
kube_statefulset_{created,labels,annotations,metadata_generation,replicas,ordinals_start,persistentvolumeclaim_retention_policy}
kube_statefulset_status_{current_revision,observed_generation,replicas,replicas_available,replicas_current,replicas_ready,replicas_updated,update_revision}
kube_daemonset_{created,labels,annotations,metadata_generation}
kube_daemonset_status_{current_number_scheduled,desired_number_scheduled,number_available,number_misscheduled,number_ready,number_unavailable,observed_generation,updated_number_scheduled}
kube_replicaset_{created,labels,annotations,metadata_generation,owner,spec_replicas,status_fully_labeled_replicas,status_observed_generation,status_ready_replicas,status_replicas}
kube_replicationcontroller_{created,metadata_generation,owner,spec_replicas,status_available_replicas,status_fully_labeled_replicas,status_observed_generation,status_ready_replicas,status_replicas}
kube_job_{info,labels,annotations,owner,created,complete,failed,spec_active_deadline_seconds,spec_completions,spec_parallelism,status_active,status_completion_time,status_failed,status_start_time,status_succeeded,status_suspended}
kube_cronjob_{info,labels,annotations,created,metadata_resource_version,next_schedule_time,spec_failed_job_history_limit,spec_starting_deadline_seconds,spec_successful_job_history_limit,spec_suspend,status_active,status_last_schedule_time,status_last_successful_time}
kube_horizontalpodautoscaler_{info,labels,annotations,metadata_generation,spec_max_replicas,spec_min_replicas,spec_target_metric,status_condition,status_current_replicas,status_desired_replicas,status_target_metric}
kube_poddisruptionbudget_{created,labels,annotations,status_current_healthy,status_desired_healthy,status_expected_pods,status_observed_generation,status_pod_disruptions_allowed}
kube_node_{info,labels,annotations,created,deletion_timestamp,role,spec_taint,spec_unschedulable,status_addresses,status_allocatable,status_capacity,status_condition}
kube_namespace_{created,labels,annotations,status_condition,status_phase}
kube_persistentvolume_{info,labels,annotations,capacity_bytes,claim_ref,created,deletion_timestamp,status_phase,volume_mode}
kube_persistentvolumeclaim_{info,labels,annotations,access_mode,created,deletion_timestamp,resource_requests_storage_bytes,status_condition,status_phase}
kube_resourcequota{,_created,_labels,_annotations} kube_limitrange{,_created}
kube_service_{info,labels,annotations,created,spec_external_ip,spec_type,status_load_balancer_ingress}
kube_ingress_{info,labels,annotations,created,metadata_resource_version,path,tls} kube_ingressclass_{info,labels,created}
kube_endpoint_{info,labels,annotations,created,address,ports} kube_endpointslice_{info,labels,annotations,created,endpoints,endpoints_hints,ports}
kube_configmap_{info,labels,annotations,created,metadata_resource_version} kube_secret_{info,labels,annotations,created,type,owner,metadata_resource_version}
kube_networkpolicy_{created,labels,annotations,spec_egress_rules,spec_ingress_rules} kube_storageclass_{info,labels,annotations,created}
kube_lease_{owner,renew_time} kube_certificatesigningrequest_{created,condition,labels,annotations,cert_length} kube_serviceaccount_{info,created,deleted,labels,annotations,secret,image_pull_secret}
kube_volumeattachment_{info,labels,annotations,created,spec_source_persistentvolume,status_attached,status_attachment_metadata}
kube_validatingwebhookconfiguration_{info,created,metadata_resource_version,webhook_clientconfig_service} kube_mutatingwebhookconfiguration_{info,created,metadata_resource_version,webhook_clientconfig_service}
kube_state_metrics_{list_total,watch_total,shard_ordinal,total_shards,build_info,custom_resource_state_add_events_total,custom_resource_state_cache,custom_resource_state_delete_events_total,config_hash,last_config_reload_successful,last_config_reload_success_timestamp_seconds}`,
  },
  {
    id: 'node_exporter',
    port: 9100,
    source: 'node_exporter 1.9, end-to-end fixture',
    images: /(?:^|\/)node[-_]exporter$/,
    apps: ['node-exporter', 'prometheus-node-exporter', 'node_exporter'],
    prefixes: ['node_'],
    opens: /--collector\.textfile\.directory/,
    names: `
node_boot_time_seconds node_time_seconds node_time_zone_offset_seconds node_load{1,5,15} node_uname_info node_os_info node_os_version node_dmi_info node_exporter_build_info
node_cpu_{seconds_total,guest_seconds_total,core_throttles_total,package_throttles_total,frequency_hertz,frequency_max_hertz,frequency_min_hertz,scaling_frequency_hertz,scaling_frequency_max_hertz,scaling_frequency_min_hertz,info,online,isolated}
node_context_switches_total node_forks_total node_intr_total node_interrupts_total node_procs_{blocked,running} node_processes_{max_processes,pids,state,threads,threads_state} node_entropy_{available_bits,pool_size_bits}
node_disk_{ata_rotation_rate_rpm,ata_write_cache,ata_write_cache_enabled,device_mapper_info,discard_time_seconds_total,discarded_sectors_total,discards_completed_total,discards_merged_total,filesystem_info,flush_requests_time_seconds_total,flush_requests_total,info,io_now,io_time_seconds_total,io_time_weighted_seconds_total,read_bytes_total,read_time_seconds_total,reads_completed_total,reads_merged_total,write_time_seconds_total,writes_completed_total,writes_merged_total,written_bytes_total}
node_filefd_{allocated,maximum} node_filesystem_{avail_bytes,device_error,files,files_free,free_bytes,mount_info,purgeable_bytes,readonly,size_bytes}
node_memory_{Active_anon_bytes,Active_bytes,Active_file_bytes,AnonHugePages_bytes,AnonPages_bytes,Bounce_bytes,Buffers_bytes,Cached_bytes,CommitLimit_bytes,Committed_AS_bytes,DirectMap1G_bytes,DirectMap2M_bytes,DirectMap4k_bytes,Dirty_bytes,HardwareCorrupted_bytes,HugePages_Free,HugePages_Rsvd,HugePages_Surp,HugePages_Total,Hugepagesize_bytes,Hugetlb_bytes,Inactive_anon_bytes,Inactive_bytes,Inactive_file_bytes,KernelStack_bytes,KReclaimable_bytes,Mapped_bytes,MemAvailable_bytes,MemFree_bytes,MemTotal_bytes,Mlocked_bytes,NFS_Unstable_bytes,PageTables_bytes,Percpu_bytes,Shmem_bytes,ShmemHugePages_bytes,ShmemPmdMapped_bytes,Slab_bytes,SReclaimable_bytes,SUnreclaim_bytes,SwapCached_bytes,SwapFree_bytes,SwapTotal_bytes,Unevictable_bytes,VmallocChunk_bytes,VmallocTotal_bytes,VmallocUsed_bytes,Writeback_bytes,WritebackTmp_bytes}
node_memory_{active_bytes,compressed_bytes,free_bytes,inactive_bytes,internal_bytes,purgeable_bytes,total_bytes,wired_bytes,available_bytes,swap_total_bytes,swap_used_bytes}
node_network_{address_assign_type,carrier,carrier_changes_total,carrier_up_changes_total,carrier_down_changes_total,device_id,dormant,flags,iface_id,iface_link,iface_link_mode,info,mtu_bytes,name_assign_type,net_dev_group,protocol_type,receive_bytes_total,receive_compressed_total,receive_drop_total,receive_errs_total,receive_fifo_total,receive_frame_total,receive_multicast_total,receive_nohandler_total,receive_packets_total,speed_bytes,transmit_bytes_total,transmit_carrier_total,transmit_colls_total,transmit_compressed_total,transmit_drop_total,transmit_errs_total,transmit_fifo_total,transmit_packets_total,transmit_queue_length,up}
node_netstat_{Icmp_InErrors,Icmp_InMsgs,Icmp_OutMsgs,IpExt_InOctets,IpExt_OutOctets,Ip_Forwarding,TcpExt_ListenDrops,TcpExt_ListenOverflows,TcpExt_SyncookiesFailed,TcpExt_SyncookiesRecv,TcpExt_SyncookiesSent,TcpExt_TCPSynRetrans,TcpExt_TCPTimeouts,TcpExt_TCPOFOQueue,TcpExt_TCPRcvQDrop,Tcp_ActiveOpens,Tcp_CurrEstab,Tcp_InErrs,Tcp_InSegs,Tcp_OutRsts,Tcp_OutSegs,Tcp_PassiveOpens,Tcp_RetransSegs,Udp_InDatagrams,Udp_InErrors,Udp_NoPorts,Udp_OutDatagrams,Udp_RcvbufErrors,Udp_SndbufErrors,UdpLite_InErrors}
node_nf_conntrack_{entries,entries_limit,stat_drop,stat_early_drop,stat_found,stat_ignore,stat_insert,stat_insert_failed,stat_invalid,stat_search_restart} node_sockstat_{sockets_used,TCP_alloc,TCP_inuse,TCP_mem,TCP_mem_bytes,TCP_orphan,TCP_tw,UDP_inuse,UDP_mem,UDP_mem_bytes,FRAG_inuse,FRAG_memory,RAW_inuse}
node_md_{blocks,blocks_synced,disks,disks_required,state} node_bonding_{active,slaves} node_pressure_{cpu_waiting_seconds_total,io_stalled_seconds_total,io_waiting_seconds_total,memory_stalled_seconds_total,memory_waiting_seconds_total,irq_stalled_seconds_total}
node_schedstat_{running_seconds_total,timeslices_total,waiting_seconds_total} node_softnet_{backlog_len,cpu_collision_total,dropped_total,flow_limit_count_total,processed_total,received_rps_total,times_squeezed_total} node_softirqs_total
node_systemd_{service_restart_total,socket_accepted_connections_total,socket_current_connections,socket_refused_connections_total,system_running,timer_last_trigger_seconds,unit_state,unit_start_time_seconds,unit_tasks_current,unit_tasks_max,units,version,virtualization_info}
node_scrape_collector_{duration_seconds,success} node_textfile_{mtime_seconds,scrape_error} node_timex_{estimated_error_seconds,frequency_adjustment_ratio,loop_time_constant,maxerror_seconds,offset_seconds,pps_calibration_total,pps_error_total,pps_frequency_hertz,pps_jitter_seconds,pps_jitter_total,pps_shift_seconds,pps_stability_exceeded_total,pps_stability_hertz,status,sync_status,tai_offset_seconds,tick_seconds}
node_vmstat_{oom_kill,pgfault,pgmajfault,pgpgin,pgpgout,pswpin,pswpout} node_hwmon_{chip_names,fan_rpm,sensor_label,temp_celsius,temp_crit_alarm_celsius,temp_crit_celsius,temp_max_celsius,in_volts,power_watt} node_thermal_zone_temp node_power_supply_{info,online,capacity} node_rapl_{core_joules_total,dram_joules_total,package_joules_total} node_edac_{correctable_errors_total,uncorrectable_errors_total,csrow_correctable_errors_total,csrow_uncorrectable_errors_total} node_xfs_{read_calls_total,write_calls_total} node_zfs_zpool_state node_nvme_info node_selinux_enabled node_reboot_required node_udp_queues node_arp_entries node_cooling_device_{cur_state,max_state}`,
  },
  {
    id: 'cadvisor',
    source: 'kubelet 1.33, /metrics/cadvisor',
    images: /(?:^|\/)cadvisor$/,
    apps: ['cadvisor'],
    path: '/metrics/cadvisor',
    prefixes: ['container_', 'machine_', 'cadvisor_'],
    names: `
container_cpu_{cfs_periods_total,cfs_throttled_periods_total,cfs_throttled_seconds_total,load_average_10s,system_seconds_total,usage_seconds_total,user_seconds_total}
container_memory_{cache,failcnt,failures_total,kernel_usage,mapped_file,max_usage_bytes,rss,swap,total_active_file_bytes,total_inactive_file_bytes,usage_bytes,working_set_bytes}
container_network_{receive_bytes_total,receive_errors_total,receive_packets_dropped_total,receive_packets_total,transmit_bytes_total,transmit_errors_total,transmit_packets_dropped_total,transmit_packets_total,tcp_usage_total,tcp6_usage_total,udp_usage_total,udp6_usage_total,advance_tcp_stats_total}
container_fs_{inodes_free,inodes_total,io_current,io_time_seconds_total,io_time_weighted_seconds_total,limit_bytes,read_seconds_total,reads_bytes_total,reads_merged_total,reads_total,sector_reads_total,sector_writes_total,usage_bytes,write_seconds_total,writes_bytes_total,writes_merged_total,writes_total}
container_{blkio_device_usage_total,file_descriptors,last_seen,oom_events_total,processes,scrape_error,sockets,start_time_seconds,tasks_state,threads,threads_max,ulimits_soft,spec_cpu_period,spec_cpu_quota,spec_cpu_shares,spec_memory_limit_bytes,spec_memory_reservation_limit_bytes,spec_memory_swap_limit_bytes,pressure_cpu_stalled_seconds_total,pressure_cpu_waiting_seconds_total,pressure_io_stalled_seconds_total,pressure_io_waiting_seconds_total,pressure_memory_stalled_seconds_total,pressure_memory_waiting_seconds_total}
machine_{cpu_cores,cpu_physical_cores,cpu_sockets,memory_bytes,nvm_avg_power_budget_watts,nvm_capacity,scrape_error,swap_bytes} cadvisor_version_info`,
  },
  {
    id: 'kubelet',
    source: 'kubelet 1.33, /metrics',
    images: /(?:^|\/)kubelet$/,
    apps: ['kubelet'],
    prefixes: [
      'kubelet_',
      'kubernetes_',
      'volume_manager_',
      'storage_operation_',
      'csi_operations_',
      'apiserver_',
      'authentication_',
      'authorization_',
      'rest_client_',
      'workqueue_',
      'plugin_manager_',
      'scrape_error',
      'resource_scrape_error',
      'aggregator_',
      'cgroup_',
      'registered_metric',
    ],
    names: `
kubelet_{active_pods,certificate_manager_client_expiration_renew_errors,certificate_manager_client_ttl_seconds,certificate_manager_server_rotation_seconds,certificate_manager_server_ttl_seconds,cgroup_manager_duration_seconds,cgroup_version,container_log_filesystem_used_bytes,containers_per_pod_count,cpu_manager_pinning_errors_total,desired_pods,device_plugin_alloc_duration_seconds,evented_pleg_connection_error_count,eviction_stats_age_seconds,evictions,graceful_shutdown_start_time_seconds,http_inflight_requests,http_requests_duration_seconds,http_requests_total,image_pull_duration_seconds,lifecycle_handler_http_fallbacks_total,managed_ephemeral_containers,memory_manager_pinning_errors_total,mirror_pods,node_name,node_startup_duration_seconds,orphan_pod_cleaned_volumes,pleg_discard_events,pleg_last_seen_seconds,pleg_relist_duration_seconds,pleg_relist_interval_seconds,pod_resources_endpoint_requests_total,pod_start_duration_seconds,pod_start_sli_duration_seconds,pod_status_sync_duration_seconds,pod_worker_duration_seconds,pod_worker_start_duration_seconds,preemptions,restarted_pods_total,run_podsandbox_duration_seconds,run_podsandbox_errors_total,running_containers,running_pods,runtime_operations_duration_seconds,runtime_operations_errors_total,runtime_operations_total,server_expiration_renew_errors,started_containers_errors_total,started_containers_total,started_host_process_containers_total,started_pods_errors_total,started_pods_total,volume_metric_collection_duration_seconds,volume_stats_available_bytes,volume_stats_capacity_bytes,volume_stats_health_status_abnormal,volume_stats_inodes,volume_stats_inodes_free,volume_stats_inodes_used,volume_stats_used_bytes,working_pods}
kubernetes_build_info kubernetes_feature_enabled volume_manager_{total_volumes,selinux_volumes_admitted_total} storage_operation_{duration_seconds,errors_total} rest_client_{requests_total,request_duration_seconds,exec_plugin_certificate_rotation_age,rate_limiter_duration_seconds} workqueue_{adds_total,depth,queue_duration_seconds,work_duration_seconds,retries_total,unfinished_work_seconds,longest_running_processor_seconds}`,
  },
  {
    id: 'kubelet-probes',
    source: 'kubelet 1.33, /metrics/probes',
    images: /$^/,
    apps: [],
    path: '/metrics/probes',
    prefixes: ['prober_'],
    names: 'prober_probe_{total,duration_seconds}',
  },
  {
    id: 'kubelet-resource',
    source: 'kubelet 1.33, /metrics/resource',
    images: /$^/,
    apps: [],
    path: '/metrics/resource',
    prefixes: ['resource_scrape_error', 'scrape_error'],
    names:
      'resource_scrape_error node_{cpu_usage_seconds_total,memory_working_set_bytes,swap_usage_bytes} pod_{cpu_usage_seconds_total,memory_working_set_bytes,swap_usage_bytes} container_{cpu_usage_seconds_total,memory_working_set_bytes,swap_usage_bytes,start_time_seconds}',
  },
  {
    id: 'apiserver',
    source: 'kube-apiserver 1.33',
    images: /(?:^|\/)kube-apiserver$/,
    apps: ['apiserver', 'kube-apiserver', 'kubernetes'],
    prefixes: [
      'apiserver_',
      'aggregator_',
      'apiextensions_',
      'authentication_',
      'authorization_',
      'etcd_',
      'kubernetes_',
      'rest_client_',
      'workqueue_',
      'grpc_client_',
      'node_authorizer_',
      'pod_security_',
      'serviceaccount_',
      'cardinality_',
      'field_validation_',
      'watch_cache_',
      'disabled_metric',
      'hidden_metric',
      'registered_metric',
      'ssh_tunnel_',
      'get_token_',
      'authenticated_user_',
      'kube_apiserver_',
      'kubeproxy_',
    ],
    names: `
apiserver_{request_total,request_duration_seconds,request_sli_duration_seconds,request_slo_duration_seconds,request_terminations_total,request_aborts_total,request_timestamp_comparison_time,response_sizes,longrunning_requests,current_inflight_requests,current_inqueue_requests,dropped_requests_total,init_events_total,tls_handshake_errors_total,webhooks_x509_missing_san_total,client_certificate_expiration_seconds,audit_event_total,audit_requests_rejected_total,audit_error_total,storage_objects,storage_size_bytes,storage_list_total,storage_db_total_size_in_bytes,admission_controller_admission_duration_seconds,admission_step_admission_duration_seconds,admission_webhook_admission_duration_seconds,admission_webhook_rejection_count,admission_webhook_request_total,flowcontrol_rejected_requests_total,flowcontrol_dispatched_requests_total,flowcontrol_current_inqueue_requests,flowcontrol_current_executing_requests,flowcontrol_request_wait_duration_seconds,flowcontrol_request_execution_seconds,flowcontrol_request_concurrency_limit,flowcontrol_nominal_limit_seats,watch_events_sizes,watch_events_total,watch_cache_events_dispatched_total,requested_deprecated_apis,registered_watchers,selfrequest_total,kube_aggregator_x509_missing_san_total}
aggregator_unavailable_apiservice{,_total,_count} etcd_{request_duration_seconds,requests_total,request_errors_total,bookmark_counts,lease_object_counts,db_total_size_in_bytes} kubernetes_{build_info,feature_enabled} workqueue_{adds_total,depth,queue_duration_seconds,work_duration_seconds,retries_total,unfinished_work_seconds,longest_running_processor_seconds} rest_client_{requests_total,request_duration_seconds}`,
  },
  {
    id: 'kube-scheduler',
    source: 'kube-scheduler 1.33',
    images: /(?:^|\/)kube-scheduler$/,
    apps: ['kube-scheduler', 'scheduler'],
    prefixes: [
      'scheduler_',
      'rest_client_',
      'workqueue_',
      'kubernetes_',
      'leader_election_',
      'apiserver_',
      'authentication_',
      'authorization_',
      'kube_pod_resource_',
    ],
    names: `scheduler_{schedule_attempts_total,scheduling_attempt_duration_seconds,scheduling_algorithm_duration_seconds,scheduling_duration_seconds,pod_scheduling_attempts,pod_scheduling_duration_seconds,pod_scheduling_sli_duration_seconds,pending_pods,preemption_attempts_total,preemption_victims,queue_incoming_pods_total,framework_extension_point_duration_seconds,plugin_execution_duration_seconds,scheduler_cache_size,scheduler_goroutines,unschedulable_pods,permit_wait_duration_seconds,pod_preemption_victims,volume_scheduling_duration_seconds} rest_client_{requests_total,request_duration_seconds} workqueue_{adds_total,depth,queue_duration_seconds,work_duration_seconds} kubernetes_{build_info,feature_enabled} leader_election_{master_status,slowpath_total}`,
  },
  {
    id: 'kube-controller-manager',
    source: 'kube-controller-manager 1.33',
    images: /(?:^|\/)kube-controller-manager$/,
    apps: ['kube-controller-manager', 'controller-manager'],
    prefixes: [
      'workqueue_',
      'rest_client_',
      'kubernetes_',
      'leader_election_',
      'apiserver_',
      'authentication_',
      'authorization_',
      'node_collector_',
      'node_ipam_',
      'attachdetach_',
      'cronjob_controller_',
      'endpoint_slice_',
      'garbagecollector_',
      'horizontal_pod_autoscaler_',
      'job_controller_',
      'pv_collector_',
      'replicaset_controller_',
      'resourceclaim_',
      'root_ca_',
      'route_controller_',
      'service_controller_',
      'storage_',
      'taint_',
      'ttl_after_',
      'ephemeral_volume_',
      'cloudprovider_',
      'running_managed_',
      'persistentvolumeclaim_',
      'volume_operation_',
      'daemonset_controller_',
      'device_taint_',
      'selinux_',
    ],
    names: `workqueue_{adds_total,depth,queue_duration_seconds,work_duration_seconds,retries_total,unfinished_work_seconds,longest_running_processor_seconds} rest_client_{requests_total,request_duration_seconds} kubernetes_{build_info,feature_enabled} leader_election_{master_status,slowpath_total} node_collector_{evictions_total,unhealthy_nodes_in_zone,zone_health,zone_size}`,
  },
  {
    id: 'kube-proxy',
    source: 'kube-proxy 1.33',
    images: /(?:^|\/)kube-proxy$/,
    apps: ['kube-proxy'],
    prefixes: ['kubeproxy_', 'rest_client_', 'kubernetes_'],
    names: `kubeproxy_{network_programming_duration_seconds,sync_proxy_rules_duration_seconds,sync_proxy_rules_endpoint_changes_pending,sync_proxy_rules_endpoint_changes_total,sync_proxy_rules_iptables_last,sync_proxy_rules_iptables_total,sync_proxy_rules_last_timestamp_seconds,sync_proxy_rules_last_queued_timestamp_seconds,sync_proxy_rules_service_changes_total} rest_client_{requests_total,request_duration_seconds} kubernetes_build_info`,
  },
  {
    id: 'etcd',
    source: 'etcd 3.6',
    images: /(?:^|\/)etcd$/,
    apps: ['etcd', 'kube-etcd'],
    prefixes: ['etcd_', 'grpc_', 'os_fd_'],
    names: `etcd_server_{has_leader,is_leader,is_learner,leader_changes_seen_total,proposals_applied_total,proposals_committed_total,proposals_failed_total,proposals_pending,slow_apply_total,slow_read_indexes_total,heartbeat_send_failures_total,health_failures,health_success,quota_backend_bytes,read_indexes_failed_total,snapshot_apply_in_progress_total,version,id,go_version,learner_promote_successes,client_requests_total} etcd_disk_{wal_fsync_duration_seconds,backend_commit_duration_seconds,backend_defrag_duration_seconds,backend_snapshot_duration_seconds,wal_write_bytes_total} etcd_mvcc_{db_total_size_in_bytes,db_total_size_in_use_in_bytes,db_open_read_transactions,delete_total,put_total,range_total,txn_total,events_total,watcher_total,watch_stream_total,slow_watcher_total,hash_duration_seconds} etcd_network_{peer_round_trip_time_seconds,peer_sent_bytes_total,peer_received_bytes_total,peer_sent_failures_total,peer_received_failures_total,client_grpc_received_bytes_total,client_grpc_sent_bytes_total,active_peers,disconnected_peers_total,known_peers} etcd_debugging_{mvcc_db_total_size_in_bytes,mvcc_keys_total,store_expires_total,store_watchers} etcd_cluster_version grpc_server_{handled_total,started_total,handling_seconds,msg_received_total,msg_sent_total} os_fd_{used,limit}`,
  },
  {
    id: 'coredns',
    source: 'CoreDNS 1.12',
    images: /(?:^|\/)coredns$/,
    apps: ['coredns', 'kube-dns'],
    prefixes: ['coredns_'],
    names: `coredns_{build_info,panics_total,plugin_enabled,hosts_entries,hosts_reload_timestamp_seconds,reload_failed_total,local_localhost_requests_total,kubernetes_dns_programming_duration_seconds,kubernetes_rest_client_request_duration_seconds,kubernetes_rest_client_requests_total} coredns_dns_{requests_total,request_duration_seconds,request_size_bytes,responses_total,response_size_bytes,do_requests_total,plugin_enabled} coredns_cache_{entries,hits_total,misses_total,requests_total,drops_total,prefetch_total,served_stale_total,evictions_total} coredns_forward_{requests_total,responses_total,request_duration_seconds,healthcheck_failures_total,healthcheck_broken_total,max_concurrent_rejects_total,conn_cache_hits_total,conn_cache_misses_total} coredns_proxy_{request_duration_seconds,healthcheck_failures_total,conn_cache_hits_total,conn_cache_misses_total} coredns_health_{request_duration_seconds,request_failures_total}`,
  },
  {
    id: 'windows_exporter',
    port: 9182,
    source: 'windows_exporter 0.30',
    images: /(?:^|\/)windows[-_]exporter$/,
    apps: ['windows-exporter', 'prometheus-windows-exporter'],
    prefixes: ['windows_'],
    opens: /textfile/,
    names:
      'windows_{cpu_time_total,cs_physical_memory_bytes,memory_available_bytes,os_visible_memory_bytes,logical_disk_free_bytes,logical_disk_size_bytes,logical_disk_read_bytes_total,logical_disk_write_bytes_total,logical_disk_read_seconds_total,logical_disk_write_seconds_total,net_bytes_total,container_available}',
  },
];
