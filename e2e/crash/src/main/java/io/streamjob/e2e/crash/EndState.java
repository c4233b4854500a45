package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How the world looks in the end, without ids and times: two runs of a story are alike if their
 * lines are.
 */
record EndState(List<String> lines) {

  private static final List<String> ENVIRONMENT =
      List.of("Secret/streamjob-storage", "ServiceAccount/default", "ConfigMap/kube-root-ca.crt");

  EndState {
    lines = List.copyOf(lines);
  }

  static EndState of(World world) {
    world.collect();
    var lines = new ArrayList<String>();
    for (GenericKubernetesResource object : world.shared().kinds().list(world.namespace())) {
      String id = object.getKind() + "/" + object.getMetadata().getName();
      if (!ENVIRONMENT.contains(id)) {
        lines.add(
            id.startsWith("Pod/")
                ? "Pod of " + object.getMetadata().getOwnerReferences().getFirst().getName()
                : Call.withoutIds(id) + described(object));
      }
    }
    world.shared().storage().below(world.storagePrefix()).stream()
        .filter(key -> !key.contains("/checkpoints/"))
        .map(key -> "s3 " + Call.withoutIds(key.replace(world.namespace(), "…")))
        .forEach(lines::add);
    world.journal().summary().forEach(run -> lines.add("run of " + run));
    Collections.sort(lines);
    return new EndState(lines);
  }

  private static String described(GenericKubernetesResource object) {
    var text = new StringBuilder();
    if (object.getMetadata().getDeletionTimestamp() != null) {
      text.append(" being deleted");
    }
    if (object.get("data") instanceof Map<?, ?> data && object.getKind().equals("ConfigMap")) {
      text.append(" ").append(Call.withoutIds(String.valueOf(new TreeSet<>(data.keySet()))));
    }
    if (object.get("status") instanceof Map<?, ?> status) {
      if (status.get("conditions") instanceof List<?> conditions) {
        conditions.forEach(each -> {
          if (each instanceof Map<?, ?> condition) {
            text.append(
                " %s=%s(%s)"
                    .formatted(
                        condition.get("type"), condition.get("status"), condition.get("reason")));
          }
        });
      }
      for (String field : List.of("observedGeneration", "replicas", "origin", "verified")) {
        add(text, field, status.get(field));
      }
      for (String field : List.of("running", "restoredFrom", "nextRestore", "upgrade")) {
        if (status.get(field) instanceof Map<?, ?> map) {
          for (String inner : List.of("revision", "image", "generation", "state", "plan", "step")) {
            add(text, field + "." + inner, map.get(inner));
          }
          text.append(" ").append(field);
        }
      }
      if (status.get("history") instanceof List<?> history) {
        history.forEach(each -> {
          if (each instanceof Map<?, ?> entry) {
            text.append(" %s:%s".formatted(entry.get("plan"), entry.get("outcome")));
          }
        });
      }
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String name, Object value) {
    if (value != null) {
      text.append(" ").append(name).append("=").append(Call.withoutIds(String.valueOf(value)));
    }
  }

  /** How many runs go on. */
  long running() {
    return lines.stream()
        .filter(line -> line.startsWith("run of") && line.endsWith("running"))
        .count();
  }

  /** What the other has and this has not, and the other way round. */
  List<String> differences(EndState other) {
    var differences = new ArrayList<String>();
    var missing = new ArrayList<String>(lines);
    other.lines.forEach(missing::remove);
    missing.forEach(line -> differences.add("- " + line));
    var added = new ArrayList<String>(other.lines);
    lines.forEach(added::remove);
    added.forEach(line -> differences.add("+ " + line));
    return differences;
  }
}
