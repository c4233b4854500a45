/**
 * Flink's REST API: a port ({@link io.streamjob.operator.flink.FlinkClient}), its adapter on one
 * shared asynchronous HTTP client, and a watcher that turns what clusters answer into events, so
 * that no reconcile pass ever waits for Flink.
 */
package io.streamjob.operator.flink;
