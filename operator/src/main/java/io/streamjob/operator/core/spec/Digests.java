package io.streamjob.operator.core.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Names made from content. */
public final class Digests {

  private static final int REVISION_DIGITS = 16;
  private static final int OPERATION_DIGITS = 32;

  /**
   * Sorted, and without what is empty: a field that a later operator adds, and that a spec does not
   * use, leaves the digest as it was, so that a new operator never restarts a job.
   */
  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
          .build();

  private Digests() {}

  static String ofRevision(RevisionSpec spec) {
    try {
      return sha256(List.of(CANONICAL.writeValueAsString(spec))).substring(0, REVISION_DIGITS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a revision's spec is plain data", e);
    }
  }

  /** A short name for a text. */
  static String ofText(String text) {
    return sha256(List.of(text)).substring(0, REVISION_DIGITS / 2);
  }

  /**
   * The id of one operation: Flink's trigger id or job id, and the folder of a snapshot attempt. 32
   * hexadecimal digits, as Flink wants them.
   *
   * @param parts what the operation is; the last one a nonce that was stored before it began, so
   *     that ids never repeat after a status was lost
   */
  public static String operationId(List<String> parts) {
    return sha256(parts).substring(0, OPERATION_DIGITS);
  }

  private static String sha256(List<String> parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
