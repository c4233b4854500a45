package io.streamjob.operator.storage;

import io.streamjob.operator.storage.SnapshotFacts.Operator;
import java.util.Collection;
import java.util.List;

/**
 * What a {@code _metadata} file says.
 *
 * @param version of its format
 * @param files all that it points at, each once
 */
record SnapshotMetadata(
    int version, long checkpointId, List<Operator> operators, Collection<StateFile> files) {

  SnapshotMetadata {
    operators = List.copyOf(operators);
    files = List.copyOf(files);
  }
}
