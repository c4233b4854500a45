/**
 * Snapshots as they lie in object storage: found, verified and deleted there without asking Flink.
 * {@link io.streamjob.operator.storage.SnapshotStore} is the port; its rules stand once, in {@code
 * ObjectSnapshotStore}, above the few plain object operations that a backend has to offer.
 */
package io.streamjob.operator.storage;
