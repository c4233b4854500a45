package io.streamjob.operator.core.report;

/** The conditions of StreamJob and Savepoint. */
public enum ConditionType {
  /** All is as the spec wants it. */
  Ready,
  /** The operator is at work on it (kstatus: in progress). */
  Reconciling,
  /** It will not get there without somebody's help (kstatus: failed). */
  Stalled,
  /** Every task of the job runs. */
  JobRunning,
  /** What runs, or is suspended, was made from the spec as it is now. */
  UpToDate,
  /** The last upgrade failed after the old version was stopped, and the old version is back. */
  RolledBack
}
