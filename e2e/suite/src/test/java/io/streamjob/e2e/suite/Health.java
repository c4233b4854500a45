package io.streamjob.e2e.suite;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What Flux, kstatus and {@code kubectl wait} make of an object, by the rules of kstatus for custom
 * resources (library cli-utils, pkg/kstatus/README.md).
 */
enum Health {
  InProgress,
  Current,
  Failed,
  Terminating;

  static Health of(JsonNode object) {
    if (object.at("/metadata").has("deletionTimestamp")) {
      return Terminating;
    }
    JsonNode observed = object.at("/status/observedGeneration");
    // kstatus itself takes an object without any status for Current; ours is not begun then.
    if (observed.isMissingNode()
        || observed.asLong() != object.at("/metadata/generation").asLong()) {
      return InProgress;
    }
    if (condition(object, "Stalled").equals("True")) {
      return Failed;
    }
    if (condition(object, "Reconciling").equals("True")) {
      return InProgress;
    }
    return condition(object, "Ready").equals("True") ? Current : InProgress;
  }

  private static String condition(JsonNode object, String type) {
    for (JsonNode condition : object.at("/status/conditions")) {
      if (condition.at("/type").asText().equals(type)) {
        return condition.at("/status").asText();
      }
    }
    return "";
  }
}
