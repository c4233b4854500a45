package io.streamjob.operator.storage;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.storage.ObjectClient.Content;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The results of jobs as Flink keeps them: {@code
 * {"result":{"id":"…","name":"…","application-status":"SUCCEEDED",…},…}}, and then, at any length,
 * what accumulators counted or why the job failed.
 */
record JobResults(ObjectClient objects) {

  /** The status stands near the beginning. */
  private static final int MAX_BYTES = 1 << 16;

  private static final String STATUS = "application-status";
  private static final JsonMapper JSON = new JsonMapper();

  Optional<JobState> read(SnapshotPath folder, String jobId) throws IOException {
    // The dirty one may be renamed between two looks: then the third one finds it.
    for (String suffix : List.of("", "_DIRTY", "")) {
      Optional<JobState> state = readFile(folder.resolve(jobId + suffix + ".json"));
      if (state.isPresent()) {
        return state;
      }
    }
    return Optional.empty();
  }

  private Optional<JobState> readFile(SnapshotPath file) throws IOException {
    Optional<Content> found = objects.find(file);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (Content content = found.get()) {
      return Optional.of(
          switch (status(content.stream().readNBytes(MAX_BYTES)).orElse("")) {
            case "SUCCEEDED" -> JobState.FINISHED;
            case "FAILED" -> JobState.FAILED;
            case "CANCELED" -> JobState.CANCELED;
            default ->
                throw new StorageException(
                    Kind.Corrupt,
                    file
                        + " does not say how the job ended: find out, and remove it if the job is to go on from its newest checkpoint");
          });
    }
  }

  private static Optional<String> status(byte[] beginning) throws IOException {
    try (JsonParser parser = JSON.createParser(beginning)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && parser.currentName().equals(STATUS)) {
          return Optional.ofNullable(parser.nextTextValue());
        }
      }
      return Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
