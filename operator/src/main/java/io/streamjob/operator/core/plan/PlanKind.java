package io.streamjob.operator.core.plan;

/** What plans are for. */
public enum PlanKind {
  /** The first run. */
  CREATE("Create"),
  /** A new revision takes over from a run with state. */
  UPGRADE("Upgrade"),
  /** A new revision takes over from a run that never came as far as state of its own. */
  REPLACE("Replace"),
  SUSPEND("Suspend"),
  RESUME("Resume"),
  /** The run was lost with its JobManager and starts again from its newest checkpoint. */
  RECOVER("Recover"),
  DELETE("Delete"),
  /** The run was about to be stopped and goes on after all. */
  KEEP("Keep"),
  /** The new revision failed; the old one goes on from the savepoint that stopped it. */
  ROLLBACK("Rollback"),
  /** What failed before the old run was touched, or was stopped by somebody else, is removed. */
  ABANDON("Abandon");

  private final String label;

  PlanKind(String label) {
    this.label = label;
  }

  /** The kind's name, for people. */
  public String label() {
    return label;
  }
}
