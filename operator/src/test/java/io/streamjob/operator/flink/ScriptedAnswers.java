package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/** Answers as Flink 2.3.0 writes them. */
record ScriptedAnswers(int status, JsonNode body) {

  private static final String FRAME = "\n\tat org.apache.flink.runtime.Some.method(Some.java:1)";

  static ScriptedAnswers ok(JsonNode body) {
    return new ScriptedAnswers(200, body);
  }

  static ScriptedAnswers accepted(ObjectNode body) {
    return new ScriptedAnswers(202, body);
  }

  static ScriptedAnswers request(String triggerId) {
    return accepted(object().put("request-id", triggerId));
  }

  static ScriptedAnswers unknownTrigger(TriggerKey key) {
    return error(
        404,
        "org.apache.flink.runtime.rest.handler.RestHandlerException: There is no savepoint"
            + " operation with triggerId="
            + key.triggerId());
  }

  /** A trace whose innermost cause is the last one given. */
  static ScriptedAnswers error(int status, String... causes) {
    ObjectNode body = object();
    body.putArray("errors").add(trace(causes));
    return new ScriptedAnswers(status, body);
  }

  static JsonNode overview(int slots, int taskManagers) {
    return object()
        .put("taskmanagers", taskManagers)
        .put("slots-total", slots)
        .put("slots-available", slots)
        .put("flink-version", "2.3.0");
  }

  static JsonNode jars(Collection<String> ids) {
    ObjectNode body = object();
    var files = body.putArray("files");
    ids.forEach(id -> files.addObject().put("id", id).put("name", id));
    return body;
  }

  static JsonNode jobs(Collection<ScriptedJob> jobs) {
    ObjectNode body = object();
    var list = body.putArray("jobs");
    for (ScriptedJob job : jobs) {
      list.addObject()
          .put("jid", job.id)
          .put("name", "scripted")
          .put("state", job.state.name())
          .putObject("tasks")
          .put("running", job.running)
          .put("finished", 0)
          .put("total", job.tasks);
    }
    return body;
  }

  static JsonNode checkpoints(ScriptedJob job) {
    ObjectNode body = object();
    body.putObject("counts").put("completed", job.checkpoints + job.savepoints);
    ObjectNode latest = body.putObject("latest").putNull("completed").putNull("failed");
    if (job.checkpoints > 0) {
      latest
          .putObject("completed")
          .put("id", job.checkpoints)
          .put("is_savepoint", false)
          .put("checkpoint_type", "CHECKPOINT")
          .put("trigger_timestamp", 1_795_219_727_542L)
          .put("external_path", "file:/checkpoints/" + job.id + "/chk-" + job.checkpoints);
    }
    var history = body.putArray("history");
    for (int i = 0; i < job.savepoints; i++) {
      history.addObject().put("status", "COMPLETED").put("is_savepoint", true);
    }
    return body;
  }

  static JsonNode exceptions(ScriptedJob job) {
    ObjectNode body = object();
    var entries = body.putObject("exceptionHistory").putArray("entries");
    job.failure.ifPresent(why -> entries.addObject().put("stacktrace", trace(why)));
    return body;
  }

  static JsonNode inProgress() {
    return operation("IN_PROGRESS").putNull("operation");
  }

  static JsonNode completed(String location) {
    ObjectNode body = operation("COMPLETED");
    body.putObject("operation").put("location", location);
    return body;
  }

  static JsonNode failed(String cause) {
    ObjectNode body = operation("COMPLETED");
    body.putObject("operation")
        .putObject("failure-cause")
        .put("class", "java.util.concurrent.CompletionException")
        .put("stack-trace", trace("java.util.concurrent.CompletionException: " + cause, cause));
    return body;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static ObjectNode operation(String status) {
    ObjectNode body = object();
    body.putObject("status").put("id", status);
    return body;
  }

  private static String trace(String... causes) {
    return String.join(FRAME + "\nCaused by: ", causes) + FRAME + "\n";
  }
}
