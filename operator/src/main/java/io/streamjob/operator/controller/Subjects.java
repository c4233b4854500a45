package io.streamjob.operator.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.plan.Plan;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.UpgradeState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the log's lines of a pass are about. */
final class Subjects {

  private Subjects() {}

  /** A job, and where the machine stands with it. */
  static Map<String, String> of(StreamJob job, Optional<MachineState> state) {
    Map<String, String> fields = fields(job);
    fields.put("job", job.getMetadata().getName());
    state.ifPresent(known -> add(known, fields));
    return fields;
  }

  private static void add(MachineState state, Map<String, String> fields) {
    Optional<Integer> revision = state.lineage().current().map(Run::revision);
    if (state.upgrade() instanceof UpgradeState.Executing executing) {
      Plan plan = executing.plan();
      List<Step> steps = plan.steps();
      fields.put("plan", plan.kind().label());
      if (executing.cursor() < steps.size()) {
        fields.put("step", steps.get(executing.cursor()).label());
      }
      revision = plan.startedRevision().or(() -> state.lineage().current().map(Run::revision));
    }
    revision.ifPresent(number -> fields.put("revision", String.valueOf(number)));
  }

  /** A savepoint, and the job that it is taken of. */
  static Map<String, String> of(Savepoint savepoint) {
    Map<String, String> fields = fields(savepoint);
    fields.put("savepoint", savepoint.getMetadata().getName());
    Optional.ofNullable(savepoint.getSpec())
        .map(spec -> spec.source().job())
        .ifPresent(job -> fields.put("job", job.name()));
    return fields;
  }

  private static Map<String, String> fields(HasMetadata object) {
    Map<String, String> fields = new HashMap<>();
    fields.put("namespace", object.getMetadata().getNamespace());
    fields.put("generation", String.valueOf(object.getMetadata().getGeneration()));
    return fields;
  }
}
