import type { Exporter } from './types.ts';

/** Exporters of data stores and queues. */
export const DATA: readonly Exporter[] = [
  {
    id: 'postgres_exporter',
    port: 9187,
    source: 'postgres_exporter 0.17',
    images: /(?:^|\/)postgres(?:ql)?[-_]exporter$/,
    apps: ['postgres-exporter', 'postgres_exporter', 'prometheus-postgres-exporter'],
    prefixes: ['pg_', 'postgres_exporter_'],
    opens: /extend\.query-path|EXTEND_QUERY_PATH/,
    names: `
pg_{up,static,exporter_last_scrape_duration_seconds,exporter_last_scrape_error,exporter_scrapes_total,exporter_user_queries_load_error,scrape_collector_duration_seconds,scrape_collector_success,database_size_bytes,database_connection_limit,roles_connection_limit,locks_count,long_running_transactions,long_running_transactions_oldest_timestamp_seconds,postmaster_start_time_seconds,process_idle_seconds,replication_lag_seconds,replication_is_replica,replication_last_replay_seconds,wal_segments,wal_size_bytes,wal_last_received_lsn,xlog_location_bytes,buffercache_summary_buffers_used}
pg_stat_activity_{count,max_tx_duration} pg_stat_archiver_{archived_count,failed_count,last_archive_age} pg_stat_replication_{pg_current_wal_lsn_bytes,pg_wal_lsn_diff,pg_current_xlog_lsn,reply_time} pg_replication_slot_{slot_current_wal_lsn,slot_confirmed_flush_lsn,slot_is_active,safe_wal_size_bytes,wal_status} pg_replication_slots_{active,pg_wal_lsn_diff}
pg_stat_bgwriter_{buffers_alloc_total,buffers_backend_fsync_total,buffers_backend_total,buffers_checkpoint_total,buffers_clean_total,checkpoint_sync_time_total,checkpoint_write_time_total,checkpoints_req_total,checkpoints_timed_total,maxwritten_clean_total,stats_reset_total,buffers_alloc,buffers_backend,buffers_checkpoint,buffers_clean,checkpoints_req,checkpoints_timed}
pg_stat_checkpointer_{num_timed_total,num_requested_total,write_time_total,sync_time_total,buffers_written_total} pg_stat_walreceiver_{upstream_node,flushed_lsn,latest_end_lsn,latest_end_time}
pg_stat_database_{active_time_seconds_total,blk_read_time,blk_write_time,blks_hit,blks_read,conflicts,conflicts_confl_bufferpin,conflicts_confl_deadlock,conflicts_confl_lock,conflicts_confl_snapshot,conflicts_confl_tablespace,deadlocks,numbackends,stats_reset,temp_bytes,temp_files,tup_deleted,tup_fetched,tup_inserted,tup_returned,tup_updated,xact_commit,xact_rollback}
pg_stat_statements_{calls_total,seconds_total,rows_total,block_read_seconds_total,block_write_seconds_total} pg_stat_user_tables_{analyze_count,autoanalyze_count,autovacuum_count,idx_scan,idx_tup_fetch,last_analyze,last_autoanalyze,last_autovacuum,last_vacuum,n_dead_tup,n_live_tup,n_mod_since_analyze,n_tup_del,n_tup_hot_upd,n_tup_ins,n_tup_upd,seq_scan,seq_tup_read,vacuum_count,table_size_bytes,index_size_bytes} pg_stat_progress_vacuum_phase
pg_statio_user_tables_{heap_blocks_hit,heap_blocks_read,idx_blocks_hit,idx_blocks_read,tidx_blocks_hit,tidx_blocks_read,toast_blocks_hit,toast_blocks_read} pg_statio_user_indexes_{idx_blks_hit_total,idx_blks_read_total}
pg_settings_{max_connections,superuser_reserved_connections,shared_buffers_bytes,effective_cache_size_bytes,maintenance_work_mem_bytes,work_mem_bytes,max_wal_size_bytes,max_worker_processes,max_parallel_workers,random_page_cost,seq_page_cost,autovacuum_freeze_max_age,checkpoint_timeout_seconds,max_locks_per_transaction,max_replication_slots,max_wal_senders}`,
  },
  {
    id: 'redis_exporter',
    port: 9121,
    source: 'redis_exporter 1.74',
    images: /(?:^|\/)redis[-_]exporter$/,
    apps: ['redis-exporter', 'redis_exporter', 'prometheus-redis-exporter'],
    prefixes: ['redis_'],
    names: `
redis_{up,instance_info,start_time_seconds,uptime_in_seconds,process_id,blocked_clients,connected_clients,connected_slaves,connected_slave_lag_seconds,connected_slave_offset_bytes,client_recent_max_input_buffer_bytes,client_recent_max_output_buffer_bytes,clients_in_timeout_table,cluster_connections,cluster_enabled,cluster_known_nodes,cluster_size,cluster_slots_assigned,cluster_slots_fail,cluster_slots_ok,cluster_state,commands_total,commands_duration_seconds_total,commands_processed_total,commands_failed_calls_total,commands_rejected_calls_total,commands_latencies_usec,config_io_threads,config_maxclients,config_maxmemory,connections_received_total,cpu_sys_seconds_total,cpu_user_seconds_total,cpu_sys_children_seconds_total,cpu_user_children_seconds_total,db_avg_ttl_seconds,db_keys,db_keys_expiring,defrag_hits,defrag_misses,dump_payload_sanitizations,errors_total,evicted_clients_total,evicted_keys_total,evicted_scripts_total,expired_keys_total,expired_stale_percentage,expired_time_cap_reached_total,io_threads_active,io_threaded_reads_processed,io_threaded_writes_processed,keyspace_hits_total,keyspace_misses_total,last_key_groups_scrape_duration_milliseconds,last_slow_execution_duration_seconds,latency_percentiles_usec,latency_spike_duration_seconds,latency_spike_last,lazyfree_pending_objects,lazyfreed_objects_total,loading_dump_file,master_last_io_seconds_ago,master_link_up,master_repl_offset,master_sync_in_progress,migrate_cached_sockets_total,module_fork_in_progress,module_fork_last_cow_size,net_input_bytes_total,net_output_bytes_total,number_of_cached_scripts,number_of_distinct_key_groups,pubsub_channels,pubsub_patterns,pubsubshard_channels,rdb_bgsave_in_progress,rdb_changes_since_last_save,rdb_current_bgsave_duration_sec,rdb_last_bgsave_duration_sec,rdb_last_bgsave_status,rdb_last_cow_size_bytes,rdb_last_load_expired_keys,rdb_last_load_loaded_keys,rdb_last_save_timestamp_seconds,rdb_saves_total,rejected_connections_total,repl_backlog_first_byte_offset,repl_backlog_history_bytes,repl_backlog_is_active,replica_partial_resync_accepted,replica_partial_resync_denied,replica_resyncs_full,replication_backlog_bytes,second_repl_offset,sentinel_masters,slave_expires_tracked_keys,slave_info,slave_priority,slave_repl_offset,slave_read_repl_offset,slowlog_last_id,slowlog_length,total_blocking_keys,total_error_replies,total_reads_processed,total_writes_processed,tracking_clients,tracking_total_items,tracking_total_keys,tracking_total_prefixes,unexpected_error_replies,exporter_build_info,exporter_last_scrape_connect_time_seconds,exporter_last_scrape_duration_seconds,exporter_last_scrape_error,exporter_last_scrape_ping_time_seconds,exporter_scrapes_total,target_scrape_request_errors_total}
redis_acl_access_denied_{auth,channel,cmd,key}_total redis_active_defrag_running redis_allocator_{active_bytes,allocated_bytes,frag_bytes,frag_ratio,resident_bytes,rss_bytes,rss_ratio}
redis_aof_{current_rewrite_duration_sec,enabled,last_bgrewrite_status,last_cow_size_bytes,last_rewrite_duration_sec,last_write_status,rewrite_in_progress,rewrite_scheduled,base_size_bytes,current_size_bytes,buffer_length,delayed_fsync}
redis_mem_{clients_normal,clients_slaves,fragmentation_bytes,fragmentation_ratio,not_counted_for_eviction_bytes,overhead_db_hashtable_rehashing_bytes,cluster_links_bytes,aof_buffer_bytes,replica_full_sync_buffer_bytes,total_replication_buffers_bytes} redis_memory_{max_bytes,max_reservation_bytes,used_bytes,used_dataset_bytes,used_lua_bytes,used_overhead_bytes,used_peak_bytes,used_rss_bytes,used_scripts_bytes,used_startup_bytes}
redis_sentinel_{master_ckquorum_status,master_ok_sentinels,master_ok_slaves,master_sentinels,master_setting_down_after_milliseconds,master_setting_failover_timeout,master_slaves,master_status,masters,running_scripts,scripts_queue_length,simulate_failure_flags,tilt} redis_stream_{group_consumer_idle_seconds,group_consumer_messages_pending,group_consumers,group_lag,group_messages_pending,groups,last_generated_id,length,radix_tree_keys} redis_key_{size,value,memory_usage_bytes}`,
  },
  {
    id: 'nats_exporter',
    port: 7777,
    source: 'prometheus-nats-exporter 0.17',
    images: /(?:^|\/)(?:prometheus-)?nats[-_]exporter$/,
    apps: ['nats-exporter', 'prometheus-nats-exporter'],
    prefixes: ['nats_', 'gnatsd_', 'jetstream_'],
    names: `
{nats,gnatsd}_varz_{auth_timeout,config_load_time,connections,cores,cpu,go_gomaxprocs,http_req_stats,in_bytes,in_msgs,jetstream_config_max_memory,jetstream_config_max_storage,jetstream_stats_accounts,jetstream_stats_api_errors,jetstream_stats_api_total,jetstream_stats_memory,jetstream_stats_storage,leafnodes,max_connections,max_control_line,max_payload,max_pending,max_subscriptions,mem,out_bytes,out_msgs,ping_interval,ping_max,port,remotes,routes,slow_consumers,start,subscriptions,tls_timeout,total_connections,write_deadline}
{nats,gnatsd}_connz_{in_bytes,in_msgs,num_connections,out_bytes,out_msgs,pending_bytes,subscriptions,total} {nats,gnatsd}_routez_{num_routes,in_bytes,in_msgs,out_bytes,out_msgs,num_subscriptions} {nats,gnatsd}_subsz_{num_subscriptions,num_cache,num_inserts,num_removes,num_matches,cache_hit_rate} {nats,gnatsd}_healthz_{status,status_code} {nats,gnatsd}_leafz_conn_{in_bytes,in_msgs,out_bytes,out_msgs,rtt,subscriptions_total}
{nats,jetstream}_server_{jetstream_disabled,max_memory,max_storage,total_consumer_leaders,total_consumers,total_message_bytes,total_messages,total_streams,total_streams_leaders,memory_used_bytes,storage_used_bytes} {nats,jetstream}_stream_{consumer_count,first_seq,last_seq,subject_count,total_bytes,total_messages,limit_bytes,limit_messages,state} {nats,jetstream}_consumer_{ack_floor_consumer_seq,ack_floor_stream_seq,delivered_consumer_seq,delivered_stream_seq,num_ack_pending,num_pending,num_redelivered,num_waiting} {nats,jetstream}_account_{max_memory,max_storage,memory_used,storage_used} nats_up`,
  },
  {
    id: 'pgbouncer_exporter',
    port: 9127,
    source: 'pgbouncer_exporter 0.11',
    images: /(?:^|\/)pgbouncer[-_]exporter$/,
    apps: ['pgbouncer-exporter', 'prometheus-pgbouncer-exporter'],
    prefixes: ['pgbouncer_'],
    names: `pgbouncer_{up,version_info,databases,pools,users,cached_dns_names,cached_dns_zones,free_clients,free_servers,in_flight_dns_queries,login_clients,used_clients,used_servers,databases_current_connections,databases_disabled,databases_max_connections,databases_min_pool_size,databases_paused,databases_pool_size,databases_reserve_pool,databases_reserve_pool_size,client_wait_seconds,config_max_client_connections,config_max_user_connections,exporter_build_info} pgbouncer_pools_{client_active_cancel_connections,client_active_connections,client_maxwait_seconds,client_waiting_cancel_connections,client_waiting_connections,server_active_cancel_connections,server_active_connections,server_being_canceled_connections,server_idle_connections,server_login_connections,server_testing_connections,server_used_connections} pgbouncer_stats_{client_wait_seconds_total,queries_duration_seconds_total,queries_pooled_total,received_bytes_total,sent_bytes_total,server_assignments_total,server_in_transaction_seconds_total,sql_transactions_pooled_total,totals_client_wait_seconds_total,totals_queries_duration_seconds_total,totals_queries_pooled_total}`,
  },
  {
    id: 'pgbackrest_exporter',
    port: 9854,
    source: 'pgbackrest_exporter 0.19',
    images: /(?:^|\/)pgbackrest[-_]exporter$/,
    apps: ['pgbackrest-exporter', 'pgbackrest_exporter'],
    prefixes: ['pgbackrest_'],
    names:
      'pgbackrest_{stanza_status,repo_status,exporter_status,exporter_build_info,stanza_lock_status,stanza_backup_compete_bytes,stanza_backup_total_bytes,wal_archive_status,version_info} pgbackrest_backup_{annotations,databases,delta_bytes,duration_seconds,error_status,info,last_annotations,last_databases,last_delta_bytes,last_duration_seconds,last_error_status,last_references,last_repo_delta_bytes,last_repo_delta_map_bytes,last_repo_size_bytes,last_repo_size_map_bytes,last_size_bytes,references,repo_delta_bytes,repo_delta_map_bytes,repo_size_bytes,repo_size_map_bytes,since_last_completion_seconds,size_bytes}',
  },
  {
    id: 'mysqld_exporter',
    port: 9104,
    source: 'mysqld_exporter 0.17',
    images: /(?:^|\/)mysqld?[-_]exporter$/,
    apps: ['mysqld-exporter', 'mysql-exporter', 'prometheus-mysql-exporter'],
    prefixes: ['mysql_', 'mysqld_exporter_'],
    names:
      'mysql_{up,version_info,exporter_collector_duration_seconds,exporter_collector_success,exporter_last_scrape_error,exporter_scrapes_total} mysql_global_status_{threads_connected,threads_running,max_used_connections,aborted_clients,aborted_connects,bytes_received,bytes_sent,commands_total,connections,connection_errors_total,created_tmp_disk_tables,created_tmp_tables,handlers_total,innodb_buffer_pool_bytes_data,innodb_buffer_pool_reads,innodb_buffer_pool_read_requests,innodb_buffer_pool_wait_free,innodb_log_waits,innodb_row_lock_time,innodb_row_lock_waits,innodb_row_ops_total,queries,questions,slow_queries,table_locks_waited,uptime} mysql_global_variables_{max_connections,innodb_buffer_pool_size,read_only,long_query_time,open_files_limit} mysql_slave_status_{seconds_behind_master,slave_io_running,slave_sql_running,sql_delay,last_errno} mysql_info_schema_{table_rows,table_size}',
  },
  {
    id: 'dcgm-exporter',
    port: 9400,
    source: 'dcgm-exporter 4.2, default counters',
    images: /(?:^|\/)dcgm-exporter$/,
    apps: ['dcgm-exporter', 'nvidia-dcgm-exporter'],
    prefixes: ['DCGM_'],
    names:
      'DCGM_FI_DEV_{SM_CLOCK,MEM_CLOCK,MEMORY_TEMP,GPU_TEMP,POWER_USAGE,TOTAL_ENERGY_CONSUMPTION,PCIE_REPLAY_COUNTER,GPU_UTIL,MEM_COPY_UTIL,ENC_UTIL,DEC_UTIL,XID_ERRORS,FB_FREE,FB_USED,FB_RESERVED,UNCORRECTABLE_REMAPPED_ROWS,CORRECTABLE_REMAPPED_ROWS,ROW_REMAP_FAILURE,NVLINK_BANDWIDTH_TOTAL,VGPU_LICENSE_STATUS,ECC_SBE_VOL_TOTAL,ECC_DBE_VOL_TOTAL,ECC_SBE_AGG_TOTAL,ECC_DBE_AGG_TOTAL,RETIRED_SBE,RETIRED_DBE,RETIRED_PENDING,CLOCK_THROTTLE_REASONS,THERMAL_VIOLATION,POWER_VIOLATION} DCGM_FI_PROF_{GR_ENGINE_ACTIVE,PIPE_TENSOR_ACTIVE,DRAM_ACTIVE,PCIE_TX_BYTES,PCIE_RX_BYTES,SM_ACTIVE,SM_OCCUPANCY,PIPE_FP16_ACTIVE,PIPE_FP32_ACTIVE,PIPE_FP64_ACTIVE,NVLINK_RX_BYTES,NVLINK_TX_BYTES}',
  },
];
