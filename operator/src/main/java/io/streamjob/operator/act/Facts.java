package io.streamjob.operator.act;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.streamjob.operator.storage.SnapshotFacts;

/** What was found out about a snapshot, as the text of a reply. */
public final class Facts {

  private static final JsonMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private Facts() {}

  static String encode(SnapshotFacts facts) {
    try {
      return JSON.writeValueAsString(facts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("facts are plain data", e);
    }
  }

  /** Reads what a verification replied. */
  public static SnapshotFacts decode(String text) {
    try {
      return JSON.readValue(text, SnapshotFacts.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("facts are plain data", e);
    }
  }
}
