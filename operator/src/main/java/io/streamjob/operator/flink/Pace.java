package io.streamjob.operator.flink;

/** How closely a cluster is followed. */
public enum Pace {
  /** Something was asked of the cluster and its outcome is awaited. */
  BUSY,
  /** Nothing is under way. */
  CALM
}
