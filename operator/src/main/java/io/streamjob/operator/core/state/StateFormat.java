package io.streamjob.operator.core.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * Writes a state into {@code status.machine} as one text, and reads it back.
 *
 * @param version raised when an older operator could misread what this one writes
 */
public record StateFormat<T>(Class<T> type, int version) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private static final String UNREADABLE =
      "status.machine cannot be read: restore the status from a backup; nothing is touched until"
          + " then";

  /** The text for a state. */
  public String encode(T state) {
    try {
      return JSON.writeValueAsString(
          JSON.createObjectNode().put("version", version).set("state", JSON.valueToTree(state)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a state is plain data", e);
    }
  }

  /** The state in a text. */
  public Decoded<T> decode(String text) {
    try {
      JsonNode block = JSON.readTree(text);
      int written = block.path("version").asInt();
      if (written > version) {
        return new Decoded.Foreign<>(
            "status.machine was written by a newer operator (format %d, this one knows %d):"
                    .formatted(written, version)
                + " upgrade the operator; nothing is touched until then");
      }
      if (written > 0 && written < version) {
        return new Decoded.Foreign<>(
            "status.machine was written by an older operator (format %d, this one knows %d):"
                    .formatted(written, version)
                + " put that one back; nothing is touched until then");
      }
      if (written < 1 || !block.path("state").isObject()) {
        return new Decoded.Foreign<>(UNREADABLE);
      }
      return new Decoded.Known<>(JSON.treeToValue(block.path("state"), type));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Decoded.Foreign<>(UNREADABLE);
    }
  }
}
