package io.streamjob.api.v1alpha1;

/**
 * Flink's savepoint formats ("Savepoints", section "Savepoint format"; REST: {@code formatType}).
 */
public enum SavepointFormat {
  Canonical,
  Native
}
