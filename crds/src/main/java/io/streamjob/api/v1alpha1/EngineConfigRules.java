package io.streamjob.api.v1alpha1;

/**
 * The Flink settings that belong to the operator, because a wrong value loses state or lets two
 * runs of one job write. The API server itself refuses them, with the field to use instead.
 */
public final class EngineConfigRules {

  /**
   * A key is owned when it equals or lies below one of these; the first group protects state, the
   * second is how the operator reaches the cluster, the third follows from fields of the spec.
   */
  private static final String OWNED =
      "^(execution\\\\.checkpointing\\\\.(dir|savepoint-dir|storage|interval|timeout|mode"
          + "|externalized-checkpoint-retention|unaligned\\\\.enabled|incremental|num-retained"
          + "|max-concurrent-checkpoints|create-subdir)"
          + "|state\\\\.(backend\\\\.type|backend|checkpoints\\\\..*|savepoints\\\\..*"
          + "|checkpoint-storage)"
          + "|execution\\\\.(state-recovery|savepoint)(\\\\..*|-restore-mode)?"
          + "|high-availability(\\\\..*)?|job-result-store\\\\..*|kubernetes\\\\..*"
          + "|rest\\\\..*|web\\\\..*|blob\\\\..*|jobmanager\\\\.(rpc|bind-host|memory)(\\\\..*)?"
          + "|taskmanager\\\\.(host|bind-host|rpc|memory|numberOfTaskSlots|resource-id)(\\\\..*)?"
          + "|parallelism\\\\.default|pipeline\\\\.(max-parallelism|jars|classpaths)"
          + "|s3\\\\..*|fs\\\\..*|plugin\\\\..*|env\\\\.java\\\\.opts\\\\.all|io\\\\.tmp\\\\.dirs"
          + "|cluster\\\\.intercept-user-system-exit|\\\\$internal.*)$";

  /** CEL: no key of the map is owned by the operator. */
  static final String NO_OWNED_KEYS = "self.all(k, !k.matches('" + OWNED + "'))";

  /** CEL: the sentence that names the keys at fault and the fields to use. */
  static final String MESSAGE =
      "'spec.engine.config: remove ' + self.map(k, k).filter(k, k.matches('"
          + OWNED
          + "')).join(', ') + ': the operator sets it; use parallelism, maxParallelism,"
          + " stateBackend, storage, checkpoints, savepoints, initialState, jobManager or"
          + " taskManager of the spec'";

  /** The same rule as a Java regular expression, for callers outside the API server. */
  public static final String OWNED_KEY = OWNED.replace("\\\\", "\\");

  private EngineConfigRules() {}
}
