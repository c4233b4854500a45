/**
 * What one pass saw of the world, as plain data: Flink's clusters and jobs, pods, storage. Filled
 * in by adapters, read by the core, and never changed.
 */
package io.streamjob.operator.core.observed;
