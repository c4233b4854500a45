package io.streamjob.operator.storage;

import java.util.List;
import java.util.Optional;

/**
 * What a verified snapshot is.
 *
 * @param metadataVersion of the {@code _metadata} format, 3 to 6
 * @param checkpointId Flink's number of the checkpoint behind it
 * @param operators in the order of the metadata, stateless ones included
 * @param sizeBytes all files together: those of its folder, and those outside that it points at
 * @param files how many files that is
 */
public record SnapshotFacts(
    int metadataVersion, long checkpointId, List<Operator> operators, long sizeBytes, int files) {

  public SnapshotFacts {
    operators = List.copyOf(operators);
  }

  /**
   * One operator of the job.
   *
   * @param id 32 hexadecimal digits
   * @param uid what the job's author called it; known from version 5 on
   * @param name known from version 5 on
   * @param maxParallelism a restore must keep it
   * @param sizeBytes of its state, as Flink counts it: files shared by operators count for each
   */
  public record Operator(
      String id,
      Optional<String> uid,
      Optional<String> name,
      int parallelism,
      int maxParallelism,
      long sizeBytes) {}
}
