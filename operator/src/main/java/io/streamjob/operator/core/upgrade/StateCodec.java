package io.streamjob.operator.core.upgrade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Optional;

/** Writes the machine's state into the status as one text, and reads it back. */
public final class StateCodec {

  /** Raised when an older operator could misread what this one writes. */
  static final int VERSION = 1;

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

  private StateCodec() {}

  /** What stands in a status. */
  public sealed interface Decoded {

    /** A state of this operator's format. */
    record Known(MachineState state) implements Decoded {}

    /**
     * Not ours to touch.
     *
     * @param why and what to do
     */
    record Foreign(String why) implements Decoded {}

    /** The state, if it is one of ours. */
    default Optional<MachineState> known() {
      return this instanceof Known known ? Optional.of(known.state()) : Optional.empty();
    }
  }

  /** The text for a state. */
  public static String encode(MachineState state) {
    try {
      return JSON.writeValueAsString(
          JSON.createObjectNode().put("version", VERSION).set("state", JSON.valueToTree(state)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the machine's state is plain data", e);
    }
  }

  /** The state in a text; no text means a job that was never seen. */
  public static Decoded decode(Optional<String> text) {
    if (text.isEmpty()) {
      return new Decoded.Known(MachineState.NEW);
    }
    try {
      JsonNode block = JSON.readTree(text.get());
      int version = block.path("version").asInt();
      if (version > VERSION) {
        return new Decoded.Foreign(
            "status.machine was written by a newer operator (format %d, this one knows %d):"
                    .formatted(version, VERSION)
                + " upgrade the operator; nothing is touched until then");
      }
      if (version < 1 || !block.path("state").isObject()) {
        return new Decoded.Foreign(UNREADABLE);
      }
      return new Decoded.Known(JSON.treeToValue(block.path("state"), MachineState.class));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Decoded.Foreign(UNREADABLE);
    }
  }
}
