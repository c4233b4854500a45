package io.streamjob.api.v1alpha1;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The Flink settings that belong to the operator, because a wrong value loses state or lets two
 * runs of one job write. The API server itself refuses them, with the field to use instead.
 */
public final class EngineConfigRules {

  static final String CHECKPOINTS =
      "^(execution\\\\.checkpointing\\\\.(interval|timeout|mode|unaligned\\\\.enabled|incremental"
          + "|num-retained|externalized-checkpoint-retention|max-concurrent-checkpoints))$";
  static final String CHECKPOINTS_REMEDY =
      "spec.engine.config: checkpoints are set in spec.checkpoints: remove the"
          + " execution.checkpointing keys for interval, timeout, mode, unaligned, incremental,"
          + " retention and concurrency, and use the fields of spec.checkpoints";

  static final String STORAGE =
      "^(execution\\\\.checkpointing\\\\.(dir|savepoint-dir|storage|create-subdir)"
          + "|state\\\\.(checkpoints|savepoints)\\\\..*|state\\\\.checkpoint-storage"
          + "|s3a?\\\\..*|fs\\\\.s3a?\\\\..*|presto\\\\.s3\\\\..*)$";
  static final String STORAGE_REMEDY =
      "spec.engine.config: where state is kept is set by spec.storage.profile: remove the keys for"
          + " checkpoint storage, for checkpoint and savepoint folders, and for S3 (s3, s3a and"
          + " fs.s3)";

  static final String BACKEND = "^state\\\\.backend(\\\\.type)?$";
  static final String BACKEND_REMEDY =
      "spec.engine.config: the state backend is set in spec.stateBackend: remove"
          + " state.backend.type and state.backend";

  static final String RESTORE =
      "^execution\\\\.(state-recovery\\\\..*|savepoint\\\\..*|savepoint-restore-mode)$";
  static final String RESTORE_REMEDY =
      "spec.engine.config: what a job starts from is set in spec.initialState: remove the"
          + " keys that begin with execution.state-recovery or execution.savepoint";

  static final String SIZE =
      "^(parallelism\\\\.default|pipeline\\\\.max-parallelism|taskmanager\\\\.numberOfTaskSlots"
          + "|(jobmanager|taskmanager)\\\\.memory\\\\.(process|flink)\\\\.size)$";
  static final String SIZE_REMEDY =
      "spec.engine.config: parallelism, slots and memory are set in spec.parallelism,"
          + " spec.maxParallelism, spec.jobManager.resources and spec.taskManager: remove"
          + " parallelism.default, pipeline.max-parallelism, taskmanager.numberOfTaskSlots and the"
          + " memory.process.size and memory.flink.size keys";

  static final String CLUSTER =
      "^(high-availability(\\\\..*)?|(job|application)-result-store\\\\..*|jobstore\\\\..*|kubernetes\\\\..*|security\\\\.ssl\\\\..*|rest\\\\..*|web\\\\..*"
          + "|blob\\\\..*|jobmanager\\\\.(rpc\\\\..*|bind-host)"
          + "|taskmanager\\\\.(host|bind-host|rpc\\\\..*|resource-id)|env\\\\.java\\\\.opts\\\\.all"
          + "|io\\\\.tmp\\\\.dirs|pipeline\\\\.(jars|classpaths)"
          + "|cluster\\\\.intercept-user-system-exit|\\\\$internal\\\\..*)$";
  static final String CLUSTER_REMEDY =
      "spec.engine.config: the operator runs the cluster: remove the keys for high availability,"
          + " job results, job store, addresses, ports, REST, TLS, web, blob server, Kubernetes, jars and"
          + " class paths, System.exit, temporary folders, $internal and env.java.opts.all"
          + " (env.java.opts.jobmanager and env.java.opts.taskmanager are yours)";

  static final String NONE_OF = "self.all(k, !k.matches('";
  static final String END = "'))";

  private record Rule(Pattern keys, String remedy) {}

  private static final List<Rule> RULES =
      List.of(
          rule(CHECKPOINTS, CHECKPOINTS_REMEDY),
          rule(STORAGE, STORAGE_REMEDY),
          rule(BACKEND, BACKEND_REMEDY),
          rule(RESTORE, RESTORE_REMEDY),
          rule(SIZE, SIZE_REMEDY),
          rule(CLUSTER, CLUSTER_REMEDY));

  private EngineConfigRules() {}

  private static Rule rule(String cel, String remedy) {
    return new Rule(Pattern.compile(cel.replace("\\\\", "\\")), remedy);
  }

  /**
   * Which field to use instead of a key that belongs to the operator; empty if it is the user's.
   */
  public static Optional<String> remedy(String key) {
    return RULES.stream()
        .filter(rule -> rule.keys().matcher(key).matches())
        .map(Rule::remedy)
        .findFirst();
  }
}
