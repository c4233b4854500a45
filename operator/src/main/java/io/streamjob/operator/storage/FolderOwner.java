package io.streamjob.operator.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.streamjob.operator.storage.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Who keeps state in a folder. A uid is given to one object of one cluster and to no other, ever.
 *
 * @param uid of the StreamJob
 * @param namespace of the StreamJob
 * @param name of the StreamJob
 */
public record FolderOwner(String uid, String namespace, String name) {

  private static final int FORMAT = 1;
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9.-]{1,253}");
  private static final JsonMapper JSON = new JsonMapper();

  byte[] encode() {
    try {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode()
              .put("version", FORMAT)
              .put("uid", uid)
              .put("namespace", namespace)
              .put("name", name));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an owner is plain data", e);
    }
  }

  /** Reads what anybody may have written; formats to come only add to this one. */
  static FolderOwner decode(byte[] content, SnapshotPath object) {
    try {
      JsonNode fields = JSON.readTree(new String(content, StandardCharsets.UTF_8));
      return new FolderOwner(
          word(fields, "uid", object),
          word(fields, "namespace", object),
          word(fields, "name", object));
    } catch (JsonProcessingException e) {
      throw unreadable(object);
    }
  }

  private static String word(JsonNode fields, String name, SnapshotPath object) {
    String word = fields.path(name).asText();
    if (!WORD.matcher(word).matches()) {
      throw unreadable(object);
    }
    return word;
  }

  private static StorageException unreadable(SnapshotPath object) {
    return new StorageException(
        Kind.Corrupt,
        object + " does not say who owns the folder: find out what wrote it, and remove it");
  }
}
