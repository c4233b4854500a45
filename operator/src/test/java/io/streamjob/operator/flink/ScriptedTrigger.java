package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** A savepoint or a stop of {@link ScriptedFlink}, under way or over. */
final class ScriptedTrigger {

  final TriggerKey key;
  final String target;

  /** How the stop ends; empty for a savepoint that does not stop the job. */
  final Optional<StopEnding> stop;

  int polls;
  Optional<JsonNode> outcome = Optional.empty();

  ScriptedTrigger(TriggerKey key, String target, Optional<StopEnding> stop) {
    this.key = key;
    this.target = target;
    this.stop = stop;
  }

  /** A folder that is the same for the same request. */
  String location() {
    String folder = target.endsWith("/") ? target : target + "/";
    return folder + "savepoint-" + start(key.jobId()) + "-" + start(key.triggerId());
  }

  private static String start(String id) {
    return id.substring(0, Math.min(6, id.length()));
  }
}
