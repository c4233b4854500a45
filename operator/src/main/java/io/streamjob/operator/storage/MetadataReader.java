package io.streamjob.operator.storage;

import io.streamjob.operator.storage.SnapshotFacts.Operator;
import io.streamjob.operator.storage.StorageException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads Flink's {@code _metadata}, formats 3 (Flink 1.11) to 6 (Flink 2.3), as hostile input: one
 * pass over a stream, in linear time, keeping operators and file names only. Flink's own reader is
 * not used, because it trusts counts and lengths, and deserializes Java objects; tests hold this
 * one against it.
 */
final class MetadataReader {

  private static final int MAGIC = 0x4960672d;
  private static final int MASTER_STATE_MAGIC = 0xc96b1696;
  private static final int OLDEST = 3;
  private static final int WITH_PROPERTIES = 4;
  private static final int WITH_NAMES = 5;
  private static final int NEWEST = 6;
  private static final int LEAST_OPERATOR_BYTES = 29;
  private static final int MAX_OPERATORS = 10_000;

  private final MetadataInput in;
  private final HandleReader handles;
  private final StateFiles files;

  private MetadataReader(MetadataInput in, StateFiles files) {
    this.in = in;
    this.files = files;
    this.handles = new HandleReader(in, files);
  }

  /**
   * @param size how many bytes the stream has
   * @param maxFiles the most files that the metadata may point at
   * @throws IOException when the stream fails, not when its content is wrong
   * @throws StorageException of kind Corrupt, TooLarge, or Other for an unsupported version
   */
  static SnapshotMetadata read(InputStream stream, long size, int maxFiles) throws IOException {
    MetadataInput in = new MetadataInput(stream, size);
    try {
      return new MetadataReader(in, new StateFiles(maxFiles)).read();
    } catch (EOFException end) {
      throw in.corrupt("it ends too early", end);
    } catch (ArithmeticException overflow) {
      throw in.corrupt("its sizes overflow", overflow);
    }
  }

  private SnapshotMetadata read() throws IOException {
    if (in.readInt() != MAGIC) {
      throw in.corrupt("it does not begin like a Flink snapshot");
    }
    int version = in.readInt();
    if (version < OLDEST || version > NEWEST) {
      throw new StorageException(
          Kind.Other,
          ("the snapshot's _metadata has format %d; formats %d (Flink 1.11) to %d (Flink 2.3) can be"
                  + " read")
              .formatted(version, OLDEST, NEWEST));
    }
    long checkpointId = in.readLong();
    if (checkpointId < 0) {
      throw in.corrupt("checkpoint id " + checkpointId);
    }
    skipMasterStates();
    List<Operator> operators = readOperators(version);
    if (version >= WITH_PROPERTIES) {
      SerializedObject.skip(in);
    }
    if (in.remaining() > 0) {
      throw in.corrupt(in.remaining() + " bytes too many");
    }
    return new SnapshotMetadata(version, checkpointId, operators, files.all());
  }

  private void skipMasterStates() throws IOException {
    int count = in.readCount(9, "master states");
    for (int i = 0; i < count; i++) {
      if (in.readInt() != MASTER_STATE_MAGIC) {
        throw in.corrupt("a master state begins wrongly");
      }
      in.skip(in.readCount(1, "bytes of master state"));
    }
  }

  private List<Operator> readOperators(int version) throws IOException {
    int count = in.readCount(LEAST_OPERATOR_BYTES, "operators");
    if (count > MAX_OPERATORS) {
      throw new StorageException(
          Kind.TooLarge, "the snapshot has more than " + MAX_OPERATORS + " operators");
    }
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operators.add(readOperator(version));
    }
    return operators;
  }

  private Operator readOperator(int version) throws IOException {
    Optional<String> name = version >= WITH_NAMES ? nonEmpty(in.readUtf()) : Optional.empty();
    Optional<String> uid = version >= WITH_NAMES ? nonEmpty(in.readUtf()) : Optional.empty();
    HexFormat hex = HexFormat.of();
    String id = hex.toHexDigits(in.readLong()) + hex.toHexDigits(in.readLong());
    int parallelism = in.readInt();
    int maxParallelism = in.readInt();
    if (parallelism < 0 || maxParallelism < -1) {
      throw in.corrupt("operator " + id + " has parallelism " + parallelism);
    }
    long size = Math.addExact(handles.readStream(), readSubtasks(version)); // coordinator first
    return new Operator(id, uid, name, parallelism, maxParallelism, size);
  }

  /** A count below 0 marks an operator that finished altogether; an index below 0, a subtask. */
  private long readSubtasks(int version) throws IOException {
    int count = in.readInt();
    long size = 0;
    for (int i = 0; i < count; i++) {
      int index = in.readInt();
      size = Math.addExact(size, index < 0 ? 0 : readSubtask(version));
    }
    return size;
  }

  private long readSubtask(int version) throws IOException {
    long size = 0;
    for (int kind = 0; kind < 2; kind++) { // managed, then raw operator state
      size = Math.addExact(size, in.readInt() == 0 ? 0 : handles.readOperatorState());
    }
    size = Math.addExact(size, handles.readKeyedState()); // managed
    size = Math.addExact(size, handles.readKeyedState()); // raw
    for (int direction = 0; direction < 2; direction++) { // input channels, then subpartitions
      int count = in.readCount(8, "channels");
      for (int i = 0; i < count; i++) {
        size =
            Math.addExact(
                size, version >= NEWEST ? handles.readTypedChannel() : handles.readChannel());
      }
    }
    return size;
  }

  private static Optional<String> nonEmpty(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
