package io.streamjob.operator.flink;

import java.util.List;
import java.util.Optional;

/**
 * A job to start ({@code POST /jars/:id/run}).
 *
 * @param jarId the jar's id in the upload folder
 * @param jobId the job's id, 32 hexadecimal digits chosen by the caller
 * @param entryClass the main class; without one, that of the jar's manifest
 * @param savepointPath the snapshot to start from, never claimed
 */
public record Submission(
    String jarId,
    String jobId,
    Optional<String> entryClass,
    List<String> arguments,
    int parallelism,
    Optional<String> savepointPath) {

  public Submission {
    arguments = List.copyOf(arguments);
  }
}
